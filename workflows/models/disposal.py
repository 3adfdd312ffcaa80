"""What happens to evidence at the end of its retention: held back, or destroyed by two people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from audit import shields
from core.models import Deliberate
from evidence.models import Evidence
from workflows.models.item import Item
from workflows.models.round import Round

if TYPE_CHECKING:
    from core.actor import Actor


class HoldQuerySet(models.QuerySet["Hold"]):
    def standing(self) -> HoldQuerySet:
        return self.filter(lifted_at=None)

    def visible_to(self, actor: Actor) -> HoldQuerySet:
        return self.filter(round__in=Round.objects.visible_to(actor))


class Hold(Deliberate):
    """A legal hold (封存): while it stands nothing of the item, or of the round, is destroyed."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="holds")
    item = models.ForeignKey(Item, models.PROTECT, null=True, related_name="holds")
    """None: the whole round is held."""
    reason = models.CharField(max_length=300)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    from_above = models.BooleanField(default=False)
    """Set by the inspection office, which alone lifts it then."""
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True)
    lifted_reason = models.CharField(max_length=300, blank=True)

    objects = HoldQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["item"],
                condition=Q(lifted_at__isnull=True, item__isnull=False),
                name="one_hold_an_item",
            ),
            models.UniqueConstraint(
                fields=["round"],
                condition=Q(lifted_at__isnull=True, item__isnull=True),
                name="one_hold_a_round",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.item_id}"


class DisposalQuerySet(models.QuerySet["Disposal"]):
    def visible_to(self, actor: Actor) -> DisposalQuerySet:
        return self.filter(round__in=Round.objects.visible_to(actor))


class Disposal(Deliberate):
    """A proposal to destroy evidence, and what became of it; kept for ever."""

    class Outcome(models.TextChoices):
        OPEN = "open", _("Waits for a second person")
        CONFIRMED = "confirmed", _("Destroyed")
        REFUSED = "refused", _("Refused")
        TAKEN_BACK = "taken_back", _("Taken back")

    round = models.ForeignKey(Round, models.PROTECT, related_name="disposals")
    basis = models.CharField(max_length=300)
    """The decision or rule it rests on."""
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    outcome = models.CharField(max_length=12, choices=Outcome.choices, default=Outcome.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    words = models.CharField(max_length=300, blank=True)
    """Why it was refused or taken back."""

    objects = DisposalQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["round"], condition=Q(outcome="open"), name="one_open_disposal_a_round"
            ),
            models.CheckConstraint(
                condition=~Q(outcome__in=["confirmed", "refused"])
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("proposed_by"))),
                name="two_people_destroy",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.proposed_at:%Y-%m-%d}"


class DisposalPiece(Deliberate):
    """One piece of evidence a disposal is about, and the item whose retention ended."""

    disposal = models.ForeignKey(Disposal, models.PROTECT, related_name="pieces")
    item = models.ForeignKey(Item, models.PROTECT, related_name="+")
    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="disposals")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["disposal", "evidence"], name="a_piece_is_destroyed_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.evidence)


_KEPT = "who destroyed what on which basis is kept"
shields.keep("workflows_disposal", _KEPT)
shields.freeze(
    "workflows_disposal",
    "no_update",
    ("id", "round_id", "basis", "proposed_by_id", "proposed_at"),
    _KEPT,
)
shields.freeze(
    "workflows_disposal",
    "decided",
    ("outcome", "decided_by_id", "decided_at", "words"),
    _KEPT,
    when="OLD.outcome <> 'open'",
)
shields.keep("workflows_disposalpiece", _KEPT, keys=[("disposal_id", "evidence_id")])
shields.freeze(
    "workflows_disposalpiece", "no_update", ("id", "disposal_id", "item_id", "evidence_id"), _KEPT
)
shields.keep("workflows_hold", "a hold is lifted, never deleted")
shields.freeze(
    "workflows_hold",
    "no_update",
    ("id", "round_id", "item_id", "reason", "set_by_id", "set_at", "from_above"),
    "a hold is kept as it was set",
)
shields.freeze(
    "workflows_hold",
    "lifted",
    ("lifted_by_id", "lifted_at", "lifted_reason"),
    "a hold that was lifted is kept as it was",
    when="OLD.lifted_at IS NOT NULL",
)
