"""What is searched, folded: of each item, of each measure, and of each page of evidence.

A row is written with the change it follows (`actions/indexing.py`); the index over it is the
database's own, so that neither can tell of the other what is not so: on PostgreSQL over a function
of `body`, on SQLite a full-text table that triggers keep. `core/grams.py` says what is folded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import connection, models
from django.db.models import BooleanField, Q
from django.db.models.expressions import RawSQL

from core import grams
from core.models import Deliberate
from evidence.inspection.verdict import State
from workflows.models.citation import Citation
from workflows.models.item import Item
from workflows.models.measure import Measure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.actor import Actor


class SearchableQuerySet(models.QuerySet["Searchable"]):
    def visible_to(self, actor: Actor) -> SearchableQuerySet:
        return self.filter(item__in=Item.objects.visible_to(actor))

    def standing(self) -> SearchableQuerySet:
        """Of pieces, those that were not withdrawn and are still held to be clean."""
        return self.filter(
            citation__evidence__inspection=State.CLEAN, citation__withdrawn_at__isnull=True
        )

    def holding(self, kind: str, words: Sequence[str]) -> SearchableQuerySet:
        """Those of a kind in which each of the folded words stands somewhere.

        The index knows pairs of signs: it needs at least one word of two.
        """
        found = self.filter(kind=kind)
        for word in words:
            if len(word) > 1:
                found = found.filter(_pairs(kind, word))
            found = found.filter(body__contains=word)
        return found


def _pairs(kind: str, word: str) -> RawSQL:
    if connection.vendor == "postgresql":
        sql = "search_grams(workflows_searchable.body) @> search_grams(%s)"
        return RawSQL(sql, [word], BooleanField())  # noqa: S611 -- our words, their value beside it
    sql = (
        "workflows_searchable.id IN (SELECT rowid FROM workflows_searchable_grams"
        " WHERE workflows_searchable_grams MATCH %s)"
    )
    phrase = f'"{grams.tokens(kind, word)}"'
    return RawSQL(sql, [phrase], BooleanField())  # noqa: S611 -- the same


class Searchable(Deliberate):
    class Kind(models.TextChoices):
        ITEM = "item"
        MEASURE = "measure"
        PIECE = "piece"

    kind = models.CharField(max_length=8, choices=Kind.choices)
    item = models.ForeignKey(Item, models.CASCADE, related_name="+")
    measure = models.ForeignKey(Measure, models.CASCADE, null=True, related_name="+")
    citation = models.ForeignKey(Citation, models.CASCADE, null=True, related_name="searchables")
    page = models.PositiveIntegerField(default=0)
    """Of a piece: which page, slide or sheet, from 1."""
    slice = models.PositiveSmallIntegerField(default=0)
    """Of a long page: which part of it."""
    body = models.TextField()
    """Folded; behind a title stand its pinyin initials."""

    objects = SearchableQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["item"], condition=Q(kind="item"), name="an_item_is_searched_once"
            ),
            models.UniqueConstraint(
                fields=["measure"], condition=Q(kind="measure"), name="a_measure_is_searched_once"
            ),
            models.UniqueConstraint(
                fields=["citation", "page", "slice"],
                condition=Q(kind="piece"),
                name="a_page_is_searched_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.item_id}"
