"""What the events of evidence were about, in words, for an item's history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Callable


def voided(data: dict[str, Any]) -> str:
    if not data.get("voids"):
        return ""
    return _("The approval by %(name)s no longer stands.") % {"name": data["voids"]}


def _attached(data: dict[str, Any]) -> list[str]:
    names = _(", ").join(file["name"] for file in data.get("files", ()))
    return [_("%(place)s: %(names)s") % {"place": _place(data), "names": names}, *_link(data)]


def _relinked(data: dict[str, Any]) -> list[str]:
    before, after = data["before"], data["after"]
    moved = _("from %(before)s to %(after)s") % {"before": _place(before), "after": _place(after)}
    return [data["name"], moved if _place(before) != _place(after) else "", *_link(data | after)]


def _place(data: dict[str, Any]) -> str:
    """The measure, and its criterion where there is one."""
    if "criterion" not in data:
        return _("measure %(no)s") % {"no": data.get("measure", "")}
    told = {"no": data["measure"], "criterion": data["criterion"]}
    return _("measure %(no)s, criterion %(criterion)s") % told


def _link(data: dict[str, Any]) -> list[str]:
    pages = _("p. %(pages)s") % {"pages": data["pages"]} if data.get("pages") else ""
    return [data.get("claim", ""), pages, voided(data)]


def _taken_back(data: dict[str, Any]) -> list[str]:
    told = {"no": data.get("measure", ""), "names": data.get("name", "")}
    return [_("measure %(no)s: %(names)s") % told, voided(data)]


def _replaced(data: dict[str, Any]) -> list[str]:
    told = {"no": data["measure"], "before": data["before"]["name"], "after": data["name"]}
    return [_("measure %(no)s: %(before)s → %(after)s") % told, voided(data)]


def _asked(data: dict[str, Any]) -> list[str]:
    behind = data.get("behind", "")
    return [
        _("%(place)s: %(names)s") % {"place": _place(data), "names": data["text"]},
        _("until %(day)s") % {"day": data["due"]},
        _("for %(name)s") % {"name": behind} if behind else "",
    ]


def _supplied(data: dict[str, Any]) -> list[str]:
    return [data["text"], *_attached(data)]


def _answered(data: dict[str, Any]) -> list[str]:
    return [data["text"]]


ABOUT: dict[str, Callable[[dict[str, Any]], list[str]]] = {
    "item.evidence_attached": _attached,
    "item.evidence_relinked": _relinked,
    "item.evidence_asked": _asked,
    "item.evidence_supplied": _supplied,
    "item.evidence_declined": _answered,
    "item.evidence_spared": _answered,
    "item.evidence_withdrawn": _taken_back,
    "item.evidence_replaced": _replaced,
}
