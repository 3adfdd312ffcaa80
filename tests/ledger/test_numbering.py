"""Numbers over a whole ledger: kept, given, made unique, doubted."""

from tests.ledger.books import doubted, draft, tree


def test_items_without_numbers_are_numbered_within_their_problem() -> None:
    whole = draft(
        ["序号", "方面", "问题", "具体问题", "措施", "时限"],
        ["1", "（一）甲", "乙", "丙", "做一", "立行立改"],
        ["", "", "", "丁", "做二", ""],
        ["2", "", "戊", "己", "做三", "立行立改"],
    )

    assert [i.no for i in whole.items] == ["1-1", "1-2", "2-1"]
    assert whole.items[1].deadline.kind == "immediate"
    assert doubted(whole.doubts) == [("D2", "ask")]


def test_floats_that_lost_their_zero_in_the_number_column() -> None:
    rows = [[float(f"1.{n}"), "", f"问题{n}", "做"] for n in range(1, 10)]
    rows[0][1] = "（一）甲"
    whole = draft(["序号", "方面", "问题", "措施"], *rows, [1.1, "", "问题十", "做"])

    assert [item.no for item in whole.items] == [*(f"1.{n}" for n in range(1, 10)), "1.10"]
    assert doubted(whole.doubts) == [("A11", "ask")]


def test_numbers_that_begin_anew_get_their_aspects_before_them() -> None:
    whole = draft(
        ["序号", "方面", "问题", "措施"],
        [1, "（一）甲", "乙", "做"],
        [2, "", "丙", "做"],
        [1, "（二）丁", "戊", "做"],
    )

    assert [item.no for item in whole.items] == ["（一）1", "（一）2", "（二）1"]
    assert doubted(whole.doubts) == [("A4", "ask")]


def test_a_number_used_twice_is_an_error() -> None:
    whole = draft(
        ["序号", "方面", "问题", "措施"],
        ["1", "（一）甲", "乙", "做"],
        ["2", "", "丙", "做"],
        ["1", "", "丁", "做"],
    )

    assert [item.no for item in whole.items] == ["1", "2", "1"]
    assert doubted(whole.doubts) == [("A4", "error")]


def test_missing_numbers_are_given_and_doubted() -> None:
    whole = draft(
        ["序号", "方面", "问题", "措施"],
        ["1", "（一）甲", "乙", "做"],
        ["", "", "丙", "做"],
        ["3", "", "丁", "做"],
    )

    assert [item.no for item in whole.items] == ["1", "2", "3"]
    assert doubted(whole.doubts) == [("A3", "ask")]


def test_a_ledger_without_any_number_is_doubted_once() -> None:
    whole = draft(
        ["方面", "问题", "措施"], ["甲", "乙", "做"], ["", "丙", "做"], ["丁", "戊", "做"]
    )

    assert [(a.no, [p.no for p in a.problems]) for a in whole.aspects] == [
        ("1", ["1", "2"]),
        ("2", ["3"]),
    ]
    assert doubted(whole.doubts) == [("A2", "ask"), ("B2", "ask")]


def test_a_number_column_beside_the_measures_keeps_them_whole() -> None:
    whole = draft(
        ["问题序号", "方面", "问题", "措施序号", "措施"],
        ["1", "（一）甲", "乙", "1", "一是做。二是再做。"],
        ["", "", "", "2", "2.做"],
    )

    assert whole.items[0].measures == ["一是做。二是再做。", "2.做"]


def test_plain_number_columns_belong_to_what_stands_right_of_them() -> None:
    whole = draft(
        ["序号", "方面", "序号", "问题", "序号", "措施", "序号"],
        [1, "甲", 1, "乙", 1, "一是做。二是再做。", 7],
    )

    assert tree(whole) == [("1", "甲", [("1", "乙", [("1", "乙", ["一是做。二是再做。"])])])]
    assert doubted(whole.doubts) == [("G1", "ask")]


def test_a_given_item_number_does_not_clash_with_those_that_stand() -> None:
    whole = draft(
        ["序号", "方面", "问题", "具体问题序号", "具体问题", "措施"],
        ["1", "（一）甲", "乙", "1-2", "丙", "做一"],
        ["", "", "", "", "丁", "做二"],
    )

    assert [item.no for item in whole.items] == ["1-2", "1-3"]
