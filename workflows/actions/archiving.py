"""Archives that were made and taken out: told on the chain of the round they are of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid5

from django.db import transaction

from audit import record
from audit.models import Event
from core.refusals import NotFound
from workflows.models import Round

if TYPE_CHECKING:
    from uuid import UUID

    from core.actor import Actor

MADE, TAKEN = "archive.made", "archive.downloaded"


def made(round_id: int, *, actor: Actor, command_id: UUID, told: dict[str, Any]) -> None:
    """Once for each command, however often a worker comes to this point."""
    round_ = _round(round_id, actor)
    command = uuid5(command_id, MADE)
    with transaction.atomic(durable=True):
        head = record.head_of(round_.subject)
        if not Event.objects.filter(subject=round_.subject, command=command).exists():
            record.append(MADE, head=head, actor=actor, data=told, command=command)


def taken(round_id: int, *, actor: Actor, told: dict[str, Any]) -> Round:
    """The round of an archive that leaves the house, recorded before its first byte does."""
    round_ = _round(round_id, actor)
    with transaction.atomic(durable=True):
        head = record.head_of(round_.subject)
        record.append(TAKEN, head=head, actor=actor, data=told)
    return round_


def _round(round_id: int, actor: Actor) -> Round:
    found = Round.objects.visible_to(actor).filter(pk=round_id).first()
    if found is None:
        raise NotFound
    return found
