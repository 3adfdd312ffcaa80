"""One workbook on its way in: its draft as read and corrected, then what it became."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models

from core.models import Deliberate
from evidence.storage import holders
from workflows.models.round import Round

if TYPE_CHECKING:
    from core.actor import Actor


class BatchQuerySet(models.QuerySet["Batch"]):
    def visible_to(self, actor: Actor) -> BatchQuerySet:
        return self.filter(round__in=Round.objects.visible_to(actor))


class Batch(Deliberate):
    """`digest` names the workbook's bytes in evidence storage, so that they can be handed back."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="batches")
    name = models.CharField(max_length=160)
    digest = models.CharField(max_length=64)
    draft = models.JSONField()
    """The tree as ledger.draft writes it; corrections change it until it is confirmed."""
    version = models.PositiveIntegerField(default=0)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    """When it was taken off the ledger again or, before it ever was on it, discarded."""

    objects = BatchQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return self.name

    @property
    def open(self) -> bool:
        """Whether it may still be corrected, confirmed or discarded."""
        return self.confirmed_at is None and self.undone_at is None

    @property
    def discarded(self) -> bool:
        return self.confirmed_at is None and self.undone_at is not None


holders.hold("batch", "workflows.Batch", "digest")
