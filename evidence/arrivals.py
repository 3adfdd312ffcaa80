"""What becomes of a file that has arrived whole: looked into, kept under its digest, or refused.

A small one at once, a large one by a worker. A process that is killed in between leaves a row that
says how far it was, and the next look goes on from there.
"""

from __future__ import annotations

import time
from datetime import timedelta
from typing import BinaryIO

from django.conf import settings
from django.db import transaction
from django.dispatch import Signal
from django.utils import timezone

from audit import record
from core.actor import SYSTEM
from core.refusals import Unsafe
from evidence import parts, storage
from evidence.inspection import inspector
from evidence.inspection.verdict import State, Verdict
from evidence.models import Upload

AT_ONCE = 16 << 20
"""Up to here the sender waits for the verdict; it takes about a second."""

waits = Signal()
"""Sent once a file has arrived that a worker is to look into; whoever has a broker wakes one."""


def arrived(upload: Upload) -> None:
    if upload.size <= AT_ONCE:
        settle(upload)
    else:
        waits.send(Upload, upload=upload)


def settle(upload: Upload) -> bool:
    """Look into a whole file and act on the verdict; whether there is one now."""
    try:
        with parts.held(upload.pk) as file:
            upload.refresh_from_db()
            if upload.inspection == State.QUARANTINED:
                _look_into(upload, file)
    except parts.BusyError:
        return False  # somebody else does
    except Unsafe:
        _change(upload, finding="storage")  # looked into again in a minute
    except FileNotFoundError:
        _settle_moved(upload)
    return upload.inspection != State.QUARANTINED


def _look_into(upload: Upload, file: BinaryIO) -> None:
    path = parts.path_of(upload.pk)
    before = parts.state_of(file)
    digest = parts.digest_of(file)
    verdict = inspector.inspect(path, upload.ending, digest)
    if verdict.state is State.REFUSED or parts.state_of(file) != before:
        # What was exchanged while it was looked into is not what was looked into.
        code = verdict.code if verdict.state is State.REFUSED else "inspection"
        refuse(upload, code, verdict.about)
        return
    kept = verdict.as_fields(timezone.now()) | {"inspection": State.QUARANTINED}
    _change(upload, digest=digest, **kept)
    if verdict.clean:
        storage.adopt(path, digest)
        _change(upload, inspection=State.CLEAN)


def _settle_moved(upload: Upload) -> None:
    """The file is not in its folder: it was kept already, and only the row did not come to it."""
    upload.refresh_from_db()
    if upload.inspection != State.QUARANTINED:
        return
    if upload.digest and not upload.finding and storage.exists(upload.digest):
        _change(upload, inspection=State.CLEAN)
    else:
        refuse(upload, "gone")


def refuse(upload: Upload, code: str, about: str = "") -> None:
    """Keep nothing of it but why, for its owner to read; that it was tried is on the record."""
    verdict = Verdict(state=State.REFUSED, kind=upload.ending, code=code, about=about)
    with transaction.atomic(durable=True):
        _change(upload, **verdict.as_fields(timezone.now()))
        told = {"name": upload.name, "size": upload.size, "finding": code}
        subject = f"person:{upload.owner_id}"
        record.note("upload.refused", subject=subject, actor=SYSTEM, data=told)
    parts.drop(upload.pk)


def _change(upload: Upload, **changes: object) -> None:
    for name, value in changes.items():
        setattr(upload, name, value)
    upload.save(update_fields=list(changes))


def sweep(*, again: bool = False, seconds: float = 5) -> int:
    """Look into what has arrived, oldest first, for about so long; how many got a verdict.

    `again` also looks at what waits for the virus scanner.
    """
    give_up, done = time.monotonic() + seconds, 0
    waiting = Upload.objects.filter(inspection=State.QUARANTINED)
    for upload in (waiting if again else waiting.filter(finding=""))[:50]:
        done += settle(upload)
        if time.monotonic() > give_up:
            break
    return done


def expire() -> int:
    """Drop what nobody went on with or used in its time, and files that no row tells of."""
    now = timezone.now()
    gone = 0
    for upload in Upload.objects.filter(expires_at__lt=now):
        if Upload.objects.filter(pk=upload.pk, expires_at__lt=now).delete()[0]:
            parts.drop(upload.pk)
            gone += 1
    known = Upload.objects.values_list("pk", flat=True)
    old = (now - timedelta(days=settings.UPLOAD_DAYS)).timestamp()
    for path in parts.strays(known, old):
        path.unlink(missing_ok=True)
        gone += 1
    return gone
