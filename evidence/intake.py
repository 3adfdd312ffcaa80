"""Taking a file in: checked, its bytes kept first, its row second."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.refusals import Conflict, NotPermitted, Unmet
from evidence import deriving, kinds, storage
from evidence.inspection import inspector
from evidence.inspection.verdict import State, Verdict
from evidence.models import Evidence, Upload

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime
    from pathlib import Path
    from uuid import UUID

    from core.actor import Actor


class Sent(Protocol):
    @property
    def name(self) -> str | None: ...

    @property
    def size(self) -> int | None: ...

    def chunks(self) -> Iterator[bytes]: ...


@dataclass(frozen=True, slots=True)
class Received:
    """Bytes that are kept, and what they are; no row speaks of them yet."""

    digest: str
    size: int
    name: str
    media_type: str
    verdict: Verdict | None = field(default=None, compare=False, repr=False)
    """What the inspection said; not what the sender said, so a second click is the same click."""
    upload: UUID | None = None
    """Where it came in parts: the upload, which is used up with it."""


def receive(upload: Sent) -> Received:
    """Check an upload and keep its bytes: before, and outside, the transaction that enters it.

    A crash between bytes and row leaves a file nobody points at, which a sweep
    can find; the other order would leave a row that promises bytes it has not.
    What the inspection refuses is not kept. While the virus scanner is down the
    bytes are kept, but in quarantine: `insist_on_clean` says so to whoever would cite them.
    """
    name = kinds.clean_name(upload.name or "")
    if not upload.size:
        raise Unmet(
            _("“%(name)s” is empty.") % {"name": name},
            then=_("Check the file on your device and choose it again."),
        )
    _insist_on_size(name, upload.size)
    chunks = iter(upload.chunks())
    first = next(chunks, b"")
    kind = kinds.kind_of(name, first[: kinds.BEGINNING])
    found: list[Verdict] = []

    def insist(path: Path, digest: str) -> None:
        found.append(verdict := inspector.inspect(path, kinds.ending_of(name), digest))
        if verdict.state is State.REFUSED:
            raise verdict.refusal(name)

    stored = storage.keep(itertools.chain([first], chunks), insist)
    return Received(stored.digest, stored.size, name, kind.media_type, verdict=found[0])


def enter(received: Received, *, actor: Actor, formed_on: date | None = None) -> Evidence:
    """Make the row for kept bytes, in the caller's transaction."""
    if actor.id is None:
        raise NotPermitted(_("Only a person hands in evidence."))
    if formed_on and formed_on > timezone.localdate():
        raise Unmet(
            _("“%(name)s” cannot have been formed in the future.") % {"name": received.name},
            then=_("Give the date that stands on the paper, or leave it empty."),
        )
    now = timezone.now()
    if received.upload:
        _use_up(received.upload, received.name, actor, now)
    row = Evidence.objects.create(
        digest=received.digest,
        size=received.size,
        name=received.name,
        media_type=received.media_type,
        formed_on=formed_on,
        received_at=now,
        received_from_id=actor.id,
        **(received.verdict.as_fields(now) if received.verdict else {}),
    )
    deriving.expect(row)
    return row


def _use_up(upload_id: UUID, name: str, actor: Actor, now: datetime) -> None:
    """One upload is one piece of evidence, however many forms name it."""
    waiting = Upload.objects.visible_to(actor).waiting()
    clean = waiting.filter(pk=upload_id, inspection=State.CLEAN)
    if not clean.update(taken_at=now, expires_at=now + timedelta(days=1)):
        raise Conflict(
            _("“%(name)s” was handed in already.") % {"name": name},
            then=_("Open the page again: it stands among the evidence."),
        )


def insist_on_clean(evidence: Evidence) -> None:
    """Nothing is cited or handed out before its inspection found it clean."""
    if evidence.inspection != State.CLEAN:
        raise evidence.refusal()


def _insist_on_size(name: str, size: int) -> None:
    limit = settings.FORM_LARGEST
    if size > limit:
        raise Unmet(
            _("“%(name)s” has %(size)s MB; one file may have %(limit)s MB at most.")
            % {"name": name, "size": -(-size // 2**20), "limit": limit // 2**20},
            then=_("Split the file or save it smaller, then choose it again."),
        )
