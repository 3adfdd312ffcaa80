"""What the events of requests were about, in words, for an item's history."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from workflows.states import Asking, Ground

if TYPE_CHECKING:
    from collections.abc import Callable


def lapsed(data: dict[str, Any]) -> str:
    """Whatever else an act did: that a request lost its object by it."""
    kind = data.get("lapses", {}).get("kind", "")
    if kind not in Asking.values:
        return ""
    return _("The request (%(kind)s) has lapsed.") % {"kind": Asking(kind).label}


def _asked(data: dict[str, Any]) -> list[str]:
    """What a request asks beside its reason."""
    ground = data.get("ground", "")
    return [
        str(Ground(ground).label) if ground in Ground.values else "",
        _("until %(day)s") % {"day": _day(data["until"])} if data.get("until") else "",
        _("into %(no)s") % {"no": data["into"]} if data.get("into") else "",
        _("on the basis of: %(basis)s") % {"basis": data["basis"]} if data.get("basis") else "",
    ]


def _answered(data: dict[str, Any]) -> list[str]:
    return [str(Asking(data["kind"]).label)]


def _extended(data: dict[str, Any]) -> list[str]:
    moved = {"before": _day(data["before"]), "after": _day(data["until"])}
    return [_("deadline: %(before)s → %(after)s") % moved]


def _day(text: str) -> str:
    return str(date_format(date.fromisoformat(text)))


ABOUT: dict[str, Callable[[dict[str, Any]], list[str]]] = {
    "item.extension_asked": _asked,
    "item.suspension_asked": _asked,
    "item.merger_asked": _asked,
    "item.reopening_asked": _asked,
    "item.request_taken_back": _answered,
    "item.request_agreed": _answered,
    "item.request_refused": _answered,
    "item.extended": _extended,
    "item.suspended": _asked,
    "item.merged": _asked,
}
