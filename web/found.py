"""What a search found, as a reader sees it: where it leads, and the words with the match marked."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import grams
from evidence.models import ExtractedText
from web.roles import TABLE
from workflows import searching
from workflows.models import Searchable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.core.paginator import Page
    from django.utils.functional import Promise

    from core.actor import Actor
    from core.models import User
    from workflows.models import Item
    from workflows.searching import Asked

FEW, A_PAGE = 5, 20
AROUND = 48
"""Signs of a text before and behind the match."""
_BODY_FROM = {Searchable.Kind.ITEM: 3, Searchable.Kind.MEASURE: 1, Searchable.Kind.PIECE: 0}
"""The first line of what is searched that its title does not show already."""
GROUPS: dict[str, Promise] = {
    "items": gettext_lazy("Rectification items"),
    "measures": gettext_lazy("Measures"),
    "people": gettext_lazy("People"),
    "pieces": gettext_lazy("Inside evidence"),
}
_UNITS: dict[str, Promise] = {
    ExtractedText.Unit.PAGE: gettext_lazy("page %(n)s"),
    ExtractedText.Unit.SLIDE: gettext_lazy("slide %(n)s"),
    ExtractedText.Unit.SHEET: gettext_lazy("sheet %(n)s"),
}


@dataclass(frozen=True, slots=True)
class Part:
    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    url: str
    title: list[Part]
    no: str = ""
    where: str = ""
    around: list[Part] = field(default_factory=list)
    state: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    name: str
    count: str
    hits: list[Hit]
    rest: bool
    """Whether there are more than are shown here."""
    page: Page[object] | None = None

    @property
    def words(self) -> Promise:
        return GROUPS[self.name]


def numbered(actor: Actor, asked: Asked) -> list[Hit]:
    return [_of_item(item, [], asked) for item in searching.numbered(actor, asked)]


def groups(actor: Actor, asked: Asked, *, few: int = FEW) -> list[Group]:
    """The first of every kind; a kind without any is not there."""
    found = [_group(name, actor, asked, few=few) for name in GROUPS]
    return [group for group in found if group.hits]


def one_group(name: str, actor: Actor, asked: Asked, page: str) -> Group:
    """All of one kind, a page of them."""
    return _group(name, actor, asked, page=page)


def _group(
    name: str, actor: Actor, asked: Asked, *, few: int = FEW, page: str | None = None
) -> Group:
    rows, more = _looked_up(name, actor, asked)
    count = f"{len(rows)}+" if more else str(len(rows))
    if page is None:
        hits = _hits(name, rows[:few], actor, asked)
        return Group(name=name, count=count, hits=hits, rest=len(rows) > few or more)
    shown = Paginator(rows, A_PAGE).get_page(page)
    hits = _hits(name, list(shown), actor, asked)
    return Group(name=name, count=count, hits=hits, rest=more, page=shown)


def _looked_up(name: str, actor: Actor, asked: Asked) -> tuple[Sequence[Any], bool]:
    match name:
        case "people":
            return searching.people(actor, asked)
        case "items":
            found = searching.items(actor, asked)
        case "measures":
            found = searching.measures(actor, asked)
        case _:
            found = searching.pieces(actor, asked)
    return found.keys, found.more


def _hits(name: str, rows: Sequence[Any], actor: Actor, asked: Asked) -> list[Hit]:
    if name == "people":
        return [_of_person(one, actor, asked) for one in rows]
    return _of_rows(rows, asked)


def _of_rows(keys: Sequence[int], asked: Asked) -> list[Hit]:
    rows = searching.shown(list(keys))
    units = _units(rows)
    return [_of_row(row, asked, units) for row in rows]


def _units(rows: Iterable[Searchable]) -> dict[str, str]:
    """What the pages of these pieces are: pages, slides or sheets."""
    digests = {row.citation.evidence.digest for row in rows if row.citation}
    known = ExtractedText.objects.filter(digest__in=digests) if digests else None
    return dict(known.values_list("digest", "unit")) if known else {}


def _of_row(row: Searchable, asked: Asked, units: dict[str, str]) -> Hit:
    around = excerpt(row.body.split("\n")[_BODY_FROM[Searchable.Kind(row.kind)] :], asked.words)
    if row.citation is not None:
        return _of_piece(row, around, asked, units)
    if row.measure is not None:
        return Hit(
            url=f"{reverse('item', args=[row.item_id])}#measure-{row.measure_id}",
            title=marked(_start(row.measure.text, asked.words), asked.words),
            where=_("measure %(n)s of %(item)s") % {"n": row.measure.position, "item": row.item},
            around=around,
        )
    return _of_item(row.item, around, asked)


def _of_item(item: Item, around: list[Part], asked: Asked) -> Hit:
    about = [item.round.title, item.lead_section.name if item.lead_section else ""]
    return Hit(
        url=reverse("item", args=[item.pk]),
        no=item.no,
        title=marked(item.title, asked.words),
        where=" · ".join(part for part in about if part),
        around=around,
        state=item.state,
    )


def _of_piece(row: Searchable, around: list[Part], asked: Asked, units: dict[str, str]) -> Hit:
    assert row.citation is not None  # noqa: S101 -- asked by the caller
    evidence = row.citation.evidence
    page = _UNITS.get(units.get(evidence.digest, ""))
    where = [str(page) % {"n": row.page}] if page else []
    return Hit(
        url=f"{reverse('item', args=[row.item_id])}#piece-{row.citation_id}",
        title=marked(evidence.name, asked.words),
        where=" · ".join([*where, str(row.item)]),
        around=around,
    )


def _of_person(person: User, actor: Actor, asked: Asked) -> Hit:
    may_open = actor.roles & (TABLE["person"]["GET"] or frozenset())
    url = reverse("person", args=[person.pk])
    if not may_open:
        url = f"{reverse('ledger')}?assignee={person.pk}"
    posts = getattr(person, "posts", [])
    held = [f"{p.section or p.unit} {p.get_role_display()}" for p in posts]
    return Hit(url=url, title=marked(person.name, asked.words), where=_(", ").join(held))


def marked(text: str, words: Sequence[str]) -> list[Part]:
    """The text in parts, those that were asked for marked, whatever their width and case."""
    found = _finding(words).finditer(_shape(text)) if words else ()
    parts, at = [], 0
    for match in found:
        parts += [
            Part(text[at : match.start()]),
            Part(text[match.start() : match.end()], marked=True),
        ]
        at = match.end()
    return [part for part in (*parts, Part(text[at:])) if part.text]


def _finding(words: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)))


def _shape(text: str) -> str:
    """Folded sign by sign, so that each stands where it stood."""
    folded = (grams.folded(sign) for sign in text)
    return "".join(one if len(one) == 1 else sign for one, sign in zip(folded, text, strict=True))


def excerpt(lines: Sequence[str], words: Sequence[str]) -> list[Part]:
    """The words around the first match, marked; nothing where none of the lines holds one."""
    finding = _finding(words)
    for line in lines:
        if match := finding.search(line):
            return marked(_cut(line, match.start(), match.end()), words)
    return []


def _start(text: str, words: Sequence[str]) -> str:
    """A measure may be long: its beginning, or the words around the match."""
    match = _finding(words).search(_shape(text))
    return _cut(text, match.start(), match.end()) if match else _cut(text, 0, 0)


def _cut(line: str, start: int, end: int) -> str:
    first, last = max(0, start - AROUND), end + AROUND
    return "…" * (first > 0) + line[first:last] + "…" * (last < len(line))
