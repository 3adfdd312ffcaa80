"""A cell of completion criteria taken apart for its measures, and put together again."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ledger import criteria
from workflows.criteria import pieces, told


@pytest.mark.parametrize(
    ("text", "measures", "found"),
    [
        ("验收合格", 2, ("验收合格", "验收合格")),
        ("面积达标\n台账齐全", 1, ("面积达标；台账齐全",)),
        ("1. 全亮\n2. 逐月登记", 2, ("全亮", "逐月登记")),
        ("1.全亮\n3、合格\n一人一档", 3, ("全亮", "", "合格；一人一档")),
        ("2．逐月登记", 2, ("", "逐月登记")),
        ("1.20处开放\n2.95%以上", 2, ("20处开放", "95%以上")),
        # Not numbers of measures: it holds for all of them, as it is written.
        ("1.5米以内", 2, ("1.5米以内", "1.5米以内")),
        ("标准：\n1. 全亮", 1, ("标准：；1. 全亮",)),
        ("2. 后\n1. 前", 2, ("", "后；1. 前")),
        # More numbers than measures: they count the criteria of each.
        ("1. 全亮\n2. 登记", 1, ("全亮；登记",)),
        ("1. 全亮；抽查合格\n2. 登记", 2, ("全亮；抽查合格", "登记")),
        ("", 2, ()),
        (" \n", 2, ()),
        ("验收合格", 0, ()),
    ],
)
def test_numbered_lines_go_to_their_measures_and_other_text_to_every_one(
    text: str, measures: int, found: tuple[str, ...]
) -> None:
    assert criteria.split(text, measures) == found


@pytest.mark.parametrize(
    ("each", "cell"),
    [
        (("验收合格", "验收合格"), "验收合格"),
        (("验收合格",), "验收合格"),
        (("全亮", ""), "1. 全亮"),
        (("", "登记", "合格"), "2. 登记\n3. 合格"),
        (("1. 全亮", "1. 全亮"), "1. 1. 全亮\n2. 1. 全亮"),
        (("", ""), ""),
        ((), ""),
    ],
)
def test_what_holds_for_all_is_written_once_and_the_rest_by_number(
    each: tuple[str, ...], cell: str
) -> None:
    assert criteria.joined(each) == cell


LINES = st.builds(
    lambda start, rest: f"{start}{rest}".strip(),
    st.sampled_from(["", "1. ", "2.", "3、", "1.5", "2026年"]),
    st.text(st.sampled_from("甲乙 1.、；（）①②"), max_size=6),
)


@given(st.lists(LINES, min_size=1, max_size=4).filter(any))
def test_what_was_put_together_is_taken_apart_the_same(each: list[str]) -> None:
    lines = [told(pieces(words)) for words in each]
    assume(any(lines))
    assert criteria.split(criteria.joined(lines), len(lines)) == tuple(lines)
