"""One file cited for one criterion: which pages, what it proves, and whether it still stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.models import Deliberate
from evidence.models import Evidence
from workflows.models.criterion import Criterion
from workflows.models.evidence_request import EvidenceRequest
from workflows.models.item import Item
from workflows.models.measure import Measure
from workflows.states import Worth

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.actor import Actor
    from workflows.models.judgement import Judgement


class CitationQuerySet(models.QuerySet["Citation"]):
    def standing(self) -> CitationQuerySet:
        return self.filter(withdrawn_at=None)

    def proving(self) -> CitationQuerySet:
        """What stands and was not found to be the wrong paper."""
        return self.standing().exclude(judged=Worth.WRONG)

    def visible_to(self, actor: Actor) -> CitationQuerySet:
        return self.filter(item__in=Item.objects.visible_to(actor))


class Citation(Deliberate):
    """Never deleted: withdrawn, by whom and why. One file may be cited several times."""

    no = models.PositiveIntegerField()
    """Of the file in the catalogue of the item: the same wherever it is cited, used only once."""
    item = models.ForeignKey(Item, models.PROTECT, related_name="citations")
    measure = models.ForeignKey(Measure, models.PROTECT, related_name="citations")
    criterion = models.ForeignKey(Criterion, models.PROTECT, null=True, related_name="citations")
    """None where it is cited for the measure as a whole, which had no criterion then."""
    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="citations")
    claim = models.CharField(max_length=300, blank=True)
    """What the file is said to prove."""
    pages = models.CharField(max_length=40, blank=True)
    judged = models.CharField(max_length=12, choices=Worth.choices, blank=True)
    """What the last decision found of it."""
    cited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    cited_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_reason = models.CharField(max_length=300, blank=True)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )
    """The version before it, withdrawn by the same act: other bytes, or linked otherwise."""

    answers = models.ForeignKey(EvidenceRequest, models.PROTECT, null=True, related_name="given")
    """What it was handed in for, where somebody had asked for it."""

    earlier: tuple[Citation, ...] = ()
    """The versions before it, the latest first; filled where they are shown (`dossier`)."""

    objects = CitationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="a_withdrawal_says_who",
            )
        ]

    def __str__(self) -> str:
        return str(self.evidence)

    @property
    def shows(self) -> str:
        """What it is cited for: 2.1 for the first criterion of the second measure."""
        at = str(self.measure.position)
        return f"{at}.{self.criterion.number}" if self.criterion else at

    @property
    def verdict(self) -> Judgement | None:
        """What the last decision found of it, where that was filled (`fill_verdicts`)."""
        found: Sequence[Judgement] = getattr(self, "verdicts", ())
        return found[-1] if found else None

    @property
    def version(self) -> int:
        """Which one of its versions this is, from 1."""
        return len(self.earlier) + 1
