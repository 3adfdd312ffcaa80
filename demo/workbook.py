"""The demonstration round as the workbook an office uploads, and its way onto the ledger."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from evidence import storage
from ledger import criteria, deadlines, reader, shape, writer
from ledger.draft import Draft, DraftAspect, DraftItem, DraftProblem
from ledger.lines import lines
from workflows.actions import ledgers
from workflows.criteria import pieces, told

if TYPE_CHECKING:
    from core.actor import Actor
    from demo.content import Deadline, Item, Measure, Round

NAME = "巡察整改台账.xlsx"


def enter(content: Round, *, round_id: int, actor: Actor, today: date) -> None:
    """Write the workbook, read it as if it had been uploaded, and confirm it."""
    data = write(content, today=today)
    draft = reader.read(data, name=NAME, year=today.year)
    if draft.doubts:
        raise RuntimeError(f"the demonstration's workbook is doubtful: {draft.doubts[0].text}")
    stored = storage.keep([data])
    batch = ledgers.upload(
        round_id, actor=actor, name=NAME, digest=stored.digest, draft=shape.to_json(draft)
    )
    ledgers.confirm(batch.pk, actor=actor, version=batch.version, aspects=lines(draft))


def write(content: Round, *, today: date) -> bytes:
    """The bytes of the workbook; deadlines fall where they lie from today."""
    aspects = [
        DraftAspect(
            no=aspect["no"],
            title=aspect["title"],
            problems=[
                DraftProblem(
                    no=problem["no"],
                    title=problem["title"],
                    items=[_draft_item(item, today) for item in problem["items"]],
                )
                for problem in aspect["problems"]
            ],
        )
        for aspect in content["aspects"]
    ]
    title = f"{content['round']['title']}台账"
    return writer.write(Draft(aspects=aspects), title=title, unit=content["round"]["unit"])


def _draft_item(item: Item, today: date) -> DraftItem:
    return DraftItem(
        no=item["no"],
        title=item["title"],
        measures=[measure["text"] for measure in item["measures"]],
        deadline=deadlines.parse(deadline_text(item["deadline"], today))[0],
        leaders=item["leaders"],
        lead=item["lead"],
        support=item["support"],
        assignees=[item["assignee"]] if item["assignee"] else [],
        criterion=criteria.joined([_criteria(measure) for measure in item["measures"]]),
    )


def _criteria(measure: Measure) -> str:
    return told(pieces(measure.get("criterion", "")))


def deadline_text(deadline: Deadline, today: date) -> str:
    """As an office writes it: 2026年12月5日前，长期坚持."""
    words = []
    if "days" in deadline:
        day = today + timedelta(days=deadline["days"])
        words.append(f"{day.year}年{day.month}月{day.day}日前")
    if deadline["kind"] == "immediate":
        words.append("立行立改")
    if deadline["kind"] == "ongoing" or deadline.get("ongoing"):
        words.append("长期坚持")
    return "，".join(words)
