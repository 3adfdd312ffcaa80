"""How long evidence is kept, which of it is over its time, and what keeps it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db.models import Case, DateTimeField, Exists, OuterRef, Q, Subquery, When
from django.utils import timezone

from evidence.inspection.verdict import State as Inspection
from workflows.models import Citation, Disposal, DisposalPiece, Hold, Item, Request, Submission
from workflows.models.round import YEARS, Retention
from workflows.states import ENDED, Asking, Ending, Outcome, State

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from django.db.models import QuerySet

    from evidence.models import Evidence
    from workflows.models import Round


@dataclass(frozen=True, slots=True, kw_only=True)
class Over:
    """An item whose evidence was kept as long as its round says."""

    item: Item
    ended_on: date
    kept_until: date
    """The last day of its retention, always the last of a year."""
    pieces: tuple[Evidence, ...]
    """What would be destroyed."""
    needed: tuple[Evidence, ...]
    """What stands elsewhere too, where its time is not over."""
    held: bool


def kept_until(ended_on: date, years: int) -> date:
    """Counted from the first of January after the end, as archives count."""
    return date(ended_on.year + years, 12, 31)


def over(round_: Round, on: date | None = None) -> list[Over]:
    """The list of what is due (到期清单), in the order of the ledger."""
    years = YEARS.get(Retention(round_.retention))
    if years is None:
        return []
    items = list(_ended_before((on or timezone.localdate()).year - years, round_))
    cited = _cited(items)
    needed = _needed_elsewhere(cited, items)
    held = held_of(items, round_)
    found = []
    for item in items:
        ended_on = timezone.localtime(item.ended_at).date()  # type: ignore[attr-defined]  # annotated
        found.append(
            Over(
                item=item,
                ended_on=ended_on,
                kept_until=kept_until(ended_on, years),
                pieces=tuple(e for e in cited.get(item.pk, ()) if e.digest not in needed),
                needed=tuple(e for e in cited.get(item.pk, ()) if e.digest in needed),
                held=item.pk in held,
            )
        )
    return found


def _ended_before(year: int, round_: Round) -> QuerySet[Item]:
    """Items that ended before the year began and still have evidence whose bytes are there."""
    first = timezone.make_aware(datetime(year, 1, 1))  # noqa: DTZ001 -- made aware on the spot
    mine = {"item": OuterRef("pk")}
    closed = Submission.objects.filter(**mine, outcome=Outcome.CLOSED).order_by("-no")
    left = Request.objects.filter(
        **mine, outcome=Ending.GRANTED, kind__in=[Asking.CANCEL, Asking.MERGE]
    ).order_by("-no")
    ended_at = Case(
        When(state=State.CLOSED, then=Subquery(closed.values("decided_at")[:1])),
        default=Subquery(left.values("decided_at")[:1]),
        output_field=DateTimeField(),
    )
    there = Citation.objects.filter(**mine).exclude(evidence__inspection=Inspection.DESTROYED)
    items = Item.objects.filter(Exists(there), round=round_, state__in=ENDED)
    return items.annotate(ended_at=ended_at).filter(ended_at__lt=first).order_by("position", "pk")


def _cited(items: Collection[Item]) -> dict[int, list[Evidence]]:
    """What each cites and still has its bytes: standing, withdrawn or replaced; each once."""
    rows = Citation.objects.filter(item__in=items).select_related("evidence").order_by("pk")
    found: dict[int, dict[int, Evidence]] = {}
    for row in rows.exclude(evidence__inspection=Inspection.DESTROYED):
        found.setdefault(row.item_id, {})[row.evidence_id] = row.evidence
    return {item: list(pieces.values()) for item, pieces in found.items()}


def _needed_elsewhere(cited: dict[int, list[Evidence]], items: Collection[Item]) -> set[str]:
    """Digests of these that other items cite as well, of whatever round."""
    digests = {evidence.digest for pieces in cited.values() for evidence in pieces}
    others = Citation.objects.filter(evidence__digest__in=digests).exclude(item__in=items)
    live = others.exclude(evidence__inspection=Inspection.DESTROYED)
    return set(live.values_list("evidence__digest", flat=True))


def held_of(items: Iterable[Item], round_: Round) -> set[int]:
    """Which of these items a hold keeps, their own or that of the whole round."""
    keys = [item.pk for item in items]
    standing = Hold.objects.standing().filter(round=round_)
    if standing.filter(item=None).exists():
        return set(keys)
    return set(standing.filter(item__in=keys).values_list("item_id", flat=True))


def hold_of(item: Item) -> Hold | None:
    """What keeps the item's evidence from being destroyed, if anything does."""
    standing = Hold.objects.standing().filter(Q(item=item) | Q(round=item.round_id, item=None))
    return standing.select_related("set_by").first()


def destroyed(evidence: Evidence) -> Disposal | None:
    """By whom and on which basis the bytes were destroyed."""
    done = DisposalPiece.objects.filter(evidence=evidence, disposal__outcome="confirmed")
    piece = done.select_related("disposal__proposed_by", "disposal__decided_by").first()
    return piece.disposal if piece else None
