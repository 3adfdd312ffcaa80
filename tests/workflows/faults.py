"""Seventeen faults that could be made in the product, each seeded for the length of a block.

1.  lost update: the version of the page is not asked
2.  self-approval: the guard against it is gone
3.  an approval survives a change of content
4.  a submission without evidence passes
5.  the approver closes
6.  an event is skipped
7.  the item's row is not told the new head of its chain
8.  a return without words is accepted
9.  a refused attempt changes the state
10. a second click does it twice
11. a cancelled item's review stays open
12. a refused attempt is told nowhere
13. what was found of a paper is said of the one that took its place
14. what was found of a piece is said of it though it is cited for something else by then
15. what is not enough is agreed to
16. a wrong paper goes on proving
17. a decision does not tell what was found
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Any

import pytest

from audit import record
from core.refusals import StaleItem
from workflows import machine
from workflows.actions import judging, linking, passage, step
from workflows.machine import Move
from workflows.models import Citation, Item, judgement, measure
from workflows.models.citation import CitationQuerySet
from workflows.states import State, Worth


@contextmanager
def patched(place: object, name: str, value: object) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(place, name, value)
        yield


def lost_update() -> AbstractContextManager[None]:
    asks = step._is_repeated

    def does_not_ask(*args: Any) -> bool:
        try:
            return asks(*args)
        except StaleItem:
            return False

    return patched(step, "_is_repeated", does_not_ask)


def without_guard(verb: str, guard: str) -> Callable[[], AbstractContextManager[None]]:
    def fault() -> AbstractContextManager[None]:
        table = {
            key: replace(move, guards=tuple(g for g in move.guards if g.__name__ != guard))
            if move.verb == verb
            else move
            for key, move in machine.table(Item).items()
        }
        assert table != machine.table(Item)
        return patched(machine, "_tables", {Item: table})

    return fault


@contextmanager
def wrong_paper_proves() -> Iterator[None]:
    """The statement of the gaps is built anew while the fault lasts."""
    proving = patched(CitationQuerySet, "proving", CitationQuerySet.standing)
    with proving, patched(measure._LACKING, "_statements", {}):
        yield


def approval_survives() -> AbstractContextManager[None]:
    return patched(Move, "voids_approval", property(lambda _self: False))


def unproven_passes() -> AbstractContextManager[None]:
    return patched(Item, "gaps", lambda _self: [])


def event_skipped() -> AbstractContextManager[None]:
    append = record.append

    def forgetful(name: str, **words: Any) -> Any:
        return words["head"] if name == "item.progress_recorded" else append(name, **words)

    return patched(record, "append", forgetful)


def head_not_kept() -> AbstractContextManager[None]:
    append = record.append

    def keeps_old(name: str, **words: Any) -> Any:
        new = append(name, **words)
        return words["head"] if name == "item.accepted" else new

    return patched(record, "append", keeps_old)


def refusal_moves() -> AbstractContextManager[None]:
    tell = step.record_refusal

    def moves(item_id: int, *rest: Any) -> None:
        tell(item_id, *rest)
        Item.objects.filter(pk=item_id).update(state=State.CANCELLED)

    return patched(step, "record_refusal", moves)


@contextmanager
def done_twice() -> Iterator[None]:
    """Also without the command in the event, so that the database does not come to the rescue."""
    append = record.append

    def nameless(name: str, **words: Any) -> Any:
        return append(name, **{**words, "command": None})

    with (
        patched(step, "_is_repeated", lambda *_args: False),
        patched(record, "append", nameless),
    ):
        yield


def review_stays_open() -> AbstractContextManager[None]:
    end = passage.end

    def leaves(duty: Any, submission: Any, outcome: str, **words: Any) -> None:
        if outcome != "cancel":
            end(duty, submission, outcome, **words)

    return patched(passage, "end", leaves)


def refusal_untold() -> AbstractContextManager[None]:
    return patched(step, "record_refusal", lambda *_args: None)


def verdict_survives(*, again: bool) -> Callable[[], AbstractContextManager[None]]:
    """Of the same file linked otherwise, or of another file in its place."""
    cite = linking.cite

    def keeps(item: Item, evidence: Any, *rest: Any, **words: Any) -> Any:
        new, old = cite(item, evidence, *rest, **words), words.get("replaces")
        if old is not None and (old.evidence_id == evidence.pk) == again:
            Citation.objects.filter(pk=new.pk).update(judged=old.judged)
        return new

    return lambda: patched(linking, "cite", keeps)


FAULTS: dict[str, Callable[[], AbstractContextManager[None]]] = {
    "lost update": lost_update,
    "self-approval": without_guard("approve", "had_no_part_in_it"),
    "approval survives a change": approval_survives,
    "submission without evidence": unproven_passes,
    "close by the approver": without_guard("close", "had_no_part_in_it"),
    "event skipped": event_skipped,
    "head of the chain not kept": head_not_kept,
    "return without words": without_guard("send_back", "reason_is_written"),
    "refused attempt moves the item": refusal_moves,
    "second click does it twice": done_twice,
    "review of a cancelled item stays open": review_stays_open,
    "refused attempt untold": refusal_untold,
    "verdict of a replaced file": verdict_survives(again=False),
    "verdict of another link": verdict_survives(again=True),
    "not enough is enough": lambda: patched(judgement, "WANTING", (Worth.WRONG,)),
    "a wrong paper proves": wrong_paper_proves,
    "findings untold": lambda: patched(judging, "told", lambda _duty: {}),
}
