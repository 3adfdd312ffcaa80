"""The ledger: the grid, assigning from it, the workbook out of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.refusals import NotFound, Unmet
from core.roles import Role
from ledger import out
from web import grid
from web.acting import actor_of, command_id_of
from web.answers import page
from web.rounds import current_round, round_context
from web.workbooks import workbook
from workflows import directory
from workflows.actions import bulk, reading
from workflows.models import Item
from workflows.queries import item_for
from workflows.states import State, Track

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

    from core.actor import Actor
    from core.models import User
    from workflows.actions.bulk import Row
    from workflows.directory import Staffed
    from workflows.models import Round

_A_KEY = 18
"""Digits of the largest number a form may name."""


def ledger(request: HttpRequest) -> HttpResponse:
    context: dict[str, Any] = {**round_context(request), "grid": None}
    round_ = current_round(request)
    if round_ is not None:
        context |= _grid(request, round_)
    return page(request, "ledger/ledger.html", context)


def _grid(request: HttpRequest, round_: Round) -> dict[str, Any]:
    actor = actor_of(request)
    asked = grid.asked_of(request.GET)
    items = _items(actor, round_)
    states = grid.state_chips(items, asked)
    found = grid.rows(items, asked)
    may_assign = actor.holds(Role.OFFICE, unit_path=round_.unit.path)
    staffed = directory.sections_of(round_.unit)
    return {
        "grid": found,
        "groups": None if asked.sort else grid.grouped(found.object_list),
        "asked": asked,
        "columns": grid.COLUMNS,
        "states": states,
        "times": grid.time_chips(items, asked),
        "total": sum(chip.number for chip in states),
        "whole": round_.unit.path.startswith(actor.unit_paths),
        "sections": [one.section for one in staffed],
        "assignees": _assignees(items),
        "aspects": list(round_.aspects.all()),
        "tracks": Track.choices,
        "may_assign": may_assign,
        "staffed": [one for one in staffed if one.heads or one.staff],
        "choices": _choices(found.object_list, staffed) if may_assign else {},
        "today": timezone.localdate(),
    }


def _items(actor: Actor, round_: Round) -> QuerySet[Item]:
    return Item.objects.visible_to(actor).filter(round=round_)


def _assignees(items: QuerySet[Item]) -> list[tuple[int, str]]:
    named = items.filter(assignee__isnull=False).order_by("assignee__name", "assignee_id")
    return list(named.values_list("assignee_id", "assignee__name").distinct())


def _choices(items: Iterable[Item], staffed: list[Staffed]) -> dict[int, list[User]]:
    """For each draft on the page, the people of its own sections: nobody else may be chosen."""
    people = {one.section.pk: [*one.staff, *one.heads] for one in staffed}
    chosen = {}
    for item in items:
        if item.state == State.DRAFT:
            sections = [item.lead_section_id, *(o.section_id for o in item.other_sections.all())]
            found = {user.pk: user for pk in sections for user in people.get(pk or 0, [])}
            chosen[item.pk] = list(found.values())
    return chosen


def peek(request: HttpRequest, item_id: int) -> HttpResponse:
    """The drawer: what an item says, beside the grid."""
    item = item_for(actor_of(request), item_id)
    return render(request, "ledger/peek.html", {"item": item, "measures": item.measures.all()})


@dataclass(frozen=True, slots=True)
class Outcome:
    item: Item
    row: Row


def assign(request: HttpRequest) -> HttpResponse:
    """One row by its own button, or all that were ticked; each row has its own outcome."""
    actor, single = actor_of(request), request.POST.get("row", "")
    chosen = _pairs([single] if single else request.POST.getlist("item"))
    field = f"to-{chosen[0][0]}" if single else "assignee"
    rows = bulk.assign_many(
        chosen,
        actor=actor,
        command_id=command_id_of(request),
        assignee_id=_key(request.POST.get(field, "")),
    )
    back = _back(request)
    if single:
        return _one_assigned(request, rows[0], back)
    items = Item.objects.visible_to(actor).in_bulk([row.item_id for row in rows])
    outcomes = [Outcome(items[row.item_id], row) for row in rows if row.item_id in items]
    done = sum(1 for outcome in outcomes if outcome.row.done)
    context = {"outcomes": outcomes, "done": done, "skipped": len(rows) - done, "back": back}
    return render(request, "ledger/outcome.html", context)


def _one_assigned(request: HttpRequest, row: Row, back: str) -> HttpResponse:
    if row.refusal:
        raise row.refusal
    item = item_for(actor_of(request), row.item_id)
    told = _("%(no)s was assigned to %(name)s.") % {"no": item.no, "name": item.assignee_text}
    messages.success(request, told)
    return redirect(f"{back}#row-{item.pk}")


def _pairs(texts: list[str]) -> list[tuple[int, int]]:
    """(item, version) from `12:0`; Unmet when nothing was ticked or the form is not ours."""
    if not texts:
        raise Unmet(
            _("No item was chosen."), then=_("Tick the items to assign, then choose the person.")
        )
    pairs = []
    for text in texts[: grid.A_PAGE]:
        item, version = (_key(part) for part in text.partition(":")[::2])
        if item is None or version is None:
            raise Unmet(
                _("The form came back incomplete."),
                then=_("Open the page again and send the form from there."),
            )
        pairs.append((item, version))
    return pairs


def _key(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _A_KEY else None


def _back(request: HttpRequest) -> str:
    """The grid as it was, filters and all; only ever an address of ours."""
    query = QueryDict(request.POST.get("back", "").lstrip("?")).urlencode()
    return f"{reverse('ledger')}?{query}" if query else reverse("ledger")


def export(request: HttpRequest) -> HttpResponse:
    """The workbook of what the grid shows, in the columns that are read back."""
    actor, round_ = actor_of(request), current_round(request)
    if round_ is None:
        raise NotFound
    items = grid.narrowed(_items(actor, round_), grid.asked_of(request.GET))
    data = out.workbook(round_, items)
    reading.export_ledger(round_.pk, actor=actor, items=items.count())
    day = timezone.localdate().isoformat()
    name = _("Ledger of %(title)s, %(day)s.xlsx") % {"title": round_.title, "day": day}
    return workbook(data, name=name, plain=f"ledger-{round_.code}-{day}.xlsx")
