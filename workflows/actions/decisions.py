"""What reviewers and the office decide: approve, return, close, reopen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from workflows import flows
from workflows.actions.step import Command, Done, submission_of, take
from workflows.models import Item, Submission
from workflows.states import Outcome, Progress

if TYPE_CHECKING:
    from core.actor import Actor


def approve(item_id: int, *, actor: Actor, command: Command, opinion: str = "") -> Item:
    """The section head stands for the rectification; the office is next."""

    def work(item: Item) -> Done:
        submission = submission_of(item)
        flows.decide(submission, "approve", actor=actor)
        submission.approved_by_id, submission.approved_at = actor.id, timezone.now()
        submission.opinion = opinion.strip()
        submission.save(update_fields=["approved_by", "approved_at", "opinion"])
        told = {"no": submission.no, "opinion": submission.opinion, "digest": submission.digest}
        return Done(data=told)

    said = {"opinion": opinion}
    return take(item_id, "approve", actor=actor, command=command, said=said, work=work)


def send_back(item_id: int, *, actor: Actor, command: Command, reason: str) -> Item:
    """Return (退回) with a written requirement of what is still to be done."""

    def work(item: Item) -> Done:
        submission = submission_of(item)
        flows.decide(submission, "send_back", actor=actor)
        _decided(submission, Outcome.RETURNED, actor)
        submission.requirement = reason.strip()
        submission.save(update_fields=["outcome", "decided_by", "decided_at", "requirement"])
        return Done(data={"no": submission.no, "reason": submission.requirement})

    said = {"reason": reason}
    return take(item_id, "send_back", actor=actor, command=command, said=said, work=work)


def close(item_id: int, *, actor: Actor, command: Command, effectiveness: str) -> Item:
    """Strike the item off the ledger (销号); the note says whether the rectification works."""

    def work(item: Item) -> Done:
        submission = submission_of(item)
        flows.decide(submission, "close", actor=actor)
        _decided(submission, Outcome.CLOSED, actor)
        submission.save(update_fields=["outcome", "decided_by", "decided_at"])
        item.effectiveness = effectiveness.strip()
        told = {
            "no": submission.no,
            "cycle": item.cycle,
            "result": item.result,
            "effectiveness": item.effectiveness,
            "digest": submission.digest,
        }
        return Done({"effectiveness"}, told)

    said = {"effectiveness": effectiveness}
    return take(item_id, "close", actor=actor, command=command, said=said, work=work)


def reopen(item_id: int, *, actor: Actor, command: Command, reason: str, basis: str) -> Item:
    """Start a new cycle (重启); the closed one and every figure issued of it stay as they were."""

    def work(item: Item) -> Done:
        item.cycle += 1
        item.progress = Progress.NOT_DONE
        item.submission = None
        told = {"cycle": item.cycle, "reason": reason.strip(), "basis": basis.strip()}
        return Done({"cycle", "progress", "submission"}, told)

    said = {"reason": reason, "basis": basis}
    return take(item_id, "reopen", actor=actor, command=command, said=said, work=work)


def _decided(submission: Submission, outcome: Outcome, actor: Actor) -> None:
    submission.outcome = outcome
    submission.decided_by_id, submission.decided_at = actor.id, timezone.now()
