"""How long a round keeps its evidence, and legal holds on a round or on one item of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import record
from core import fitting
from core.refusals import Conflict, NotFound, Unmet
from core.roles import Role
from workflows import guards, policy
from workflows.actions import rounds
from workflows.models import Hold, Item, Round
from workflows.models.round import Retention

if TYPE_CHECKING:
    from core.actor import Actor

_HELD = ("round.held", "item.held")
_LIFTED = ("round.hold_lifted", "item.hold_lifted")
HOLDING = (Role.OFFICE, Role.INSPECTION_OFFICE)


def set_retention(round_id: int, *, actor: Actor, retention: str) -> Round:
    """Holds for all that ended and will end; nothing is destroyed by it."""
    with transaction.atomic(durable=True):
        round_ = rounds.held(round_id, actor)
        policy.insist_on_office(actor, round_.unit)
        if retention not in Retention.values:
            raise Unmet(_("There is no such retention."), then=_("Choose one from the list."))
        before = round_.retention
        if before == retention:
            raise Conflict(
                _("This is the retention of the round already."),
                then=_("Nothing needs to be done."),
            )
        round_.retention = retention
        round_.save(update_fields=["retention"])
        rounds.tell(
            round_, "round.retention_set", actor, {"before": before, "retention": retention}
        )
    return round_


def hold(round_id: int, *, actor: Actor, reason: str, item_id: int | None = None) -> Hold:
    """Keep the evidence of a round, or of one item, from being destroyed whatever its age."""
    with transaction.atomic(durable=True):
        round_ = rounds.held(round_id, actor)
        policy.insist_on_one_of(actor, HOLDING, round_.unit)
        guards.insist_on_reason(reason)
        item = _item_of(round_, item_id)
        if Hold.objects.standing().filter(round=round_, item=item).exists():
            raise Conflict(
                _("A legal hold stands here already."),
                then=_("Lift it first, if its reason has changed."),
            )
        row = Hold(
            round=round_,
            item=item,
            reason=reason.strip(),
            set_by_id=actor.person_id,
            set_at=timezone.now(),
            from_above=actor.holds(Role.INSPECTION_OFFICE, unit_path=round_.unit.path),
        )
        fitting.insist(row, "reason")
        row.save()
        _tell_hold(row, _HELD, actor, row.reason)
    return row


def lift(hold_id: int, *, actor: Actor, reason: str) -> Hold:
    """End a hold; what the inspection office holds it alone may lift."""
    known = Hold.objects.visible_to(actor).filter(pk=hold_id).first()
    if known is None:
        raise NotFound
    with transaction.atomic(durable=True):
        round_ = rounds.held(known.round_id, actor)
        row = Hold.objects.select_related("item").get(pk=hold_id)
        policy.insist_on_one_of(actor, HOLDING[1:] if row.from_above else HOLDING, round_.unit)
        guards.insist_on_reason(reason)
        if row.lifted_at is not None:
            raise Conflict(_("This hold was lifted already."), then=_("Nothing needs to be done."))
        row.lifted_by_id, row.lifted_at = actor.id, timezone.now()
        row.lifted_reason = reason.strip()
        fitting.insist(row, "lifted_reason")
        row.save(update_fields=["lifted_by", "lifted_at", "lifted_reason"])
        _tell_hold(row, _LIFTED, actor, row.lifted_reason)
    return row


def _item_of(round_: Round, item_id: int | None) -> Item | None:
    if item_id is None:
        return None
    item = Item.objects.filter(round=round_, pk=item_id).first()
    if item is None:
        raise NotFound
    return item


def _tell_hold(row: Hold, names: tuple[str, str], actor: Actor, reason: str) -> None:
    of_the_round, of_the_item = names
    data = {"hold": row.pk, "reason": reason}
    if row.item_id is None:
        rounds.tell(row.round, of_the_round, actor, data)
    else:
        tell_item(row.item_id, of_the_item, actor, data)


def tell_item(item_id: int, name: str, actor: Actor, data: dict[str, Any]) -> None:
    """On the item's own chain; it moves nothing."""
    item = Item.objects.locked(item_id)
    head = record.append(name, head=item.head, actor=actor, data=data)
    item.trail_seq, item.trail_head = head.seq, head.hash
    item.save(update_fields=["trail_seq", "trail_head"])
