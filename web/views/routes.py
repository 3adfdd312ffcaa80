"""A round's review route: what is in force, other ones to choose, and who is on an older one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db.models import Count, F, Q
from django.http import HttpResponse as Plain
from django.urls import reverse
from django.utils.translation import gettext as _

from core.refusals import NotFound
from core.roles import Role
from web import bpmn
from web.acting import actor_of, text_of
from web.answers import go, page
from web.diagrams import step_words
from web.route_form import PARTIES, changed, steps_in, whole
from workflows import prospects
from workflows.actions.routes import set_route
from workflows.models import Item, Round
from workflows.models.route import PRESET_WORDS, PRESETS, How, MatterKind, Unless, presets_of
from workflows.states import SHORTEST_REASON, Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

    from workflows.models import Route
    from workflows.models.route import Step


def route(request: HttpRequest, round_id: int) -> HttpResponse:
    """The page; its editor's buttons change the steps on the screen and save nothing."""
    round_ = _round(request, round_id)
    if request.method != "POST":
        return page(request, "route.html", _context(request, round_))
    preset = text_of(request, "preset")
    if preset != "own":
        set_route(round_id, actor=actor_of(request), preset=preset)
        return _set(request, round_)
    steps, change = steps_in(request), request.POST.get("change", "")
    if change:
        return page(request, "route.html", _context(request, round_, changed(steps, change)))
    set_route(round_id, actor=actor_of(request), steps=whole(steps))
    return _set(request, round_)


def as_bpmn(request: HttpRequest, round_id: int) -> HttpResponse:
    round_ = _round(request, round_id)
    current = _current(round_)
    steps = current.steps if current else PRESETS["short"]
    name = _("Review route of %(code)s") % {"code": round_.code}
    answer = Plain(bpmn.of_route(steps, name=name), content_type="application/xml; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="route.bpmn"'
    return answer


def _round(request: HttpRequest, round_id: int) -> Round:
    visible = Round.objects.visible_to(actor_of(request)).select_related("unit")
    found = visible.filter(pk=round_id).first()
    if found is None:
        raise NotFound
    return found


def _set(request: HttpRequest, round_: Round) -> HttpResponse:
    messages.success(request, _("The route is in force for what is submitted from now on."))
    return go(request, reverse("round_route", args=[round_.pk]))


def _current(round_: Round) -> Route | None:
    reviews = round_.routes.filter(matter=MatterKind.REVIEW)
    return reviews.select_related("made_by").order_by("-version").first()


def _context(
    request: HttpRequest, round_: Round, own: Sequence[Step] | None = None
) -> dict[str, Any]:
    current = _current(round_)
    steps = current.steps if current else PRESETS["short"]
    reviews = presets_of(MatterKind.REVIEW)
    may_set = actor_of(request).holds(Role.OFFICE, unit_path=round_.unit.path)
    return {
        "round": round_,
        "current": current,
        "words": PRESET_WORDS[current.preset if current else "short"],
        "steps_now": _said(steps, round_),
        "may_set": may_set,
        "presets": [(k, PRESET_WORDS[k], _said(s, round_)) for k, s in reviews.items()],
        "own": list(own) if own is not None else list(steps[:-1]),
        "parties": PARTIES,
        "hows": How.choices,
        "unlesses": Unless.choices,
        "people": _people(round_),
        "behind": list(_behind(round_, current)) if may_set else [],
        "shortest": SHORTEST_REASON,
        "versions": _versions(round_),
    }


def _said(steps: Sequence[Step], round_: Round) -> list[str]:
    """Each step in words, with its person's name and when it is left out."""
    named = {s.person_id for s in steps if s.person_id is not None}
    names = dict(_people(round_)) if named else {}
    return [_step_said(step, names) for step in steps]


def _step_said(step: Step, names: dict[int, str]) -> str:
    said = step_words(step)
    if step.person_id is not None:
        said += f" ({names.get(step.person_id, '—')})"
    return f"{said} · {Unless(step.unless).label}" if step.unless else said


def _people(round_: Round) -> list[tuple[int, str]]:
    """Who may be named in a step: the acting people of the unit, each once."""
    kept: list[tuple[int, str]] | None = getattr(round_, "_people", None)
    if kept is None:
        found: dict[int, str] = {}
        for post in prospects.colleagues(round_.unit.path):
            place = post.section.name if post.section else post.unit.name
            found.setdefault(post.user_id, f"{post.user.name} · {place}")
        kept = list(found.items())
        round_._people = kept  # type: ignore[attr-defined]  # noqa: SLF001 -- read once a page
    return kept


def _behind(round_: Round, current: Route | None) -> QuerySet[Item]:
    """Items in review on another version than the one in force."""
    under_way = Item.objects.filter(round=round_, submission__outcome=Outcome.OPEN)
    if current is None:
        return under_way.none()
    other = Q(submission__route__isnull=True) | ~Q(submission__route=current.pk)
    rows = under_way.filter(other).annotate(on=F("submission__route__version"))
    return rows.select_related("lead_section").order_by("position", "pk")


def _versions(round_: Round) -> list[tuple[Route, list[str], int]]:
    open_ones = Count("submissions", filter=Q(submissions__outcome=Outcome.OPEN))
    reviews = round_.routes.filter(matter=MatterKind.REVIEW)
    rows = reviews.select_related("made_by").annotate(open_ones=open_ones)
    return [(one, _said(one.steps, round_), one.open_ones) for one in rows.order_by("-version")]
