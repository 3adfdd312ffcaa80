"""Taking a file in: checked, its bytes kept first, its row second."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.refusals import NotPermitted, Unmet
from evidence import deriving, kinds, storage
from evidence.inspection import inspector
from evidence.inspection.verdict import State, Verdict
from evidence.models import Evidence

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from core.actor import Actor


class Upload(Protocol):
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


def receive(upload: Upload) -> Received:
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
    return Received(stored.digest, stored.size, name, kind.media_type, *found)


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


def insist_on_clean(evidence: Evidence) -> None:
    """Nothing is cited or handed out before its inspection found it clean."""
    if evidence.inspection != State.CLEAN:
        raise evidence.refusal()


def _insist_on_size(name: str, size: int) -> None:
    limit = settings.EVIDENCE_LARGEST
    if size > limit:
        raise Unmet(
            _("“%(name)s” has %(size)s MB; one file may have %(limit)s MB at most.")
            % {"name": name, "size": -(-size // 2**20), "limit": limit // 2**20},
            then=_("Split the file or save it smaller, then choose it again."),
        )
