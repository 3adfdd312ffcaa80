"""A measure: what is to be done, when it counts as done, and what came of it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from core.models import Deliberate
from workflows.models.item import Item


class MeasureQuerySet(models.QuerySet["Measure"]):
    def without_proof(self) -> MeasureQuerySet:
        """Neither evidence that stands nor a written reason why there is none."""
        standing = Q(citations__isnull=False, citations__withdrawn_at__isnull=True)
        proven = self.filter(standing).values("pk")
        return self.filter(no_evidence_reason="").exclude(pk__in=proven)


class Measure(Deliberate):
    item = models.ForeignKey(Item, models.PROTECT, related_name="measures")
    position = models.PositiveSmallIntegerField()
    text = models.TextField()
    criterion = models.CharField(max_length=300, blank=True)
    account = models.TextField(blank=True)
    """What was done about it (完成情况), in the staff's words."""
    no_evidence_reason = models.CharField(max_length=300, blank=True)

    # What notices total up.
    rule_made = models.CharField(max_length=200, blank=True)
    """The title of the rule that was made (建章立制); empty when none was."""
    loss_recovered = models.DecimalField(max_digits=12, decimal_places=4, default=0)
    """In 万元."""
    people_held = models.PositiveSmallIntegerField(default=0)
    similar_cases = models.CharField(max_length=300, blank=True)
    campaign = models.BooleanField(default=False)

    objects = MeasureQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item", "position"], name="a_measure_has_its_place")
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.text}"
