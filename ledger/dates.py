"""Points in time as offices write them, found inside a text."""

import calendar
import datetime as dt
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from ledger.draft import Precision

_YEAR = r"(?<!\d)(?P<y>\d{4})"
_MONTH = r"(?P<m>\d{1,2})"
_END = r"(?:底|末|内|份|终)*"

# Tried in this order at every place; what a pattern does not name stays unknown.
_PATTERNS: tuple[tuple[Precision, re.Pattern[str]], ...] = (
    ("day", re.compile(rf"{_YEAR}[年./-]{_MONTH}[月./-](?P<d>\d{{1,2}})(?!\d)[日号]?")),
    ("day", re.compile(rf"{_YEAR}(?P<m>\d\d)(?P<d>\d\d)(?!\d)")),
    ("day", re.compile(rf"(?:{_YEAR}年)?(?<!\d){_MONTH}月(?P<third>[上中下])旬")),
    ("half", re.compile(rf"(?:{_YEAR}年?)?(?P<half>[上下])半年{_END}")),
    ("quarter", re.compile(rf"(?:{_YEAR}年?)?第?(?P<q>[1-4])季度{_END}")),
    ("month", re.compile(rf"{_YEAR}[年./-]{_MONTH}(?!\d)月?{_END}")),
    ("day", re.compile(rf"(?<!\d){_MONTH}月(?P<d>\d{{1,2}})[日号]")),
    ("month", re.compile(rf"(?<!\d){_MONTH}月{_END}")),
    ("year", re.compile(rf"{_YEAR}(?!\d)年?度?年?{_END}")),
    ("year", re.compile(r"(?<!\d)年(?:底|末|内|终)")),
)
_NUMERAL = re.compile(r"[〇零○一二三四五六七八九十]{1,4}(?=[年月日号]|季度)")
_DIGITS = {numeral: str(value) for value, numeral in enumerate("〇一二三四五六七八九")} | {
    "零": "0",
    "○": "0",
}
_PLAUSIBLE_YEARS = range(1990, 2100)


@dataclass(frozen=True, slots=True)
class Point:
    start: int
    end: int
    year: int | None
    precision: Precision
    parts: dict[str, str | None]

    def date(self, year: int) -> dt.date | None:
        """Give the last day that is meant, or None where the calendar has no such day."""
        month, day = _last_month(self.parts), self.parts.get("d")
        if not 1 <= month <= 12 or year not in _PLAUSIBLE_YEARS:  # noqa: PLR2004 a year has twelve
            return None
        length = calendar.monthrange(year, month)[1]
        last = {"上": 10, "中": 20}.get(self.parts.get("third") or "", length)
        chosen = int(day) if day else last
        return dt.date(year, month, chosen) if 1 <= chosen <= length else None


def _last_month(parts: dict[str, str | None]) -> int:
    if month := parts.get("m"):
        return int(month)
    if quarter := parts.get("q"):
        return int(quarter) * 3
    return 6 if parts.get("half") == "上" else 12


def points(text: str) -> Iterator[Point]:
    """Find the points in time of a normalised text, from left to right."""
    at = 0
    while at < len(text):
        point = _point_at(text, at)
        if point:
            yield point
        at = point.end if point else at + 1


def _point_at(text: str, at: int) -> Point | None:
    for precision, pattern in _PATTERNS:
        if found := pattern.match(text, at):
            parts = found.groupdict()
            year = parts.pop("y", None)
            return Point(found.start(), found.end(), int(year) if year else None, precision, parts)
    return None


def normalised(text: str) -> str:
    """Half width, without spaces, and dates in Arabic digits."""
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
    return _NUMERAL.sub(lambda found: _arabic(found[0]), plain)


def _arabic(numeral: str) -> str:
    if "十" not in numeral:
        return "".join(_DIGITS[sign] for sign in numeral)
    tens, _, ones = numeral.partition("十")
    if len(tens) > 1 or len(ones) > 1:
        return numeral
    return f"{_DIGITS.get(tens, '1')}{_DIGITS.get(ones, '0')}"


def written(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
