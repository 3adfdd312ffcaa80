"""The deadline grammar: a class, a last day and its precision out of what the unit wrote."""

import datetime as dt
import re

from django.utils.translation import gettext_noop as _

from ledger import dates
from ledger.draft import Deadline, Doubt, Kind, Precision

_IMMEDIATE = re.compile(
    r"立行立改|即知即改|立知立改|立查立改|立整立改|即行即改|即查即改|边[查学巡]边改|边整边改"
    r"|立即整改|马上整改|立即完成|立改"
)
_ONGOING = re.compile(
    r"长期坚持|长期推进|长期整改|长期落实|持续推进|持续整改|持续坚持|持续落实|常抓不懈|常态化?坚持"
    r"|常态化(?:推进|整改|落实)?|长期|持续|坚持"
)
_DATED = re.compile(r"限期")
_JOIN = re.compile(r"[-—–~]+|至|到")
_FILLER = re.compile(
    r"之前|以前|前|完成|整改|到位|限期|截止|截至|时间|时限|期限|今年|本年度?|当年|力争|确保|全面"
    r"|止|于|在|并|且|至|到|从|起|底|末|内|日|的|[-—–~,，.。;；:：、()（）/]"
)
_SERIAL = range(36526, 58000)  # 2000-01-01 to 2058: a date whose cell lost its date format
_SERIAL_ORIGIN = dt.date(1899, 12, 30)
_AMBIGUOUS = re.compile(r"(\d{4})\.1")

Reading = tuple[Deadline, list[Doubt]]


def parse(raw: str, *, year: int | None = None) -> Reading:
    """Read a deadline from text; `year` is taken where the text names none."""
    text = dates.normalised(raw)
    kind, ongoing = _kind(text)
    if not text:
        return Deadline(raw=raw), [_ask(_("There is no deadline."))]
    date, precision, doubts = _due(text, year)
    if rest := _rest(text):
        message = _("“%(rest)s” in the deadline “%(raw)s” was not understood.")
        doubts.append(_ask(message, rest=rest, raw=raw))
    elif date is None and kind == "dated" and not doubts:
        doubts.append(_ask(_("The deadline “%(raw)s” names no date."), raw=raw))
    deadline = Deadline(raw=raw, kind=kind, date=date, precision=precision, ongoing=ongoing)
    return deadline, doubts


def parse_number(number: float) -> Reading:
    """Read a deadline that was typed as a number: the trailing zero of 2022.10 is gone."""
    raw = f"{number:.15g}"
    if found := _AMBIGUOUS.fullmatch(raw):
        return Deadline(raw=raw), [_lost_zero(raw, found[1])]
    if number.is_integer() and int(number) in _SERIAL:
        day = _SERIAL_ORIGIN + dt.timedelta(days=int(number))
        message = _("The deadline is the bare number %(raw)s; it was read as the date %(date)s.")
        doubt = _ask(message, raw=raw, date=dates.written(day))
        return Deadline(raw=raw, date=day, precision="day"), [doubt]
    return parse(raw)


def parse_date(day: dt.date) -> Reading:
    raw = dates.written(day)
    return Deadline(raw=raw, date=day, precision="day"), []


def _lost_zero(raw: str, year: str) -> Doubt:
    message = _(
        "The deadline was typed as the number %(raw)s, which is %(october)s without its zero,"
        " or %(january)s. Write it as text."
    )
    return _ask(message, raw=raw, october=f"{year}年10月", january=f"{year}年1月")


def _ask(message: str, **values: str) -> Doubt:
    return Doubt(message=message, values=values)


def _kind(text: str) -> tuple[Kind, bool]:
    rest = _IMMEDIATE.sub("", text)
    ongoing = _ONGOING.search(rest) is not None
    if rest != text:
        return "immediate", ongoing
    if ongoing and not _DATED.search(text) and not any(dates.points(text)):
        return "ongoing", True
    return "dated", ongoing


def _due(text: str, default: int | None) -> tuple[dt.date | None, Precision | None, list[Doubt]]:
    found = list(dates.points(text))
    if not found:
        return None, None, []
    known = next((point.year for point in reversed(found) if point.year), None)
    last = found[-1]
    year = known or default
    if year is None:
        message = _("The deadline “%(raw)s” names no year.")
        return None, None, [_ask(message, raw=text)]
    due = last.date(year)
    if due is None:
        message = _("There is no such date as “%(raw)s”.")
        written = text[last.start : last.end]
        return None, None, [Doubt(message=message, values={"raw": written}, severity="error")]
    doubts = [] if known else [_year_taken(text, year)]
    if not _one_span(text, found):
        message = _("The deadline “%(raw)s” names several dates; the last, %(date)s, was read.")
        doubts.append(_ask(message, raw=text, date=dates.written(due)))
    return due, last.precision, doubts


def _year_taken(text: str, year: int) -> Doubt:
    message = _("The deadline “%(raw)s” names no year; %(year)s was taken.")
    return _ask(message, raw=text, year=str(year))


def _one_span(text: str, found: list[dates.Point]) -> bool:
    """Tell `from - to` from dates that merely stand in one cell."""
    if len(found) == 1:
        return True
    return len(found) == 2 and bool(_JOIN.fullmatch(text[found[0].end : found[1].start]))  # noqa: PLR2004 from and to


def _rest(text: str) -> str:
    """What is left once everything understood is taken out."""
    for point in reversed(list(dates.points(text))):
        text = f"{text[: point.start]}，{text[point.end :]}"
    for known in (_IMMEDIATE, _ONGOING, _DATED, _FILLER):
        text = known.sub("", text)
    return text.replace("，", "")
