"""A completion criterion: one thing that is to be shown before a measure counts as done."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from core.models import Deliberate
from workflows.models.measure import Measure


class Criterion(Deliberate):
    """Its number within the measure stays once the item was assigned."""

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="criteria")
    number = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=300)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["measure", "number"], name="a_criterion_has_its_number")
        ]

    def __str__(self) -> str:
        return self.text
