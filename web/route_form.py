"""The route editor's form: steps read from it, and changed by its own buttons without script."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from core.refusals import Unmet
from workflows.actions.routes import MOST_STEPS
from workflows.models.route import ENDS_WITH_THE_OFFICE, How, Party, Step, Unless

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest

OFFICE_STEP = Step(party=Party.OFFICE)


def parties_of(matter: str) -> list[Party]:
    """Whom a step of one's own may ask; where the office always ends a route, nobody adds it."""
    return [p for p in Party if p != Party.OFFICE or matter not in ENDS_WITH_THE_OFFICE]


def most_of(matter: str) -> int:
    return MOST_STEPS - (matter in ENDS_WITH_THE_OFFICE)


def steps_in(request: HttpRequest, matter: str) -> list[Step]:
    """The steps as the form has them, without the office's where that is always the last."""
    columns = [
        request.POST.getlist(name) for name in ("party", "how", "percent", "unless", "person")
    ]
    if len({len(column) for column in columns}) != 1 or len(columns[0]) > most_of(matter):
        raise _incomplete()
    return [_step(*row, known=parties_of(matter)) for row in zip(*columns, strict=True)]


def _step(
    party: str, how: str, percent: str, unless: str, person: str, *, known: list[Party]
) -> Step:
    of_the_list = party in known and how in How.values and unless in Unless.values
    if not of_the_list or not all(_is_number(text) for text in (percent, person) if text):
        raise _incomplete()
    return Step(
        party=party,
        how=how if party != Party.PERSON else How.ONE,
        percent=int(percent or 100),
        unless=unless,
        person_id=int(person) if person and party == Party.PERSON else None,
    )


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18  # noqa: PLR2004 -- below 2^63


def _incomplete() -> Unmet:
    return Unmet(
        _("The form came back incomplete."),
        then=_("Open the page again and send the form from there."),
    )


def changed(steps: Sequence[Step], change: str, matter: str) -> list[Step]:
    """The steps after one of the editor's buttons: `add`, `up-2`, `down-2`, `remove-2`."""
    after = list(steps)
    act, _dash, place = change.partition("-")
    at = int(place) if _is_number(place) else -1
    if act == "add" and len(after) < most_of(matter):
        after.append(Step(party=Party.LEADERS, how=How.ANY))
    elif act == "remove" and 0 <= at < len(after):
        del after[at]
    elif act == "up" and 0 < at < len(after):
        after[at - 1], after[at] = after[at], after[at - 1]
    elif act == "down" and 0 <= at < len(after) - 1:
        after[at + 1], after[at] = after[at], after[at + 1]
    return after


def own_of(steps: Sequence[Step], matter: str) -> list[Step]:
    """What of a route the editor shows: all but the office's last step where that is fixed."""
    return list(steps[:-1] if matter in ENDS_WITH_THE_OFFICE else steps)


def whole(steps: Sequence[Step], matter: str) -> tuple[Step, ...]:
    """With the office's step at the end where it belongs, and shares where a share is asked."""
    kept = [s if s.how == How.RATIO else replace(s, percent=100) for s in steps]
    return (*kept, OFFICE_STEP) if matter in ENDS_WITH_THE_OFFICE else tuple(kept)
