"""The log against the events, its checkpoints, and the copies of them outside."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from audit import copies, keys, sealing
from audit.merkle import Frontier, leaf_hash
from audit.models import Checkpoint, Event, Leaf, octets
from audit.notes import BadNote, Sealed
from audit.verify import Break
from core import crypto

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CHUNK = 5000
LATE = timedelta(hours=1)
"""An event of which a later one has its place, and that waits for so long, was left out."""
SUBJECT = "log"


@dataclass(slots=True)
class Log:
    """What was walked. A break's `seq` is the place, or the size of the checkpoint."""

    places: int = 0
    unplaced: int = 0
    checkpoints: int = 0
    copies: int = 0
    sealed: int = 0
    """How many events the last checkpoint covers that was found true."""
    breaks: list[Break] = field(default_factory=list)

    def broken(self, seq: int, text: str, **told: object) -> None:
        self.breaks.append(Break(subject=SUBJECT, seq=seq, text=text % told if told else text))


def walk(outside: Path | None = None) -> Log:
    """Everything once, in the order of the places: each leaf is hashed once, whatever is sealed."""
    found = Log()
    rows = list(Checkpoint.objects.order_by("size"))
    kept = _copies(found, outside)
    roots = _roots(found, {row.size for row in rows} | {sealed.size for _name, sealed in kept})
    for row in rows:
        _check(found, row, roots)
    _compare(found, kept, roots, {row.size for row in rows})
    _left_out(found)
    return found


def _roots(found: Log, sizes: set[int]) -> dict[int, bytes]:
    """The root over the first so many events, for each size; without those beyond the end."""
    tree = Frontier(digest=_digest())
    roots = {}
    for index, told, event_hash in _places():
        if index != tree.size:
            found.broken(
                tree.size,
                _("The places %(first)s to %(last)s of the log are missing, or their events are."),
                first=tree.size,
                last=index - 1,
            )
            break
        if not told or told != event_hash:
            found.broken(index, _("The log holds another hash than the event in this place."))
            break
        tree.add(leaf_hash(told, tree.digest))
        if tree.size in sizes:
            roots[tree.size] = tree.root()
    found.places = tree.size
    return roots


def _places() -> Iterator[tuple[int, bytes, bytes]]:
    rows = Leaf.objects.order_by("index").values_list("index", "hash", "event__hash")
    for index, told, event_hash in rows.iterator(chunk_size=CHUNK):
        yield index, octets(told), octets(event_hash)


def _digest() -> Any:
    """The hash of the tree: the one that its first checkpoint was signed over."""
    first = Checkpoint.objects.order_by("size").first()
    return crypto.digester(sealing.algorithm_of(first))


def _check(found: Log, row: Checkpoint, roots: dict[int, bytes]) -> None:
    """One checkpoint against its own note and against the places."""
    try:
        sealed = keys.opened(row.note)
    except BadNote as fault:
        found.broken(row.size, str(fault))
        return
    said = (sealed.size, sealed.root, sealed.code, sealed.at, sealed.algorithm)
    if said != (row.size, octets(row.root), row.code, row.sealed_at, row.algorithm):
        found.broken(row.size, _("The checkpoint's row does not say what was signed."))
    elif row.size not in roots:
        found.broken(
            row.size,
            _("%(size)s events were sealed, and only %(places)s can be followed."),
            size=row.size,
            places=found.places,
        )
    elif roots[row.size] != sealed.root:
        found.broken(row.size, _("The events up to here are not those that were sealed."))
    else:
        found.checkpoints += 1
        found.sealed = row.size


def _copies(found: Log, outside: Path | None) -> list[tuple[str, Sealed]]:
    kept = []
    for path in copies.files(outside) if outside else ():
        try:
            kept.append((str(path), copies.read(path)))
        except BadNote as fault:
            told = {"path": path, "fault": fault}
            found.broken(0, _("%(path)s cannot be believed: %(fault)s"), **told)
    return kept


def _compare(
    found: Log, kept: list[tuple[str, Sealed]], roots: dict[int, bytes], sizes: set[int]
) -> None:
    """Every copy against the places; what the database lacks is told of as well."""
    for path, sealed in kept:
        told = {"path": path, "size": sealed.size, "places": found.places}
        if sealed.size not in roots:
            text = _(
                "%(path)s was sealed over %(size)s events, and only %(places)s can be followed."
            )
            found.broken(sealed.size, text, **told)
        elif roots[sealed.size] != sealed.root:
            text = _("%(path)s was sealed over other events than the database holds.")
            found.broken(sealed.size, text, **told)
        elif sealed.size not in sizes:
            text = _("%(path)s holds a checkpoint that the database does not have.")
            found.broken(sealed.size, text, **told)
        else:
            found.copies += 1


def _left_out(found: Log) -> None:
    """Events without a place: the newest wait for the next seal, an old one was left out."""
    waiting = Event.objects.filter(leaf=None)
    found.unplaced = waiting.count()
    last = Leaf.objects.order_by("-index").values_list("event_id", flat=True).first() or 0
    for event in waiting.filter(pk__lt=last, at__lt=timezone.now() - LATE).order_by("pk"):
        found.breaks.append(
            Break(
                subject=event.subject,
                seq=event.seq,
                text=_("The event has no place in the log, though later ones have."),
            )
        )
