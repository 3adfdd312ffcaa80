"""Ledgers as offices lay them out."""

import datetime as dt

from ledger import as_json
from tests.ledger.books import PLAIN_HEADER, PLAIN_ROW, doubted, draft, plain, tree

AB = ("（一）", "甲")


def test_a_plain_ledger() -> None:
    item, whole = plain()

    assert tree(whole) == [("（一）", "甲", [("1-1", "乙", [("1-1", "乙", ["丙"])])])]
    assert (item.leaders, item.lead, item.support) == (["周明"], ["办公室"], [])
    assert (item.deadline.date, item.status) == (dt.date(2023, 6, 30), "未完成")
    assert whole.doubts == []
    assert (whole.header_rows, whole.data_rows, whole.sheet) == ((1, 1), (2, 2), "台账")


def test_blank_cells_mean_the_same_as_above() -> None:
    whole = draft(
        ["序号", "方面", "问题", "措施", "时限", "责任人"],
        ["1-1", "（一）甲", "乙", "一措施", "立行立改", "周明"],
        ["", "", "", "二措施"],
        ["1-2", "", "丙", "三措施", "长期坚持", "吴海"],
        ["2-1", "（二）丁", "戊", "四措施", "长期坚持", "吴海"],
    )

    assert tree(whole) == [
        (
            *AB,
            [
                ("1-1", "乙", [("1-1", "乙", ["一措施", "二措施"])]),
                ("1-2", "丙", [("1-2", "丙", ["三措施"])]),
            ],
        ),
        ("（二）", "丁", [("2-1", "戊", [("2-1", "戊", ["四措施"])])]),
    ]
    assert whole.doubts == []


def test_repeated_cells_mean_the_same_too() -> None:
    whole = draft(
        ["序号", "方面", "问题", "措施", "时限"],
        ["1", "（一）甲", "乙", "一措施", "立行立改"],
        ["1", "（一）甲", "乙", "二措施", "立行立改"],
        ["2", "（一）甲", "丙", "三措施", "立行立改"],
    )

    assert [p[:2] for p in tree(whole)[0][2]] == [("1", "乙"), ("2", "丙")]
    assert whole.items[0].measures == ["一措施", "二措施"]
    assert whole.doubts == []


def test_a_ledger_with_items() -> None:
    whole = draft(
        ["方面", "序号", "问题", "序号", "具体问题", "整改措施", "整改时限"],
        ["一、甲", 1, "乙", "（1）", "丙", "1.做一 2.做二", "2023年3月"],
        ["", "", "", "（2）", "丁", "做三", "2023年9月"],
        ["", 2, "戊", "（1）", "己", "做四", "立行立改"],
        ["", 3, "庚", "", "", "做五", "长期坚持"],
        merges=["A2:A5", "B2:B3", "C2:C3"],
    )

    assert tree(whole) == [
        (
            "一",
            "甲",
            [
                ("1", "乙", [("1（1）", "丙", ["做一", "做二"]), ("1（2）", "丁", ["做三"])]),
                ("2", "戊", [("2（1）", "己", ["做四"])]),
                ("3", "庚", [("3", "庚", ["做五"])]),
            ],
        )
    ]
    problem = as_json(whole)["aspects"][0]["problems"][0]
    assert problem["measures"] == ["做一", "做二", "做三"]
    assert problem["deadline"]["date"] == "2023-09-30"
    assert [item["measures"] for item in problem["items"]] == [["做一", "做二"], ["做三"]]
    assert doubted(whole.doubts) == [("D4", "ask")]


def test_an_aspect_merged_over_two_columns_of_problems_and_shared_cells() -> None:
    whole = draft(
        ["序号", "方面", "问题", "措施", "时限", "责任领导"],
        ["1", "（一）甲", "乙", "共同措施", "2023年6月", "周明"],
        ["2", "", "丙"],
        merges=["B2:B3", "D2:D3", "E2:E3", "F2:F3"],
    )

    assert [item.measures for item in whole.items] == [["共同措施"], ["共同措施"]]
    assert [item.leaders for item in whole.items] == [["周明"], ["周明"]]
    assert whole.items[1].cells["leaders"] == "F2"
    assert whole.doubts == []


def test_rows_across_the_sheet_are_aspects() -> None:
    whole = draft(
        ["序号", "问题", "整改措施", "整改时限"],
        ["（一）甲"],
        ["1", "乙", "做一", "立行立改"],
        ["（二）丙"],
        ["2", "丁", "做二", "立行立改"],
        merges=["A2:D2", "A4:D4"],
    )

    assert tree(whole) == [
        ("（一）", "甲", [("1", "乙", [("1", "乙", ["做一"])])]),
        ("（二）", "丙", [("2", "丁", [("2", "丁", ["做二"])])]),
    ]
    assert whole.aspects[1].cells == {"title": "A4"}
    assert whole.data_rows == (2, 5)
    assert whole.doubts == []


def test_lone_cells_numbered_like_aspects_are_aspects() -> None:
    whole = draft(
        ["序号", "问题", "整改措施", "整改时限"],
        ["一、甲"],
        ["1", "乙", "做一", "立行立改"],
        ["", "", "做二"],
    )

    assert tree(whole) == [("一", "甲", [("1", "乙", [("1", "乙", ["做一", "做二"])])])]


def test_problems_numbered_like_aspects_are_the_aspects() -> None:
    whole = draft(
        ["反馈问题", "序号", "具体问题", "整改措施", "整改时限"],
        ["（一）甲", "1", "乙", "做一", "立行立改"],
        ["", "2", "丙", "做二", "立行立改"],
        ["（二）丁", "3", "戊", "做三", "立行立改"],
    )

    assert [(a.no, [p.no for p in a.problems]) for a in whole.aspects] == [
        ("（一）", ["1", "2"]),
        ("（二）", ["3"]),
    ]
    assert doubted(whole.doubts) == [("A1", "ask")]


def test_a_ledger_without_aspects_has_one() -> None:
    whole = draft(["序号", "问题", "措施"], ["1", "乙", "丙"])

    assert [(a.no, a.title) for a in whole.aspects] == [("1", "全部问题")]
    assert doubted(whole.doubts) == [("", "ask")]


def test_problems_and_items_without_any_aspect() -> None:
    whole = draft(
        ["序号", "问题", "具体表现", "措施"],
        ["1", "乙", "丙", "做一"],
        ["2", "", "丁", "做二"],
    )

    assert tree(whole)[0][2] == [("1", "乙", [("1", "丙", ["做一"]), ("2", "丁", ["做二"])])]


def test_notes_signatures_totals_and_repeated_headers_are_not_data() -> None:
    whole = draft(
        PLAIN_HEADER,
        PLAIN_ROW,
        PLAIN_HEADER,
        ["1-2", "", "丁", "戊", "周明", "办公室", "长期坚持", "已完成"],
        ["合计", "", "2"],
        [],
        ["注：长期坚持的每半年报送一次。"],
        ["填表人：", "", "", "审核人：", "", "", "联系电话：123"],
        ["某局党组（盖章）"],
    )

    assert [item.no for item in whole.items] == ["1-1", "1-2"]
    assert whole.data_rows == (2, 4)
    assert doubted(whole.doubts) == [("A5", "ask")]


def test_a_measure_that_looks_like_a_note_stays_a_measure() -> None:
    whole = draft(
        PLAIN_HEADER, PLAIN_ROW, ["", "", "", "说明：逐户上门"], ["", "", "", "责任单位：自查"]
    )

    assert whole.items[0].measures == ["丙", "说明：逐户上门", "责任单位：自查"]


def test_a_line_across_that_heads_nothing_is_doubted() -> None:
    whole = draft(
        PLAIN_HEADER,
        ["按市委要求分列"],
        PLAIN_ROW,
        ["以上内容已经党组会议审议"],
        merges=["A2:H2", "A4:H4"],
    )

    assert len(whole.items) == 1
    assert doubted(whole.doubts) == [("A2", "ask"), ("A4", "ask")]


def test_an_aspect_may_stand_on_a_row_of_its_own() -> None:
    whole = draft(
        ["序号", "方面", "问题", "措施"],
        ["", "（一）甲"],
        ["1", "", "乙", "丙"],
        ["", "（二）丁"],
    )

    assert [(a.no, len(a.problems)) for a in whole.aspects] == [("（一）", 1), ("（二）", 0)]
    assert doubted(whole.doubts) == [("B4", "ask")]


def test_a_problem_without_a_title_is_an_error() -> None:
    whole = draft(
        ["序号", "方面", "问题", "措施"], ["1", "（一）甲", "乙", "做"], ["2", "", "", "做"]
    )

    assert doubted(whole.doubts) == [("C3", "error")]


def test_rows_across_keep_problems_numbered_like_aspects_problems() -> None:
    whole = draft(
        ["问题", "具体问题", "措施", "时限"],
        ["第一方面"],
        ["（一）乙", "1.丙", "做", "立行立改"],
        merges=["A2:D2"],
    )

    assert tree(whole) == [("1", "第一方面", [("（一）", "乙", [("1", "丙", ["做"])])])]
