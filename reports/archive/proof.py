"""That all the events of an archive are in the log: their places, and what leads to the root.

One proof for all of them: the hashes of the largest ranges of the log in which none of them lies,
from left to right. With the events' own hashes they give the root, and nothing else does. Cut where
an older checkpoint ended they give its root too: whoever kept one sees that this log continues it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, cast

from audit import merkle, proofs, sealing
from audit.models import Checkpoint, Leaf, Reason
from core import crypto

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from core.actor import Actor
    from core.crypto import Algorithm

SLICE = 200
NEWEST, MOST = 64, 400


def places(subjects: Iterable[str], heads: dict[str, int]) -> dict[str, list[int]]:
    """The places in the log of each chain's events up to its head, as far as they have one."""
    wanted = list(subjects)
    found: dict[str, list[int]] = {subject: [] for subject in wanted}
    for at in range(0, len(wanted), SLICE):
        rows = Leaf.objects.filter(event__subject__in=wanted[at : at + SLICE])
        ordered = rows.order_by("event__subject", "event__seq")
        told = ordered.values_list("event__subject", "event__seq", "index")
        for subject, seq, index in told.iterator(chunk_size=5000):
            if seq <= heads[subject]:
                found[subject].append(index)
    return found


def covering(heads: dict[str, int], *, actor: Actor) -> tuple[Checkpoint, dict[str, list[int]]]:
    """The first checkpoint that all the events are in, sealed now where there is none yet.

    The first and not the last: the same events are then proven by the same bytes ever after.
    """
    found = places(heads, heads)
    if sum(map(len, found.values())) < sum(heads.values()) or _first(found) is None:
        sealing.seal(Reason.ASKED, actor)
        found = places(heads, heads)
    checkpoint = _first(found)
    if checkpoint is None:
        raise RuntimeError("the log was sealed, and its last checkpoint does not reach to its end")
    return checkpoint, found


def _first(found: dict[str, list[int]]) -> Checkpoint | None:
    last = max((places[-1] for places in found.values() if places), default=0)
    return Checkpoint.objects.filter(size__gt=last).order_by("size").first()


def older(checkpoint: Checkpoint) -> list[int]:
    """The sizes of the checkpoints before it that are to be proven its beginnings, in order.

    The newest of them, and of what was sealed before those the last of each day.
    """
    rows = Checkpoint.objects.filter(size__lt=checkpoint.size).order_by("-size")
    found: list[int] = []
    days: set[date] = set()
    for size, at in rows.values_list("size", "sealed_at").iterator(chunk_size=5000):
        if len(found) < NEWEST or at.date() not in days:
            found.append(size)
        days.add(at.date())
        if len(found) == MOST:
            break
    return found[::-1]


def nodes(indexes: Sequence[int], checkpoint: Checkpoint, ends: Sequence[int] = ()) -> list[bytes]:
    """The hashes that lead from the leaves at these places (in order) to the checkpoint's root.

    And, with them, to the roots of the trees that ended at `ends`.
    """
    wanted = between(indexes, checkpoint.size, ends)
    digest = crypto.digester(cast("Algorithm", checkpoint.algorithm))
    found = merkle.nodes(proofs.leaves(checkpoint.size, digest), wanted, digest)
    return [found[at] for at in wanted]


def between(indexes: Sequence[int], size: int, ends: Sequence[int] = ()) -> list[merkle.Range]:
    """The largest ranges without any of these leaves, cut where a tree ended; left to right."""
    found: list[merkle.Range] = []
    waiting = [(0, size)]
    while waiting:
        low, high = waiting.pop()
        at = bisect_left(indexes, low)
        whole = bisect_right(ends, low) == bisect_left(ends, high)
        if whole and (at == len(indexes) or indexes[at] >= high):
            found.append((low, high))
        elif high - low > 1:
            middle = low + (1 << ((high - low - 1).bit_length() - 1))
            waiting += [(middle, high), (low, middle)]
    return found
