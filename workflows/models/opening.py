"""That a person had a submission or a request on their screen, at the version it had then."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.models import Deliberate
from workflows.models.request import Request
from workflows.models.submission import Submission


class Opening(Deliberate):
    """One row a person, matter and version, not one a view; see docs/adr/0009.

    Never an approval and never a proof of reading: only what approving many at once asks for.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    submission = models.ForeignKey(Submission, models.PROTECT, null=True, related_name="openings")
    request = models.ForeignKey(Request, models.PROTECT, null=True, related_name="openings")
    """Either of them."""
    version = models.PositiveIntegerField()
    """Of the item, as it was shown."""
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "submission", "version"], name="an_opening_is_noted_once"
            ),
            models.UniqueConstraint(
                fields=["person", "request", "version"], name="a_request_is_opened_once"
            ),
            models.CheckConstraint(
                condition=Q(submission__isnull=False, request__isnull=True)
                | Q(submission__isnull=True, request__isnull=False),
                name="an_opening_is_of_one_matter",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.submission or self.request} at {self.version} by {self.person_id}"
