"""What an upload is for, as it says so itself: `evidence` keeps the words and does not read them.

`measure:12`, for a criterion of it `measure:12.5`, for a request for evidence `asked:7`.
"""

from __future__ import annotations

from dataclasses import dataclass

from workflows.models import EvidenceRequest, Measure


def for_hole(measure_id: int, criterion_id: int | None = None) -> str:
    return f"measure:{measure_id}.{criterion_id}" if criterion_id else f"measure:{measure_id}"


def for_request(asked_id: int) -> str:
    return f"asked:{asked_id}"


@dataclass(frozen=True, slots=True)
class Aim:
    """Of which item, by which verb it is handed in, and where on the item's page."""

    item_id: int
    verb: str
    place: str


def aim_of(purpose: str) -> Aim | None:
    """Read from its words; None where there is no such thing. Who sees the item is not asked."""
    kind, _colon, target = purpose.partition(":")
    number, _dot, criterion = target.partition(".")
    key = int(number) if number.isascii() and number.isdigit() and len(number) <= 18 else 0  # noqa: PLR2004 -- below 2^63
    if kind == "asked":
        asked = EvidenceRequest.objects.filter(pk=key).first()
        if asked is not None:
            return Aim(asked.item_id, "supply_evidence", f"#{asked.at}")
    measure = Measure.objects.filter(pk=key).first() if kind == "measure" else None
    if measure is None:
        return None
    place = f"#criterion-{criterion}" if criterion else f"#measure-{number}"
    return Aim(measure.item_id, "attach", place)
