"""The ladder of a round: each rule in a sentence, and the form that sets them all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.urls import reverse
from django.utils.translation import gettext as _

from core.refusals import NotFound
from core.roles import Role
from web.acting import actor_of, number_of, text_of
from web.answers import go, page
from web.forms import choice_of
from web.ladders import sentence
from workflows import deadlines
from workflows.actions import ladders
from workflows.actions.ladders import Rung
from workflows.models import LadderRule, Round
from workflows.models.ladder import Colour, Paper, Recipient
from workflows.states import Track

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

LEFT, LATE, NEVER = "left", "late", "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One rule on the form: when it is reached said as a side and a number."""

    no: int
    rule: LadderRule | None
    words: str

    @property
    def side(self) -> str:
        if self.rule is None:
            return ""
        if self.rule.days is None:
            return NEVER
        return LATE if self.rule.days < 0 else LEFT

    @property
    def days(self) -> int | str:
        return abs(self.rule.days) if self.rule and self.rule.days is not None else ""


def ladder(request: HttpRequest, round_id: int) -> HttpResponse:
    actor = actor_of(request)
    rounds = Round.objects.visible_to(actor).select_related("unit")
    round_ = rounds.filter(pk=round_id).first()
    if round_ is None:
        raise NotFound
    if request.method == "POST":
        return _set(request, round_)
    rules = deadlines.ladder_of(round_)
    rows = [Row(no=no, rule=rule, words=sentence(rule)) for no, rule in enumerate(rules)]
    context = {
        "round": round_,
        "rows": rows,
        "form_rows": [*rows, Row(no=len(rows), rule=None, words="")],
        "saw": ladders.seen(rules),
        "may_set": actor.holds(Role.OFFICE, unit_path=round_.unit.path),
        "tracks": Track.choices,
        "colours": Colour.choices,
        "recipients": Recipient.choices,
        "papers": Paper.choices,
    }
    return page(request, "ladder.html", context)


def _set(request: HttpRequest, round_: Round) -> HttpResponse:
    restoring = request.POST.get("do") == "preset"
    rungs = ladders.preset() if restoring else _rungs(request)
    saw = text_of(request, "saw")
    ladders.set_ladder(round_.pk, actor=actor_of(request), rungs=rungs, saw=saw)
    messages.success(request, _("The ladder is set; it holds from tomorrow morning on."))
    return go(request, reverse("ladder", args=[round_.pk]))


def _rungs(request: HttpRequest) -> list[Rung]:
    """The rules of the form; one row more is read than there may be, so that the action says so."""
    count = min(number_of(request, "rules"), ladders.MOST_RULES + 1)
    return [
        _rung(request, no)
        for no in range(count)
        if text_of(request, f"side-{no}") and f"out-{no}" not in request.POST
    ]


def _rung(request: HttpRequest, no: int) -> Rung:
    side = choice_of(request, f"side-{no}", [LEFT, LATE, NEVER])
    known = request.POST.get(f"id-{no}")
    return Rung(
        id=number_of(request, f"id-{no}") if known else None,
        track=choice_of(request, f"track-{no}", ["", *Track.values]),
        days=None if side == NEVER else number_of(request, f"days-{no}") * (-1) ** (side == LATE),
        colour=choice_of(request, f"colour-{no}", Colour.values),
        recipients=tuple(request.POST.getlist(f"to-{no}")),
        letter=choice_of(request, f"letter-{no}", Paper.values),
        repeat_days=number_of(request, f"repeat-{no}") if request.POST.get(f"repeat-{no}") else 0,
    )
