"""Who makes a request, and what its form carries."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.translation import gettext as _

from core.actor import Actor, nobody
from core.models import User
from core.refusals import Unmet
from workflows.actions.step import Command
from workflows.standing_in import as_actor

if TYPE_CHECKING:
    from django.http import HttpRequest

_KEPT = "_rectify_actor"
_DIGITS = 18
"""A key of so many is below 2^63."""


def actor_of(request: HttpRequest) -> Actor:
    """The actor, built once per request from the memberships in force now, not at login."""
    actor = getattr(request, _KEPT, None)
    if actor is None:
        address = request.META.get("REMOTE_ADDR", "")
        user = request.user
        actor = as_actor(user, address=address) if isinstance(user, User) else nobody(address)
        setattr(request, _KEPT, actor)
    return actor


def command_id_of(request: HttpRequest) -> UUID:
    """The form's own id; Unmet when the form is not one of ours."""
    try:
        return UUID(request.POST.get("command", ""))
    except ValueError:
        raise Unmet(
            _("The form came back incomplete."),
            then=_("Open the page again and send the form from there."),
        ) from None


def command_of(request: HttpRequest) -> Command:
    return Command(id=command_id_of(request), version=number_of(request, "version"))


def number_of(request: HttpRequest, name: str) -> int:
    """A whole number from the form, small enough for any database; Unmet otherwise."""
    return whole_number(request.POST.get(name, ""))


def whole_number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
        raise Unmet(
            _("The form came back incomplete."),
            then=_("Open the page again and send the form from there."),
        )
    return int(text)


def number_or_none(request: HttpRequest, name: str) -> int | None:
    return number_of(request, name) if request.POST.get(name) else None


def numbers_of(request: HttpRequest, name: str) -> tuple[int, ...]:
    """What was ticked of a list of rows, as their keys."""
    chosen = [text for text in request.POST.getlist(name) if text.isascii() and text.isdigit()]
    return tuple(int(text) for text in chosen if len(text) <= _DIGITS)


def date_or_none(request: HttpRequest, name: str) -> date | None:
    """A day as browsers send it (2026-12-31), None when left empty; Unmet when it is no day."""
    text = request.POST.get(name, "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Unmet(
            _("“%(text)s” is not a date.") % {"text": text[:40]},
            then=_("Write a date such as 2026-12-31."),
            holes=[(name, _("the date"))],
        ) from None


def text_of(request: HttpRequest, name: str) -> str:
    """One field's text without the spaces around it and what no database keeps."""
    return request.POST.get(name, "").replace("\x00", "").strip()
