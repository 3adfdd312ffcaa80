"""A file that somebody handed in, or that is on its way: what it is, when and whence it came."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit import shields
from core.models import Deliberate
from core.refusals import Conflict, Refusal
from evidence.inspection.verdict import State, Verdict
from evidence.prints import models as prints  # noqa: F401 -- rows of this app, too
from evidence.storage import holders

if TYPE_CHECKING:
    from core.actor import Actor


class Inspected(Deliberate):
    """What the inspection said of a file, on the row of the file."""

    name = models.CharField(max_length=160)
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
        abstract = True

    @property
    def ending(self) -> str:
        return self.name.lower().rpartition(".")[2]

    def verdict(self) -> Verdict:
        return Verdict(
            state=State(self.inspection),
            kind=self.ending,
            code=self.finding,
            about=self.finding_about,
            notes=tuple(self.notes),
            preview=self.preview,
            pages=self.page_count,
        )

    def refusal(self) -> Refusal:
        """Why it may not be used now, as a sentence to raise."""
        if self.inspection == State.DESTROYED:
            return Conflict(
                _("“%(name)s” was destroyed when its retention had ended.") % {"name": self.name},
                state=State.DESTROYED.label,
                then=_("Its name, its digest and the record of who destroyed it are kept."),
            )
        return replace(self.verdict(), code=self.finding or "waiting").refusal(self.name)

    def __str__(self) -> str:
        return self.name


class Evidence(Inspected):
    """Never deleted. The bytes are named by `digest`; two rows may share the same bytes."""

    digest = models.CharField(max_length=64, db_index=True)
    size = models.BigIntegerField()
    media_type = models.CharField(max_length=100)
    formed_on = models.DateField(null=True, blank=True)
    """The date the paper itself bears, which is not the day it was handed in."""
    received_at = models.DateTimeField()
    received_from = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="evidence"
    )

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


class UploadQuerySet(models.QuerySet["Upload"]):
    def visible_to(self, actor: Actor) -> UploadQuerySet:
        """One's own: nobody sees what another has not handed in yet."""
        return self.filter(owner=actor.id)

    def waiting(self) -> UploadQuerySet:
        """On their way or arrived, and not yet used for what they are for."""
        return self.filter(taken_at=None)


class Upload(Inspected):
    """A file that arrives in parts. The first `offset` bytes of it are on the disk, come what may.

    Receiving until it is whole, quarantined until it was looked into, then clean or refused.
    What is clean lies in the storage under its digest, and waits to be taken for its purpose.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="uploads", editable=False
    )
    size = models.BigIntegerField()
    offset = models.BigIntegerField(default=0)
    purpose = models.CharField(max_length=60)
    """What it is for, in the words of whoever asked for it; no more is known of it here."""
    fingerprint = models.CharField(max_length=80, blank=True)
    """By which its sender knows the same file again."""
    metadata = models.TextField(blank=True)
    """As it was sent, to be sent back."""
    digest = models.CharField(max_length=64, blank=True, db_index=True)
    """Known once it is whole, and written before the bytes get their place in the storage."""
    begun_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    taken_at = models.DateTimeField(null=True)

    @property
    def percent(self) -> int:
        return 100 * self.offset // self.size

    objects = UploadQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["begun_at", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(size__gt=0, offset__gte=0, offset__lte=F("size")),
                name="an_upload_is_within_its_size",
            ),
            models.CheckConstraint(
                condition=Q(inspection=State.REFUSED)
                | Q(inspection=State.RECEIVING, offset__lt=F("size"))
                | Q(inspection__in=[State.QUARANTINED, State.CLEAN], offset=F("size")),
                name="an_upload_is_inspected_whole",
            ),
            models.CheckConstraint(
                condition=~Q(inspection=State.CLEAN)
                | Q(digest__regex=r"^[0-9a-f]{64}$", inspected_at__isnull=False, finding=""),
                name="a_clean_upload_was_inspected",
            ),
            models.CheckConstraint(
                condition=Q(taken_at=None) | Q(inspection=State.CLEAN),
                name="only_a_clean_upload_is_taken",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["owner", "purpose"], name="upload_of_whom")]


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
    urgent = models.BooleanField(default=False)
    """Somebody asked to see it, or has to decide on it: it goes before what only came earlier."""
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
                fields=["-urgent", "due_at", "id"],
                condition=Q(standing="waiting"),
                name="derivation_due",
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
    signs = models.PositiveIntegerField(default=0)
    """How many there are in all; none in a scan."""
    cut = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.digest[:12]


class PreviewPage(models.Model):
    """One page of a file as a picture, drawn anew; never changed, drawn again if it is lost."""

    digest = models.CharField(max_length=64)
    """Of the file it shows."""
    no = models.PositiveIntegerField()
    """From 1."""
    picture = models.CharField(max_length=64, db_index=True)
    """The digest of the JPEG."""
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()

    class Meta:
        ordering: ClassVar = ["digest", "no"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["digest", "no"], name="a_page_is_drawn_once")
        ]

    def __str__(self) -> str:
        return f"{self.digest[:12]} page {self.no}"


shields.keep("evidence_evidence", "evidence is kept for ever")
shields.freeze(
    "evidence_evidence",
    "no_exchange",
    ("id", "digest", "size", "name", "media_type", "received_at", "received_from_id"),
    "evidence is what was handed in, when and by whom",
)
shields.freeze(
    "evidence_evidence",
    "destroyed",
    ("inspection",),
    "what was destroyed does not come back",
    when="OLD.inspection = 'destroyed'",
)
_THERE = [state for state in State if state is not State.DESTROYED]
holders.hold(
    "evidence", "evidence.Evidence", "digest", size="size", only={"inspection__in": _THERE}
)
# What was taken in is held by its evidence: once that is destroyed, nothing else may keep it.
_WAITING = {"inspection": State.CLEAN, "taken_at": None}
holders.hold("upload", "evidence.Upload", "digest", size="size", only=_WAITING)
holders.hold("preview", "evidence.PreviewPage", "picture")
