"""By what a measure is judged: criteria added, reworded and struck out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Max
from django.utils.translation import gettext as _

from core import fitting
from core.refusals import NotFound, Unmet
from workflows import criteria
from workflows.models import Criterion
from workflows.states import State

if TYPE_CHECKING:
    from workflows.models import Item, Measure


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionText:
    """A criterion as amended; without an id new ones, one a line, with an empty text none."""

    id: int | None
    text: str


def write(item: Item, measure: Measure, wanted: CriterionText) -> None:
    """Add what one text holds, or make a criterion say it."""
    if wanted.id is None:
        _add(measure, wanted.text)
        return
    criterion = measure.criteria.filter(pk=wanted.id).first()
    if criterion is None:
        raise NotFound(_("This measure has no such criterion."))
    if not wanted.text.strip():
        _strike_out(item, criterion)
    elif criterion.text != wanted.text.strip():
        criterion.text = _one(wanted.text)
        _insist(criterion)
        criterion.save(update_fields=["text"])


def _add(measure: Measure, text: str) -> None:
    last = measure.criteria.aggregate(last=Max("number"))["last"] or 0
    for number, piece in enumerate(criteria.pieces(text), last + 1):
        criterion = Criterion(measure=measure, number=number, text=piece)
        _insist(criterion)
        criterion.save()


def _one(text: str) -> str:
    """A text that is one criterion, on paper too; Unmet when it holds several."""
    found = criteria.pieces(text)
    if len(found) == 1:
        return found[0]
    raise Unmet(
        _("Here are several criteria in the place of one."),
        then=_("Leave one here and write the others under “More criteria”, one a line."),
        holes=[("criterion", _("the criterion"))],
    )


def _insist(criterion: Criterion) -> None:
    """That it fits; the hole is named for what the form calls it."""
    try:
        fitting.insist(criterion, "text")
    except Unmet as unmet:
        unmet.holes = tuple(("criterion", words) for _name, words in unmet.holes)
        raise


def _strike_out(item: Item, criterion: Criterion) -> None:
    if item.state != State.DRAFT:
        raise Unmet(
            _("A criterion that was assigned cannot be struck out: its number is in use."),
            state=item.get_state_display(),
            then=_("Reword it, or have a written reason entered for why it has no evidence."),
            holes=[("criterion", _("the criterion"))],
        )
    criterion.delete()
