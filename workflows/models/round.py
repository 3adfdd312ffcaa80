"""A round of inspection and its table of contents: aspects, and the problems under them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import Deliberate, Unit
from workflows import extensions
from workflows.checks import rules
from workflows.states import Ink, Watermark

if TYPE_CHECKING:
    from core.actor import Actor


class Period(models.TextChoices):
    """How long the concentrated rectification lasts, counted from the feedback date."""

    TWO_MONTHS = "2m", _("Two months")
    THREE_MONTHS = "3m", _("Three months")
    SIX_MONTHS = "6m", _("Six months (2024 rules)")


class PlanTerm(models.TextChoices):
    """By when the plan is due, counted from the feedback date."""

    ONE_MONTH = "1m", _("One month")
    FIFTEEN_WORKING_DAYS = "15w", _("15 working days")


class Retention(models.TextChoices):
    """How long evidence is kept after its item has ended, as archives say it (保管期限)."""

    PERMANENT = "permanent", _("For ever")
    THIRTY_YEARS = "30y", _("30 years")
    TEN_YEARS = "10y", _("10 years")


YEARS = {Retention.THIRTY_YEARS: 30, Retention.TEN_YEARS: 10}
PLAN_WORKING_DAYS = 15
MONTHS = {Period.TWO_MONTHS: 2, Period.THREE_MONTHS: 3, Period.SIX_MONTHS: 6}


class RoundQuerySet(models.QuerySet["Round"]):
    def visible_to(self, actor: Actor) -> RoundQuerySet:
        """The rounds of the units an actor oversees, and those of the unit their section is in."""
        within = Q(unit__sections__in=actor.sections)
        for path in actor.unit_paths:
            within |= Q(unit__path__startswith=path)
        return self.filter(within).distinct()

    def locked(self, round_id: int) -> Round:
        """The row that whatever is done to a round as a whole holds until its transaction ends."""
        rows = self.select_for_update(of=("self",), no_key=True)
        return rows.select_related("unit").get(pk=round_id)


class Round(Deliberate):
    """One inspection of one unit, from the feedback to the close of its last item."""

    code = models.CharField(_("code"), max_length=32, unique=True)
    title = models.CharField(_("title"), max_length=160)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="rounds", verbose_name=_("unit"))
    inspection_body = models.CharField(_("inspection body"), max_length=120, blank=True)
    starts = models.DateField(_("inspection starts"), null=True, blank=True)
    ends = models.DateField(_("inspection ends"), null=True, blank=True)
    feedback_date = models.DateField(_("feedback date"))
    period = models.CharField(
        _("concentrated period"), max_length=4, choices=Period.choices, default=Period.SIX_MONTHS
    )
    plan_term = models.CharField(
        _("plan due"), max_length=4, choices=PlanTerm.choices, default=PlanTerm.ONE_MONTH
    )
    must_read = models.BooleanField(_("whoever decides must have read"), default=False)
    """Whether approving and closing need every piece of evidence opened by whoever does it."""
    signature = models.CharField(
        _("signature"), max_length=5, choices=Ink.choices, default=Ink.NONE
    )
    watermark = models.CharField(
        _("watermark"), max_length=6, choices=Watermark.choices, default=Watermark.NONE
    )
    extension_rules = models.JSONField(default=extensions.presets, editable=False)
    """By class of deadline: how often an item is extended, and how far beyond the first date."""
    check_rules = models.JSONField(default=rules.usual, editable=False)
    """What the checks look for, from where on, and whether open flags hold up decisions."""
    retention = models.CharField(
        _("retention"), max_length=9, choices=Retention.choices, default=Retention.PERMANENT
    )
    demo = models.BooleanField(default=False, editable=False)

    objects = RoundQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-feedback_date", "-id"]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def subject(self) -> str:
        return f"round:{self.pk}"


class Aspect(Deliberate):
    round = models.ForeignKey(Round, models.PROTECT, related_name="aspects")
    no = models.CharField(max_length=16)
    title = models.CharField(max_length=300)
    position = models.PositiveIntegerField()

    class Meta:
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["round", "no"], name="an_aspect_number_is_used_once")
        ]

    def __str__(self) -> str:
        return f"{self.no}{self.title}"


class Problem(Deliberate):
    aspect = models.ForeignKey(Aspect, models.PROTECT, related_name="problems")
    no = models.CharField(max_length=16)
    title = models.CharField(max_length=500)
    position = models.PositiveIntegerField()

    class Meta:
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["aspect", "no"], name="a_problem_number_is_used_once")
        ]

    def __str__(self) -> str:
        return f"{self.no} {self.title}"
