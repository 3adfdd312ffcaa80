"""Units and people: sections for the office, accounts and roles for the officers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control

from core.roles import OF_A_SECTION, Role
from web.acting import actor_of, date_or_none, number_of, number_or_none, text_of
from web.answers import go, page
from web.roles import TABLE
from workflows import directory
from workflows.actions import people as acts
from workflows.directory import Show

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from core.actor import Actor
    from core.models import Unit, User

READ_TRAILS = frozenset({Role.SECURITY_OFFICER, Role.AUDIT_OFFICER})


def people(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    branches = directory.tree(actor)
    unit = _unit_asked_for(request, actor, branches)
    show = _show(request)
    search = request.GET.get("q", "").replace("\x00", "").strip()[:80]
    found = directory.listed(actor, show, unit=unit, search=search)
    context = {
        "branches": branches,
        "unit": unit,
        "sections": directory.sections_of(unit) if unit else [],
        "posts": directory.posts_of(unit) if unit else [],
        "page": Paginator(found, directory.PAGE).get_page(request.GET.get("page")),
        "show": show,
        "shows": list(Show),
        "may_see_calendar": bool(actor.roles & (TABLE["calendar"]["GET"] or frozenset())),
        "search": search,
        **_powers(actor, unit),
    }
    return page(request, "people.html", context)


def _show(request: HttpRequest) -> Show:
    asked = request.GET.get("show", "")
    return Show(asked) if asked in Show.values else Show.UNIT


def _unit_asked_for(
    request: HttpRequest, actor: Actor, branches: list[directory.Branch]
) -> Unit | None:
    """`?unit=ID`, else the first unit with sections that lack a head, else the first."""
    asked = request.GET.get("unit", "")
    if asked.isascii() and asked.isdigit() and len(asked) < 19:  # noqa: PLR2004 -- below 2^63
        return directory.unit_for(actor, int(asked))
    lacking = (branch.unit for branch in branches if branch.headless)
    return next(lacking, branches[0].unit if branches else None)


def _powers(actor: Actor, unit: Unit | None) -> dict[str, bool]:
    """The same questions the actions ask, for the buttons."""
    path = unit.path if unit else "-"
    return {
        "runs_sections": actor.holds(Role.OFFICE, unit_path=path),
        "runs_accounts": actor.holds(Role.SYSTEM_OFFICER, unit_path=path),
        "runs_roles": actor.holds(Role.SECURITY_OFFICER, unit_path=path),
    }


def person(request: HttpRequest, user_id: int) -> HttpResponse:
    actor = actor_of(request)
    found = directory.person_for(actor, user_id)
    posts = directory.roles_of(found)
    units = [branch.unit for branch in directory.tree(actor)]
    context: dict[str, Any] = {
        "person": found,
        "posts": posts,
        "trail": directory.trail_of(found) if actor.roles & READ_TRAILS else None,
        "units": units,
        "oneself": found.pk == actor.id,
        "roles": [(role.value, role.label, role in OF_A_SECTION) for role in Role],
        "sections": directory.sections_within(actor),
        **_powers(actor, posts[0].post.unit if posts else (units[0] if units else None)),
    }
    return page(request, "person.html", context)


@cache_control(no_store=True)
def add(request: HttpRequest) -> HttpResponse:
    user, password = acts.add_person(
        actor=actor_of(request),
        unit_id=number_of(request, "unit"),
        login=text_of(request, "login"),
        name=text_of(request, "name"),
        email=text_of(request, "email"),
    )
    return _hand_over(request, user, password)


@cache_control(no_store=True)
def reset(request: HttpRequest, user_id: int) -> HttpResponse:
    actor = actor_of(request)
    directory.person_for(actor, user_id)
    user, password = acts.reset_password(actor=actor, user_id=user_id)
    return _hand_over(request, user, password)


def _hand_over(request: HttpRequest, user: User, password: str) -> HttpResponse:
    """The one answer that shows a password: kept nowhere, and gone with the page."""
    context = {"person": user, "password": password}
    return page(request, "one_time_password.html", context, part="parts/one_time_password.html")


def active(request: HttpRequest, user_id: int) -> HttpResponse:
    actor = actor_of(request)
    directory.person_for(actor, user_id)
    on = request.POST.get("active") == "1"
    user = acts.set_active(actor=actor, user_id=user_id, active=on)
    told = _("The account of %(name)s is open.") if on else _("The account of %(name)s is shut.")
    messages.success(request, told % {"name": user.name})
    return go(request, reverse("person", args=[user_id]))


def grant(request: HttpRequest, user_id: int) -> HttpResponse:
    actor = actor_of(request)
    directory.person_for(actor, user_id)
    membership = acts.grant(
        actor=actor,
        user_id=user_id,
        role=text_of(request, "role"),
        unit_id=number_of(request, "unit"),
        section_id=number_or_none(request, "section"),
        starts=date_or_none(request, "starts"),
        ends=date_or_none(request, "ends"),
    )
    told = _("%(name)s is now: %(role)s.")
    messages.success(
        request, told % {"name": membership.user.name, "role": membership.get_role_display()}
    )
    return go(request, reverse("person", args=[user_id]))


def end(request: HttpRequest, membership_id: int) -> HttpResponse:
    membership = acts.end_membership(actor=actor_of(request), membership_id=membership_id)
    told = _("The role “%(role)s” has ended.")
    messages.success(request, told % {"role": membership.get_role_display()})
    return go(request, reverse("person", args=[membership.user_id]))


def add_section(request: HttpRequest, unit_id: int) -> HttpResponse:
    section = acts.add_section(
        actor=actor_of(request), unit_id=unit_id, name=text_of(request, "name")
    )
    messages.success(request, _("The section “%(name)s” was added.") % {"name": section.name})
    return go(request, f"{reverse('people')}?unit={unit_id}")


def rename_section(request: HttpRequest, section_id: int) -> HttpResponse:
    section = acts.rename_section(
        actor=actor_of(request), section_id=section_id, name=text_of(request, "name")
    )
    messages.success(request, _("The section is now called “%(name)s”.") % {"name": section.name})
    return go(request, f"{reverse('people')}?unit={section.unit_id}")
