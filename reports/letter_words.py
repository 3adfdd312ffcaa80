"""What reminders and letters were about, in words, for an item's history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from core.daywords import days_left, days_over
from workflows.models.ladder import Paper

if TYPE_CHECKING:
    from collections.abc import Callable


def _reminded(data: dict[str, Any]) -> list[str]:
    days = data.get("days")
    if days is None:
        told = _("without a date")
    elif days < 0:
        told = days_over(-days)
    else:
        told = days_left(days)
    return [told, _letter(data) if "letter" in data else ""]


def _letter(data: dict[str, Any]) -> str:
    return _("%(kind)s no. %(no)s") % {"kind": Paper(data["kind"]).label, "no": data["letter"]}


def _signed_for(data: dict[str, Any]) -> list[str]:
    return [_letter(data)]


ABOUT: dict[str, Callable[[dict[str, Any]], list[str]]] = {
    "item.reminded": _reminded,
    "item.letter_signed": _signed_for,
}
