"""What the responsible staff does: progress, submit, withdraw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from core import fitting
from core.refusals import Unmet
from evidence import deriving
from workflows import flows, routing
from workflows.actions import granting, linking, passage
from workflows.actions.step import Command, Done, submission_of, take
from workflows.models import Item, Submission
from workflows.states import Asking, Outcome, Progress

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from core.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureAccount:
    """What the staff writes about one measure; `no_evidence_reason` stands in for evidence."""

    measure_id: int
    account: str = ""
    no_evidence_reason: str = ""
    rule_made: str = ""
    loss_recovered: Decimal | int = 0
    people_held: int = 0
    similar_cases: str = ""
    campaign: bool = False


_ACCOUNT = (
    "account",
    "no_evidence_reason",
    "rule_made",
    "loss_recovered",
    "people_held",
    "similar_cases",
    "campaign",
)


def record_progress(
    item_id: int,
    *,
    actor: Actor,
    command: Command,
    progress: str,
    result: str,
    accounts: Sequence[MeasureAccount] = (),
) -> Item:
    """Save how far the rectification is; may be done as often as one likes."""

    def work(item: Item) -> Done:
        if progress not in Progress.values:
            raise Unmet(
                _("There is no such progress."),
                then=_("Choose not done, basically done or done."),
                holes=[("result", _("the progress"))],
            )
        item.progress, item.result = progress, result.strip()
        told = [_tell(item, account) for account in accounts]
        data = {
            "progress": item.progress,
            "result": item.result,
            "measures": [one for one in told if one],
        }
        return Done({"progress", "result"}, data)

    said = {"progress": progress, "result": result, "accounts": tuple(accounts)}
    return take(item_id, "record_progress", actor=actor, command=command, said=said, work=work)


def _tell(item: Item, account: MeasureAccount) -> dict[str, Any] | None:
    """Write one measure's account; returns what changed of it, for the event."""
    measure = linking.measure_of(item, account.measure_id)
    changed = {
        name: getattr(account, name)
        for name in _ACCOUNT
        if getattr(measure, name) != getattr(account, name)
    }
    if not changed:
        return None
    for name, value in changed.items():
        setattr(measure, name, value)
    fitting.insist(measure, *changed)
    measure.save(update_fields=list(changed))
    plain = {k: v if isinstance(v, (str, bool, int)) else str(v) for k, v in changed.items()}
    return {"no": measure.position, **plain}


def submit(item_id: int, *, actor: Actor, command: Command) -> Item:
    """Hand the rectification in for review; its content is locked until it comes back."""

    def work(item: Item) -> Done:
        first = flows.begin()
        submission = Submission(
            item=item,
            cycle=item.cycle,
            no=item.submissions.count() + 1,
            process=first.process,
            route=routing.present_route(item.round),
            digest=item.content_digest(),
            submitted_by_id=actor.person_id,
            submitted_at=timezone.now(),
        )
        submission.position = routing.first_position(submission)
        submission.save()
        passage.begin(submission, first)
        # Whoever decides on it opens it next: before what others only put down.
        deriving.hasten(item.citations.standing().values("evidence__digest"))
        item.submission = submission
        told = {"no": submission.no, "cycle": item.cycle, "digest": submission.digest}
        done = Done({"submission"}, told)
        granting.lapse(item, {Asking.EXTEND, Asking.SUSPEND}, actor=actor, done=done)
        return done

    return take(item_id, "submit", actor=actor, command=command, work=work)


def withdraw(item_id: int, *, actor: Actor, command: Command) -> Item:
    """Take a submission back before anybody has acted on it."""

    def work(item: Item) -> Done:
        submission = submission_of(item)
        passage.end(None, submission, "withdraw", actor=actor)
        submission.outcome, submission.decided_at = Outcome.WITHDRAWN, timezone.now()
        submission.save(update_fields=["outcome", "decided_at"])
        return Done(data={"no": submission.no})

    return take(item_id, "withdraw", actor=actor, command=command, work=work)
