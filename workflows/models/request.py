"""A request: to extend, suspend, cancel, merge or reopen an item, and how it was decided."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from viewflow.workflow.models import Process

from core.models import Deliberate
from workflows.models.deputy import in_place_of
from workflows.models.item import Item
from workflows.models.route import Step
from workflows.states import Asking, Ending, Ground

if TYPE_CHECKING:
    from workflows.holders import On


class Request(Deliberate):
    """Kept for ever with the steps it was asked on; a changed route is for those that follow."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="requests")
    no = models.PositiveSmallIntegerField()
    cycle = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8, choices=Asking.choices)
    process = models.OneToOneField(Process, models.PROTECT, related_name="request")
    data = models.JSONField()
    """Its steps, as a route keeps them."""
    position = models.PositiveSmallIntegerField(default=0)
    """The step it stands at, from 0."""
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="requested")
    asked_at = models.DateTimeField()
    ground = models.CharField(max_length=16, choices=Ground.choices, blank=True)
    """With an extension."""
    reason = models.TextField()
    proposed = models.DateField(null=True)
    """The date asked for: the new deadline, or the last day of a suspension."""
    before = models.DateField(null=True)
    """The deadline that an extension moved, from when it was granted."""
    into = models.ForeignKey(Item, models.PROTECT, null=True, related_name="to_take_in")
    """With a merger: the item that goes on."""
    basis = models.CharField(max_length=200, blank=True)
    """With a reopening: what it is based on."""
    outcome = models.CharField(max_length=12, choices=Ending.choices, default=Ending.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="answered_requests"
    )
    decided_behind = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    """For whom a deputy decided."""
    decided_at = models.DateTimeField(null=True)
    opinion = models.TextField(blank=True)
    """The last answer's: why it was granted or refused."""

    class Meta:
        ordering: ClassVar = ["item_id", "no"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item", "no"], name="a_request_has_its_number"),
            models.UniqueConstraint(
                fields=["item"], condition=Q(outcome="open"), name="one_open_request_an_item"
            ),
            models.CheckConstraint(
                condition=~Q(outcome__in=["granted", "refused"])
                | (
                    Q(decided_by__isnull=False, decided_at__isnull=False)
                    & ~Q(decided_by=models.F("asked_by"))
                ),
                name="nobody_decides_their_own_request",
            ),
            models.CheckConstraint(
                condition=~Q(kind="merge") | Q(into__isnull=False) & ~Q(into=models.F("item")),
                name="a_merger_names_another_item",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["outcome", "decided_at"], name="request_decided")]

    def __str__(self) -> str:
        return f"{self.item.no} {self.get_kind_display()} {self.no}"

    on: ClassVar[On] = "request"

    @property
    def decider(self) -> str:
        """Who had the last word, as the paper says it."""
        return in_place_of(self.decided_by, self.decided_behind)

    @property
    def steps(self) -> tuple[Step, ...]:
        return tuple(Step(**one) for one in self.data)

    @property
    def asker_id(self) -> int:
        """Whose it is: they decide none of it."""
        return self.asked_by_id

    def node_at(self, _position: int) -> str:
        return "step"
