"""My work: counted tiles over one list, of duties in reviews and of items, by whose it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from django.db.models import F, Q

from core.roles import Role
from workflows.models import Duty, EvidenceRequest, Item, ItemLeader
from workflows.reviewing import first_of
from workflows.tiles import CAME_BACK, Tile, Whose, choices_of, tiles_of
from workflows.wanted import NAMED

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from core.actor import Actor
    from workflows.models.item_query import ItemQuerySet

PAGE = 20
COUNTED = 99
"""A tile says how many up to here, and then that there are more: nobody works by that number."""
LISTED = 400
"""So far may be paged; who has more narrows the list."""


@dataclass(frozen=True, slots=True)
class Counted:
    tile: Tile
    count: int
    """At most one more than are counted."""

    @property
    def shown(self) -> str:
        return counted(self.count)


def counted(n: int) -> str:
    return str(n) if n <= COUNTED else f"{COUNTED}+"


@dataclass(frozen=True, slots=True)
class Row:
    """An item on the list, with the duty it is there for where it is there for one."""

    item: Item
    duty: Duty | None = None
    papers: tuple[EvidenceRequest, ...] = ()
    """What is asked for and not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the address asks for; unknown words fall back to the usual list."""

    whose: str = ""
    tile: str = ""
    text: str = ""
    """A part of a number or title."""
    round_code: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Worklist:
    whose: Whose
    choices: tuple[Whose, ...]
    tiles: list[Counted]
    chosen: Tile
    rows: list[Row]
    wanted: Wanted
    page: int
    pages: int
    more: bool
    """Whether there are more than are listed."""


def worklist(actor: Actor, wanted: Wanted) -> Worklist | None:
    """One screen of work. Unknown words in the address fall back to the first that has items."""
    choices = choices_of(actor)
    if not choices:
        return None
    at = next((one for one in choices if one == wanted.whose), choices[0])
    tiles = tiles_of(at, actor)
    found = {t.key: _found(t, at, actor, wanted) for t in tiles}
    counts = [Counted(t, found[t.key].count(COUNTED + 1)) for t in tiles]
    chosen = _chosen(counts, wanted.tile)
    listed = found[chosen.tile.key]
    count = chosen.count if chosen.count <= COUNTED else listed.count(LISTED + 1)
    pages = max(1, -(-min(count, LISTED) // PAGE))
    page = min(max(wanted.page, 1), pages)
    return Worklist(
        whose=at,
        choices=choices,
        tiles=counts,
        chosen=chosen.tile,
        rows=_with_papers(listed.rows((page - 1) * PAGE)),
        wanted=wanted,
        page=page,
        pages=pages,
        more=count > LISTED,
    )


def _with_papers(rows: list[Row]) -> list[Row]:
    asked = EvidenceRequest.objects.open().filter(item__in=[row.item.pk for row in rows])
    owed: dict[int, list[EvidenceRequest]] = {}
    for one in asked.select_related(*NAMED).order_by("due", "pk"):
        owed.setdefault(one.item_id, []).append(one)
    return [replace(row, papers=tuple(owed.get(row.item.pk, ()))) for row in rows]


class _Found(Protocol):
    """What a tile counts and lists."""

    def count(self, most: int) -> int: ...
    def rows(self, start: int) -> list[Row]: ...


def _found(tile: Tile, whose: Whose, actor: Actor, wanted: Wanted) -> _Found:
    if tile.parts is not None:
        asked = _asked(wanted, "item__")
        return _Duties([part.filter(asked) for part in tile.parts(actor)])
    items = _scope(tile, whose, actor).filter(_asked(wanted, ""))
    return _Items(items.filter(tile.test(actor)) if tile.test else items, mixed=tile.mixed)


def _scope(tile: Tile, whose: Whose, actor: Actor) -> ItemQuerySet:
    """Whose items these are: one test of one table where that will do."""
    if tile.of_offices:
        return Item.objects.of_units(p.unit_path for p in actor.posts if p.role == Role.OFFICE)
    if tile.wide:
        return Item.objects.visible_to(actor)
    match whose:
        case Whose.MINE:
            return Item.objects.visible_to(actor).filter(assignee=actor.id)
        case Whose.SECTION:
            return Item.objects.filter(lead_section__in=actor.sections)
        case Whose.LINE:
            led = ItemLeader.objects.filter(user=actor.id)
            return Item.objects.visible_to(actor).filter(pk__in=led.values("item"))
        case _:
            return Item.objects.of_units(actor.unit_paths)


def _asked(wanted: Wanted, at: str) -> Q:
    test = Q()
    if wanted.text:
        test &= Q(**{f"{at}no__icontains": wanted.text}) | Q(
            **{f"{at}title__icontains": wanted.text}
        )
    if wanted.round_code:
        test &= Q(**{f"{at}round__code": wanted.round_code})
    return test


def _chosen(counts: list[Counted], key: str) -> Counted:
    asked = next((c for c in counts if c.tile.key == key), None)
    return asked or next((c for c in counts if c.count), counts[0])


_OF_AN_ITEM = (
    "round",
    "lead_section",
    "assignee",
    "submission__decided_by",
    "submission__decided_behind",
    "submission__submitted_by",
    "request",
)


class _Duties:
    def __init__(self, parts: list[QuerySet[Duty]]) -> None:
        self._parts = parts
        self._first: list[int] = []

    def count(self, most: int) -> int:
        self._first = first_of(self._parts, most)
        return len(self._first)

    def rows(self, start: int) -> list[Row]:
        """Of those counted before: a page is never beyond them."""
        keys = self._first[start : start + PAGE]
        related = [f"item__{name}" for name in _OF_AN_ITEM]
        of_requests = ("request__asked_by", "request__into")
        rows = Duty.objects.select_related(
            "submission__route", *of_requests, "person", "asked_by", *related
        )
        duties = rows.in_bulk(keys)
        return [Row(duties[key].item, duties[key]) for key in keys]


class _Items:
    """What came back first, then by deadline; the key last, so that no page repeats a row."""

    def __init__(self, items: ItemQuerySet, *, mixed: bool) -> None:
        self._items = items
        self._mixed = mixed

    def count(self, most: int) -> int:
        return self._items.order_by()[:most].count()

    def rows(self, start: int) -> list[Row]:
        keys = self._mixed_keys(start) if self._mixed else _by_deadline(self._items, start, PAGE)
        items = Item.objects.select_related(*_OF_AN_ITEM).in_bulk(keys)
        return [Row(items[key]) for key in keys]

    def _mixed_keys(self, start: int) -> list[int]:
        """Two lists, one behind the other: each of them can be read in the order of an index."""
        back = self._items.filter(CAME_BACK)
        first = _by_deadline(back, start, PAGE)
        if len(first) == PAGE:
            return first
        before = start + len(first) if first else back.order_by()[:start].count()
        rest = self._items.exclude(CAME_BACK)
        return first + _by_deadline(rest, max(start - before, 0), PAGE - len(first))


def _by_deadline(items: ItemQuerySet, start: int, length: int) -> list[int]:
    rows = items.order_by(F("due").asc(nulls_last=True), "pk").values_list("pk", flat=True)
    return list(rows[start : start + length])
