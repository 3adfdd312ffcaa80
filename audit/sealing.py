"""Sealing: the root over every event that has its place, signed and kept as a checkpoint.

A seal grows from the one before it, whose note, root and frontier must agree with each other and
with the log's length; otherwise nothing is sealed, and the alarm says why until somebody looks.
"""

from __future__ import annotations

import logging
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import keys, outside, record, sequencer
from audit.merkle import Frontier, leaf_hash
from audit.models import Checkpoint, Leaf, Reason, octets
from audit.notes import BadNote, Sealed
from core import crypto
from core.actor import SYSTEM
from core.refusals import Unsafe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.actor import Actor
    from core.crypto import Algorithm

EVERY = timedelta(seconds=30)
COUNT = 1000
CHUNK = 5000
SUBJECT = "record"
"""The chain of what is asked of the log itself."""
_log = logging.getLogger(__name__)


def latest() -> Checkpoint | None:
    return Checkpoint.objects.order_by("-size").first()


def seal(reason: Reason, actor: Actor) -> Checkpoint | None:
    """Place every committed event and seal; the latest checkpoint where nothing is new.

    None while nothing ever happened. Where a person asks, that is an event, and sealed with it.
    Raises Unsafe, and alarms, where the log does not continue its last checkpoint.
    """
    if reason == Reason.ASKED:
        with transaction.atomic(durable=True):
            record.note("record.seal_asked", subject=SUBJECT, actor=actor, data={})
    while _place_some() == sequencer.BATCH:
        pass
    with transaction.atomic(durable=True):
        return seal_within(reason)


def _place_some() -> int:
    with transaction.atomic(durable=True):
        sequencer.hold()
        return sequencer.place()


def tick() -> Checkpoint | None:
    """Seal if half a minute has passed with anything new, or a thousand events; asked often."""
    last = latest()
    sealed = last.size if last else 0
    new = sequencer.length() - sealed + sequencer.waiting(COUNT)
    if new >= COUNT:
        return seal(Reason.COUNT, SYSTEM)
    # A clock that was put back must not stop the seals until it has come round again.
    rested = last is None or not timedelta(0) <= timezone.now() - last.sealed_at < EVERY
    if new and rested:
        return seal(Reason.TIME, SYSTEM)
    if outside.is_due():
        with transaction.atomic(durable=True):
            sequencer.hold()
            outside.owe()
    return None


def seal_within(reason: Reason) -> Checkpoint | None:
    """The same in the caller's transaction, for what is owed after a close."""
    sequencer.hold()
    while sequencer.place() == sequencer.BATCH:
        pass
    last, size = latest(), sequencer.length()
    if last is not None and size == last.size:
        return last
    if not size:
        return None
    tree = continued(last, size)
    for told in _after(tree.size):
        tree.add(leaf_hash(told, tree.digest))
    return _kept(tree, reason, last)


def continued(last: Checkpoint | None, size: int) -> Frontier:
    """The tree of the last checkpoint, ready to grow; Unsafe where it is not what was signed."""
    algorithm = algorithm_of(last)
    if last is None:
        return Frontier(digest=crypto.digester(algorithm))
    if wrong := inconsistent(last, size):
        _log.error("nothing is sealed: %s", wrong)
        raise Unsafe(
            _("The log does not continue its last checkpoint: %(wrong)s") % {"wrong": wrong},
            then=_(
                "Nothing was sealed. Run “manage.py verify_audit” and compare the outside copies."
            ),
        )
    return _frontier(last)


def inconsistent(last: Checkpoint, size: int) -> str:
    """Why a log of this size cannot continue that checkpoint; empty when it can."""
    try:
        sealed = keys.opened(last.note)
    except BadNote as fault:
        return str(fault)
    if (sealed.size, sealed.root) != (last.size, octets(last.root)):
        return _("Its row does not say what was signed.")
    if _root_of(last) != sealed.root:
        return _("Its frontier does not give the root that was signed.")
    if size < sealed.size:
        told = {"size": size, "sealed": sealed.size}
        return _("%(sealed)s events were sealed, and the log has %(size)s.") % told
    return ""


def _root_of(last: Checkpoint) -> bytes:
    """By its frontier; nothing where that is none of its size."""
    try:
        return _frontier(last).root()
    except ValueError:
        return b""


def _frontier(last: Checkpoint) -> Frontier:
    digest = crypto.digester(cast("Algorithm", last.algorithm))
    return Frontier.read(last.size, octets(last.frontier), digest)


def algorithm_of(last: Checkpoint | None) -> Algorithm:
    """A tree keeps the hash that it began with, whatever events are hashed with since."""
    return cast("Algorithm", last.algorithm if last else settings.AUDIT_HASH)


def _after(size: int) -> Iterator[bytes]:
    found = Leaf.objects.filter(index__gte=size).order_by("index").values_list("hash", flat=True)
    return map(bytes, found.iterator(chunk_size=CHUNK))


def _kept(tree: Frontier, reason: Reason, last: Checkpoint | None) -> Checkpoint:
    sealed = Sealed(
        origin=settings.LOG_ORIGIN,
        size=tree.size,
        root=tree.root(),
        at=timezone.now().astimezone(UTC).replace(microsecond=0),
        algorithm=algorithm_of(last),
    )
    kept = Checkpoint.objects.create(
        size=sealed.size,
        root=sealed.root,
        note=keys.sign(sealed),
        code=sealed.code,
        frontier=tree.stored(),
        algorithm=sealed.algorithm,
        sealed_at=sealed.at,
        reason=reason,
    )
    outside.owe()
    return kept
