"""My work: the first page, fit to the role."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

from audit import alarms, sealing
from core.roles import VERIFY_THE_RECORD, Role
from web.acting import actor_of
from web.answers import go, page
from web.rounds import rounds_of
from web.welcome import FIRST, leading_role
from workflows import directory, planning, verified
from workflows.directory import Show
from workflows.models import Flag
from workflows.worklist import Wanted, worklist

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from core.actor import Actor

DISMISSED = "banner"
"""In the session: the role whose banner was put away."""
AT_A_DESK = frozenset(
    {Role.AUDITOR, Role.SYSTEM_OFFICER, Role.SECURITY_OFFICER, Role.AUDIT_OFFICER}
)
"""These owe no items: they get links to what they do."""


def home(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    asked = request.GET
    role = leading_role(actor.roles)
    wanted = Wanted(
        whose=asked.get("whose", ""),
        tile=asked.get("tile", ""),
        text=asked.get("q", "").replace("\x00", "").strip()[:80],
        round_code=asked.get("in", ""),
        page=_page_number(asked.get("page", "")),
    )
    work = worklist(actor, wanted)
    context: dict[str, Any] = {"work": work, "role": role, "banner": _banner(request, role)}
    if work:
        context["rounds"] = rounds_of(request)
        context["plans"] = planning.on_my_desk(actor)
    if role in AT_A_DESK:
        context |= _desk(actor, role)
    return page(request, "home.html", context)


def banner(request: HttpRequest) -> HttpResponse:
    """Put the banner away until the next login."""
    request.session[DISMISSED] = leading_role(actor_of(request).roles)
    return go(request, reverse("home"))


def _banner(request: HttpRequest, role: Role | None) -> object:
    if role is None or request.session.get(DISMISSED) == role:
        return None
    return FIRST[role]


def _page_number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 1  # noqa: PLR2004 -- fits


def _desk(actor: Actor, role: Role) -> dict[str, Any]:
    """What stands open for the officers who run accounts and roles, and how the record stands."""
    if role in VERIFY_THE_RECORD:
        latest, lacking = sealing.latest(), alarms.lacking()
        return {
            "alarms": alarms.alarms(),
            "lacking": lacking,
            "outside": alarms.COPIES - lacking,
            "sealed": latest.size if latest else 0,
            "verified": verified.last(actor),
            "open_flags": Flag.objects.visible_to(actor).open().count(),
        }
    return {
        "accounts": directory.listed(actor, Show.ALL).count(),
        "shut": directory.listed(actor, Show.SHUT).count(),
        "idle": directory.listed(actor, Show.IDLE).count(),
        "headless": directory.without_head(actor).count(),
    }
