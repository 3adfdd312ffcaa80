"""Long work: asked for once, claimed by lease, done row by row, resumed after a kill.

    @job("bulk")
    def run(job: Job, actor: Actor) -> Iterator[Told]: ...

A handler gives the outcomes of the rows from `job.done_count` on, in an order that `params` alone
decides. A row whose outcome was not yet written is run again after a kill, so what a row does must
be idempotent by a key made of the job's command and the row.
"""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.dispatch import Signal
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from audit import record
from audit.models import Job, JobRow, JobState
from core.refusals import Conflict, NotFound, Refusal, Unsafe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from uuid import UUID

    from core.actor import Actor

    Handler = Callable[["Job", Actor], Iterator["Told"]]

TRIES = 5
"""How often a job is begun without getting on by a single row."""
_handlers: dict[str, Handler] = {}
_log = logging.getLogger(__name__)

asked = Signal()
"""Sent once a job is committed that a worker is to run; whoever has a broker wakes one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What became of one row."""

    ref: str
    label: str = ""
    done: bool = True
    data: dict[str, Any] = field(default_factory=dict)


class LeaseLostError(Exception):
    """Another worker goes on with the job: this one was away for longer than its lease."""


def job(kind: str) -> Callable[[Handler], Handler]:
    """Register what runs jobs of a kind; `kind` is stored, so it is spelled out."""

    def register(handler: Handler) -> Handler:
        if kind in _handlers:
            raise ValueError(f"two handlers run {kind!r}")
        _handlers[kind] = handler
        return handler

    return register


def ask(
    kind: str,
    *,
    actor: Actor,
    command_id: UUID,
    params: dict[str, Any],
    total: int,
    at_once: bool = False,
) -> Job:
    """Enter a job; the same command again is the same job. `at_once` runs it before returning."""
    if known := _known(kind, actor, command_id, params):
        return known
    now = timezone.now()
    new = Job(
        kind=kind,
        asked_by_id=actor.person_id,
        address=actor.address,
        language=translation.get_language() or settings.LANGUAGE_CODE,
        command=command_id,
        params=params,
        total=total,
        created_at=now,
    )
    if at_once:
        new.state, new.started_at, new.lease_until = JobState.RUNNING, now, now + lease()
    try:
        with transaction.atomic(durable=True):
            new.save()
            _record("job.asked", new, actor, total=total)
    except IntegrityError:
        known = _known(kind, actor, command_id, params)
        if known is None:
            raise
        return known
    if at_once:
        run(new)
    else:
        asked.send(Job, job=new)
    return new


def _known(kind: str, actor: Actor, command_id: UUID, params: dict[str, Any]) -> Job | None:
    """The job this command asked for before; Conflict when it asked for something else."""
    known = Job.objects.filter(asked_by=actor.person_id, command=command_id).first()
    if known is not None and (known.kind, known.params) != (kind, params):
        raise Conflict(
            _("This form was used already, for something else."),
            then=_("Open the page again and send the form from there."),
        )
    return known


def cancel(job_id: int, *, actor: Actor) -> Job:
    """Stop a job before its next row; one that nobody has begun stops now."""
    found = Job.objects.visible_to(actor).filter(pk=job_id).first()
    if found is None:
        raise NotFound
    if found.ended or found.cancel_asked_at:
        return found
    now = timezone.now()
    waiting = Job.objects.filter(pk=job_id, state=JobState.QUEUED, lease_until=None)
    with transaction.atomic(durable=True):
        if waiting.update(state=JobState.CANCELLED, cancel_asked_at=now, finished_at=now):
            _record("job.cancelled", found, actor, done=0, total=found.total)
        else:
            Job.objects.open().filter(pk=job_id).update(cancel_asked_at=now)
    found.refresh_from_db()
    return found


def lease() -> timedelta:
    """For how long a worker that stopped speaking is believed to be at work."""
    return timedelta(seconds=settings.JOB_LEASE)


def claim() -> Job | None:
    """Lease the job that waits longest. Compare-and-swap on the lease: one worker wins it."""
    now = timezone.now()
    due = Job.objects.open().filter(Q(lease_until=None) | Q(lease_until__lt=now))
    for found in due.order_by(F("lease_until").asc(nulls_first=True), "id")[:10]:
        same = Job.objects.filter(
            pk=found.pk, state=found.state, lease_until=found.lease_until
        )  # fmt: skip
        won = same.update(
            state=JobState.RUNNING,
            lease_until=now + lease(),
            attempts=F("attempts") + 1,
            started_at=Coalesce("started_at", now),
        )
        if won:
            found.refresh_from_db()
            return found
    return None


def sweep(seconds: float = 5) -> int:
    """Go on with what is due for about so long; returns how many jobs were worked on.

    Bounded, so that in a worker of one thread a long job does not hold up the outbox.
    """
    give_up, worked = time.monotonic() + seconds, 0
    while time.monotonic() < give_up and (found := claim()):
        run(found, seconds=give_up - time.monotonic())
        worked += 1
    return worked


def run(claimed: Job, *, seconds: float | None = None) -> None:
    """Go on with a claimed job until it ends, its time is up, or it meets a fault."""
    actor = claimed.asked_by.actor(address=claimed.address)
    give_up = time.monotonic() + seconds if seconds is not None else None
    try:
        with translation.override(claimed.language):
            _go_on(claimed, actor, give_up)
    except LeaseLostError:
        _log.warning("job %s is run by another worker now", claimed.pk)
    except Unsafe as fault:
        _put_off(claimed, fault, actor)
    except Refusal as refused:
        _give_up(claimed, str(refused), actor)
    except Exception as fault:  # noqa: BLE001 -- whatever a handler meets, the next job must go on
        _put_off(claimed, fault, actor)


def _go_on(claimed: Job, actor: Actor, give_up: float | None) -> None:
    if claimed.attempts > TRIES:
        words = _("It was stopped %(n)s times before its next row was done.") % {"n": TRIES}
        return _give_up(claimed, claimed.fault or words, actor)
    rows = _handlers[claimed.kind](claimed, actor)
    while True:
        if _is_to_stop(claimed):
            return _end(claimed, JobState.CANCELLED, actor)
        if give_up is not None and time.monotonic() >= give_up:
            return _change(claimed, lease_until=timezone.now(), attempts=0)
        told = next(rows, None)
        if told is None:
            return _end(claimed, JobState.DONE, actor)
        _advance(claimed, told)


def _advance(claimed: Job, told: Told) -> None:
    """Write a row's outcome with the count that says it was done."""
    no = claimed.done_count
    with transaction.atomic(durable=True):
        _change(claimed, lease_until=timezone.now() + lease(), done_count=no + 1, attempts=0)
        row = JobRow(job=claimed, no=no, ref=told.ref, label=told.label[:600])
        row.done, row.data = told.done, told.data
        row.save()


def hold(claimed: Job) -> None:
    """Say within a long row that it is still at work; LeaseLostError where another took it over."""
    now = timezone.now()
    if claimed.lease_until is None or claimed.lease_until < now + lease() / 2:
        _change(claimed, lease_until=now + lease())


def _is_to_stop(claimed: Job) -> bool:
    return Job.objects.filter(pk=claimed.pk, cancel_asked_at__isnull=False).exists()


def _change(claimed: Job, **changes: Any) -> None:
    """Write progress if the lease is still ours."""
    ours = Job.objects.filter(
        pk=claimed.pk, state=JobState.RUNNING, lease_until=claimed.lease_until
    )
    if not ours.update(**changes):
        raise LeaseLostError
    for name, value in changes.items():
        setattr(claimed, name, value)


def _end(claimed: Job, state: JobState, actor: Actor, fault: str = "") -> None:
    with transaction.atomic(durable=True):
        _change(
            claimed,
            state=state,
            finished_at=timezone.now(),
            lease_until=None,
            fault=fault[:300],
        )
        done = claimed.rows.filter(done=True).count()
        if state == JobState.CANCELLED:
            _record("job.cancelled", claimed, actor, done=done, total=claimed.total)
        else:
            skipped = claimed.done_count - done
            _record(
                "job.finished", claimed, actor, state=str(state.value), done=done, skipped=skipped
            )


def _put_off(claimed: Job, fault: Exception, actor: Actor) -> None:
    """Leave it to a later try, with growing pauses, then give it up."""
    _log.warning("job %s met a fault: %s", claimed.pk, fault)
    words = f"{type(fault).__name__}: {fault}"[:300]
    if claimed.attempts >= TRIES:
        _give_up(claimed, words, actor)
        return
    pause = timedelta(seconds=5 * 2**claimed.attempts)
    with suppress(LeaseLostError):
        _change(claimed, lease_until=timezone.now() + pause, fault=words)


def _give_up(claimed: Job, words: str, actor: Actor) -> None:
    with suppress(LeaseLostError):
        _end(claimed, JobState.FAILED, actor, words)


def _record(name: str, about: Job, actor: Actor, **data: Any) -> None:
    head = record.head_of(actor.subject)
    told = {"job": about.pk, "kind": about.kind, **data}
    record.append(name, head=head, actor=actor, data=told)
