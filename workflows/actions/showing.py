"""How a round shows its evidence: with or without the reader's name across it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from core.refusals import Conflict, Unmet
from workflows import policy
from workflows.actions import rounds
from workflows.states import Watermark

if TYPE_CHECKING:
    from core.actor import Actor
    from workflows.models import Round


def set_watermark(round_id: int, *, actor: Actor, watermark: str) -> Round:
    """Whether pages and copies name who reads them; holds at once."""
    with transaction.atomic(durable=True):
        round_ = rounds.held(round_id, actor)
        policy.insist_on_office(actor, round_.unit)
        if watermark not in Watermark.values:
            raise Unmet(_("There is no such watermark."), then=_("Choose one from the list."))
        if watermark == round_.watermark:
            raise Conflict(
                _("This is how the round shows its evidence already."),
                then=_("Nothing needs to be done."),
            )
        before, round_.watermark = str(round_.watermark), watermark
        round_.save(update_fields=["watermark"])
        told = {"before": before, "watermark": str(watermark)}
        rounds.tell(round_, "round.watermark_set", actor, told)
    return round_
