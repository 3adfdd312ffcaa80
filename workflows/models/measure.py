"""A measure: what is to be done, when it counts as done, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from core import prepared
from core.models import Deliberate
from workflows import criteria
from workflows.models.item import Item

if TYPE_CHECKING:
    from typing import Any

    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A criterion, or a measure that has none, without proof and without a written reason."""

    item_id: int
    measure_id: int
    measure_no: int
    criterion_id: int | None
    criterion_no: int | None
    text: str
    """Of the criterion, or of the measure where it has none."""

    @property
    def at(self) -> str:
        """Its place on the item's page."""
        if self.criterion_id is None:
            return f"measure-{self.measure_id}"
        return f"criterion-{self.criterion_id}"

    @property
    def words(self) -> str | _StrPromise:
        if self.criterion_no is None:
            return _("evidence for measure %(no)s") % {"no": self.measure_no}
        return _("evidence for measure %(no)s, criterion %(criterion)s") % {
            "no": self.measure_no,
            "criterion": self.criterion_no,
        }


class MeasureQuerySet(models.QuerySet["Measure"]):
    def without_proof(self) -> MeasureQuerySet:
        """Those that lack proof, a row for each criterion that does, and no reason why.

        The one answer to where evidence is missing: gates, pages and the ledger's check read it.
        """
        citations: Any = Measure.citations.rel.related_model._default_manager
        proof = citations.proving().filter(measure=OuterRef("pk"))
        shown = proof.filter(criterion=OuterRef("criteria"))
        bare = Q(criteria__isnull=True) & ~Q(Exists(proof))
        unshown = Q(criteria__isnull=False) & ~Q(Exists(shown))
        return self.filter(bare | unshown, no_evidence_reason="")

    def lacking(self) -> models.QuerySet[Measure, tuple[Any, ...]]:
        """What a gap is made of, in the order of items, measures and criteria."""
        rows = self.without_proof().order_by("item", "position", "pk", "criteria__number")
        return rows.values_list(
            "item_id", "pk", "position", "text", "criteria", "criteria__number", "criteria__text"
        )


class Measure(Deliberate):
    item = models.ForeignKey(Item, models.PROTECT, related_name="measures")
    position = models.PositiveSmallIntegerField()
    text = models.TextField()
    account = models.TextField(blank=True)
    """What was done about it (完成情况), in the staff's words."""
    no_evidence_reason = models.CharField(max_length=300, blank=True)
    """Stands for every criterion that no evidence shows."""

    # What notices total up.
    rule_made = models.CharField(max_length=200, blank=True)
    """The title of the rule that was made (建章立制); empty when none was."""
    loss_recovered = models.DecimalField(max_digits=12, decimal_places=4, default=0)
    """In 万元."""
    people_held = models.PositiveSmallIntegerField(default=0)
    similar_cases = models.CharField(max_length=300, blank=True)
    campaign = models.BooleanField(default=False)

    objects = MeasureQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item", "position"], name="a_measure_has_its_place")
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.text}"

    @staticmethod
    def gaps_of(item_id: int) -> list[Gap]:
        """Those of one item, as every gate asks for them."""
        return [
            Gap(
                item_id=item,
                measure_id=measure,
                measure_no=position,
                criterion_id=criterion,
                criterion_no=number,
                text=words or text,
            )
            for item, measure, position, text, criterion, number, words in _LACKING.all(item_id)
        ]

    @property
    def criterion(self) -> str:
        """All its criteria in one line; empty while nothing says by what it is judged."""
        return criteria.told(one.text for one in self.criteria.all())


_LACKING = prepared.Reading(lambda item_id: Measure.objects.filter(item=item_id).lacking(), -1)
