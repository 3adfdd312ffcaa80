"""A text of criteria taken apart, only where it can be read one way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.criteria import pieces, told


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ()),
        (" \n；", ()),
        ("验收合格", ("验收合格",)),
        ("全亮\n逐月登记", ("全亮", "逐月登记")),
        ("全亮；逐月登记；", ("全亮", "逐月登记")),
        ("1. 全亮\n2. 逐月登记", ("全亮", "逐月登记")),
        ("①全亮；②逐月登记", ("全亮", "逐月登记")),
        ("（1）全亮；（2）逐月登记", ("全亮", "逐月登记")),
        ("1）全亮\n2）登记\n3）合格", ("全亮", "登记", "合格")),
        # Ambiguous: it stays as it is written.
        ("台账齐全（照片；视频）；合格", ("台账齐全（照片；视频）", "合格")),
        ("1. 全亮\n3. 登记", ("1. 全亮", "3. 登记")),
        ("1. 全亮", ("1. 全亮",)),
        ("1.5米以内；2.5米以外", ("1.5米以内", "2.5米以外")),
        ("1. \n2. 登记", ("1.", "2. 登记")),
        ("甲（；乙", ("甲（", "乙")),
    ],
)
def test_lines_semicolons_and_marks_divide(text: str, found: tuple[str, ...]) -> None:
    assert pieces(text) == found


@given(st.text(st.sampled_from("甲1.、；;（）()①②“”\n "), max_size=14))
def test_what_was_taken_apart_is_put_together_and_taken_apart_the_same(text: str) -> None:
    found = pieces(text)
    assert pieces(told(found)) == found
