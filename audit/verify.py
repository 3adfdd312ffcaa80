"""Walking every chain: each event must be what was hashed, sealed, and next in line."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any, cast

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


def chains() -> Iterator[Walked]:
    """Every chain of the record; one is in memory at a time."""
    rows = Event.objects.order_by("subject", "seq").iterator(chunk_size=2000)
    for subject, events in groupby(rows, key=lambda event: event.subject):
        yield _walk(subject, events)


def _walk(subject: str, events: Iterable[Event]) -> Walked:
    walked = Walked(subject, Head(subject=subject))
    for event in events:
        if walked.broken is None:
            wrong = _wrong(event, walked.head)
            if wrong:
                walked.broken = Break(subject=subject, seq=event.seq, text=wrong)
            else:
                walked.head = Head(subject=subject, seq=event.seq, hash=bytes(event.hash))
                walked.events.append(canonical.decode(bytes(event.body)))
    return walked


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
