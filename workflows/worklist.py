"""My work: counted tiles over one list, of duties in reviews and of items, by whose it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Case, F, Q, Value, When

from workflows.models import Duty, Item
from workflows.tiles import CAME_BACK, Tile, Whose, choices_of, tiles_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from core.actor import Actor

PAGE = 20


@dataclass(frozen=True, slots=True)
class Counted:
    tile: Tile
    count: int


@dataclass(frozen=True, slots=True)
class Row:
    """An item on the list, with the duty it is there for where it is there for one."""

    item: Item
    duty: Duty | None = None


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


def worklist(actor: Actor, wanted: Wanted) -> Worklist | None:
    """One screen of work. Unknown words in the address fall back to the first that has items."""
    choices = choices_of(actor)
    if not choices:
        return None
    at = next((one for one in choices if one == wanted.whose), choices[0])
    tiles = tiles_of(at, actor)
    found = {t.key: _found(t, at, actor, wanted) for t in tiles}
    counted = [Counted(t, found[t.key].count()) for t in tiles]
    chosen = _chosen(counted, wanted.tile)
    pages = max(1, -(-chosen.count // PAGE))
    page = min(max(wanted.page, 1), pages)
    within = slice((page - 1) * PAGE, page * PAGE)
    return Worklist(
        whose=at,
        choices=choices,
        tiles=counted,
        chosen=chosen.tile,
        rows=_rows(found[chosen.tile.key], within),
        wanted=wanted,
        page=page,
        pages=pages,
    )


def _found(tile: Tile, whose: Whose, actor: Actor, wanted: Wanted) -> QuerySet[Any]:
    """What a tile counts: duties, or items."""
    if tile.duties is not None:
        return tile.duties(actor).filter(_asked(wanted, "item__"))
    items = Item.objects.visible_to(actor).filter(_asked(wanted, ""))
    if not tile.wide:
        items = items.filter(_within(whose, actor))
    return items.filter(tile.test(actor)) if tile.test else items


def _asked(wanted: Wanted, at: str) -> Q:
    test = Q()
    if wanted.text:
        test &= Q(**{f"{at}no__icontains": wanted.text}) | Q(
            **{f"{at}title__icontains": wanted.text}
        )
    if wanted.round_code:
        test &= Q(**{f"{at}round__code": wanted.round_code})
    return test


def _within(whose: Whose, actor: Actor) -> Q:
    match whose:
        case Whose.MINE:
            return Q(assignee=actor.id)
        case Whose.SECTION:
            return Q(lead_section__in=actor.sections)
        case Whose.LINE:
            return Q(pk__in=Item.objects.filter(leaders__user=actor.id).values("pk"))
        case _:
            return Q()


def _chosen(counted: list[Counted], key: str) -> Counted:
    asked = next((c for c in counted if c.tile.key == key), None)
    return asked or next((c for c in counted if c.count), counted[0])


_OF_AN_ITEM = (
    "round",
    "lead_section",
    "assignee",
    "submission__decided_by",
    "submission__decided_behind",
    "submission__submitted_by",
)


def _rows(found: QuerySet[Any], within: slice) -> list[Row]:
    if found.model is Duty:
        related = [f"item__{name}" for name in _OF_AN_ITEM]
        duties = found.select_related("submission__route", "person", "asked_by", *related)
        return [Row(duty.item, duty) for duty in duties[within]]
    return [Row(item) for item in _ordered(found)[within]]


def _ordered(items: QuerySet[Item]) -> QuerySet[Item]:
    """What came back first, then by deadline; the key last, so that no page repeats a row."""
    came_back = Case(When(CAME_BACK, then=Value(0)), default=Value(1))
    rows = items.select_related(*_OF_AN_ITEM)
    return rows.order_by(came_back, F("due").asc(nulls_last=True), "pk")
