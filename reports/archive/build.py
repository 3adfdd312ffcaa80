"""An archive, step by step: a folder an item, then what is about all of them, then the end.

Every step reads what is there when it is taken, and is never taken twice. What an item's step read
is of one event: an item that moves meanwhile is read again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any

from reports.archive import chains, facts, pages, pieces, plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from reports.archive.bundle import Bundle
    from reports.archive.facts import Facts


def add_item(bundle: Bundle, item_id: int, folder: str, *, hold: Callable[[], None]) -> None:
    """One item's folder: its pages, its chain, and every piece of its evidence."""
    found, written = facts.settled(item_id, folder, _written)
    at = written.at
    for name, content in written.files:
        bundle.add(name, [content], at=at)
    for piece in found.pieces:
        entry = bundle.add(piece.path, pieces.chunks(piece, hold), at=at, size=piece.size)
        pieces.insist(piece, entry.digest)
    said = {
        "ref": found.item.subject,
        "label": str(found.item),
        "files": len(found.pieces),
        "at": at.isoformat(),
    }
    bundle.keep(said, found.told)


@dataclass(frozen=True, slots=True)
class Written:
    """The texts of an item's folder, and the moment of its last event."""

    files: list[tuple[str, bytes]]
    at: datetime


def _written(found: Facts) -> Written:
    folder = found.told["folder"]
    lines: list[bytes] = [chains.HEAD]
    acts: list[dict[str, Any]] = []
    decisions: list[dict[str, Any]] = []
    at = datetime.combine(found.item.round.feedback_date, time.min, UTC)
    for event in chains.events_of(found.item.subject, up_to=found.item.trail_seq):
        lines.append(chains.line_of(event))
        act = {"seq": event.seq, "at": event.at.isoformat(), "name": event.name}
        act |= {"by": event.actor, "label": event.actor_label}
        acts.append({**act, "hash": bytes(event.hash).hex()})
        data = event.data
        if "to" in data and isinstance(data.get("no"), int):
            decisions.append({**act, "data": data})
        at = event.at
    files = [
        (f"{folder}/events.tsv", b"".join(lines)),
        (f"{folder}/timeline.json", plain.listed(acts)),
        (f"{folder}/approvals.json", plain.listed(decisions)),
    ]
    files += [(page.name, page.html) for page in pages.of_item(found)]
    return Written(files, at)
