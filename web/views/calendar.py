"""Working days of a year: the holidays and make-up days, published or decided by a unit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.contrib import messages
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.models import Unit
from core.refusals import NotFound, Unmet
from web.acting import actor_of, date_or_none, number_of, text_of
from web.answers import go, page
from web.forms import choice_of
from workflows import calendar
from workflows.actions.calendar_days import may_set, set_day
from workflows.models import CalendarDay

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.utils.functional import Promise

    from core.actor import Actor

WORKS, RESTS, PUBLISHED = "works", "rests", "published"
EARLIEST, LATEST = 2004, 2100
FESTIVALS: dict[str, Promise] = {
    "New Year's Day": gettext_lazy("New Year’s Day"),
    "Spring Festival": gettext_lazy("Spring Festival"),
    "Tomb-sweeping Day": gettext_lazy("Tomb-sweeping Day"),
    "Labour Day": gettext_lazy("Labour Day"),
    "Dragon Boat Festival": gettext_lazy("Dragon Boat Festival"),
    "National Day": gettext_lazy("National Day"),
    "Mid-autumn Festival": gettext_lazy("Mid-autumn Festival"),
    "Anti-Fascist 70th Day": gettext_lazy("70th anniversary of the victory"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A day on which one does not do as on other days of its name."""

    day: date
    works: bool
    why: str
    decided: CalendarDay | None


def days(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    if request.method == "POST":
        return _set(request, actor)
    units = list(Unit.objects.visible_to(actor))
    unit = _unit(request, units)
    year = _year(request)
    context = {
        "units": units,
        "unit": unit,
        "year": year,
        "before": year - 1 if year > EARLIEST else None,
        "after": year + 1 if year < LATEST else None,
        "known": calendar.is_known(year),
        "rows": _rows(unit, year) if unit else [],
        "may_set": unit is not None and may_set(actor, unit),
    }
    return page(request, "calendar.html", context)


def _set(request: HttpRequest, actor: Actor) -> HttpResponse:
    day = date_or_none(request, "day")
    if day is None or not EARLIEST <= day.year <= LATEST:
        raise Unmet(_("Say which day."), then=_("Write a date such as 2026-12-31."))
    how = choice_of(request, "how", [WORKS, RESTS, PUBLISHED])
    unit_id = number_of(request, "unit")
    set_day(
        actor=actor,
        unit_id=unit_id,
        day=day,
        working=None if how == PUBLISHED else how == WORKS,
        note=text_of(request, "note"),
    )
    messages.success(request, _("The day is decided; dates that count it have moved already."))
    return go(request, f"{reverse('calendar')}?unit={unit_id}&year={day.year}")


def _unit(request: HttpRequest, units: list[Unit]) -> Unit | None:
    asked = request.GET.get("unit")
    if not asked:
        return units[0] if units else None
    chosen = next((unit for unit in units if str(unit.pk) == asked), None)
    if chosen is None:
        raise NotFound
    return chosen


def _year(request: HttpRequest) -> int:
    asked = request.GET.get("year", "")
    known = asked.isascii() and asked.isdigit() and len(asked) == len(str(EARLIEST))
    year = int(asked) if known else timezone.localdate().year
    return min(max(year, EARLIEST), LATEST)


def _rows(unit: Unit, year: int) -> list[Row]:
    """Every day of a year that is published as an exception or was decided, in order."""
    decided = {
        one.day: one
        for one in CalendarDay.objects.of(unit).filter(day__year=year).select_related("unit")
    }
    first = date(year, 1, 1)
    whole = (first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days))
    return [
        _row(day, decided.get(day))
        for day in whole
        if day in decided or calendar.is_exceptional(day)
    ]


def _row(day: date, decided: CalendarDay | None) -> Row:
    if decided is not None:
        return Row(day=day, works=decided.working, why=decided.note, decided=decided)
    name = calendar.name_of(day)
    why = str(FESTIVALS.get(name, name))
    return Row(day=day, works=calendar.is_working_day(day), why=why, decided=None)
