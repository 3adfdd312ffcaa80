"""One hand-in of an item for review, and how it was decided."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from viewflow.workflow.models import Process

from core.models import Deliberate
from workflows.models.deputy import in_place_of
from workflows.models.item import Item
from workflows.models.judgement import is_any_found
from workflows.models.route import PRESETS, Route, Step
from workflows.states import Outcome

if TYPE_CHECKING:
    from workflows.holders import On

APPROVED = ("approved_by", "approved_behind", "approved_at")
"""The fields that say whose approval stands."""


class Submission(Deliberate):
    """Kept for ever; a later cycle makes new ones and leaves these as they were."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="submissions")
    cycle = models.PositiveSmallIntegerField()
    no = models.PositiveSmallIntegerField()
    process = models.OneToOneField(Process, models.PROTECT, related_name="submission")
    route = models.ForeignKey(Route, models.PROTECT, null=True, related_name="submissions")
    """The version it began with and finishes on; None for the short one of a round without."""
    position = models.PositiveSmallIntegerField(default=0)
    """The step it stands at, from 0."""
    resume_at = models.PositiveSmallIntegerField(null=True)
    """Returned with “come straight back to me”: the step the next submission begins at."""
    digest = models.CharField(max_length=64)
    """Of the content handed in; an approval is of these bytes and no others."""
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="submitted"
    )
    submitted_at = models.DateTimeField()
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="approved"
    )
    approved_behind = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    """For whom, where a deputy approved."""
    approved_at = models.DateTimeField(null=True)
    opinion = models.TextField(blank=True)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, default=Outcome.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="decided"
    )
    decided_behind = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    requirement = models.TextField(blank=True)
    """What a return demands in writing."""

    class Meta:
        ordering: ClassVar = ["item_id", "no"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item", "no"], name="a_submission_has_its_number"),
            models.UniqueConstraint(
                fields=["item"],
                condition=Q(outcome="open"),
                name="one_open_submission_an_item",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=models.F("submitted_by")),
                name="nobody_approves_their_own",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="closed")
                | (
                    Q(approved_by__isnull=False, decided_by__isnull=False)
                    & ~Q(decided_by=models.F("submitted_by"))
                    & ~Q(decided_by=models.F("approved_by"))
                ),
                name="submitter_approver_closer_are_three",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["outcome", "decided_at"], name="submission_decided")
        ]

    def __str__(self) -> str:
        return f"{self.item} #{self.no}"

    on: ClassVar[On] = "submission"

    def unapprove(self) -> None:
        """No approval stands any more."""
        self.approved_by = self.approved_behind = self.approved_at = None

    @property
    def approver(self) -> str:
        """Who approved it last, as the paper says it."""
        return in_place_of(self.approved_by, self.approved_behind)

    @property
    def decider(self) -> str:
        """Who closed or returned it, as the paper says it."""
        return in_place_of(self.decided_by, self.decided_behind)

    @property
    def steps(self) -> tuple[Step, ...]:
        """The route it is on."""
        return self.route.steps if self.route else PRESETS["short"]

    @property
    def is_judged(self) -> bool:
        return is_any_found(self.pk)

    @property
    def asker_id(self) -> int:
        """Whose it is: they decide none of it."""
        return self.submitted_by_id

    def node_at(self, position: int) -> str:
        """The office closes what the others only agree to."""
        return "office" if position == len(self.steps) - 1 else "step"
