"""What a channel is given, and what it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.utils.functional import Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    name: str
    login: str
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    key: str
    """The same for every attempt, so that a receiver can drop the second."""
    to: Recipient
    subject: str
    text: str
    """All there is to say: for the person's own letterbox."""
    hint: str
    """That there is something, and where: for groups and networks where others read along."""
    url: str
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    name: str
    label: Promise
    is_configured: Callable[[], bool]
    reaches: Callable[[Recipient], bool]
    send: Callable[[Message], None]
