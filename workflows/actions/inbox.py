"""One's own inbox: what was read, and by which channels word comes besides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from audit import channels, record
from core.refusals import NotFound
from workflows.models import Muted, Notice

if TYPE_CHECKING:
    from collections.abc import Collection

    from core.actor import Actor


def read(*, actor: Actor, notice_id: int) -> Notice:
    """Mark one's own notice as read. Opening a letter changes nothing else, so it is no event."""
    notice = Notice.objects.visible_to(actor).filter(pk=notice_id).first()
    if notice is None:
        raise NotFound
    if notice.read_at is None:
        notice.read_at = timezone.now()
        notice.save(update_fields=["read_at"])
    return notice


def read_all(*, actor: Actor, up_to: int) -> int:
    """Mark as read what was on the page: not what came in since it was drawn."""
    unread = Notice.objects.visible_to(actor).unread().filter(pk__lte=up_to)
    return unread.update(read_at=timezone.now())


def choose_channels(*, actor: Actor, wanted: Collection[str]) -> None:
    """Be told by these besides the inbox; the others are muted, but for what is overdue."""
    offered = {channel.name for channel in channels.configured()}
    muted = offered - set(wanted)
    with transaction.atomic(durable=True):
        head = record.head_of(actor.subject)
        mine = Muted.objects.filter(person_id=actor.person_id, channel__in=offered)
        if set(mine.values_list("channel", flat=True)) == muted:
            return
        mine.delete()
        Muted.objects.bulk_create(
            [Muted(person_id=actor.person_id, channel=channel) for channel in sorted(muted)]
        )
        record.append(
            "person.channels_chosen", head=head, actor=actor, data={"muted": sorted(muted)}
        )
