"""What stood as evidence when a submission was decided, whatever became of it later."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.db import models

from audit import canonical, shields
from core.models import Deliberate
from workflows.models.citation import Citation
from workflows.models.submission import Submission

if TYPE_CHECKING:
    from collections.abc import Iterable


class Exhibit(Deliberate):
    """Written with the decision and never again: a later cycle withdraws, and this stays."""

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="exhibits")
    citation = models.ForeignKey(Citation, models.PROTECT, related_name="exhibits")
    digest = models.CharField(max_length=64)
    """Of the bytes, as the citation's evidence has it."""

    class Meta:
        ordering = ["submission_id", "citation_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "citation"], name="a_piece_is_decided_on_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.citation)


def digest_of_exhibits(rows: Iterable[tuple[int, str]]) -> str:
    """SHA-256 over citations and digests: the event of a decision says it, so none can be added."""
    told = [[citation, digest] for citation, digest in sorted(rows)]
    return hashlib.sha256(canonical.encode({"exhibits": told})).hexdigest()


shields.keep(
    "workflows_exhibit",
    "what a decision stood on is kept",
    keys=[("submission_id", "citation_id")],
)
shields.freeze(
    "workflows_exhibit",
    "no_update",
    ("id", "submission_id", "citation_id", "digest"),
    "what a decision stood on is kept",
)
shields.keep(
    "workflows_citation", "a citation is withdrawn, never deleted", keys=[("replaces_id",)]
)
shields.freeze(
    "workflows_citation",
    "no_exchange",
    (
        *("id", "no", "item_id", "criterion_id", "evidence_id", "cited_by_id", "cited_at"),
        "replaces_id",
    ),
    "a citation is of one piece of evidence for ever",
)
shields.freeze(
    "workflows_citation",
    "no_return",
    ("withdrawn_at", "withdrawn_by_id", "withdrawn_reason"),
    "a withdrawal is kept as it was made",
    when="OLD.withdrawn_at IS NOT NULL",
)
shields.freeze(
    "workflows_citation",
    "decided",
    ("measure_id", "claim", "pages"),
    "a submission was decided on this citation",
    when="EXISTS (SELECT 1 FROM workflows_exhibit WHERE citation_id = OLD.id)",
    needs=["workflows_exhibit"],
)
shields.freeze(
    "evidence_evidence",
    "decided",
    ("formed_on",),
    "a submission was decided on this evidence",
    when="EXISTS (SELECT 1 FROM workflows_exhibit x JOIN workflows_citation c"
    " ON c.id = x.citation_id WHERE c.evidence_id = OLD.id)",
    needs=["workflows_exhibit", "workflows_citation"],
)
shields.keep(
    "workflows_submission", "a submission is kept", keys=[("item_id", "no"), ("process_id",)]
)
shields.freeze(
    "workflows_submission",
    "decided",
    (
        *("id", "item_id", "cycle", "no", "digest", "submitted_by_id"),
        *("approved_by_id", "outcome", "decided_by_id"),
    ),
    "a submission that was decided is kept as it was",
    when="OLD.outcome IN ('closed', 'returned')",
)
