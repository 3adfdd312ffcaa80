"""Signing for a letter of the ladder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import record
from core.refusals import NotFound, NotPermitted
from workflows.models import Addressee, Item, Letter

if TYPE_CHECKING:
    from core.actor import Actor


def sign(letter_id: int, *, actor: Actor) -> Letter:
    """Sign for receipt (签收). Only whom it is addressed to may; a second time changes nothing."""
    letter = Letter.objects.visible_to(actor).filter(pk=letter_id).first()
    if letter is None:
        raise NotFound
    with transaction.atomic(durable=True):
        item = Item.objects.locked(letter.item_id)
        mine = Addressee.objects.filter(reminder=letter.reminder_id, person_id=actor.id).first()
        if mine is None:
            raise NotPermitted(
                _("Only those to whom the letter is addressed sign for it."),
                who=_(", ").join(addressees_of(letter)),
                then=_("Leave it to them."),
            )
        if mine.signed_at is None:
            mine.signed_at = timezone.now()
            mine.save(update_fields=["signed_at"])
            told = {"letter": letter.no, "kind": letter.kind, "part": mine.part}
            head = record.append("item.letter_signed", head=item.head, actor=actor, data=told)
            item.trail_seq, item.trail_head = head.seq, head.hash
            item.save(update_fields=["trail_seq", "trail_head"])
    return letter


def addressees_of(letter: Letter) -> list[str]:
    rows = Addressee.objects.filter(reminder=letter.reminder_id)
    return list(rows.values_list("person__name", flat=True))
