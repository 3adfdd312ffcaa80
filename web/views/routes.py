"""The routes of a round's reviews and requests: in force, to choose, and who is on older ones."""

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
from web.diagrams import ends_of, step_words
from web.route_form import changed, own_of, parties_of, steps_in, whole
from workflows import prospects, routing
from workflows.actions.routes import set_route
from workflows.models import Item, Round
from workflows.models.route import (
    ENDS_WITH_THE_OFFICE,
    PRESET_WORDS,
    PRESETS,
    USUAL,
    How,
    MatterKind,
    Unless,
    presets_of,
)
from workflows.states import SHORTEST_REASON, Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

    from workflows.models import Route
    from workflows.models.route import Step


def route(request: HttpRequest, round_id: int) -> HttpResponse:
    """The page; its editor's buttons change the steps on the screen and save nothing."""
    round_, matter = _round(request, round_id), _matter(request)
    if request.method != "POST":
        return page(request, "route.html", _context(request, round_, matter))
    preset = text_of(request, "preset")
    if preset != "own":
        set_route(round_id, actor=actor_of(request), preset=preset, matter=matter)
        return _set(request, round_, matter)
    steps, change = steps_in(request, matter), request.POST.get("change", "")
    if change:
        own = changed(steps, change, matter)
        return page(request, "route.html", _context(request, round_, matter, own))
    set_route(round_id, actor=actor_of(request), steps=whole(steps, matter), matter=matter)
    return _set(request, round_, matter)


def as_bpmn(request: HttpRequest, round_id: int) -> HttpResponse:
    round_, matter = _round(request, round_id), _matter(request)
    words = {"kind": matter.label, "code": round_.code}
    name = _("%(kind)s: the route of %(code)s") % words
    steps = routing.present_steps(round_, matter)
    document = bpmn.of_route(steps, name=name, ends=ends_of(matter))
    answer = Plain(document, content_type="application/xml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="route-{matter.value}.bpmn"'
    return answer


def _matter(request: HttpRequest) -> MatterKind:
    """The reviews' route, or that of the kind of request the address names."""
    asked = request.GET.get("matter", MatterKind.REVIEW)
    if asked not in MatterKind.values:
        raise NotFound
    return MatterKind(asked)


def address_of(round_: Round, matter: str) -> str:
    query = {} if matter == MatterKind.REVIEW else {"matter": matter}
    return reverse("round_route", args=[round_.pk], query=query)


def _round(request: HttpRequest, round_id: int) -> Round:
    visible = Round.objects.visible_to(actor_of(request)).select_related("unit")
    found = visible.filter(pk=round_id).first()
    if found is None:
        raise NotFound
    return found


def _set(request: HttpRequest, round_: Round, matter: MatterKind) -> HttpResponse:
    if matter == MatterKind.REVIEW:
        told = _("The route is in force for what is submitted from now on.")
    else:
        told = _("The route is in force for what is asked from now on.")
    messages.success(request, told)
    return go(request, address_of(round_, matter))


def _context(
    request: HttpRequest, round_: Round, matter: MatterKind, own: Sequence[Step] | None = None
) -> dict[str, Any]:
    of_matter = round_.routes.filter(matter=matter).select_related("made_by")
    current = of_matter.order_by("-version").first()
    steps = current.steps if current else PRESETS[USUAL[matter]]
    may_set = actor_of(request).holds(Role.OFFICE, unit_path=round_.unit.path)
    is_review = matter == MatterKind.REVIEW
    preset = current.preset if current else USUAL[matter]
    return {
        "round": round_,
        "matter": matter,
        "is_review": is_review,
        "here": address_of(round_, matter),
        "current": current,
        "preset": preset,
        "words": PRESET_WORDS[preset],
        "steps_now": _said(steps, round_),
        "may_set": may_set,
        "presets": [(k, PRESET_WORDS[k], _said(s, round_)) for k, s in presets_of(matter).items()],
        "own": list(own) if own is not None else own_of(steps, matter),
        "office_is_last": matter in ENDS_WITH_THE_OFFICE,
        "parties": parties_of(matter),
        "hows": How.choices,
        "unlesses": Unless.choices,
        "people": _people(round_),
        "behind": list(_behind(round_, current)) if may_set and is_review else [],
        "shortest": SHORTEST_REASON,
        "versions": _versions(round_, matter),
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


def _versions(round_: Round, matter: str) -> list[tuple[Route, list[str], int]]:
    """Each with how many reviews are on it; a request keeps its steps with itself."""
    open_ones = Count("submissions", filter=Q(submissions__outcome=Outcome.OPEN))
    of_matter = round_.routes.filter(matter=matter)
    rows = of_matter.select_related("made_by").annotate(open_ones=open_ones)
    return [(one, _said(one.steps, round_), one.open_ones) for one in rows.order_by("-version")]
