"""What an archive is of: one item, the items of one problem, or a whole round."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from core.refusals import NotFound
from workflows import archive_policy
from workflows.models import Item, Problem, Round

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from core.actor import Actor

LONGEST = 18
"""Digits of the largest id that any database holds."""
ITEM, PROBLEM, ROUND = "item", "problem", "round"
IN_ORDER = (
    "problem__aspect__position",
    "problem__aspect_id",
    "problem__position",
    "problem_id",
    "position",
    "pk",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Stands in the record as its subject: `item:12`, `problem:3`, `round:1`."""

    kind: str
    round: Round
    of: Item | Problem | Round

    @property
    def subject(self) -> str:
        return f"{self.kind}:{self.of.pk}"

    @property
    def title(self) -> str:
        return self.of.title

    @property
    def no(self) -> str:
        """As people write it; empty for a round, whose code says enough."""
        return "" if isinstance(self.of, Round) else self.of.no

    def items(self, actor: Actor) -> QuerySet[Item]:
        """In the order of the ledger, and of these only what the actor sees."""
        within: dict[str, Any] = {"pk" if self.kind == ITEM else self.kind: self.of.pk}
        return Item.objects.visible_to(actor).filter(**within).order_by(*IN_ORDER)


def scope_of(subject: str, *, actor: Actor) -> Scope:
    """What `item:12` is, for whoever may archive it; NotFound or Forbidden otherwise."""
    kind, _colon, key = subject.partition(":")
    pk = int(key) if key.isascii() and key.isdigit() and len(key) <= LONGEST else 0
    found = _FINDERS[kind](pk, actor) if kind in _FINDERS else None
    if found is None:
        raise NotFound(_("There is nothing here to be archived."))
    archive_policy.insist(found.round, actor)
    return found


def _item(pk: int, actor: Actor) -> Scope | None:
    rows = Item.objects.visible_to(actor).select_related("round__unit")
    item = rows.filter(pk=pk).first()
    return Scope(kind=ITEM, round=item.round, of=item) if item else None


def _problem(pk: int, actor: Actor) -> Scope | None:
    rows = Problem.objects.filter(items__in=Item.objects.visible_to(actor)).distinct()
    problem = rows.select_related("aspect__round__unit").filter(pk=pk).first()
    return Scope(kind=PROBLEM, round=problem.aspect.round, of=problem) if problem else None


def _round(pk: int, actor: Actor) -> Scope | None:
    round_ = Round.objects.visible_to(actor).select_related("unit").filter(pk=pk).first()
    return Scope(kind=ROUND, round=round_, of=round_) if round_ else None


_FINDERS = {ITEM: _item, PROBLEM: _problem, ROUND: _round}
