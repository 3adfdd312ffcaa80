"""Flags as a person may see them: how many, which, and both sides of one.

The side a flag stands on is seen by whoever sees its item. Of the other side only that much is
told as the viewer may know: with no right to its item, neither number, name, words nor picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count

from core.models import Unit
from core.refusals import NotFound
from evidence import texts
from evidence.prints.models import Picture
from workflows.models import Citation, Flag, Item, Reply
from workflows.models.flag import FlagState

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from core.actor import Actor
    from core.models import User
    from workflows.models import Measure
    from workflows.models.flag import FlagQuerySet

PAGE = 20
_RELATED = (
    *("item__round__unit", "item__lead_section", "citation__evidence", "citation__cited_by"),
    *("measure", "other_item__round__unit", "other_item__lead_section", "decided_by"),
    *("other_citation__evidence", "other_citation__cited_by", "other_measure"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the address asks for; unknown words fall back to what is open."""

    state: str = ""
    rule: str = ""
    unit: int | None = None
    round_code: str = ""
    item: int | None = None
    page: int = 1


@dataclass(frozen=True, slots=True)
class OfUnit:
    unit: Unit
    open: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One screen of flags."""

    rows: list[Flag]
    state: str
    states: list[tuple[str, str, int]]
    """Stored name, words, how many."""
    rules: list[tuple[str, int]]
    units: list[OfUnit]
    page: int
    pages: int


def listed(actor: Actor, wanted: Wanted) -> Listed:
    seen = _narrowed(Flag.objects.visible_to(actor).standing(), wanted)
    state = wanted.state if wanted.state in FlagState.values else str(FlagState.OPEN)
    of_state = seen.filter(state=state)
    rows = of_state.filter(rule=wanted.rule) if wanted.rule else of_state
    if wanted.unit is not None:
        rows = rows.filter(item__round__unit=wanted.unit)
    counts = dict(seen.values_list("state").annotate(n=Count("pk")).order_by())
    by_rule = of_state.values_list("rule").annotate(n=Count("pk")).order_by("-n", "rule")
    pages = max(1, -(-rows.count() // PAGE))
    page = min(max(wanted.page, 1), pages)
    found = rows.select_related(*_RELATED)[(page - 1) * PAGE : page * PAGE]
    return Listed(
        rows=list(found),
        state=state,
        states=[(str(s), str(s.label), counts.get(s, 0)) for s in FlagState],
        rules=list(by_rule),
        units=_units(of_state),
        page=page,
        pages=pages,
    )


def _narrowed(flags: FlagQuerySet, wanted: Wanted) -> FlagQuerySet:
    if wanted.round_code:
        flags = flags.filter(item__round__code=wanted.round_code)
    return flags.filter(item=wanted.item) if wanted.item is not None else flags


def _units(flags: FlagQuerySet) -> list[OfUnit]:
    counts = dict(flags.values_list("item__round__unit").annotate(n=Count("pk")).order_by())
    units = Unit.objects.filter(pk__in=counts).order_by("path")
    return [OfUnit(unit, counts[unit.pk]) for unit in units]


def of_item(item: Item) -> list[Flag]:
    """What stands open on an item, or went back with it; the latest first."""
    rows = Flag.objects.standing().filter(item=item).exclude(state=FlagState.CLEARED)
    return list(rows.select_related(*_RELATED))


def by_piece(flags: Iterable[Flag]) -> dict[int, list[Flag]]:
    """The same flags by the citation they stand on; those on an account are in none."""
    found: dict[int, list[Flag]] = {}
    for flag in flags:
        if flag.citation_id is not None:
            found.setdefault(flag.citation_id, []).append(flag)
    return found


def doubted(items: Iterable[int]) -> set[int]:
    """The citations of these items on which a doubt stands open."""
    rows = Flag.objects.open().filter(item__in=list(items), citation__isnull=False)
    return set(rows.values_list("citation", flat=True))


def open_on(items: Iterable[int]) -> dict[int, int]:
    """How many stand open on each of these items."""
    rows = Flag.objects.open().filter(item__in=list(items)).values_list("item")
    return dict(rows.annotate(n=Count("pk")).order_by())


def flag_for(actor: Actor, flag_id: int) -> Flag:
    found = Flag.objects.visible_to(actor).select_related(*_RELATED).filter(pk=flag_id).first()
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two things, as far as the viewer may know of it."""

    item: Item | None = None
    measure: Measure | None = None
    citation: Citation | None = None
    who: User | None = None
    at: datetime | None = None
    text: str = ""
    picture: Picture | None = None
    box: tuple[int, int, int, int] | None = None
    """Where the picture shows the same, in per cent."""
    hidden: str = ""
    """Where the item may not be known of: section, unit or beyond, by which it is another's."""

    @property
    def frame(self) -> dict[str, int] | None:
        if self.box is None:
            return None
        left, top, right, bottom = self.box
        return {"x": left, "y": top, "width": right - left, "height": bottom - top}


@dataclass(frozen=True, slots=True)
class Pair:
    flag: Flag
    own: Side
    other: Side | None
    """None where a thing speaks against itself alone."""


def pair(actor: Actor, flag: Flag) -> Pair:
    own = _side(flag.item, flag.citation, flag.measure, flag.told, "")
    if flag.other_item is None:
        return Pair(flag, own, None)
    if not Item.objects.visible_to(actor).filter(pk=flag.other_item.pk).exists():
        return Pair(flag, own, _hidden(flag))
    other = _side(flag.other_item, flag.other_citation, flag.other_measure, flag.told, "other_")
    return Pair(flag, own, other)


def _hidden(flag: Flag) -> Side:
    same_unit = flag.other_item is not None and flag.item.unit_path == flag.other_item.unit_path
    at = flag.other_citation.cited_at if flag.other_citation else None
    return Side(hidden="section" if same_unit else "unit", at=at)


def _side(
    item: Item,
    citation: Citation | None,
    measure: Measure | None,
    told: dict[str, Any],
    which: str,
) -> Side:
    if citation is None:
        reply = Reply.objects.filter(item=item, measure=measure).first()
        return Side(
            item=item,
            measure=measure,
            text=reply.text if reply else "",
            at=reply.said_at if reply else None,
            who=item.assignee,
        )
    picture = picture_of(citation, told, which)
    read = None if picture else texts.text_of(citation.evidence.digest)
    return Side(
        item=item,
        measure=measure,
        citation=citation,
        who=citation.cited_by,
        at=citation.cited_at,
        text=read.whole if read else "",
        picture=picture,
        box=tuple(told[f"{which}box"]) if f"{which}box" in told else None,
    )


def picture_of(citation: Citation, told: dict[str, Any], which: str) -> Picture | None:
    """The picture that the flag is about; else the only one of a file that is a picture."""
    pictures = Picture.objects.filter(of__digest=citation.evidence.digest)
    if f"{which}picture" in told:
        return pictures.filter(no=told[f"{which}picture"]).first()
    return pictures.first() if citation.evidence.media_type.startswith("image/") else None


def shown_picture(actor: Actor, flag_id: int, side: str) -> Picture:
    """The small copy on one side of a flag, for whoever may see that side."""
    found = pair(actor, flag_for(actor, flag_id))
    chosen = found.own if side == "own" else found.other
    if chosen is None or chosen.picture is None:
        raise NotFound
    return chosen.picture
