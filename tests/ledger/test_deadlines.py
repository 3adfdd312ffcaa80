import datetime as dt

import pytest

from ledger import deadlines
from ledger.draft import Deadline, Kind, Precision

IMMEDIATE: Kind = "immediate"


@pytest.mark.parametrize(
    ("raw", "kind", "date", "precision", "ongoing"),
    [
        ("立行立改", "immediate", None, None, False),
        ("即知即改", "immediate", None, None, False),
        ("立即整改", "immediate", None, None, False),
        ("边查边改", "immediate", None, None, False),
        ("立行立改并长期坚持", "immediate", None, None, True),
        ("立行立改，持续推进", "immediate", None, None, True),
        ("立行立改（2022年9月底前完成）", "immediate", "2022-09-30", "month", False),
        ("长期坚持", "ongoing", None, None, True),
        ("持续推进", "ongoing", None, None, True),
        ("常态化推进", "ongoing", None, None, True),
        ("2022年12月底前", "dated", "2022-12-31", "month", False),
        ("2022年12月底前完成并长期坚持", "dated", "2022-12-31", "month", True),
        ("2024年2月", "dated", "2024-02-29", "month", False),
        ("2024年6月", "dated", "2024-06-30", "month", False),
        ("2022.10", "dated", "2022-10-31", "month", False),
        ("2022-03", "dated", "2022-03-31", "month", False),
        ("2024年上半年", "dated", "2024-06-30", "half", False),
        ("2024年下半年完成", "dated", "2024-12-31", "half", False),
        ("2023年第三季度", "dated", "2023-09-30", "quarter", False),
        ("2023年三季度末", "dated", "2023-09-30", "quarter", False),
        ("2023年内", "dated", "2023-12-31", "year", False),
        ("2023年底前", "dated", "2023-12-31", "year", False),
        ("2023年年底前完成", "dated", "2023-12-31", "year", False),
        ("2023", "dated", "2023-12-31", "year", False),
        ("2023年6月30日前", "dated", "2023-06-30", "day", False),
        ("限期2023年6月30日", "dated", "2023-06-30", "day", False),
        ("2023-06-30", "dated", "2023-06-30", "day", False),
        ("2023/6/30", "dated", "2023-06-30", "day", False),
        ("2023.6.30", "dated", "2023-06-30", "day", False),
        ("20230630", "dated", "2023-06-30", "day", False),
        ("2023年6月中旬", "dated", "2023-06-20", "day", False),
        ("2023年6月上旬前", "dated", "2023-06-10", "day", False),
        ("2023年2月下旬", "dated", "2023-02-28", "day", False),
        ("２０２３年６月３０日前", "dated", "2023-06-30", "day", False),
        ("二〇二三年十二月三十一日前", "dated", "2023-12-31", "day", False),
        ("二○二三年十月", "dated", "2023-10-31", "month", False),
        ("2023 年 6 月", "dated", "2023-06-30", "month", False),
        ("2022年9月-2022年12月", "dated", "2022-12-31", "month", False),
        ("2022年9月至12月", "dated", "2022-12-31", "month", False),
        ("2022年9—12月", "dated", "2022-12-31", "month", False),
        ("2022.9-2022.12", "dated", "2022-12-31", "month", False),
        ("2022年9月1日到2022年9月15日", "dated", "2022-09-15", "day", False),
    ],
)
def test_a_plain_deadline_is_read_without_a_doubt(
    raw: str, kind: Kind, date: str | None, precision: Precision | None, ongoing: bool
) -> None:
    deadline, doubts = deadlines.parse(raw)

    due = dt.date.fromisoformat(date) if date else None
    assert deadline == Deadline(raw=raw, kind=kind, date=due, precision=precision, ongoing=ongoing)
    assert doubts == []


@pytest.mark.parametrize(
    ("raw", "date", "severity"),
    [
        ("", None, "ask"),
        ("限期整改", None, "ask"),
        ("尽快", None, "ask"),
        ("收到反馈之日起3个月内", None, "ask"),
        ("集中整改期内", None, "ask"),
        ("6月底前", None, "ask"),
        ("年底前", None, "ask"),
        ("6月30日前", None, "ask"),
        ("第三季度", None, "ask"),
        ("上半年", None, "ask"),
        ("2023年6月30日前（视资金情况）", "2023-06-30", "ask"),
        ("2023年6月、2023年9月", "2023-09-30", "ask"),
        ("2023年3月，2023年6月，2023年9月", "2023-09-30", "ask"),
        ("2023年2月30日", None, "error"),
        ("2023年13月", None, "error"),
        ("2023年6月31日前", None, "error"),
        ("1823年6月", None, "error"),
        ("二三十月底", None, "ask"),
    ],
)
def test_what_is_not_certain_is_doubted(raw: str, date: str | None, severity: str) -> None:
    deadline, doubts = deadlines.parse(raw)

    assert deadline.date == (dt.date.fromisoformat(date) if date else None)
    assert deadline.raw == raw
    assert [doubt.severity for doubt in doubts] == [severity]


def test_a_missing_year_is_the_rounds_year_and_doubted() -> None:
    deadline, doubts = deadlines.parse("6月底前", year=2023)

    assert (deadline.date, deadline.precision) == (dt.date(2023, 6, 30), "month")
    assert doubts[0].values["year"] == "2023"


def test_a_year_that_is_named_is_not_replaced_by_the_rounds_year() -> None:
    deadline, doubts = deadlines.parse("2022年9月-12月", year=2023)

    assert deadline.date == dt.date(2022, 12, 31)
    assert doubts == []


def test_a_number_that_lost_its_zero_has_two_readings_and_no_date() -> None:
    deadline, doubts = deadlines.parse_number(2022.1)

    assert deadline == Deadline(raw="2022.1")
    assert doubts[0].severity == "ask"
    assert doubts[0].values == {"raw": "2022.1", "october": "2022年10月", "january": "2022年1月"}


@pytest.mark.parametrize(
    ("number", "raw", "date", "doubts"),
    [
        (2022.9, "2022.9", dt.date(2022, 9, 30), 0),
        (2022.12, "2022.12", dt.date(2022, 12, 31), 0),
        (20230630.0, "20230630", dt.date(2023, 6, 30), 0),
        (45107.0, "45107", dt.date(2023, 6, 30), 1),
        (3.0, "3", None, 1),
    ],
)
def test_other_numbers_are_read_as_they_look(
    number: float, raw: str, date: dt.date | None, doubts: int
) -> None:
    deadline, found = deadlines.parse_number(number)

    assert (deadline.raw, deadline.date, len(found)) == (raw, date, doubts)


def test_a_date_cell_is_written_out_in_words() -> None:
    deadline, doubts = deadlines.parse_date(dt.date(2023, 6, 3))

    assert deadline.raw == "2023年6月3日"
    assert (deadline.date, deadline.precision) == (dt.date(2023, 6, 3), "day")
    assert doubts == []
