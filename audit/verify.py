"""Walking every chain: each event must be what was hashed, sealed, and next in line."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby, islice
from typing import TYPE_CHECKING, Any, cast

from django.db import connection
from django.utils.translation import gettext as _

from audit import canonical, chain
from audit.chain import Head
from audit.models import Event

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from core.crypto import Algorithm


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """The first thing wrong with one chain, in a sentence."""

    subject: str
    seq: int
    text: str


@dataclass(slots=True)
class Walked:
    """One chain as it was found: where it ends, what its events say, and its first break."""

    subject: str
    head: Head
    events: list[dict[str, Any]] = field(default_factory=list)
    """The bodies, in order, up to the first break."""
    broken: Break | None = None


CHUNK = 500


def chains() -> Iterator[Walked]:
    """Every chain of the record; one is in memory at a time."""
    for subject, events in groupby(_events(), key=lambda found: found[0]):
        yield _walk(subject, [(seq, event) for _subject, seq, event in events])


def _events() -> Iterator[tuple[str, int, Event | None]]:
    """(subject, seq, event) in order; None for a row so damaged that it cannot be read as one."""
    places = Event.objects.order_by("subject", "seq", "pk").values_list("pk", "subject", "seq")
    # SQLite lets nobody write while a statement is open, and this one would be to the end.
    on_sqlite = connection.vendor == "sqlite"
    rows = iter(list(places)) if on_sqlite else places.iterator(chunk_size=CHUNK)
    while chunk := list(islice(rows, CHUNK)):
        found = _read([pk for pk, _subject, _seq in chunk])
        for pk, subject, seq in chunk:
            yield subject, seq, found.get(pk)


def _read(pks: list[int]) -> dict[int, Event]:
    """Rows by id. What SQLite lets stand in a column may not be what the field can hold."""
    try:
        return Event.objects.in_bulk(pks)
    except (TypeError, ValueError, OverflowError):
        if len(pks) == 1:
            return {}
        middle = len(pks) // 2
        return _read(pks[:middle]) | _read(pks[middle:])


def _walk(subject: str, events: Iterable[tuple[int, Event | None]]) -> Walked:
    walked = Walked(subject, Head(subject=subject))
    for seq, event in events:
        if walked.broken is not None:
            break
        wrong = _wrong_or_damaged(event, walked.head)
        if wrong or event is None:
            walked.broken = Break(subject=subject, seq=seq, text=wrong)
        else:
            walked.head = Head(subject=subject, seq=event.seq, hash=bytes(event.hash))
            walked.events.append(canonical.decode(bytes(event.body)))
    return walked


def _wrong_or_damaged(event: Event | None, head: Head) -> str:
    damaged = _("The event's row cannot be read: a column holds what it cannot hold.")
    if event is None:
        return damaged
    try:
        return _wrong(event, head)
    except (TypeError, ValueError, AttributeError):
        return damaged


def _wrong(event: Event, head: Head) -> str:
    """What is wrong with one event after `head`; empty when nothing is."""
    if event.seq != head.seq + 1:
        return _("Events %(first)s to %(last)s are missing.") % {
            "first": head.seq + 1,
            "last": event.seq - 1,
        }
    if bytes(event.prev) != head.hash:
        return _("The event does not follow the one before it.")
    body = bytes(event.body)
    algorithm = cast("Algorithm", event.algorithm)
    if chain.hash_of(body, prev=head.hash, algorithm=algorithm) != bytes(event.hash):
        return _("What the event says is not what was hashed.")
    try:
        seal = chain.mac_of(bytes(event.hash), key_id=event.key_id, algorithm=algorithm)
    except KeyError:
        return _("The event names a key (%(key)s) that this deployment does not have.") % {
            "key": event.key_id
        }
    if seal != bytes(event.mac):
        return _("The seal was not made with this deployment's key: the event is forged.")
    return _unlike(event, body)


def _unlike(event: Event, body: bytes) -> str:
    """Which copied column says something else than the hashed bytes."""
    try:
        said = canonical.decode(body)
    except ValueError:
        return _("The event's bytes are not canonical.")
    columns = {
        "subject": event.subject,
        "seq": event.seq,
        "name": event.name,
        "at": event.at.isoformat(),
        "command": str(event.command) if event.command else None,
    }
    columns_of_actor = {"id": event.actor, "label": event.actor_label}
    wrong = [name for name, value in columns.items() if said.get(name) != value]
    wrong += [
        f"actor {name}"
        for name, value in columns_of_actor.items()
        if said.get("actor", {}).get(name) != value
    ]
    if not wrong:
        return ""
    return _("The column “%(column)s” says something else than the hashed bytes.") % {
        "column": wrong[0]
    }
