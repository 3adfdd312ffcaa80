"""The tree of RFC 9162 over the record: pure functions, which know nothing of databases.

`leaves` are leaf hashes in order; a proof is a list of node hashes in the order of the RFC. Every
function takes the hash it is to use, SHA-256 unless told otherwise.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

Digest = Callable[[bytes], bytes]
Range = tuple[int, int]
"""The leaves from the first number to before the second: what one node stands for."""
SIZE = 32


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def leaf_hash(data: bytes, digest: Digest = sha256) -> bytes:
    return digest(b"\x00" + data)


def node_hash(left: bytes, right: bytes, digest: Digest = sha256) -> bytes:
    return digest(b"\x01" + left + right)


@dataclass(slots=True)
class Frontier:
    """A tree that only grows, kept as the roots of its full subtrees, the largest first.

    The subtrees' sizes are the powers of two that `size` is the sum of, so the hashes alone say it
    all, and a tree grown from them continues the one that they are of.
    """

    size: int = 0
    peaks: list[bytes] = field(default_factory=list)
    digest: Digest = sha256

    @classmethod
    def read(cls, size: int, stored: bytes, digest: Digest = sha256) -> Frontier:
        """From 32 bytes a peak; ValueError when they are not as many as the size wants."""
        if len(stored) != size.bit_count() * SIZE:
            raise ValueError(f"{len(stored)} bytes are not the frontier of {size} leaves")
        peaks = [stored[at : at + SIZE] for at in range(0, len(stored), SIZE)]
        return cls(size=size, peaks=peaks, digest=digest)

    def stored(self) -> bytes:
        return b"".join(self.peaks)

    def push(self, leaf: bytes) -> Iterator[tuple[Range, bytes]]:
        """Add a leaf hash; gives every node that is full with it, the leaf itself first."""
        low, high, node = self.size, self.size + 1, leaf
        yield (low, high), node
        while high & (high - low) == 0:
            node = node_hash(self.peaks.pop(), node, self.digest)
            low -= high - low
            yield (low, high), node
        self.peaks.append(node)
        self.size = high

    def add(self, leaf: bytes) -> None:
        """The same for whoever wants the root only: a million times a second counts."""
        size, peaks, digest = self.size + 1, self.peaks, self.digest
        low = size & -size
        while low > 1:
            leaf = digest(b"\x01" + peaks.pop() + leaf)
            low >>= 1
        peaks.append(leaf)
        self.size = size

    def root(self, *, after: int = 0) -> bytes:
        """Of the whole tree, or of its leaves from `after`, where one of its subtrees begins."""
        start, found = self.size, b""
        sizes = [1 << bit for bit in range(self.size.bit_length()) if self.size >> bit & 1]
        for size, peak in zip(sizes, reversed(self.peaks), strict=True):
            if start <= after:
                break
            start -= size
            found = node_hash(peak, found, self.digest) if found else peak
        return found or self.digest(b"")


def root_of(leaves: Iterable[bytes], digest: Digest = sha256) -> bytes:
    tree = Frontier(digest=digest)
    for leaf in leaves:
        tree.add(leaf)
    return tree.root()


def path(index: int, size: int) -> list[Range]:
    """The nodes that prove the leaf of this number, from its sibling up to below the root."""
    if not 0 <= index < size:
        raise ValueError(f"there is no leaf {index} in a tree of {size}")
    low, high, found = 0, size, []
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            found.append((middle, high))
            high = middle
        else:
            found.append((low, middle))
            low = middle
    return found[::-1]


def between(first: int, second: int) -> list[Range]:
    """The nodes that prove that a tree of `first` leaves is the beginning of one of `second`."""
    if not 0 < first <= second:
        raise ValueError(f"a tree of {first} does not begin one of {second}")
    low, high, found, whole = 0, second, [], True
    while first < high:
        middle = low + _split(high - low)
        if first <= middle:
            found.append((middle, high))
            high = middle
        else:
            found.append((low, middle))
            low, whole = middle, False
    return ([] if whole else [(low, high)]) + found[::-1]


def _split(size: int) -> int:
    """The largest power of two below the size."""
    return 1 << ((size - 1).bit_length() - 1)


def nodes(
    leaves: Iterable[bytes], wanted: Iterable[Range], digest: Digest = sha256
) -> dict[Range, bytes]:
    """The hashes of the wanted nodes, however many, in one walk over all the leaves."""
    ranges = set(wanted)
    lows: dict[int, set[int]] = {}
    for low, high in ranges:
        lows.setdefault(high, set()).add(low)
    tree = Frontier(digest=digest)
    found = {}
    for leaf in leaves:
        # Most leaves end no node that is wanted, and growing past them is all they cost.
        if wanted_here := lows.get(tree.size + 1):
            found.update({at: node for at, node in tree.push(leaf) if at[0] in wanted_here})
        else:
            tree.add(leaf)
    # What the end of the tree cut short is no full subtree: it is put together from the peaks.
    for low, high in ranges - set(found):
        if high != tree.size:
            raise ValueError(f"a tree of {tree.size} has no node over {low} to {high}")
        found[low, high] = tree.root(after=low)
    return found


def inclusion(
    leaves: Iterable[bytes], index: int, size: int, digest: Digest = sha256
) -> list[bytes]:
    wanted = path(index, size)
    found = nodes(leaves, wanted, digest)
    return [found[at] for at in wanted]


def consistency(
    leaves: Iterable[bytes], first: int, second: int, digest: Digest = sha256
) -> list[bytes]:
    wanted = between(first, second)
    found = nodes(leaves, wanted, digest)
    return [found[at] for at in wanted]


def verify_inclusion(
    leaf: bytes,
    index: int,
    size: int,
    *,
    proof: Sequence[bytes],
    root: bytes,
    digest: Digest = sha256,
) -> bool:
    """Whether `leaf` is the leaf hash of that number in the tree of that size and root."""
    if not 0 <= index < size or len(proof) != len(path(index, size)):
        return False
    node = leaf
    for (low, _high), sibling in zip(path(index, size), proof, strict=True):
        left = low < index
        node = node_hash(sibling, node, digest) if left else node_hash(node, sibling, digest)
    return node == root


def verify_consistency(
    first: int,
    second: int,
    *,
    first_root: bytes,
    second_root: bytes,
    proof: Sequence[bytes],
    digest: Digest = sha256,
) -> bool:
    """Whether the tree of the first size and root is the beginning of the second."""
    if not 0 < first <= second or len(proof) != len(between(first, second)):
        return False
    found = dict(zip(between(first, second), proof, strict=True))
    if first in {1 << (first.bit_length() - 1), second}:
        # The first tree is one subtree of the second, whose root the RFC leaves out of the proof.
        found[0, first] = first_root
    return (
        _over(0, first, found, digest) == first_root
        and _over(0, second, found, digest) == second_root
    )


def _over(low: int, high: int, known: dict[Range, bytes], digest: Digest) -> bytes:
    """The hash over a range that the known nodes are the parts of."""
    if (low, high) in known:
        return known[low, high]
    middle = low + _split(high - low)
    left, right = _over(low, middle, known, digest), _over(middle, high, known, digest)
    return node_hash(left, right, digest)
