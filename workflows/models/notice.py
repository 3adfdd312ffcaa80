"""What a person was told: the inbox is the truth, what goes out by other channels only hints."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from core.models import Deliberate, User
from workflows.models.item import Item

if TYPE_CHECKING:
    from core.actor import Actor


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, actor: Actor) -> NoticeQuerySet:
        """A notice is its reader's own, whatever posts anybody else holds."""
        return self.filter(person_id=actor.id) if actor.id is not None else self.none()

    def unread(self) -> NoticeQuerySet:
        return self.filter(read_at=None)


class Notice(Deliberate):
    """One thing told to one person, once for its key.

    The words are those of its kind (workflows.notices.KINDS), filled with `params` in the
    language of whoever reads them.
    """

    person = models.ForeignKey(User, models.PROTECT, related_name="notices")
    key = models.CharField(max_length=80)
    kind = models.CharField(max_length=32)
    item = models.ForeignKey(Item, models.CASCADE, null=True, related_name="notices")
    params = models.JSONField(default=dict)
    url = models.CharField(max_length=200)
    """The page to act on, a path of ours."""
    bundle = models.CharField(max_length=40, blank=True)
    """Notices of one bundle leave the house together, as one message a person."""
    created = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "key"], name="a_person_is_told_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["person", "-id"], name="notice_by_person"),
            models.Index(
                fields=["person", "-id"], condition=Q(read_at__isnull=True), name="notice_unread"
            ),
            models.Index(
                fields=["bundle", "person"], condition=~Q(bundle=""), name="notice_by_bundle"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.person_id}"


class Muted(models.Model):
    """A channel that a person does not want to be told by. The inbox cannot be muted."""

    person = models.ForeignKey(User, models.PROTECT, related_name="muted")
    channel = models.CharField(max_length=16)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "channel"], name="a_channel_is_muted_once")
        ]

    def __str__(self) -> str:
        return self.channel
