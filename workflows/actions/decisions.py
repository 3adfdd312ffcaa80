"""What reviewers and the office decide: approve, return, close."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from core import prepared
from core.refusals import Unmet
from workflows import holders, routing
from workflows.actions import exhibits, granting, judging, passage
from workflows.actions.signing import proven, put, saying
from workflows.actions.step import Command, Done, submission_of, take
from workflows.models import Duty, Item, Submission
from workflows.models.deputy import told_behind
from workflows.models.submission import APPROVED
from workflows.states import Asking, DutyKind, Outcome, Standing, State

if TYPE_CHECKING:
    from core.actor import Actor
    from workflows.actions.signing import Signing
    from workflows.guards import Act, Signed
    from workflows.holders import On


def approve(
    item_id: int,
    *,
    actor: Actor,
    command: Command,
    opinion: str = "",
    signing: Signing | Signed | None = None,
) -> Item:
    """Agree at one's step. The item goes on once the step has whom it needs; then the office."""
    signed = proven(item_id, "approve", actor=actor, signing=signing)
    known: list[bool] = []

    def work(item: Item) -> Done:
        submission = submission_of(item)
        duty = answer(item, actor, "approve", opinion)
        told = told_of(duty) | {"opinion": duty.opinion, "digest": submission.digest}
        told |= item.demand_on(actor.person_id).told() | judging.told(duty)
        told |= sign(signed, "approve", duty, actor=actor, command=command)
        agreed = known[0] if known else routing.is_agreed(duty, by=actor)
        (passage.pass_on if agreed else passage.wait_on)(duty, actor=actor)
        submission.approved_by_id, submission.approved_at = actor.id, timezone.now()
        submission.approved_behind_id, submission.opinion = duty.behind_id, duty.opinion
        prepared.update(submission, _AGREED)
        return Done(data=told)

    def endorse_or_approve(act: Act) -> str:
        duty = holders.duty_of(act.item, act.actor)
        if act.item.state != State.IN_REVIEW or duty is None:
            return "endorse" if duty and duty.kind == DutyKind.BEFORE else "approve"
        known.append(routing.is_agreed(duty, by=act.actor))
        if not known[0]:
            return "endorse"
        following = routing.next_position(duty.matter, duty.position + 1)
        return "approve" if routing.is_office(duty.matter, following) else "endorse"

    said = {"opinion": opinion, **saying(signed)}
    return take(
        item_id,
        "approve",
        actor=actor,
        command=command,
        said=said,
        work=work,
        choose=endorse_or_approve,
    )


def send_back(
    item_id: int, *, actor: Actor, command: Command, reason: str, straight: bool = False
) -> Item:
    """Return (退回) to the maker with a written requirement of what is still to be done.

    `straight`: what comes back comes to this step, past those before it.
    """

    def work(item: Item) -> Done:
        submission = submission_of(item)
        duty = answer(item, actor, "send_back", reason)
        passage.end(duty, submission, "send_back", actor=actor)
        _decided(submission, Outcome.RETURNED, duty)
        kept = exhibits.freeze(item, submission)
        submission.requirement = reason.strip()
        office = routing.is_office(submission, duty.position)
        submission.resume_at = duty.position if straight and not office else None
        submission.save(update_fields=[*_DECIDED, "requirement", "resume_at"])
        found = judging.told(duty)
        return Done(data={**told_of(duty), "reason": submission.requirement, **kept, **found})

    said = {"reason": reason, "straight": straight}
    return take(item_id, "send_back", actor=actor, command=command, said=said, work=work)


def step_back(item_id: int, *, actor: Actor, command: Command, position: int, reason: str) -> Item:
    """Return to an earlier step of the route; approvals from there on no longer count."""

    def work(item: Item) -> Done:
        submission = submission_of(item)
        if position not in routing.earlier(submission):
            raise Unmet(
                _("Only an earlier step that asks somebody can be returned to."),
                then=_("Choose an earlier step, or return the item to the responsible staff."),
                holes=[("position", _("the step"))],
            )
        duty = answer(item, actor, "step_back", reason)
        passage.go_back(duty, position, actor=actor)
        stand_back(submission)
        told = {**told_of(duty), "to_step": position, "reason": reason.strip()}
        return Done(data={**told, **judging.told(duty)})

    said = {"position": position, "reason": reason}
    return take(item_id, "step_back", actor=actor, command=command, said=said, work=work)


def stand_back(submission: Submission) -> None:
    """Where its review stands now, and by whom it was approved last as far as that still counts."""
    given = submission.duties.filter(state=Standing.DONE, outcome="approve")
    left = given.order_by("decided_at", "pk").last()
    submission.approved_by = left.decided_by if left else None
    submission.approved_behind = left.behind if left else None
    submission.approved_at = left.decided_at if left else None
    submission.save(update_fields=["position", "approved_by", "approved_behind", "approved_at"])


def close(
    item_id: int,
    *,
    actor: Actor,
    command: Command,
    effectiveness: str,
    signing: Signing | Signed | None = None,
) -> Item:
    """Strike the item off the ledger (销号); the note says whether the rectification works."""
    signed = proven(item_id, "close", actor=actor, signing=signing)

    def work(item: Item) -> Done:
        submission = submission_of(item)
        duty = answer(item, actor, "close", effectiveness)
        passage.end(duty, submission, "close", actor=actor)
        _decided(submission, Outcome.CLOSED, duty)
        submission.save(update_fields=_DECIDED)
        item.effectiveness = effectiveness.strip()
        told = {
            **told_of(duty),
            "cycle": item.cycle,
            "result": item.result,
            "effectiveness": item.effectiveness,
            "digest": submission.digest,
            **exhibits.freeze(item, submission),
            **item.demand_on(actor.person_id).told(),
            **judging.told(duty),
            **sign(signed, "close", duty, actor=actor, command=command),
        }
        done = Done({"effectiveness"}, told)
        granting.lapse(item, Asking, actor=actor, done=done)
        return done

    said = {"effectiveness": effectiveness, **saying(signed)}
    return take(item_id, "close", actor=actor, command=command, said=said, work=work)


def answer(
    item: Item, actor: Actor, outcome: str, opinion: str = "", *, on: On = holders.REVIEW
) -> Duty:
    """Answer the actor's open duty, for themselves or for whom they stand in."""
    duty = holders.duty_of(item, actor, on)
    if duty is None:
        raise RuntimeError(f"{actor.label} holds no duty of {item.subject}")
    duty.outcome, duty.opinion = outcome, opinion.strip()
    duty.state = Standing.DONE
    duty.decided_by_id, duty.decided_at = actor.person_id, timezone.now()
    duty.behind_id = holders.behind_whom(duty, actor)[1]
    prepared.update(duty, _ANSWER)
    return duty


def sign(
    signed: Signed | None, verb: str, duty: Duty, *, actor: Actor, command: Command
) -> dict[str, Any]:
    """Set a signature under the answer to a duty; returns what the event says of it."""
    item = duty.item
    under = {"item": item, duty.on: duty.matter}
    at = item.trail_seq + 1
    return put(signed, verb=verb, actor=actor, command_id=command.id, seq=at, **under)


def told_of(duty: Duty) -> dict[str, Any]:
    """What an event says of a step: which, and for whom a deputy acted."""
    told: dict[str, Any] = {"no": duty.matter.no, "step": duty.position}
    return told | told_behind(duty.behind)


_ANSWER = frozenset({"outcome", "opinion", "state", "decided_by", "decided_at", "behind"})
_AGREED = frozenset({*APPROVED, "opinion", "position"})
_DECIDED = ("outcome", "decided_by", "decided_behind", "decided_at")


def _decided(submission: Submission, outcome: Outcome, duty: Duty) -> None:
    """The submission ends as a duty was answered, by whom and for whom."""
    submission.outcome, submission.decided_at = outcome, timezone.now()
    submission.decided_by_id, submission.decided_behind_id = duty.decided_by_id, duty.behind_id
