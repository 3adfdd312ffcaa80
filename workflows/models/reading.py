"""Who opened which piece of evidence, and what a round demands of whoever decides on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Exists, FilteredRelation, OuterRef, Q

from core import prepared
from core.models import Deliberate
from workflows.models.round import Round

if TYPE_CHECKING:
    from django.db.models import QuerySet


class EvidenceRead(Deliberate):
    """That bytes of a submission under review were sent to a person; see docs/adr/0010.

    One row a person, submission and piece, written with the event of the first time.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    item = models.ForeignKey("Item", models.PROTECT, related_name="reads")
    submission = models.ForeignKey("Submission", models.PROTECT, related_name="reads")
    citation = models.ForeignKey("Citation", models.PROTECT, related_name="reads")
    digest = models.CharField(max_length=64)
    """Of the version that was opened: other bytes are unread."""
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "submission", "citation"], name="a_reading_is_noted_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.citation} by {self.person_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A standing piece of evidence, and whether somebody opened these very bytes."""

    citation_id: int
    measure_no: int
    name: str
    read: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What the round demands of a decision, and how far one person has met it."""

    must_read: bool
    signature: str
    doubts: bool
    """Whether open flags hold up the decision: they do where the round says so."""
    owed: bool
    """Whether one more paper was asked for and is not there."""
    pieces: tuple[Piece, ...]

    @property
    def unread(self) -> list[Piece]:
        return [piece for piece in self.pieces if not piece.read]

    def told(self) -> dict[str, Any]:
        """What the event of a decision keeps of it: so it can never change later."""
        unread = [{"citation": p.citation_id, "name": p.name} for p in self.unread]
        told = {"read": len(self.pieces) - len(unread), "cited": len(self.pieces)}
        return {**told, "unread": unread} if unread else told


def _demanded(item_id: int, person_id: int) -> QuerySet[Any, Any]:
    """A row for each standing piece; one without a piece where there is none."""
    standing = FilteredRelation(
        "items__citations", condition=Q(items__citations__withdrawn_at=None)
    )
    same = EvidenceRead.objects.filter(
        item=item_id, person=person_id, digest=OuterRef("piece__evidence__digest")
    )
    flag = apps.get_model("workflows", "Flag")
    gated = flag._default_manager.open().filter(item=item_id, item__round__check_rules__gate=True)
    owed = apps.get_model("workflows", "EvidenceRequest")._default_manager.open()
    rows = Round.objects.annotate(piece=standing).filter(items=item_id)
    return (
        rows.annotate(
            was_read=Exists(same), doubts=Exists(gated), owed=Exists(owed.filter(item=item_id))
        )
        .order_by("piece__measure__position", "piece__pk")
        .values_list(
            "must_read",
            "signature",
            "doubts",
            "owed",
            "piece__pk",
            "piece__measure__position",
            "piece__evidence__name",
            "was_read",
        )
    )


_DEMANDED = prepared.Reading(_demanded, -1, -2)


def demand_on(item_id: int, person_id: int) -> Demand:
    """One query for the round's demands and all that the person has read."""
    rows = _DEMANDED.all(item_id, person_id)
    return Demand(
        must_read=bool(rows[0][0]),
        signature=rows[0][1],
        doubts=bool(rows[0][2]),
        owed=bool(rows[0][3]),
        pieces=tuple(
            Piece(citation_id=pk, measure_no=no, name=name, read=bool(read))
            for _must, _ink, _doubts, _owed, pk, no, name, read in rows
            if pk is not None
        ),
    )
