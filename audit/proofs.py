"""That events are in the log: their paths up to a checkpoint's root, for many of them at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from audit import merkle
from audit.models import Leaf
from core import crypto

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from audit.models import Checkpoint
    from core.crypto import Algorithm

CHUNK = 5000
AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What `merkle.verify_inclusion` takes; `event_hash` is the data of the leaf, not its hash."""

    index: int
    event_hash: bytes
    path: tuple[bytes, ...]


def inclusion_of(event_ids: Iterable[int], checkpoint: Checkpoint) -> dict[int, Proof]:
    """By event id, for those that the checkpoint covers; the others are not in the answer.

    One walk over all leaves, whether one event is asked for or all of them.
    """
    places = {
        event_id: (index, told)
        for event_id, index, told in _places(sorted(set(event_ids)))
        if index < checkpoint.size
    }
    if not places:
        return {}
    digest = crypto.digester(cast("Algorithm", checkpoint.algorithm))
    paths = {index: merkle.path(index, checkpoint.size) for index, _told in places.values()}
    wanted = {at for path in paths.values() for at in path}
    found = merkle.nodes(leaves(checkpoint.size, digest), wanted, digest)
    return {
        event_id: Proof(index=index, event_hash=told, path=tuple(found[at] for at in paths[index]))
        for event_id, (index, told) in places.items()
    }


def _places(event_ids: list[int]) -> Iterator[tuple[int, int, bytes]]:
    for at in range(0, len(event_ids), AT_ONCE):
        rows = Leaf.objects.filter(event__in=event_ids[at : at + AT_ONCE])
        for event_id, index, told in rows.values_list("event_id", "index", "hash"):
            yield event_id, index, bytes(told)


def leaves(size: int, digest: merkle.Digest) -> Iterator[bytes]:
    """The leaf hashes of the log from its beginning, as they are read."""
    rows = Leaf.objects.filter(index__lt=size).order_by("index").values_list("hash", flat=True)
    return (merkle.leaf_hash(bytes(told), digest) for told in rows.iterator(chunk_size=CHUNK))
