"""What becomes of a flag: raised by the checks, cleared by a person with a reason, or sent back."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit import record
from core import fitting
from core.actor import SYSTEM
from core.refusals import Conflict, NotFound, NotPermitted
from workflows import guards, policy
from workflows.models import Flag, Item
from workflows.models.flag import FlagState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.actor import Actor
    from workflows.checks.found import Found

_LOOKED_AT = gettext_lazy("Write what you looked at and why it is in order.")


def raise_all(item_id: int, found: Iterable[Found]) -> list[Flag]:
    """Raise what was not raised before, each with its event; in one transaction under the lock."""
    by_key = {one.key: one for one in found}
    with transaction.atomic():
        item = Item.objects.locked(item_id)
        known = set(Flag.objects.filter(key__in=by_key).values_list("key", flat=True))
        return [_raise(item, one) for key, one in by_key.items() if key not in known]


def _raise(item: Item, found: Found) -> Flag:
    other = found.other_citation or found.other_reply
    flag = Flag(
        item=item,
        rule=found.rule,
        key=found.key,
        citation=found.citation,
        measure=found.measure,
        other_item_id=other.item_id if other else None,
        other_citation=found.other_citation,
        other_measure=other.measure if other else None,
        told=found.told,
        salt=secrets.token_hex(16),
        raised_at=timezone.now(),
    )
    flag.save()
    _record(item, SYSTEM, "flag.raised", flag, mark=flag.mark)
    return flag


def clear(flag_id: int, *, actor: Actor, reason: str) -> Flag:
    """Say why what was found is in order; by whoever decides, never by whoever handed it in."""
    with transaction.atomic(durable=True):
        flag = _held(flag_id, actor)
        guards.insist_on_reason(reason, then=_LOOKED_AT)
        if flag.state == FlagState.CLEARED:
            raise Conflict(
                _("This flag was cleared already."),
                state=flag.get_state_display(),
                then=_("Open it again to see by whom and why."),
            )
        _decide(flag, FlagState.CLEARED, actor, reason)
        _record(flag.item, actor, "flag.cleared", flag, reason=flag.reason)
    return flag


def reopen(flag_id: int, *, actor: Actor, reason: str) -> Flag:
    """Look at a cleared flag again, and say why."""
    with transaction.atomic(durable=True):
        flag = _held(flag_id, actor)
        guards.insist_on_reason(reason, then=_LOOKED_AT)
        if flag.state != FlagState.CLEARED:
            raise Conflict(
                _("Only a cleared flag is looked at again."),
                state=flag.get_state_display(),
                then=_("Answer it as it stands."),
            )
        _decide(flag, FlagState.OPEN, actor, reason)
        _record(flag.item, actor, "flag.reopened", flag, reason=flag.reason)
    return flag


def send_back(item_id: int) -> int:
    """The item went back while these stood open: they were part of why, or are answered with it."""
    return _turn(item_id, FlagState.OPEN, FlagState.SENT_BACK, "flag.sent_back")


def come_back(item_id: int) -> int:
    """Handed in again with the same in it: open as before."""
    return _turn(item_id, FlagState.SENT_BACK, FlagState.OPEN, "flag.came_back")


def _turn(item_id: int, before: FlagState, after: FlagState, event: str) -> int:
    with transaction.atomic():
        item = Item.objects.locked(item_id)
        turned = list(Flag.objects.standing().filter(item=item, state=before).order_by("pk"))
        for flag in turned:
            flag.state = after
            flag.save(update_fields=["state"])
            _record(item, SYSTEM, event, flag)
    return len(turned)


def end_of_words(item_id: int, digests: set[str]) -> int:
    """Flags on words that were written anew are over; those on the present words stay."""
    kept = tuple(f"@{digest[:24]}" for digest in digests)
    with transaction.atomic():
        item = Item.objects.locked(item_id)
        rows = Flag.objects.filter(item=item, citation=None, over_at=None)
        over = [flag for flag in rows if not any(mark in flag.key for mark in kept)]
        for flag in over:
            flag.over_at = timezone.now()
            flag.save(update_fields=["over_at"])
            _record(item, SYSTEM, "flag.over", flag)
    return len(over)


def _held(flag_id: int, actor: Actor) -> Flag:
    """The flag with its item's row held; policy insisted upon."""
    flag = Flag.objects.visible_to(actor).filter(pk=flag_id).first()
    if flag is None:
        raise NotFound
    item = Item.objects.locked(flag.item_id)
    flag = Flag.objects.select_related("citation", "other_citation").get(pk=flag_id)
    flag.item = item
    if refused := refusal(flag, actor):
        raise refused
    return flag


def refusal(flag: Flag, actor: Actor) -> NotPermitted | None:
    """Why this person does not answer the flag; the page asks the same."""
    refused = policy.refusal(flag.item, actor, policy.answerer)
    if refused is not None:
        return refused
    if handed_in_by(flag) & actor.people:
        return NotPermitted(
            _("Nobody clears a flag on what they handed in themselves."),
            who=policy.answerer.words,
            then=_("Leave it to another person."),
        )
    return None


def handed_in_by(flag: Flag) -> set[int]:
    """Who stands behind either side."""
    people = {c.cited_by_id for c in (flag.citation, flag.other_citation) if c is not None}
    submission = flag.item.submission
    submitters = {submission.submitted_by_id} if submission is not None else set()
    assignee = {flag.item.assignee_id} if flag.item.assignee_id is not None else set()
    return people | submitters | assignee


def _decide(flag: Flag, state: FlagState, actor: Actor, reason: str) -> None:
    flag.state, flag.reason = state, reason.strip()
    flag.decided_by_id, flag.decided_at = actor.person_id, timezone.now()
    fitting.insist(flag, "reason")
    flag.save(update_fields=["state", "reason", "decided_by", "decided_at"])


def _record(item: Item, actor: Actor, name: str, flag: Flag, **more: Any) -> None:
    """On the chain of the item it stands on; of the other side it says nothing."""
    told = {"flag": flag.pk, "rule": str(flag.rule), **_on_what(flag), **more}
    head = record.append(name, head=item.head, actor=actor, data=told)
    item.trail_seq, item.trail_head = head.seq, head.hash
    item.save(update_fields=["trail_seq", "trail_head"])


def _on_what(flag: Flag) -> dict[str, Any]:
    if flag.citation is not None:
        return {"citation": flag.citation_id, "name": flag.citation.evidence.name}
    return {"measure": flag.measure.position if flag.measure else 0}
