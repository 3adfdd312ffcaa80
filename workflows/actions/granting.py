"""What the last agreement to a request does to its item, and how requests end otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from workflows.actions import passage, wanting
from workflows.actions.step import Done
from workflows.models import Item
from workflows.states import Asking, Ending, Outcome, Precision, Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from core.actor import Actor
    from workflows.models import Duty, Request


def grant(duty: Duty, told: dict[str, Any], *, actor: Actor) -> Done:
    """The route of a request has ended with yes: its verb happens to the item."""
    request, item = duty.request, duty.item
    if request is None:
        raise RuntimeError(f"duty {duty.pk} is of no request")
    passage.end(duty, request, "grant", actor=actor)
    done = _GRANTS[Asking(request.kind)](item, request, actor)
    decide(request, Ending.GRANTED, by=duty)
    item.request = None
    return Done({"request", *done.fields}, {**told, **done.data})


def lapse(item: Item, kinds: Collection[Asking], *, actor: Actor, done: Done) -> None:
    """Whatever of these was asked has lost its object; said in the event of what did that."""
    request = item.request
    if request is None or request.kind not in kinds:
        return
    passage.end(None, request, "lapse", actor=actor)
    decide(request, Ending.LAPSED)
    item.request = None
    done.fields.add("request")
    done.data["lapses"] = {"no": request.no, "kind": request.kind}


_DECIDED = ("outcome", "decided_at", "decided_by", "decided_behind", "opinion", "before")


def decide(request: Request, outcome: Ending, *, by: Duty | None = None) -> None:
    request.outcome, request.decided_at = outcome, timezone.now()
    if by is not None:
        request.decided_by, request.decided_behind = by.decided_by, by.behind
        request.opinion = by.opinion
    request.save(update_fields=_DECIDED)


def _extend(item: Item, request: Request, _actor: Actor) -> Done:
    """The new date; what the ledger says of the deadline stays as it was written."""
    request.before, item.due = item.due, request.proposed
    item.precision = Precision.DAY
    item.due_version += 1
    told = {"before": str(request.before), "until": str(item.due)}
    return Done({"due", "precision", "due_version"}, told)


def _suspend(item: Item, request: Request, _actor: Actor) -> Done:
    item.suspended_until = request.proposed
    return Done({"suspended_until"}, {"until": str(request.proposed)})


def _cancel(item: Item, request: Request, actor: Actor) -> Done:
    end_review(item, actor=actor)
    item.suspended_until = None
    told: dict[str, Any] = {"reason": request.reason}
    wanting.lapse(item, actor, told)
    return Done({"suspended_until"}, told)


def _merge(item: Item, request: Request, actor: Actor) -> Done:
    """Evidence stays where it is: the other item tells of it."""
    done = _cancel(item, request, actor)
    no = Item.objects.values_list("no", flat=True).get(pk=request.into_id or 0)
    done.data |= {"into": no, "into_item": request.into_id}
    return done


def _reopen(item: Item, request: Request, _actor: Actor) -> Done:
    """A new cycle; the closed one and every figure issued of it stay as they were."""
    item.cycle += 1
    item.progress = Progress.NOT_DONE
    item.submission = None
    told = {"cycle": item.cycle, "reason": request.reason, "basis": request.basis}
    return Done({"cycle", "progress", "submission"}, told)


_GRANTS: dict[Asking, Callable[[Item, Request, Actor], Done]] = {
    Asking.EXTEND: _extend,
    Asking.SUSPEND: _suspend,
    Asking.CANCEL: _cancel,
    Asking.MERGE: _merge,
    Asking.REOPEN: _reopen,
}


def end_review(item: Item, *, actor: Actor) -> None:
    """A review under way ends with its item."""
    submission = item.submission
    if submission is None or submission.outcome != Outcome.OPEN:
        return
    passage.end(None, submission, "cancel", actor=actor)
    submission.outcome = Outcome.CANCELLED
    submission.save(update_fields=["outcome"])
