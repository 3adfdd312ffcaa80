"""One more paper that is asked for, for one hole: by whom, until when, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from core.models import Deliberate
from workflows.models.criterion import Criterion
from workflows.models.deputy import in_place_of, told_behind
from workflows.models.item import Item
from workflows.models.measure import Measure
from workflows.states import Owing

if TYPE_CHECKING:
    from datetime import date


class EvidenceRequestQuerySet(models.QuerySet["EvidenceRequest"]):
    def open(self) -> EvidenceRequestQuerySet:
        return self.filter(state=Owing.OPEN)


class EvidenceRequest(Deliberate):
    """补证要求. A task of whoever is responsible for the item; never changed but by its end."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="evidence_requests")
    no = models.PositiveSmallIntegerField()
    measure = models.ForeignKey(Measure, models.PROTECT, related_name="evidence_requests")
    criterion = models.ForeignKey(
        Criterion, models.PROTECT, null=True, related_name="evidence_requests"
    )
    """None where the measure has none."""
    text = models.CharField(max_length=300)
    """Which paper, and what it is to show."""
    due = models.DateField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_behind = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    """For whom a deputy asked."""
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=Owing.choices, default=Owing.OPEN)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    """Why there is no such paper, or why it is no longer wanted."""

    objects = EvidenceRequestQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["item_id", "no"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["item", "no"], name="an_evidence_request_has_its_number"
            ),
            models.CheckConstraint(
                condition=Q(state="open", ended_at__isnull=True)
                | (~Q(state="open") & Q(ended_at__isnull=False)),
                name="an_evidence_request_ends_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["item", "state"], name="evidence_asked_of_item"),
            models.Index(fields=["due"], condition=Q(state="open"), name="evidence_asked_until"),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def at(self) -> str:
        """Its place on the item's page."""
        return f"asked-{self.pk}"

    @property
    def place(self) -> str:
        """As people say it: 2.1 for the first criterion of the second measure."""
        at = str(self.measure.position)
        return f"{at}.{self.criterion.number}" if self.criterion else at

    @property
    def target(self) -> str:
        """As forms say it: the measure, and its criterion behind a point."""
        return ".".join(str(one) for one in (self.measure_id, self.criterion_id) if one)

    @property
    def asker(self) -> str:
        return in_place_of(self.asked_by, self.asked_behind)

    @property
    def is_open(self) -> bool:
        return self.state == Owing.OPEN

    def days_left(self, on: date | None = None) -> int:
        """Negative once its day has passed."""
        return (self.due - (on or timezone.localdate())).days

    def told(self) -> dict[str, Any]:
        """As the event of its asking keeps it."""
        told: dict[str, Any] = {"evidence_request": self.no, "measure": self.measure.position}
        if self.criterion is not None:
            told["criterion"] = self.criterion.number
        told |= {"text": self.text, "due": self.due.isoformat()}
        return told | told_behind(self.asked_behind)

    @property
    def words(self) -> str:
        return _("%(place)s: %(text)s, until %(day)s (%(who)s)") % {
            "place": self.place,
            "text": self.text.rstrip("。."),
            "day": self.due.isoformat(),
            "who": self.asker,
        }
