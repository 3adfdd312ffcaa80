"""What was chosen in a list: ticked rows, or all that the ledger's filter shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from core.refusals import NotFound, Unmet
from core.roles import Role
from web import grid
from web.acting import actor_of
from web.rounds import current_round, rounds_of
from workflows.models import Item

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

    from core.actor import Actor

    Pair = tuple[int, int]

_A_KEY = 18
"""Digits of the largest number a form may name."""
MOST = 20_000
OF_THE_LEDGER = ("assign", "reassign", "send_back", "ask_extension", "urge")
OF_THE_QUEUE = ("approve", "send_back")
OF_REQUESTS = ("agree", "refuse")


def verbs(actor: Actor, unit_path: str) -> list[str]:
    """What this person may try with many rows of the ledger; each row still asks."""
    if actor.holds(Role.OFFICE, unit_path=unit_path):
        return list(OF_THE_LEDGER)
    return list(OF_THE_LEDGER[1:]) if Role.SECTION_HEAD in actor.roles else []


def key(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _A_KEY else None


def pairs(texts: list[str]) -> list[Pair]:
    """(item, version) from `12:0`; Unmet when nothing was ticked or the form is not ours."""
    if not texts:
        raise Unmet(_("No item was chosen."), then=_("Tick the items first, then say what to do."))
    if len(texts) > MOST:
        raise Unmet(
            _("%(n)s items are too many at once; %(most)s is the most.")
            % {"n": len(texts), "most": MOST},
            then=_("Narrow the list and take one part after the other."),
        )
    found = []
    for text in texts:
        item, version = (key(part) for part in text.partition(":")[::2])
        if item is None or version is None:
            raise Unmet(
                _("The form came back incomplete."),
                then=_("Open the page again and send the form from there."),
            )
        found.append((item, version))
    return found


def chosen(request: HttpRequest) -> list[Pair]:
    """The rows ticked, or with `all` whatever the list's address shows now, on every page."""
    if not request.POST.get("all"):
        of_requests = request.POST.get("verb") in OF_REQUESTS
        return pairs(request.POST.getlist("asked" if of_requests else "item"))
    rows = _of_filter(request).values_list("pk", "version")
    return pairs([f"{pk}:{version}" for pk, version in rows[: MOST + 1]])


def _of_filter(request: HttpRequest) -> QuerySet[Item]:
    query = QueryDict(request.POST.get("back", "").lstrip("?"))
    code = query.get("round")
    rounds = {round_.code: round_ for round_ in rounds_of(request)}
    round_ = rounds.get(code) if code else current_round(request)
    if round_ is None:
        raise NotFound
    items = Item.objects.visible_to(actor_of(request)).filter(round=round_)
    asked = grid.asked_of(query)
    return grid.ordered(grid.narrowed(items, asked), asked)


def back(query: QueryDict) -> str:
    """The list as it was, filters and all; only ever an address of ours."""
    if query.get("from") == "review":
        return reverse("review")
    if query.get("from") == "import":
        return reverse("imports")
    asked = QueryDict(query.get("back", "").lstrip("?")).urlencode()
    return f"{reverse('ledger')}?{asked}" if asked else reverse("ledger")
