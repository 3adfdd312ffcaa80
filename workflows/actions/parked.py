"""Sending again what was parked, computing again what was given up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from audit import outbox, record
from core.refusals import Conflict, NotFound
from evidence import deriving
from workflows import faults, underived

if TYPE_CHECKING:
    from core.actor import Actor


def resend(*, actor: Actor, owed_id: int) -> None:
    """Make a parked row due again, from its first try."""
    row = faults.row_for(actor, owed_id)
    if row is None:
        raise NotFound
    with transaction.atomic(durable=True):
        head = record.head_of(f"owed:{row.pk}")
        if not outbox.resend(row.pk):
            raise Conflict(
                _("This is not parked any more: somebody has sent it again."),
                then=_("Look at the page again in a minute."),
            )
        record.append(
            "delivery.resent",
            head=head,
            actor=actor,
            data={"handler": row.handler, "key": row.key, "fault": row.fault},
        )


def derive_again(*, actor: Actor, what: str, fault: str) -> int:
    """Have everything that one fault stopped computed again, from its first try; how many."""
    group = next((g for g in underived.groups(actor) if (g.what, g.fault) == (what, fault)), None)
    if group is None:
        raise NotFound
    with transaction.atomic(durable=True):
        tried = deriving.once_more(group.keys)
        told = {"what": what, "fault": fault, "files": tried}
        record.append(
            "derivation.again", head=record.head_of(actor.subject), actor=actor, data=told
        )
    return tried
