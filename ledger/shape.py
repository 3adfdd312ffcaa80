"""A draft as JSON: `as_json` for people and programs outside, `to_json`/`from_json` for storing."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from ledger.draft import Deadline, Doubt, Draft, DraftAspect, DraftItem, DraftProblem

Json = dict[str, Any]


def as_json(draft: Draft) -> Json:
    """Give the published shape; `items` appears where the ledger has that level."""
    items = draft.has_items
    return {
        "aspects": [
            {
                "no": aspect.no,
                "title": aspect.title,
                "problems": [_problem(p, items=items) for p in aspect.problems],
            }
            for aspect in draft.aspects
        ],
        "doubts": [{"cell": doubt.cell, "text": doubt.text} for doubt in draft.doubts],
    }


def _problem(problem: DraftProblem, *, items: bool) -> Json:
    shape = {"no": problem.no, "title": problem.title, **_facts(problem.items)}
    if items:
        shape["items"] = [
            {"no": item.no, "title": item.title, **_facts([item])} for item in problem.items
        ]
    return shape


def _facts(items: list[DraftItem]) -> Json:
    """What is said of a problem is the sum of its items: all measures, and the last deadline."""
    states = {item.status for item in items}
    return {
        "measures": [measure for item in items for measure in item.measures],
        "deadline": _deadline(max(items, key=_due).deadline),
        "leaders": _union(item.leaders for item in items),
        "sections": {
            "lead": _union(item.lead for item in items),
            "support": _union(item.support for item in items),
        },
        "status": states.pop() if len(states) == 1 else "",
    }


def _due(item: DraftItem) -> dt.date:
    return item.deadline.date or dt.date.min


def _union(lists: Iterable[list[str]]) -> list[str]:
    return list(dict.fromkeys(name for names in lists for name in names))


def _deadline(deadline: Deadline) -> Json:
    return {
        "raw": deadline.raw,
        "class": deadline.kind,
        "date": deadline.date.isoformat() if deadline.date else None,
        "precision": deadline.precision,
        "ongoing": deadline.ongoing,
    }


def to_json(draft: Draft) -> Json:
    """Keep everything, cells and rows too, until the draft is confirmed."""
    stored = asdict(draft)
    for aspect in stored["aspects"]:
        for problem in aspect["problems"]:
            for item in problem["items"]:
                due = item["deadline"]["date"]
                item["deadline"]["date"] = due and due.isoformat()
    return stored | {
        "header_rows": list(draft.header_rows),
        "data_rows": list(draft.data_rows),
    }


def from_json(stored: Json) -> Draft:
    header, data = stored["header_rows"], stored["data_rows"]
    return Draft(
        aspects=[_aspect_from(aspect) for aspect in stored["aspects"]],
        doubts=[Doubt(**doubt) for doubt in stored["doubts"]],
        title=stored["title"],
        sheet=stored["sheet"],
        header_rows=(header[0], header[1]),
        data_rows=(data[0], data[1]),
    )


def _aspect_from(stored: Json) -> DraftAspect:
    problems = [_problem_from(problem) for problem in stored["problems"]]
    return DraftAspect(**stored | {"problems": problems})


def _problem_from(stored: Json) -> DraftProblem:
    return DraftProblem(**stored | {"items": [_item_from(item) for item in stored["items"]]})


def _item_from(stored: Json) -> DraftItem:
    deadline = dict(stored["deadline"])
    due = deadline.pop("date")
    when = dt.date.fromisoformat(due) if due else None
    return DraftItem(**stored | {"deadline": Deadline(date=when, **deadline)})
