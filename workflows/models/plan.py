"""The plan (整改方案) of a round: its measures frozen as a version, and who is asked about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from viewflow.workflow.models import Process, Task

from core.models import Deliberate, Section
from core.roles import Role
from workflows.models.content import digest_of_plan
from workflows.models.round import Round
from workflows.states import Standing

if TYPE_CHECKING:
    from core.actor import Actor


class PlanState(models.TextChoices):
    UNDER_REVIEW = "under_review", _("Under joint review")
    RETURNED = "returned", _("Plan returned")
    APPROVED = "approved", _("Plan approved")
    WITHDRAWN = "withdrawn", _("Plan withdrawn")
    SUPERSEDED = "superseded", _("Replaced by a later version")


class PlanPart(models.TextChoices):
    """As what somebody is asked; the first responsible person decides when all others agreed."""

    HEAD = "head", _("Head of a responsible section")
    LEADER = "leader", _("Responsible leader")
    FIRST = "first", _("First responsible person")


class PlanQuerySet(models.QuerySet["Plan"]):
    def visible_to(self, actor: Actor) -> PlanQuerySet:
        """The plans of the rounds an actor sees, and those they are asked about by name."""
        rounds = Round.objects.visible_to(actor).values("pk")
        asked = PlanOpinion.objects.filter(person__in=sorted(actor.people)).values("plan")
        return self.filter(Q(round__in=rounds) | Q(pk__in=asked))


class Plan(Deliberate):
    """One version. `data` is never written again; `digest` is of its canonical bytes."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="plans")
    version = models.PositiveSmallIntegerField()
    data = models.JSONField()
    """Aspects, their problems, their items, their measures: workflows.plan_content."""
    digest = models.CharField(max_length=64)
    due = models.DateField()
    """By when the plan was due when it was put forward."""
    state = models.CharField(
        max_length=12, choices=PlanState.choices, default=PlanState.UNDER_REVIEW
    )
    process = models.OneToOneField(Process, models.PROTECT, related_name="plan")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    """When it was approved, returned or withdrawn."""

    objects = PlanQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["round_id", "-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["round", "version"], name="a_plan_version_is_one"),
            models.UniqueConstraint(
                fields=["round"],
                condition=Q(state="under_review"),
                name="one_plan_under_review_a_round",
            ),
            models.UniqueConstraint(
                fields=["round"], condition=Q(state="approved"), name="one_plan_in_force_a_round"
            ),
            models.CheckConstraint(
                condition=Q(state="under_review") ^ Q(decided_at__isnull=False),
                name="a_decided_plan_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round.code} v{self.version}"

    @property
    def intact(self) -> bool:
        """Whether the content is still what was put forward."""
        return digest_of_plan(self.data) == self.digest


class PlanOpinion(Deliberate):
    """One place that is asked about a plan: a person, or a group of which one answers.

    Addressed as a duty of a review is, so that the same rules say whose it is.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="opinions")
    task = models.OneToOneField(Task, models.PROTECT, related_name="plan_opinion")
    part = models.CharField(max_length=8, choices=PlanPart.choices)
    state = models.CharField(max_length=8, choices=Standing.choices, default=Standing.OPEN)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="plan_opinions"
    )
    role = models.CharField(max_length=24, choices=Role.choices, blank=True)
    section = models.ForeignKey(Section, models.PROTECT, null=True, related_name="+")
    unit_path = models.CharField(max_length=255, blank=True)
    raised = models.BooleanField(default=False)
    """Whoever is asked here put the plan forward, answered or decides last: one level up."""
    opened_at = models.DateTimeField()

    outcome = models.CharField(max_length=8, blank=True)
    opinion = models.TextField(blank=True)
    """With a return: the reason."""
    remarks = models.JSONField(default=list)
    """Of single problems: `no` and `text`."""
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="plans_answered"
    )
    behind = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["plan_id", "id"]
        indexes: ClassVar = [
            models.Index(
                fields=["person"], condition=Q(state="open"), name="plan_opinion_of_person"
            ),
            models.Index(
                fields=["role", "section"], condition=Q(state="open"), name="plan_opinion_of_group"
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(state="done")
                | Q(decided_by__isnull=False, decided_at__isnull=False, outcome__gt=""),
                name="a_given_opinion_says_whose_and_when",
            ),
            models.CheckConstraint(
                condition=Q(behind__isnull=True) | ~Q(behind=models.F("decided_by")),
                name="no_opinion_for_oneself_as_deputy",
            ),
            models.UniqueConstraint(
                fields=["plan", "decided_by"],
                condition=Q(state="done"),
                name="nobody_answers_a_plan_twice",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan} {self.get_part_display()}"
