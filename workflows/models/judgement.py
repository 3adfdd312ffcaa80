"""What a reviewer finds of one piece of evidence in one submission."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Prefetch, Q, prefetch_related_objects

from audit import shields
from core import prepared
from core.models import Deliberate
from workflows.models.deputy import in_place_of
from workflows.states import Worth

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workflows.models.citation import Citation

WANTING = (Worth.NOT_ENOUGH, Worth.WRONG)


class JudgementQuerySet(models.QuerySet["Judgement"]):
    def of_standing(self, submission_id: int | None) -> JudgementQuerySet:
        """What was found in a submission of pieces that stand now, the latest last."""
        return self.filter(submission=submission_id, citation__withdrawn_at=None).order_by(
            "at", "pk"
        )

    def told(self) -> JudgementQuerySet:
        """What a decision was taken with, the latest last; notes are their writer's own."""
        return self.filter(seq__isnull=False).select_related("person", "behind").order_by("pk")


class Judgement(Deliberate):
    """A note of the reviewer's own until they decide: then an event says it, and it stays."""

    submission = models.ForeignKey("Submission", models.PROTECT, related_name="judgements")
    citation = models.ForeignKey("Citation", models.PROTECT, related_name="judgements")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    behind = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    """For whom a deputy found it."""
    worth = models.CharField(max_length=12, choices=Worth.choices)
    remark = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    seq = models.PositiveIntegerField(null=True)
    """Of the event on the item's chain that says it; None while it is a note."""

    objects = JudgementQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["submission", "citation", "person"],
                condition=Q(seq=None),
                name="a_piece_is_noted_once_by_each",
            ),
            models.UniqueConstraint(
                fields=["submission", "citation", "seq"], name="a_piece_is_judged_once_an_event"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.citation}: {self.get_worth_display()}"

    @property
    def wanting(self) -> bool:
        return self.worth in WANTING

    @property
    def by(self) -> str:
        return in_place_of(self.person, self.behind)

    def told(self) -> dict[str, Any]:
        """As the event of a decision keeps it."""
        told = {"citation": self.citation_id, "name": str(self.citation), "worth": self.worth}
        return {**told, "remark": self.remark} if self.remark else told


def fill_verdicts(citations: Iterable[Citation]) -> None:
    """Each piece that was judged gets what was found of it, and by whom; one query if any was."""
    told = Prefetch("judgements", Judgement.objects.told(), to_attr="verdicts")
    prefetch_related_objects([one for one in citations if one.judged], told)


_TOLD = "a finding that a decision was taken with is kept"
shields.keep(
    "workflows_judgement",
    _TOLD,
    keys=[("submission_id", "citation_id", "seq")],
    when="{row}.seq IS NOT NULL",
)
shields.freeze(
    "workflows_judgement",
    "told",
    (
        *("id", "submission_id", "citation_id", "person_id", "behind_id"),
        *("worth", "remark", "at", "seq"),
    ),
    _TOLD,
    when="OLD.seq IS NOT NULL",
)


_FOUND = prepared.Reading(
    lambda submission_id: Judgement.objects.of_standing(submission_id).values_list("pk"), -1
)


def is_any_found(submission_id: int) -> bool:
    """Whether anything was found of what stands: every decision asks, and mostly nothing was."""
    return _FOUND.first(submission_id) is not None
