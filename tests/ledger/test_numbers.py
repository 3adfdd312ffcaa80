import datetime as dt

import pytest

from ledger import numbers


@pytest.mark.parametrize(
    ("cell", "no", "title"),
    [
        ("（一）贯彻不力", "（一）", "贯彻不力"),
        ("(一) 贯彻不力", "(一)", "贯彻不力"),
        ("（ 一 ）贯彻不力", "（一）", "贯彻不力"),
        ("一、贯彻不力", "一", "贯彻不力"),
        ("十二、贯彻不力", "十二", "贯彻不力"),
        ("1.贯彻不力", "1", "贯彻不力"),
        ("1、贯彻不力", "1", "贯彻不力"),
        ("1 贯彻不力", "1", "贯彻不力"),
        ("1-1贯彻不力", "1-1", "贯彻不力"),
        ("1-1.贯彻不力", "1-1", "贯彻不力"),
        ("2-10 贯彻不力", "2-10", "贯彻不力"),
        ("1.1贯彻不力", "1.1", "贯彻不力"),
        ("1.10 贯彻不力", "1.10", "贯彻不力"),
        ("（1）贯彻不力", "（1）", "贯彻不力"),
        ("（一）1.贯彻不力", "（一）1", "贯彻不力"),
        ("（一）3个项目未完成", "（一）", "3个项目未完成"),
        ("①贯彻不力", "①", "贯彻不力"),
        ("3.2公里管网未完成", "", "3.2公里管网未完成"),
        ("2023年项目未完成", "", "2023年项目未完成"),
        ("10个项目未完成", "", "10个项目未完成"),
        ("一些项目未完成", "", "一些项目未完成"),
        ("“放管服”不到位", "", "“放管服”不到位"),
        ("（一）", "", "（一）"),
    ],
)
def test_the_number_is_taken_off_the_title(cell: str, no: str, title: str) -> None:
    assert numbers.split(cell) == (no, title)


@pytest.mark.parametrize(
    ("value", "previous", "no", "doubts"),
    [
        (1.0, "", "1", 0),
        (12.0, "11", "12", 0),
        (1.1, "", "1.1", 0),
        (1.2, "1.1", "1.2", 0),
        (2.1, "1.9", "2.1", 0),
        (1.1, "1.9", "1.10", 1),
        (1.2, "1.19", "1.20", 1),
        (1.1, "1.5", "1.1", 1),
        (1.11, "1.10", "1.11", 0),
    ],
)
def test_a_number_cell_may_have_lost_its_zero(
    value: float, previous: str, no: str, doubts: int
) -> None:
    found, doubted = numbers.from_float(value, previous)

    assert (found, len(doubted)) == (no, doubts)


def test_a_number_that_became_a_date_is_read_back_and_doubted() -> None:
    found, doubts = numbers.from_date(dt.date(2026, 1, 2))

    assert found == "1-2"
    assert [doubt.severity for doubt in doubts] == ["ask"]


@pytest.mark.parametrize(
    ("parent", "child", "joined"),
    [
        ("（一）", "1", "（一）1"),
        ("1", "2", "1-2"),
        ("一", "2", "一-2"),
        ("1-1", "（2）", "1-1（2）"),
        ("1", "①", "1①"),
    ],
)
def test_a_childs_number_is_joined_to_its_parents(parent: str, child: str, joined: str) -> None:
    assert numbers.within(parent, child) == joined


def test_a_missing_number_is_the_next_that_is_free() -> None:
    assert numbers.missing({"1", "2"}, 2) == "3"
    assert numbers.missing({"1"}, 2) == "2"
