"""A draft as the lines the ledger enters."""

from __future__ import annotations

from collections.abc import Iterable

from ledger import criteria
from ledger.draft import Draft, DraftAspect, DraftItem, DraftProblem
from workflows.actions.entries import LedgerAspect, LedgerItem, LedgerProblem


def lines(draft: Draft) -> tuple[LedgerAspect, ...]:
    """What `workflows.actions.ledgers.confirm` takes."""
    return tuple(_aspect(aspect) for aspect in draft.aspects)


def _aspect(aspect: DraftAspect) -> LedgerAspect:
    problems = tuple(_problem(problem) for problem in aspect.problems)
    return LedgerAspect(no=aspect.no, title=aspect.title, problems=problems)


def _problem(problem: DraftProblem) -> LedgerProblem:
    items = tuple(line(item) for item in problem.items)
    return LedgerProblem(no=problem.no, title=problem.title, items=items)


def line(item: DraftItem) -> LedgerItem:
    """Several people named as responsible stay together as text: the office chooses the one."""
    return LedgerItem(
        no=item.no,
        title=item.title,
        measures=tuple(item.measures),
        track=item.deadline.kind,
        deadline_raw=item.deadline.raw,
        due=item.deadline.date,
        precision=item.deadline.precision or "",
        ongoing=item.deadline.ongoing,
        leaders=_once(item.leaders),
        lead=_once(item.lead),
        support=_once(name for name in item.support if name not in item.lead),
        assignee="、".join(item.assignees),
        status=item.status,
        target=item.target,
        criteria=criteria.split(item.criterion, len(item.measures)),
        remark=item.remark,
    )


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
