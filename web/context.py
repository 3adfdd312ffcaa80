"""What every page's frame needs: who is here, and where they may go."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from web.acting import actor_of
from web.roles import DECIDING, LOGGED_IN, TABLE
from workflows.models import Notice

if TYPE_CHECKING:
    from django.http import HttpRequest

    from core.actor import Actor

MOST_COUNTED = 100
PLACES = (
    ("home", _("My work")),
    ("review", _("Review")),
    ("ledger", _("Ledger")),
    ("board", _("Board")),
    ("flags", _("Flags")),
    ("imports", _("Import")),
    ("rounds", _("Rounds")),
    ("people", _("Units and people")),
    ("record", _("Record seals")),
    ("faults", _("Faults")),
    ("account", _("Account")),
)


def everywhere(request: HttpRequest) -> dict[str, Any]:
    demo = settings.ENV == "demo"
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return {"places": [], "actor": None, "demo": demo}
    actor = actor_of(request)
    here = request.resolver_match.url_name if request.resolver_match else ""
    places = [
        {"name": name, "words": words, "url": reverse(name), "here": name == here}
        for name, words in PLACES
        if name in TABLE
        and (TABLE[name]["GET"] == LOGGED_IN or actor.roles & (TABLE[name]["GET"] or set()))
        and (name != "review" or actor.roles & DECIDING)
    ]
    # Called by the frame alone: a part of a page that is fetched again does not count.
    return {"places": places, "actor": actor, "demo": demo, "unread": cache(lambda: _unread(actor))}


def _unread(actor: Actor) -> str:
    count = Notice.objects.visible_to(actor).unread()[:MOST_COUNTED].count()
    return str(count) if count < MOST_COUNTED else f"{MOST_COUNTED - 1}+"
