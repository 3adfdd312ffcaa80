"""The bytes of an event: any JSON library agrees on them, and what it could not is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit import canonical

WHOLE = st.integers(min_value=-(2**53) + 1, max_value=2**53 - 1)
KEYS = st.text(alphabet=st.characters(max_codepoint=127), max_size=8)
TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=12)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | WHOLE | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(KEYS, VALUES, max_size=5))
def test_the_standard_library_writes_the_same_bytes(value: dict[str, Any]) -> None:
    by_stdlib = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert canonical.encode(value) == by_stdlib.encode()


@given(st.dictionaries(KEYS, VALUES, max_size=5))
def test_what_was_written_is_read_back_as_it_was(value: dict[str, Any]) -> None:
    assert canonical.decode(canonical.encode(value)) == value


def test_keys_are_sorted_and_chinese_stays_as_it_is() -> None:
    assert canonical.encode({"b": ["路灯", None], "a": {"d": 1, "c": True}}) == (
        '{"a":{"c":true,"d":1},"b":["路灯",null]}'.encode()
    )


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        float("nan"),
        2**53,
        -(2**53),
        {"键": 1},
        {1: "a"},
        {"a": {"b": [0.5]}},
        ("fine", 1.5),
        b"bytes",
        {1, 2},
        object(),
    ],
)
def test_what_libraries_disagree_on_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"2\^53|ASCII|no canonical form"):
        canonical.encode({"a": value})


def test_the_largest_whole_numbers_that_every_library_reads_are_taken() -> None:
    assert canonical.encode({"a": 2**53 - 1}) == b'{"a":9007199254740991}'


@pytest.mark.parametrize(
    "data",
    [
        b'{"b":1,"a":2}',
        b'{"a": 1}',
        b'{"a":1.0}',
        b'{"a":"\\u8def"}',
        b'{"a":1,"a":1}',
        b"[1]",
        b"{",
        b'{"a":9007199254740992}',
    ],
)
def test_bytes_that_are_not_canonical_are_not_read(data: bytes) -> None:
    with pytest.raises(ValueError):
        canonical.decode(data)
