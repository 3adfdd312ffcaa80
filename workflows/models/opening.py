"""That a person had a submission on their screen, at the version it had then."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from core.models import Deliberate
from workflows.models.submission import Submission


class Opening(Deliberate):
    """One row a person, submission and version, not one a view; see docs/adr/0009.

    Never an approval and never a proof of reading: only what approving many at once asks for.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="openings")
    version = models.PositiveIntegerField()
    """Of the item, as it was shown."""
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "submission", "version"], name="an_opening_is_noted_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.submission} at {self.version} by {self.person_id}"
