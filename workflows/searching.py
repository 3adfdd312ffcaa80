"""One question, answered from all that the asker may see: items, measures, people, evidence.

Each answer is asked of the same `visible_to` as the pages, counts included. At most so many are
looked at: whoever finds more writes another word.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Prefetch, Q

from core import grams
from core.models import Membership
from workflows import directory
from workflows.models import Item, Searchable

if TYPE_CHECKING:
    from core.actor import Actor
    from core.models import User

MOST = 100
"""Hits of a kind that are looked at; a page says that there are more."""
LONGEST = 100
"""Signs of a question that are read."""
MOST_WORDS = 8
A_NUMBER = 5
"""Items of one number, in as many rounds, the latest first."""
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−－_~～.．·", "-"))
Kind = Searchable.Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    text: str
    """As it is shown again; what no text holds is left out."""
    words: tuple[str, ...]
    cut: bool

    @property
    def whole(self) -> str:
        return grams.folded(self.text)

    @property
    def is_searchable(self) -> bool:
        """Whether a word of two signs is in it: the index knows no single ones."""
        return any(len(word) > 1 for word in self.words)


def asked_of(raw: str) -> Asked:
    """What a box or an address asks for, however it was put."""
    seen = " ".join(grams.seen(raw[: 50 * LONGEST]).split())
    text = seen[:LONGEST]
    words = (grams.folded(word) for word in text.split())
    return Asked(
        text=text,
        words=tuple(dict.fromkeys(word for word in words if word))[:MOST_WORDS],
        cut=len(seen) > LONGEST or len(raw) > 50 * LONGEST,
    )


@dataclass(frozen=True, slots=True)
class Found:
    """Rows of what is searched, the best first."""

    keys: list[int]
    more: bool


def numbered(actor: Actor, asked: Asked) -> list[Item]:
    """The items of this very number, wherever its dashes came from: 2-3, ２－３, 2—3."""
    ways = {asked.whole, asked.whole.translate(_DASHES)} - {""}
    pks: set[int] = set()
    for no in ways:
        rows = Searchable.objects.holding(Kind.ITEM, [f"{no}\n"]).visible_to(actor)
        pks.update(rows.filter(body__startswith=f"{no}\n").values_list("item_id", flat=True)[:MOST])
    found = Item.objects.filter(pk__in=pks).select_related("round", "lead_section", "assignee")
    return list(found.order_by("-round__feedback_date", "-pk")[:A_NUMBER])


def items(actor: Actor, asked: Asked) -> Found:
    """Those whose number or title begins with it, then those whose title has it, then the rest."""
    rows, more = _looked_at(actor, asked, Kind.ITEM)

    def worth(row: Searchable) -> tuple[bool, bool, bool, int]:
        no, title, initials = row.body.split("\n", 3)[:3]
        starts = any(part.startswith(asked.whole) for part in (no, title, initials))
        holds = all(word in f"{no}\n{title}\n{initials}" for word in asked.words)
        return not starts, not holds, asked.whole not in title, -row.item_id

    return Found([row.pk for row in sorted(rows, key=worth)], more)


def measures(actor: Actor, asked: Asked) -> Found:
    rows, more = _looked_at(actor, asked, Kind.MEASURE)
    latest = sorted(rows, key=lambda row: (-row.item_id, row.measure_id or 0))
    return Found([row.pk for row in latest], more)


def pieces(actor: Actor, asked: Asked) -> Found:
    """Pages of evidence that stands, the piece that was handed in last first."""
    rows, more = _looked_at(actor, asked, Kind.PIECE)
    latest = sorted(rows, key=lambda row: (-(row.citation_id or 0), row.page, row.slice))
    return Found([row.pk for row in latest], more)


def _looked_at(actor: Actor, asked: Asked, kind: str) -> tuple[list[Searchable], bool]:
    if not asked.is_searchable:
        return [], False
    rows = Searchable.objects.holding(kind, asked.words).visible_to(actor).order_by()
    if kind == Kind.PIECE:
        rows = rows.standing().defer("body")
    found = list(rows[: MOST + 1])
    return found[:MOST], len(found) > MOST


def shown(keys: list[int]) -> list[Searchable]:
    """These rows with all that a page says of them, in this order."""
    related = ("item__round", "item__lead_section", "measure", "citation__evidence")
    rows = Searchable.objects.select_related(*related).in_bulk(keys)
    return [rows[key] for key in keys if key in rows]


def people(actor: Actor, asked: Asked) -> tuple[list[User], bool]:
    """By a part of the name, the beginning of the login, or the initials in any reading."""
    if not asked.words:
        return [], False
    held = Membership.objects.in_force().select_related("unit", "section")
    rows = directory.people(actor).filter(is_active=True)
    for word in asked.text.split():
        by_initials = Q(initials__contains=word.lower()) if len(word) > 1 else Q()
        rows = rows.filter(Q(name__icontains=word) | Q(username__istartswith=word) | by_initials)
    rows = rows.prefetch_related(Prefetch("memberships", held, to_attr="posts"))
    found: list[User] = list(rows.order_by("name", "pk")[: MOST + 1])
    return found[:MOST], len(found) > MOST
