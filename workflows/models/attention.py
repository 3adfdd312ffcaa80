"""What people do so that others move: urging an item on, and keeping it on a list of one's own."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.models import Deliberate
from workflows.models.item import Item
from workflows.models.request import Request


class Urge(Deliberate):
    """One 催办: at most one a person and day, of an item or of a request for it."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="urges")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="urged")
    day = models.DateField()
    reason = models.CharField(max_length=300, blank=True)
    request = models.ForeignKey(Request, models.PROTECT, null=True, related_name="urges")
    """Where whoever decides on a request was urged, and not whoever has the item."""

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["item", "person", "day"],
                condition=Q(request=None),
                name="urged_once_a_person_and_day",
            ),
            models.UniqueConstraint(
                fields=["request", "person", "day"], name="request_urged_once_a_person_and_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.day}"


class Supervision(Deliberate):
    """An item on somebody's own list (督办), who gets word of each step until they take it off."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="supervisions")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="supervises")
    since = models.DateTimeField()
    told_seq = models.PositiveIntegerField()
    """How far along the item's chain they were told."""

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item", "person"], name="supervised_once_a_person")
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.person}"
