"""Taking a file in: checked, its bytes kept first, its row second."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.refusals import NotPermitted, Unmet
from evidence import kinds, storage
from evidence.models import Evidence

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

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


def receive(upload: Upload) -> Received:
    """Check an upload and keep its bytes: before, and outside, the transaction that enters it.

    A crash between bytes and row leaves a file nobody points at, which a sweep
    can find; the other order would leave a row that promises bytes it has not.
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
    stored = storage.keep(itertools.chain([first], chunks))
    return Received(stored.digest, stored.size, name, kind.media_type)


def enter(received: Received, *, actor: Actor, formed_on: date | None = None) -> Evidence:
    """Make the row for kept bytes, in the caller's transaction."""
    if actor.id is None:
        raise NotPermitted(_("Only a person hands in evidence."))
    if formed_on and formed_on > timezone.localdate():
        raise Unmet(
            _("“%(name)s” cannot have been formed in the future.") % {"name": received.name},
            then=_("Give the date that stands on the paper, or leave it empty."),
        )
    return Evidence.objects.create(
        digest=received.digest,
        size=received.size,
        name=received.name,
        media_type=received.media_type,
        formed_on=formed_on,
        received_at=timezone.now(),
        received_from_id=actor.id,
    )


def _insist_on_size(name: str, size: int) -> None:
    limit = settings.EVIDENCE_LARGEST
    if size > limit:
        raise Unmet(
            _("“%(name)s” has %(size)s MB; one file may have %(limit)s MB at most.")
            % {"name": name, "size": -(-size // 2**20), "limit": limit // 2**20},
            then=_("Split the file or save it smaller, then choose it again."),
        )
