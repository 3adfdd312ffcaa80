"""What a reviewer finds of one piece of evidence in one submission."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from core.models import Deliberate
from workflows.states import Worth

WANTING = (Worth.NOT_ENOUGH, Worth.WRONG)


class JudgementQuerySet(models.QuerySet["Judgement"]):
    def of_standing(self, submission_id: int | None) -> JudgementQuerySet:
        """What was found in a submission of pieces that stand now, the latest last."""
        return self.filter(submission=submission_id, citation__withdrawn_at=None).order_by(
            "at", "pk"
        )


class Judgement(Deliberate):
    """A note of the reviewer's own until they decide: then the event of the decision says it."""

    submission = models.ForeignKey("Submission", models.PROTECT, related_name="judgements")
    citation = models.ForeignKey("Citation", models.PROTECT, related_name="judgements")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    worth = models.CharField(max_length=12, choices=Worth.choices)
    remark = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    objects = JudgementQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["submission", "citation", "person"], name="a_piece_is_judged_once_by_each"
            )
        ]

    def __str__(self) -> str:
        return f"{self.citation}: {self.get_worth_display()}"

    @property
    def wanting(self) -> bool:
        return self.worth in WANTING

    def told(self) -> dict[str, Any]:
        """As the event of a decision keeps it."""
        told = {"citation": self.citation_id, "name": str(self.citation), "worth": self.worth}
        return {**told, "remark": self.remark} if self.remark else told
