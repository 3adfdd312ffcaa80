"""The numbers units give to aspects, problems and items: 1, 1-1, 1.1, （一）1, ①, 一、."""

import datetime as dt
import re

from django.utils.translation import gettext_noop as _

from ledger.draft import Doubt

_CHINESE = "一二三四五六七八九十百"
_UNITS = "公里千万亿元%％个项米吨年月日号处家名人条件次户倍吋寸平方"
_DELIMITERS = r"\s*[、.．:：，]?\s*"
_PREFIXES = (
    re.compile(
        rf"(?P<no>[（(]\s*(?:[{_CHINESE}]{{1,4}}|\d{{1,3}})\s*[)）]\d{{1,3}}(?:[-.．]\d{{1,3}})*)"
        r"(?:[、.．:：]|\s)\s*(?!\d)"
    ),
    re.compile(rf"(?P<no>[（(]\s*(?:[{_CHINESE}]{{1,4}}|\d{{1,3}})\s*[)）])\s*"),
    re.compile(rf"(?P<no>[{_CHINESE}]{{1,4}})、\s*"),
    re.compile(rf"(?P<no>[①-⑳]){_DELIMITERS}"),
    re.compile(rf"(?P<no>\d{{1,3}}(?:[-－–—]\d{{1,3}})+)(?!\d){_DELIMITERS}(?=\D)"),
    re.compile(rf"(?P<no>\d{{1,3}}(?:[.．]\d{{1,3}})+)(?![\d{_UNITS}]){_DELIMITERS}(?=\D)"),
    re.compile(r"(?P<no>\d{1,3})(?:\s*[、.．:：]\s*|\s+)(?=\D)"),
)
_SECTION = re.compile(rf"\s*(?:[（(]\s*[{_CHINESE}]{{1,4}}\s*[)）]|[{_CHINESE}]{{1,4}}、)")
_ONE_PLACE = re.compile(r"(\d+)\.(\d)")


def split(text: str) -> tuple[str, str]:
    """Take the number off the front of a title; "" where there is none."""
    for prefix in _PREFIXES:
        found = prefix.match(text)
        if found and found.end() < len(text):
            return re.sub(r"\s", "", found["no"]), text[found.end() :].strip()
    return "", text


def heads_a_section(text: str) -> bool:
    """Tell （一）… and 一、…, which number aspects, from numbers further down."""
    return _SECTION.match(text) is not None


def from_float(value: float, previous: str) -> tuple[str, list[Doubt]]:
    """A number cell has lost its trailing zero: after 1.9 the number 1.1 was typed as 1.10."""
    raw = f"{value:.15g}"
    found = _ONE_PLACE.fullmatch(raw)
    if not found or not previous.startswith(f"{found[1]}."):
        return raw, []
    tenfold = f"{raw}0"
    if previous == f"{found[1]}.{int(found[2]) * 10 - 1}":
        message = _("The number was typed as %(raw)s; it was read as %(read)s. Write it as text.")
        return tenfold, [Doubt(message=message, values={"raw": raw, "read": tenfold})]
    if previous == f"{found[1]}.{int(found[2]) - 1}":
        return raw, []
    message = _("The number %(raw)s may have been %(tenfold)s before its zero was lost.")
    return raw, [Doubt(message=message, values={"raw": raw, "tenfold": tenfold})]


def from_date(value: dt.date) -> tuple[str, list[Doubt]]:
    """Excel turns the number 1-2 into the second of January."""
    read = f"{value.month}-{value.day}"
    message = _("The number became a date in the workbook; it was read as %(read)s.")
    return read, [Doubt(message=message, values={"read": read})]


def within(parent: str, child: str) -> str:
    """Make a child's number unique beyond its parent: （一）, 1 give （一）1; 2, 3 give 2-3."""
    joined = parent.endswith((")", "）")) or not child[:1].isalnum() or child[0] in "①②③④⑤⑥⑦⑧⑨"
    return f"{parent}{child}" if joined else f"{parent}-{child}"


def missing(taken: set[str], at: int) -> str:
    """The next free number in sequence, for a place counted from 1."""
    while str(at) in taken:
        at += 1
    return str(at)
