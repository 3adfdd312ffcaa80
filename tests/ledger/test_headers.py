"""Which column means what."""

import pytest

from ledger.headers import meaning
from tests.ledger.books import draft, tree


@pytest.mark.parametrize(
    ("words", "column"),
    [
        ("序号", "number"),
        ("编 号", "number"),
        ("方面序号", "aspect_no"),
        ("问题编号", "problem_no"),
        ("具体问题序号", "item_no"),
        ("措施序号", "measure_no"),
        ("问题类别", "aspect"),
        ("存在问题方面", "aspect"),
        ("问题", "problem"),
        ("反馈问题", "problem"),
        ("巡察反馈的主要问题", "problem"),
        ("反馈意见", "problem"),
        ("具体问题", "item"),
        ("具体表现", "item"),
        ("整改措施", "measures"),
        ("整改\n措施", "measures"),
        ("措施", "measures"),
        ("整改目标", "target"),
        ("完成标准", "criterion"),
        ("整改时限", "deadline"),
        ("完成时限", "deadline"),
        ("完成时间", "deadline"),
        ("责任领导", "leaders"),
        ("分管领导", "leaders"),
        ("责任科室", "sections"),
        ("责任单位", "sections"),
        ("责任部门", "sections"),
        ("责任单位及责任人", "sections"),
        ("责任单位/责任人", "sections"),
        ("牵头科室", "lead"),
        ("牵头单位", "lead"),
        ("配合科室", "support"),
        ("配合部门（单位）", "support"),
        ("责任人", "assignees"),
        ("承办人", "assignees"),
        ("进展", "status"),
        ("完成情况", "status"),
        ("整改情况", "status"),
        ("整改进展情况", "status"),
        ("状态", "status"),
        ("备注", "remark"),
        ("佐证材料", "evidence"),
        ("预算科目", None),
        ("关于进一步加强整改工作的若干具体问题", None),
        ("", None),
    ],
)
def test_header_words_are_known(words: str, column: str | None) -> None:
    assert meaning(words) == column


def test_three_header_rows_with_merges() -> None:
    whole = draft(
        ["某局整改台账"],
        ["填报单位：某局", "", "", "", "", "", "填报日期：2023年3月1日"],
        ["序号", "反馈问题", "", "", "整改落实", "", "", ""],
        ["", "类别", "问题", "", "措施", "责任", "", "时限"],
        ["", "", "序号", "内容", "", "牵头", "配合", ""],
        ["1", "（一）甲", "1-1", "乙", "丙", "办公室", "财务科", "长期坚持"],
        merges=["A1:H1", "A3:A5", "B3:D3", "E3:H3", "B4:B5", "C4:D4", "E4:E5", "F4:G4", "H4:H5"],
    )

    assert whole.title == "某局整改台账"
    assert whole.header_rows == (3, 5)
    assert tree(whole)[0][2] == [("1-1", "乙", [("1-1", "乙", ["丙"])])]
    assert (whole.items[0].lead, whole.items[0].support) == (["办公室"], ["财务科"])


def test_two_header_rows_without_merges_and_a_row_that_counts_columns() -> None:
    whole = draft(
        ["附件1"],
        ["某局整改台账"],
        ["序号", "方面", "问题", "整改措施", "责任落实"],
        ["", "", "", "", "责任领导", "责任科室"],
        ["1", "2", "3", "4", "5", "6"],
        ["1", "（一）甲", "乙", "丙", "周明", "办公室"],
    )

    assert whole.title == "某局整改台账"
    assert (whole.header_rows, whole.data_rows) == ((3, 5), (6, 6))
    assert whole.items[0].leaders == ["周明"]


def test_item_columns_without_a_problem_column_are_the_problems() -> None:
    whole = draft(["方面", "具体问题序号", "具体问题", "措施"], ["（一）甲", "1", "乙", "做"])

    assert tree(whole) == [("（一）", "甲", [("1", "乙", [("1", "乙", ["做"])])])]
    assert not whole.has_items
