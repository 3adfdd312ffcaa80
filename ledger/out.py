"""The ledger out: items as a draft, and that as the workbook which reads back the same."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from django.db.models import QuerySet
from django.utils import translation

from audit import seals
from ledger import criteria, status, writer
from ledger.draft import Deadline, Draft, DraftAspect, DraftItem, DraftProblem, Kind, Precision
from workflows.actions.entries import remark_told
from workflows.models import Item, ItemSection, Round
from workflows.states import Progress, State

_PROGRESS = {
    Progress.NOT_DONE: status.UNDER_WAY,
    Progress.BASICALLY_DONE: status.NEARLY,
    Progress.DONE: status.DONE,
}
_NOT_BEGUN = frozenset({State.DRAFT, State.ASSIGNED})
_CLOSED = "已销号"


def workbook(round_: Round, items: QuerySet[Item]) -> bytes:
    """The .xlsx of some items of a round."""
    title = f"{round_.title}台账"
    with translation.override("zh-hans"):  # as all words of the workbook
        seal = seals.latest_words()
    return writer.write(draft_of(items, title=title), title=title, unit=round_.unit.name, seal=seal)


def draft_of(items: QuerySet[Item], *, title: str = "") -> Draft:
    """Items in the order of the ledger, under their aspects and problems."""
    rows = items.select_related("problem__aspect", "lead_section").prefetch_related(
        "measures__criteria", "leaders", "other_sections__section"
    )
    ordered = rows.order_by(
        "problem__aspect__position",
        "problem__aspect_id",
        "problem__position",
        "problem_id",
        "position",
        "pk",
    )
    aspects = [
        DraftAspect(no=aspect.no, title=aspect.title, problems=_problems(below))
        for aspect, below in groupby(ordered, key=lambda item: item.problem.aspect)
    ]
    return Draft(aspects=aspects, title=title)


def _problems(items: Iterable[Item]) -> list[DraftProblem]:
    return [
        DraftProblem(no=problem.no, title=problem.title, items=[_item(item) for item in below])
        for problem, below in groupby(items, key=lambda item: item.problem)
    ]


def _item(item: Item) -> DraftItem:
    first = [item.lead_section.name] if item.lead_section else []
    return DraftItem(
        no=item.no,
        title=item.title,
        measures=[measure.text for measure in item.measures.all()],
        deadline=_deadline(item),
        leaders=[leader.name for leader in item.leaders.all()],
        lead=first + _others(item, ItemSection.Part.LEAD),
        support=_others(item, ItemSection.Part.SUPPORT),
        assignees=item.assignee_text.split("、") if item.assignee_text else [],
        status=_status(item),
        progress=_CLOSED if item.state == State.CLOSED else "",
        target=item.target,
        criterion=criteria.joined([measure.criterion for measure in item.measures.all()]),
        remark=remark_told(item),
    )


def _others(item: Item, part: str) -> list[str]:
    return [other.section.name for other in item.other_sections.all() if other.part == part]


def _deadline(item: Item) -> Deadline:
    kind: Kind = item.track  # type: ignore[assignment]  # Track has the same words
    precision: Precision | None = item.precision or None  # type: ignore[assignment]  # the same
    return Deadline(
        raw=item.deadline_raw,
        kind=kind,
        date=item.due,
        precision=precision,
        ongoing=item.ongoing,
    )


def _status(item: Item) -> str:
    if item.state == State.CANCELLED:
        return ""
    if item.progress == Progress.NOT_DONE and item.state in _NOT_BEGUN:
        return item.status_raw if item.status_raw in status.STATES else status.NOT_DONE
    return _PROGRESS[Progress(item.progress)]
