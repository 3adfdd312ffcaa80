"""What is computed from bytes once they are clean: text, fingerprints, previews.

    @derives("text", endings=frozenset({"docx", "pdf"}))
    def text(source: Source) -> None: ...

A row for each thing to compute is written with the change that makes the evidence clean; a worker
claims it by lease. A handler runs in no transaction, is run at least once, and writes rows of its
own, keyed by the digest. Hostile bytes are read in a confined process only: `source.ask`.
"""

from __future__ import annotations

import logging
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from evidence import confined, storage
from evidence.inspection.verdict import State
from evidence.models import Derivation, Evidence

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from django.db.models import QuerySet
    from django.utils.functional import Promise

    Derive = Callable[["Source"], None]

Standing = Derivation.Standing
LEASE = timedelta(minutes=10)
"""Longer than any confined process may run."""
TRIES = 5
PAUSE = 30
"""Seconds to the second try; each further pause is four times as long."""
FAULTS: dict[str, Promise] = {
    "process": _("The process that reads the file fell over it, or took too long."),
    "bytes": _("The bytes of the file are not where they are kept."),
    "error": _("Rectify itself failed on it."),
    "gone": _("This version of Rectify no longer computes it."),
}
_log = logging.getLogger(__name__)


class Fault(Exception):
    """A try came to nothing. `lasting`: the bytes are so, and another try would change nothing."""

    def __init__(self, code: str, about: str = "", *, lasting: bool = False) -> None:
        super().__init__(code, about)
        self.code = code
        self.about = about
        self.lasting = lasting


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Clean bytes, and the ending they were judged by."""

    digest: str
    ending: str
    size: int

    @contextmanager
    def local(self) -> Iterator[Path]:
        """A file with the bytes, for as long as the block lasts."""
        with ExitStack() as stack:
            try:
                path = stack.enter_context(storage.local(self.digest))
            except FileNotFoundError as missing:
                raise Fault("bytes") from missing
            yield path

    def ask(self, module: str, *arguments: str, longest_answer: int, memory: int = 0) -> bytes:
        """What `module.answer(file, ending, *arguments)` says in a confined process."""
        with self.local() as path, path.open("rb") as file:
            answer = confined.run(
                module,
                [self.ending, *arguments],
                file,
                seconds=confined.seconds_for(self.size),
                memory=memory or settings.INSPECTION_MEMORY,
                longest_answer=longest_answer,
            )
        if answer is None:
            raise Fault("process")
        return answer


@dataclass(frozen=True, slots=True)
class _Handler:
    run: Derive
    endings: frozenset[str]


_handlers: dict[str, _Handler] = {}


def derives(
    what: str, *, endings: frozenset[str], faults: Mapping[str, Promise] | None = None
) -> Callable[[Derive], Derive]:
    """Register what computes something from files of these endings.

    `what` and the codes of `faults` are stored, so they are spelled out.
    """

    def register(run: Derive) -> Derive:
        if what in _handlers:
            raise ValueError(f"two handlers derive {what!r}")
        _handlers[what] = _Handler(run, endings)
        FAULTS.update(faults or {})
        return run

    return register


def expect(evidence: Evidence) -> None:
    """Owe what is derived from this file, in the transaction that makes it clean."""
    if evidence.inspection == State.CLEAN:
        _owe((evidence.digest, what) for what in _derived_from(evidence.ending))


def _derived_from(ending: str) -> list[str]:
    return [what for what, handler in _handlers.items() if ending in handler.endings]


def _owe(owed: Iterator[tuple[str, str]]) -> int:
    rows = [Derivation(digest=digest, what=what) for digest, what in owed]
    Derivation.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    return len(rows)


def backfill() -> int:
    """Owe what clean evidence lacks: from before it was derived, or from before that handler."""
    return sum(_owe(_lacking(what)) for what in _handlers)


def _lacking(what: str) -> Iterator[tuple[str, str]]:
    named = Q(pk__in=())
    for ending in sorted(_handlers[what].endings):
        named |= Q(name__iendswith=f".{ending}")
    known = Derivation.objects.filter(what=what).values("digest")
    rows = Evidence.objects.filter(named, inspection=State.CLEAN).exclude(digest__in=known)
    for digest in rows.order_by("digest").values_list("digest", flat=True).distinct():
        yield digest, what


def ensure(digest: str, what: str) -> Derivation | None:
    """Compute it now, unless it is done, given up, resting after a fault, or being computed.

    The row says which; None where nothing of the kind is derived from such bytes.
    """
    row = Derivation.objects.filter(digest=digest, what=what).first()
    if row is None:
        if _source(digest, what) is None:
            return None
        _owe(iter([(digest, what)]))
        row = Derivation.objects.get(digest=digest, what=what)
    now = timezone.now()
    free = row.leased_until is None or row.leased_until < now
    if row.standing == Standing.WAITING and row.due_at <= now and free and _lease(row, now):
        _derive(row)
        row.refresh_from_db()
    return row


def hasten(digests: Iterable[object]) -> int:
    """What is still owed of these bytes goes first: somebody looks at them, or has to decide."""
    waiting = Derivation.objects.filter(digest__in=digests, standing=Standing.WAITING)
    return waiting.filter(urgent=False).update(urgent=True)


def sweep(seconds: float = 5) -> int:
    """Compute what is due for about so long; answer how many were tried.

    Bounded, so that in a worker of one thread a long paper does not hold up the letters.
    """
    ends, tried = time.monotonic() + seconds, 0
    while time.monotonic() < ends and (row := _claim()):
        _derive(row)
        tried += 1
    return tried


def again(what: str) -> int:
    """Compute everything of a kind anew, also what was done or given up."""
    return Derivation.objects.filter(what=what).update(
        standing=Standing.WAITING,
        attempts=0,
        fault="",
        fault_about="",
        urgent=False,
        due_at=timezone.now(),
        leased_until=None,
        done_at=None,
    )


def once_more(keys: Collection[int]) -> int:
    """Compute what was given up anew, from its first try; how many were."""
    given_up = Derivation.objects.filter(pk__in=keys, standing=Standing.FAILED)
    return given_up.update(
        standing=Standing.WAITING, attempts=0, fault="", fault_about="", due_at=timezone.now()
    )


def names() -> list[str]:
    return sorted(_handlers)


def _claim() -> Derivation | None:
    now = timezone.now()
    due = Derivation.objects.filter(standing=Standing.WAITING, due_at__lte=now).filter(
        Q(leased_until=None) | Q(leased_until__lt=now)
    )
    return next(
        (row for row in due.order_by("-urgent", "due_at", "id")[:10] if _lease(row, now)), None
    )


def _lease(row: Derivation, now: datetime) -> bool:
    """Compare-and-swap on the lease: one worker wins each row, and with it a try."""
    same = Derivation.objects.filter(
        pk=row.pk, standing=Standing.WAITING, leased_until=row.leased_until
    )
    row.leased_until, row.attempts = now + LEASE, row.attempts + 1
    return same.update(leased_until=row.leased_until, attempts=row.attempts) == 1


def _derive(row: Derivation) -> None:
    try:
        if row.attempts > TRIES:
            raise Fault("process", lasting=True)  # noqa: TRY301 -- it took the worker along, each time
        source = _source(row.digest, row.what)
        if source is None:
            raise Fault("gone", lasting=True)  # noqa: TRY301 -- one way out for every fault
        _handlers[row.what].run(source)
    except Fault as fault:
        _put_off(row, fault)
    except Exception as fault:  # noqa: BLE001 -- whatever a handler meets, the next row must go on
        _log.warning("%s failed: %s", row, fault)
        _put_off(row, Fault("error", f"{type(fault).__name__}: {fault}"))
    else:
        _held(row).update(
            standing=Standing.DONE,
            fault="",
            fault_about="",
            leased_until=None,
            done_at=timezone.now(),
        )


def _source(digest: str, what: str) -> Source | None:
    """The bytes under the first clean name that the handler takes; None where there is none."""
    if what not in _handlers:
        return None
    endings = _handlers[what].endings
    clean = Evidence.objects.filter(digest=digest, inspection=State.CLEAN).order_by("pk")
    return next(
        (
            Source(digest=digest, ending=row.ending, size=row.size)
            for row in clean
            if row.ending in endings
        ),
        None,
    )


def _held(row: Derivation) -> QuerySet[Derivation]:
    return Derivation.objects.filter(
        pk=row.pk, standing=Standing.WAITING, leased_until=row.leased_until
    )


def _put_off(row: Derivation, fault: Fault) -> None:
    ends = fault.lasting or row.attempts >= TRIES
    _held(row).update(
        standing=Standing.FAILED if ends else Standing.WAITING,
        fault=fault.code,
        fault_about=fault.about.replace("\x00", "")[:200],
        leased_until=None,
        due_at=timezone.now() + timedelta(seconds=PAUSE * 4 ** (row.attempts - 1)),
    )
