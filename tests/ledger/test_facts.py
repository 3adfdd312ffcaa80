"""What the columns say of one item."""

import datetime as dt

import pytest

from tests.ledger.books import PLAIN_HEADER, PLAIN_ROW, doubted, draft, plain


def test_a_blank_leader_is_taken_from_above_and_doubted() -> None:
    whole = draft(
        ["序号", "方面", "问题", "措施", "时限", "责任领导", "责任科室", "配合科室"],
        ["1", "（一）甲", "乙", "一措施", "立行立改", "周明", "办公室", "财务科"],
        ["2", "", "丙", "二措施", "同上", "", "〃", ""],
        ["3", "（二）丁", "戊", "三措施", "", "", "", ""],
    )

    assert whole.items[1].leaders == ["周明"]
    assert whole.items[1].lead == ["办公室"]
    assert whole.items[1].support == []
    assert whole.items[1].deadline.kind == "immediate"
    assert whole.items[2].leaders == []
    assert whole.items[2].deadline.raw == ""
    assert doubted(whole.doubts) == [("F3", "ask"), ("E4", "ask")]


def test_a_dash_is_nobody_and_is_not_taken_from_above() -> None:
    whole = draft(
        ["序号", "方面", "问题", "措施", "时限", "责任领导"],
        ["1", "（一）甲", "乙", "一措施", "立行立改", "/"],
        ["2", "", "丙", "二措施", "立行立改", ""],
    )

    assert [item.leaders for item in whole.items] == [[], []]
    assert whole.doubts == []


def test_columns_that_are_not_known_are_doubted_when_they_hold_something() -> None:
    whole = draft(
        [*PLAIN_HEADER, "预算科目", "问题来源地", "", "佐证材料", "整改时限"],
        [*PLAIN_ROW, "三公", "", "随手记", "见附件", "2024年"],
    )

    assert doubted(whole.doubts) == [("I1", "ask"), ("K1", "ask"), ("L1", "ask"), ("M1", "ask")]
    assert "预算科目" in whole.doubts[0].text
    assert "K" in whole.doubts[1].text


HEADER = ["序号", "方面", "问题", "整改措施", "完成标准"]


def test_criteria_beside_their_measures_are_numbered_like_them() -> None:
    whole = draft(
        HEADER,
        ["1", "（一）甲", "乙", "修灯", "全亮"],
        ["", "", "", "建账", ""],
        ["", "", "", "培训", "全员\n合格"],
        merges=["A2:A4", "B2:B4", "C2:C4"],
    )
    assert whole.items[0].measures == ["修灯", "建账", "培训"]
    assert whole.items[0].criterion == "1. 全亮\n3. 全员；合格"


def test_one_criterion_cell_beside_several_measures_holds_as_it_is_written() -> None:
    whole = draft(
        HEADER,
        ["1", "（一）甲", "乙", "修灯", "全亮"],
        ["", "", "", "建账", ""],
        merges=["A2:A3", "B2:B3", "C2:C3", "E2:E3"],
    )
    assert whole.items[0].criterion == "全亮"


def test_target_criterion_remark_and_progress_are_kept() -> None:
    whole = draft(
        ["序号", "方面", "问题", "措施", "整改目标", "完成标准", "进展", "备注"],
        ["1", "（一）甲", "乙", "丙", "清零", "验收", "整改中（2/3）", "重点"],
    )

    item = whole.items[0]
    assert (item.target, item.criterion, item.remark) == ("清零", "验收", "重点")
    assert (item.status, item.progress) == ("整改中", "整改中（2/3）")


@pytest.mark.parametrize(
    ("cell", "status", "progress", "doubts"),
    [
        (0.9, "基本完成", "90%", []),
        (True, "已完成", "√", []),
        ("—", "", "", []),
        ("", "", "", []),
        ("已完成", "已完成", "", []),
        ("印发制度3项，追回5万元", "", "印发制度3项，追回5万元", [("H2", "ask")]),
    ],
)
def test_progress_cells(
    cell: object, status: str, progress: str, doubts: list[tuple[str, str]]
) -> None:
    item, whole = plain(完成情况=cell)

    assert (item.status, item.progress) == (status, progress)
    assert doubted(whole.doubts) == doubts


def test_deadline_doubts_stand_at_their_cell() -> None:
    item, whole = plain(整改时限="2023年2月30日")

    assert item.deadline.date is None
    assert doubted(whole.doubts) == [("G2", "error")]
    assert whole.errors == whole.doubts


def test_the_year_of_the_round_is_taken() -> None:
    item, whole = plain(year=2023, 整改时限="6月底前")

    assert item.deadline.date == dt.date(2023, 6, 30)
    assert doubted(whole.doubts) == [("G2", "ask")]


def test_measures_with_deadlines_of_their_own_are_doubted() -> None:
    whole = draft(
        ["序号", "方面", "问题", "措施", "时限", "责任人"],
        ["1", "（一）甲", "乙", "做一", "2023年3月", "周明"],
        ["", "", "", "做二", "2023年9月", "吴海"],
        ["", "", "", "做三", "2023年3月", "周明"],
    )

    assert whole.items[0].deadline.date == dt.date(2023, 3, 31)
    assert whole.items[0].assignees == ["周明", "吴海"]
    assert doubted(whole.doubts) == [("E3", "ask")]


def test_people_behind_sections_become_assignees() -> None:
    item, _whole = plain(责任科室="市政科（张三）（牵头）、规划科（李四）")

    assert (item.lead, item.support, item.assignees) == (["市政科"], ["规划科"], ["张三", "李四"])


def test_a_lead_column_beside_a_column_for_everybody() -> None:
    whole = draft(
        ["序号", "方面", "问题", "措施", "牵头科室", "责任单位"],
        ["1", "（一）甲", "乙", "丙", "办公室", "办公室、财务科"],
    )

    assert (whole.items[0].lead, whole.items[0].support) == (["办公室"], ["财务科"])


def test_cells_of_other_kinds_are_read_as_they_look() -> None:
    whole = draft(
        [*PLAIN_HEADER, "备注"],
        [dt.date(2026, 1, 1), "（一）甲", 2023, 12.5, dt.time(9, 30), "办公室", dt.datetime(2023, 6, 30, 8), "", dt.date(2023, 1, 2)],  # noqa: DTZ001, E501 cells know no zone
    )  # fmt: skip

    item = whole.items[0]
    assert (item.no, item.title, item.measures) == ("1-1", "2023", ["12.5"])
    assert (item.leaders, item.remark) == (["09:30:00"], "2023年1月2日")
    assert item.deadline.date == dt.date(2023, 6, 30)
    assert doubted(whole.doubts) == [("A2", "ask")]
