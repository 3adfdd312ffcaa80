"""Files that arrive in parts: begun, continued where the disk has them, given up, taken for use.

    upload = uploads.begin(actor=…, name="film.mp4", size=…, purpose="…")
    uploads.receive(upload, at=upload.offset, length=…, chunks=…)   # as often as it takes
    uploads.received([upload.pk], actor=…, purpose="…")             # once it is clean

What is acknowledged is on the disk, so the sender may forget it. Bytes first, row second: a file
that no row tells of is swept away, a row that tells of more than the disk has cannot come about.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, BinaryIO
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.models import User
from core.refusals import Conflict, NotFound, Unmet
from evidence import allowance, arrivals, kinds, parts, storage
from evidence.allowance import TooLarge
from evidence.inspection import words
from evidence.inspection.verdict import State
from evidence.intake import Received
from evidence.models import Upload
from evidence.storage.receiving import writable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from uuid import UUID

    from core.actor import Actor


class Misplaced(Conflict):
    """The sender believes that more or less has arrived than has."""


class Busy(Conflict):
    status = 423


class WrongChecksum(Unmet):
    status = 460  # as tus numbers it


@dataclass(frozen=True, slots=True)
class Checksum:
    """What the sender says of the bytes of one part."""

    algorithm: str
    digest: bytes


ALGORITHMS = ("sha1", "sha256")


def begin(
    *,
    actor: Actor,
    name: str,
    size: int,
    purpose: str,
    fingerprint: str = "",
    metadata: str = "",
) -> Upload:
    """Make room for a file that is to come; refused now if it could never be taken in."""
    allowance.insist_on_size(name, size)
    upload = Upload(
        id=uuid4(),
        owner_id=actor.person_id,
        name=name,
        size=size,
        purpose=purpose,
        fingerprint=fingerprint,
        metadata=metadata,
        inspection=State.RECEIVING,
        begun_at=timezone.now(),
        expires_at=_later(),
    )
    with writable():
        parts.make(upload.pk)
    try:
        with transaction.atomic(durable=True):
            # One person's uploads begin one after the other, or two would share the same room.
            User.objects.select_for_update().get(pk=actor.person_id)
            allowance.insist_on_room(upload)
            upload.save(force_insert=True)
    except BaseException:
        parts.drop(upload.pk)
        raise
    return upload


def receive(
    upload: Upload,
    *,
    at: int,
    length: int,
    chunks: Iterable[bytes],
    checksum: Checksum | None = None,
) -> Upload:
    """Put one part behind what has arrived; a part that breaks off counts as far as it came.

    Where the sender says a checksum, the part counts whole or not at all.
    """
    _insist_on_receiving(upload)
    try:
        with parts.held(upload.pk) as file, writable():
            upload.refresh_from_db()  # whoever held it before may have gone on with it
            _insist_on_receiving(upload)
            _insist_on_place(upload, at, length)
            _take_in(upload, file, chunks, checksum, at + length)
    except parts.BusyError:
        raise Busy(
            _("“%(name)s” is just being received over another connection.") % {"name": upload.name},
            then=_("Wait half a minute, then go on."),
        ) from None
    except (FileNotFoundError, Upload.DoesNotExist):
        raise NotFound(
            _("This upload is not there: it was left out, or waited too long.")
        ) from None
    if upload.inspection == State.QUARANTINED:
        arrivals.arrived(upload)
    return upload


def _insist_on_receiving(upload: Upload) -> None:
    if upload.inspection == State.REFUSED:
        raise upload.refusal()
    if upload.inspection != State.RECEIVING:
        raise Misplaced(
            _("“%(name)s” has arrived whole; nothing can be added to it.") % {"name": upload.name},
            state=State(upload.inspection).label,
            then=_("Open the page again: it says how far the file is."),
        )


def _insist_on_place(upload: Upload, at: int, length: int) -> None:
    if at != upload.offset:
        raise Misplaced(
            _("%(have)s bytes of “%(name)s” have arrived, and not %(said)s.")
            % {"have": upload.offset, "name": upload.name, "said": at},
            then=_("Ask how far it is, and go on from there."),
        )
    if at + length > upload.size:
        raise TooLarge(
            _("This part would make “%(name)s” larger than it was announced.")
            % {"name": upload.name},
            then=_("Leave this upload out and choose the file again."),
        )


def _take_in(
    upload: Upload,
    file: BinaryIO,
    chunks: Iterable[bytes],
    checksum: Checksum | None,
    end: int,
) -> None:
    at = upload.offset
    if checksum is None:
        for reached in parts.write(file, at, chunks):
            _acknowledge(upload, file, reached)
        return
    hashed = hashlib.new(checksum.algorithm, usedforsecurity=False)
    reached = max(parts.write(file, at, chunks, hashed), default=at)
    if reached == end and hashed.digest() == checksum.digest:
        if reached > at:
            _acknowledge(upload, file, reached)
        return
    file.truncate(at)
    raise WrongChecksum(
        _("A part of “%(name)s” was damaged on its way and was not taken.") % {"name": upload.name},
        then=_("Send this part again."),
    )


def _acknowledge(upload: Upload, file: BinaryIO, reached: int) -> None:
    """Say that the disk has it so far; whoever dropped the upload meanwhile is obeyed."""
    _insist_on_content(upload, file, reached)
    state = State.QUARANTINED if reached == upload.size else State.RECEIVING
    changes: dict[str, Any] = {"offset": reached, "inspection": state, "expires_at": _later()}
    same = Upload.objects.filter(pk=upload.pk, offset=upload.offset, inspection=State.RECEIVING)
    if not same.update(**changes):
        raise Upload.DoesNotExist
    for name, value in changes.items():
        setattr(upload, name, value)


def _insist_on_content(upload: Upload, file: BinaryIO, reached: int) -> None:
    """Its beginning shows whether it is what its name says; the rest need not come if not."""
    enough = min(kinds.BEGINNING, upload.size)
    if not upload.offset < enough <= reached:
        return
    try:
        kinds.kind_of(upload.name, parts.beginning(file, kinds.BEGINNING))
    except Unmet:
        arrivals.refuse(upload, "mismatch")
        raise
    finally:
        file.seek(reached)


def discard(upload: Upload) -> None:
    """Leave an upload out; what was used already stays used."""
    if Upload.objects.waiting().filter(pk=upload.pk).delete()[0]:
        parts.drop(upload.pk)


def received(ids: Sequence[UUID], *, actor: Actor, purpose: str) -> list[Received]:
    """Files that arrived and are clean, as `intake.enter` takes them; the actor's own alone."""
    return [_received(upload_id, actor, purpose) for upload_id in dict.fromkeys(ids)]


def _received(upload_id: UUID, actor: Actor, purpose: str) -> Received:
    upload = Upload.objects.visible_to(actor).filter(pk=upload_id, purpose=purpose).first()
    if upload is None:
        raise not_there()
    if upload.inspection == State.RECEIVING:
        raise Conflict(
            _("“%(name)s” has not arrived whole yet.") % {"name": upload.name},
            then=_("Wait until it has, or leave it out."),
        )
    if upload.inspection != State.CLEAN:
        raise upload.refusal()
    if not storage.exists(upload.digest):
        raise words.refusal("gone", upload.name)
    kind = kinds.KINDS[upload.ending]
    return Received(
        upload.digest,
        upload.size,
        upload.name,
        kind.media_type,
        verdict=upload.verdict(),
        upload=upload.pk,
    )


def not_there() -> NotFound:
    return NotFound(_("This upload is not there: it was left out, or waited too long."))


def _later() -> datetime:
    return timezone.now() + timedelta(days=settings.UPLOAD_DAYS)
