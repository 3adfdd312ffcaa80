"""A file that somebody handed in: what it is, when it was formed, when and from whom it came."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.models import Deliberate
from core.refusals import Refusal
from evidence.inspection.verdict import State, Verdict
from evidence.storage import holders


class Evidence(Deliberate):
    """Never deleted. The bytes are named by `digest`; two rows may share the same bytes."""

    digest = models.CharField(max_length=64, db_index=True)
    size = models.BigIntegerField()
    name = models.CharField(max_length=160)
    media_type = models.CharField(max_length=100)
    formed_on = models.DateField(null=True, blank=True)
    """The date the paper itself bears, which is not the day it was handed in."""
    received_at = models.DateTimeField()
    received_from = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="evidence"
    )
    inspection = models.CharField(
        max_length=12, choices=State.choices, default=State.QUARANTINED, db_index=True
    )
    """Only what is clean may be cited or handed out."""
    finding = models.CharField(max_length=20, blank=True)
    """Why it is not clean: a code that `inspection.words` says as a sentence."""
    finding_about = models.CharField(max_length=200, blank=True)
    notes = models.JSONField(default=list)
    preview = models.BooleanField(default=False)
    page_count = models.PositiveIntegerField(null=True)
    inspected_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="a_real_sha256"
            ),
            models.CheckConstraint(condition=Q(size__gt=0), name="evidence_is_not_empty"),
            models.CheckConstraint(
                condition=~Q(inspection=State.CLEAN) | Q(inspected_at__isnull=False, finding=""),
                name="clean_was_inspected",
            ),
        ]

    @property
    def ending(self) -> str:
        return self.name.lower().rpartition(".")[2]

    def refusal(self) -> Refusal:
        """Why it may not be used now, as a sentence to raise."""
        state = State(self.inspection)
        verdict = Verdict(
            state=state,
            kind=self.ending,
            code=self.finding or "waiting",
            about=self.finding_about,
        )
        return verdict.refusal(self.name)

    def __str__(self) -> str:
        return self.name


class Derivation(Deliberate):
    """One thing to be computed from bytes that are clean; once, however often they come again."""

    class Standing(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DONE = "done", _("Done")
        FAILED = "failed", _("Given up")

    digest = models.CharField(max_length=64)
    what = models.CharField(max_length=20)
    """The name its handler is registered by."""
    standing = models.CharField(max_length=8, choices=Standing.choices, default=Standing.WAITING)
    fault = models.CharField(max_length=20, blank=True)
    """Why the last try came to nothing: a code that `deriving` says as a sentence."""
    fault_about = models.CharField(max_length=200, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    leased_until = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["digest", "what"], name="derived_once_from_its_bytes"),
            models.CheckConstraint(
                condition=Q(standing="done", fault="", done_at__isnull=False)
                | Q(standing="waiting", done_at__isnull=True)
                | (Q(standing="failed", done_at__isnull=True) & ~Q(fault="")),
                name="done_or_failed_for_a_reason",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["due_at", "id"], condition=Q(standing="waiting"), name="derivation_due"
            ),
            models.Index(fields=["what"], condition=Q(standing="failed"), name="derivation_failed"),
        ]

    def __str__(self) -> str:
        return f"{self.what} of {self.digest[:12]}"


class ExtractedText(Deliberate):
    """The text of some bytes, page by page; read through `texts`."""

    class Unit(models.TextChoices):
        PAGE = "page", _("Page")
        SLIDE = "slide", _("Slide")
        SHEET = "sheet", _("Sheet")
        WHOLE = "whole", _("Whole file")

    digest = models.CharField(max_length=64, unique=True)
    unit = models.CharField(max_length=8, choices=Unit.choices)
    pages = models.JSONField(default=list)
    cut = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.digest[:12]


holders.hold("evidence", "evidence.Evidence", "digest", size="size")
