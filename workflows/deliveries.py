"""Word out of the house: one message to one person by one channel, with a key that stays."""

from __future__ import annotations

import hashlib
from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from audit import channels, outbox
from audit.channels import Message
from workflows import notices

if TYPE_CHECKING:
    from workflows.models import Notice


def register() -> None:
    for name in channels.CHANNELS:
        outbox.delivers(notices.handler_of(name), partial(deliver, name))


def deliver(channel: str, key: str) -> None:
    """In the deployment's language: who reads a letter is not there to choose theirs."""
    found = notices.notices_of(key)
    if not found or not found[0].person.is_active:
        return
    with translation.override(settings.LANGUAGE_CODE):
        channels.send(channel, message(channel, key, found))


def message(channel: str, key: str, found: list[Notice]) -> Message:
    first = found[0]
    lines = [notices.words(notice) for notice in found]
    one = len(found) == 1
    return Message(
        key=_receivers_key(channel, key),
        to=notices.recipient(first.person),
        subject=lines[0] if one else _("%(n)s things are waiting for you") % {"n": len(lines)},
        text=lines[0] if one else "\n\n".join(map(_entry, lines, found)),
        hint=_hint(first.person.name, found),
        url=notices.link(first) if one else settings.SITE_URL + reverse("inbox"),
        kinds=tuple(sorted({notice.kind for notice in found})),
    )


def _entry(line: str, notice: Notice) -> str:
    return f"{line}\n{notices.link(notice)}"


def _hint(name: str, found: list[Notice]) -> str:
    """No titles: a group chat and a telephone network are not the place for them."""
    numbers = [str(n.params["no"]) for n in found if n.params.get("no")]
    if len(found) == 1 and numbers:
        return _("%(name)s, there is news of item %(no)s.") % {"name": name, "no": numbers[0]}
    return _("%(name)s, you have %(n)s new notices.") % {"name": name, "n": len(found)}


def _receivers_key(channel: str, key: str) -> str:
    """The same for each attempt; another at every deployment, for those who share a receiver."""
    said = f"{settings.SITE_URL} {channel} {key}".encode()
    return f"rectify-{hashlib.sha256(said).hexdigest()[:32]}"
