"""The tree against the known roots of eight leaves, and its proofs against the definition."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit import merkle
from audit.merkle import Frontier, leaf_hash, node_hash, sha256
from core import crypto

# The leaves and roots that implementations of RFC 6962 and RFC 9162 have shared for years.
LEAVES = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
KNOWN = [leaf_hash(bytes.fromhex(leaf)) for leaf in LEAVES]
MANY = [leaf_hash(bytes([n])) for n in range(70)]

sizes = st.integers(min_value=1, max_value=70)


def defined(leaves: list[bytes]) -> bytes:
    """The definition of RFC 9162, section 2.1.1, word for word."""
    if not leaves:
        return sha256(b"")
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return node_hash(defined(leaves[:k]), defined(leaves[k:]))


@pytest.mark.parametrize("size", range(9))
def test_the_known_roots_of_no_leaf_to_eight(size: int) -> None:
    assert merkle.root_of(KNOWN[:size]).hex() == ROOTS[size]


@given(size=st.integers(min_value=0, max_value=70))
def test_any_root_is_the_one_of_the_definition(size: int) -> None:
    assert merkle.root_of(MANY[:size]) == defined(MANY[:size])


def test_the_proof_of_the_fourth_of_seven_by_hand() -> None:
    """RFC 9162, 2.1.5: the path of d3 is c, g, l; here in the letters' values."""
    a, b, c, d, e, f, j = KNOWN[:7]
    g, i = node_hash(a, b), node_hash(e, f)
    assert merkle.inclusion(KNOWN[:7], 3, 7) == [c, g, node_hash(i, j)]
    assert merkle.inclusion(KNOWN[:7], 6, 7) == [i, node_hash(g, node_hash(c, d))]


def test_the_proofs_between_trees_by_hand() -> None:
    """RFC 9162, 2.1.5: from three leaves to seven, from four, and from six."""
    a, b, c, d, e, f, j = KNOWN[:7]
    g, h, i = node_hash(a, b), node_hash(c, d), node_hash(e, f)
    k, last = node_hash(g, h), node_hash(i, j)
    assert merkle.consistency(KNOWN[:7], 3, 7) == [c, d, g, last]
    assert merkle.consistency(KNOWN[:7], 4, 7) == [last]
    assert merkle.consistency(KNOWN[:7], 6, 7) == [i, j, k]
    assert merkle.consistency(KNOWN[:7], 7, 7) == []


@given(size=sizes, data=st.data())
def test_every_leaf_is_proven_and_no_other_is(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(min_value=0, max_value=size - 1))
    other = data.draw(st.integers(min_value=0, max_value=size - 1))
    root = merkle.root_of(MANY[:size])
    proof = merkle.inclusion(MANY[:size], index, size)
    assert merkle.verify_inclusion(MANY[index], index, size, proof=proof, root=root)
    for leaf, at in ((MANY[other], index), (MANY[index], other)):
        proven = merkle.verify_inclusion(leaf, at, size, proof=proof, root=root)
        assert proven == (other == index)


@given(second=sizes, data=st.data())
def test_every_beginning_is_proven_and_no_rewriting_is(second: int, data: st.DataObject) -> None:
    first = data.draw(st.integers(min_value=1, max_value=second))
    at = data.draw(st.integers(min_value=0, max_value=first - 1))
    before, after = merkle.root_of(MANY[:first]), merkle.root_of(MANY[:second])
    proof = merkle.consistency(MANY[:second], first, second)
    rewritten = MANY[:second]
    rewritten[at] = leaf_hash(b"something else")
    forged = merkle.root_of(rewritten)
    forged_proof = merkle.consistency(rewritten, first, second)

    def consistent(old: bytes, new: bytes, shown: list[bytes]) -> bool:
        return merkle.verify_consistency(
            first, second, first_root=old, second_root=new, proof=shown
        )

    assert consistent(before, after, proof)
    assert not consistent(before, forged, proof)
    assert not consistent(before, forged, forged_proof)
    assert not consistent(forged, after, proof)
    for n in range(len(proof)):
        assert not consistent(before, after, [*proof[:n], bytes(32), *proof[n + 1 :]])


def test_a_proof_of_another_length_proves_nothing() -> None:
    root, proof = merkle.root_of(KNOWN), merkle.inclusion(KNOWN, 3, 8)
    for wrong in (proof[:-1], [*proof, bytes(32)]):
        assert not merkle.verify_inclusion(KNOWN[3], 3, 8, proof=wrong, root=root)
    between = merkle.consistency(KNOWN, 6, 8)
    before = merkle.root_of(KNOWN[:6])
    for wrong in (between[:-1], [*between, bytes(32)]):
        assert not merkle.verify_consistency(6, 8, first_root=before, second_root=root, proof=wrong)


def test_places_outside_the_tree_are_neither_proven_nor_believed() -> None:
    with pytest.raises(ValueError, match="there is no leaf 8 in a tree of 8"):
        merkle.inclusion(KNOWN, 8, 8)
    with pytest.raises(ValueError, match="a tree of 0 does not begin one of 8"):
        merkle.consistency(KNOWN, 0, 8)
    with pytest.raises(ValueError, match="a tree of 8 has no node over 6 to 9"):
        merkle.nodes(KNOWN, [(6, 9)])
    root = merkle.root_of(KNOWN)
    assert not merkle.verify_inclusion(KNOWN[0], 8, 8, proof=[], root=root)
    assert not merkle.verify_inclusion(KNOWN[0], -1, 8, proof=[], root=root)
    for first, second in ((0, 8), (9, 8)):
        assert not merkle.verify_consistency(
            first, second, first_root=root, second_root=root, proof=[]
        )


@given(size=sizes)
def test_a_tree_that_was_stored_grows_as_if_it_never_had_been(size: int) -> None:
    first = Frontier()
    for leaf in MANY[:size]:
        first.add(leaf)
    again = Frontier.read(size, first.stored())
    for leaf in MANY[size:]:
        again.add(leaf)
    assert again.root() == defined(MANY)


def test_a_frontier_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="64 bytes are not the frontier of 7 leaves"):
        Frontier.read(7, bytes(64))


def test_both_ways_to_grow_are_one() -> None:
    added, pushed = Frontier(), Frontier()
    ends = []
    for leaf in MANY:
        added.add(leaf)
        ends += [at for at, _node in pushed.push(leaf)]
        assert (added.size, added.peaks) == (pushed.size, pushed.peaks)
    assert len(ends) == len(set(ends)) == 70 + 35 + 17 + 8 + 4 + 2 + 1
    assert all(low < high for low, high in ends)
    assert all(a[1] <= b[1] for a, b in pairwise(ends))


def test_a_tree_is_of_the_hash_it_is_told() -> None:
    """Two leaves in SM3, by hand."""
    sm3 = crypto.digester("sm3")
    left, right = sm3(b"\x00a"), sm3(b"\x00b")
    assert merkle.root_of([leaf_hash(b"a", sm3), leaf_hash(b"b", sm3)], sm3) == sm3(
        b"\x01" + left + right
    )
