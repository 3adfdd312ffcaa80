"""One field of a draft said anew, read with the grammar that read the workbook."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from core.refusals import NotFound, Unmet
from ledger import deadlines, measures, names, status
from ledger.draft import Doubt, Draft, DraftItem, DraftProblem
from ledger.places import Node, Place, Places, node_at

T = TypeVar("T")
Reading = tuple[dict[str, Any], list[Doubt]]

OF_A_NODE = ("no", "title")
OF_AN_ITEM = (
    "measures",
    "deadline",
    "leaders",
    "sections",
    "lead",
    "support",
    "assignees",
    "status",
    "target",
    "criterion",
    "remark",
)


def as_text(node: Node, name: str) -> str:
    """A field as a person writes it into a cell."""
    if not isinstance(node, DraftItem) or name in OF_A_NODE:
        return str(getattr(node, name))
    match name:
        case "measures":
            return _numbered(node.measures)
        case "deadline":
            return node.deadline.raw
        case "sections":
            return _sections_text(node)
        case "status":
            return node.progress or node.status
    value = getattr(node, name)
    return "、".join(value) if isinstance(value, list) else str(value)


def cell_of(draft: Draft, place: Place) -> str:
    node = node_at(draft, place.path)
    return node.cells.get(place.field, "") if node else ""


def corrected(draft: Draft, place: Place, text: str, *, year: int) -> Draft:
    """The draft with one field read anew from `text`, wherever the same cell was read.

    Doubts about that field go, and those the new text raises come.
    """
    node = node_at(draft, place.path)
    if node is None or place.field not in _fields(node):
        raise NotFound(_("This draft has no such field."))
    places = Places(draft)
    paths = places.sharing(place)
    answered = {Place(path, place.field) for path in paths}
    doubts = [d for d in draft.doubts if places.of(d) not in answered and not _recount(d, place)]
    for path in paths:
        here = node_at(draft, path)
        assert here is not None  # noqa: S101 -- `sharing` gives paths of this draft
        changes, raised = _read(here, place.field, text.replace("\r\n", "\n").strip(), year)
        draft = _with(draft, path, changes)
        if path == paths[0]:
            cell = here.cells.get(place.field, "") or next(iter(here.cells.values()), "")
            doubts += [replace(d, cell=cell, field=place.field) for d in raised]
    return replace(draft, doubts=doubts)


def _recount(doubt: Doubt, place: Place) -> bool:
    """Whether a number is used twice is counted anew once any number was corrected."""
    return place.field == "no" and doubt.field == "no" and doubt.severity == "error"


def _fields(node: Node) -> tuple[str, ...]:
    return OF_A_NODE + OF_AN_ITEM if isinstance(node, DraftItem) else OF_A_NODE


def _read(node: Node, name: str, text: str, year: int) -> Reading:
    if name in OF_A_NODE:
        return {name: _something(" ".join(text.split()))}, []
    assert isinstance(node, DraftItem)  # noqa: S101 -- `_fields` has no others
    return _GRAMMAR.get(name, _plain(name))(node, text, year)


def _something(text: str) -> str:
    if not text:
        raise Unmet(_("Numbers and titles cannot be empty."), then=_("Write what belongs there."))
    return text


def _plain(name: str) -> Callable[[DraftItem, str, int], Reading]:
    return lambda _item, text, _year: ({name: text}, [])


def _deadline(_item: DraftItem, text: str, year: int) -> Reading:
    deadline, doubts = deadlines.parse(text, year=year)
    return {"deadline": deadline}, doubts


def _lead(item: DraftItem, text: str, _year: int) -> Reading:
    found = names.sections(text)
    return _sections(found.lead, found.support + item.support), []


def _support(item: DraftItem, text: str, _year: int) -> Reading:
    found = names.sections(text)
    return _sections(item.lead, found.lead + found.support), []


def _both(item: DraftItem, text: str, _year: int) -> Reading:
    found = names.sections(text)
    people = {"assignees": found.people} if found.people else {}
    return _sections(found.lead, found.support) | people, []


def _sections(lead: list[str], support: list[str]) -> dict[str, Any]:
    once = list(dict.fromkeys(support))
    return {"lead": lead, "support": [name for name in once if name not in lead]}


def _status(_item: DraftItem, text: str, _year: int) -> Reading:
    state = status.read(text)
    if state is None:
        raise Unmet(
            _("How far the item is cannot be told from “%(said)s”.") % {"said": text[:40]},
            then=_("Write one of %(words)s.") % {"words": "、".join(status.STATES)},
        )
    return {"status": state, "progress": "" if text == state else text}, []


_GRAMMAR: dict[str, Callable[[DraftItem, str, int], Reading]] = {
    "measures": lambda _item, text, _year: ({"measures": measures.split(text)}, []),
    "deadline": _deadline,
    "leaders": lambda _item, text, _year: ({"leaders": names.people(text)}, []),
    "assignees": lambda _item, text, _year: ({"assignees": names.people(text)}, []),
    "lead": _lead,
    "support": _support,
    "sections": _both,
    "status": _status,
}


def _numbered(texts: list[str]) -> str:
    return "\n".join(f"{n}. {text}" for n, text in enumerate(texts, 1))


def _sections_text(item: DraftItem) -> str:
    if not item.support:
        return "、".join(item.lead)
    return f"牵头：{'、'.join(item.lead)}；配合：{'、'.join(item.support)}"


def _with(draft: Draft, path: str, changes: dict[str, Any]) -> Draft:
    a, *below = (int(step) for step in path.split("."))
    aspect = draft.aspects[a]
    if not below:
        aspect = replace(aspect, **changes)
    else:
        p, *last = below
        problem = _problem_with(aspect.problems[p], last, changes)
        aspect = replace(aspect, problems=_put(aspect.problems, p, problem))
    return replace(draft, aspects=_put(draft.aspects, a, aspect))


def _problem_with(problem: DraftProblem, last: list[int], changes: dict[str, Any]) -> DraftProblem:
    if last:
        items = _put(problem.items, last[0], replace(problem.items[last[0]], **changes))
    elif problem.has_items:
        items, problem = problem.items, replace(problem, **changes)
    else:  # its one item repeats it
        items, problem = [replace(problem.items[0], **changes)], replace(problem, **changes)
    return replace(problem, items=items)


def _put(rows: list[T], at: int, row: T) -> list[T]:
    return [*rows[:at], row, *rows[at + 1 :]]
