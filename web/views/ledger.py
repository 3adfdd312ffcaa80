"""The ledger: the grid, assigning from it, the workbook out of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.refusals import NotFound
from core.roles import Role
from ledger import exports, out
from web import grid, selection
from web.acting import actor_of, command_id_of
from web.answers import go, page
from web.rounds import current_round, round_context
from web.workbooks import workbook
from workflows import archive_policy, directory
from workflows.actions import assignments, reading
from workflows.actions.step import Command
from workflows.models import Item
from workflows.queries import item_for
from workflows.states import State, Track

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

    from core.actor import Actor
    from core.models import User
    from workflows.directory import Staffed
    from workflows.models import Round


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
        "requests": grid.request_chips(items, asked),
        "total": sum(chip.number for chip in states),
        "whole": round_.unit.path.startswith(actor.unit_paths),
        "sections": [one.section for one in staffed],
        "assignees": _assignees(items),
        "aspects": list(round_.aspects.all()),
        "tracks": Track.choices,
        "may_assign": may_assign,
        "may_archive": archive_policy.refusal(round_, actor) is None,
        "verbs": selection.verbs(actor, round_.unit.path),
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


def assign(request: HttpRequest) -> HttpResponse:
    """One row by its own button; its refusal is the answer."""
    [(item_id, version)] = selection.pairs([request.POST.get("row", "")])
    item = assignments.assign(
        item_id,
        actor=actor_of(request),
        command=Command(id=command_id_of(request), version=version),
        assignee_id=selection.key(request.POST.get(f"to-{item_id}", "")),
    )
    told = _("%(no)s was assigned to %(name)s.") % {"no": item.no, "name": item.assignee_text}
    messages.success(request, told)
    return redirect(f"{selection.back(request.POST)}#row-{item.pk}")


def export(request: HttpRequest) -> HttpResponse:
    """The workbook of what the grid shows, in the columns that are read back.

    A long one is asked for by a form and written by the worker.
    """
    actor, round_ = actor_of(request), current_round(request)
    if round_ is None:
        raise NotFound
    items = grid.narrowed(_items(actor, round_), grid.asked_of(request.GET))
    count = items.count()
    day = timezone.localdate().isoformat()
    name = _("Ledger of %(title)s, %(day)s.xlsx") % {"title": round_.title, "day": day}
    if request.method == "POST":
        job = exports.ask(
            round_, items, actor=actor, command_id=command_id_of(request), name=name
        )  # fmt: skip
        return go(request, reverse("job", args=[job.pk]))
    if count > exports.AT_ONCE:
        return page(request, "ledger/export.html", {"round": round_, "count": count})
    data = out.workbook(round_, items)
    reading.export_ledger(round_.pk, actor=actor, items=count)
    return workbook(data, name=name, plain=f"ledger-{round_.code}-{day}.xlsx")
