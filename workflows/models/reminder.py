"""What the clock did: a reminder a rung, whom it was for, its letter, and the mornings it ran."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.models import Deliberate
from workflows.models.item import Item
from workflows.models.ladder import LadderRule, Paper, Recipient
from workflows.models.round import Round

if TYPE_CHECKING:
    from core.actor import Actor


class Reminder(Deliberate):
    """One rung reached, or its repetition. The key is what makes a second run harmless."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="reminders")
    rule = models.ForeignKey(LadderRule, models.PROTECT, related_name="reminders")
    due_version = models.PositiveIntegerField()
    """The item's when this was made: another date, class or owner makes another key."""
    occasion = models.DateField()
    """The day of the rung or of its repetition; later made when a morning was missed."""
    made_on = models.DateField()
    days = models.SmallIntegerField(null=True)
    """Days left when it was made."""

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["item", "rule", "due_version", "occasion"], name="a_rung_is_told_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.item_id}/{self.rule_id} {self.occasion}"


class LetterQuerySet(models.QuerySet["Letter"]):
    def visible_to(self, actor: Actor) -> LetterQuerySet:
        return self.filter(item__in=Item.objects.visible_to(actor))


class Letter(Deliberate):
    """A numbered paper. What it says is kept as it was said; numbers run without a gap a round."""

    reminder = models.OneToOneField(Reminder, models.PROTECT, related_name="letter")
    item = models.ForeignKey(Item, models.PROTECT, related_name="letters")
    round = models.ForeignKey(Round, models.PROTECT, related_name="letters")
    no = models.PositiveIntegerField()
    kind = models.CharField(max_length=8, choices=Paper.choices)
    made_on = models.DateField()
    facts = models.JSONField()
    """unit, section, no, title, deadline, due, days, assignee, leaders: as they were that day."""

    objects = LetterQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-round_id", "-no"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["round", "no"], name="a_letter_number_is_used_once")
        ]

    def __str__(self) -> str:
        return f"{self.round_id}/{self.no}"


class Addressee(Deliberate):
    """Somebody a reminder is for: told of it once, and signing for its letter once."""

    reminder = models.ForeignKey(Reminder, models.PROTECT, related_name="addressees")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="reminders_received"
    )
    part = models.CharField(max_length=12, choices=Recipient.choices)
    told_at = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["reminder", "person"], name="a_reminder_is_for_somebody_once"
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["person", "id"],
                condition=Q(told_at__isnull=True),
                name="addressee_to_tell",
            )
        ]

    def __str__(self) -> str:
        return f"{self.reminder_id}: {self.person}"


class MorningRun(Deliberate):
    """A day's reminders: claimed by one worker, taken over when it died before the end."""

    day = models.DateField(unique=True)
    claimed_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    made = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["-day"]

    def __str__(self) -> str:
        return str(self.day)
