"""The days on which a unit works, or does not, whatever was published for the country."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models

from core.models import Deliberate, Unit, lineage_of

if TYPE_CHECKING:
    from datetime import date

    from core.actor import Actor


class CalendarDayQuerySet(models.QuerySet["CalendarDay"]):
    def of(self, unit: Unit) -> CalendarDayQuerySet:
        """What holds for a unit: its own days and those of the units above it, highest first."""
        return self.filter(unit__path__in=unit.lineage()).order_by("unit__path", "day")

    def local(self, unit: Unit) -> dict[date, bool]:
        """The same for workflows.calendar: what a unit says itself goes above what is above it."""
        return dict(self.of(unit).values_list("day", "working"))

    def visible_to(self, actor: Actor) -> CalendarDayQuerySet:
        """Public to whoever works in the units below."""
        paths = {path for post in actor.posts for path in lineage_of(post.unit_path)}
        return self.filter(unit__path__in=sorted(paths))


class CalendarDay(Deliberate):
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="calendar_days")
    day = models.DateField()
    working = models.BooleanField()
    note = models.CharField(max_length=120)
    """Why: the notice it follows."""

    objects = CalendarDayQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["day", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit", "day"], name="a_unit_decides_a_day_once")
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.note}"
