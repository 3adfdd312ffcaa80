"""Working days: what the State Council published, and above it what a unit decided for itself."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

import chinese_calendar

if TYPE_CHECKING:
    from collections.abc import Mapping

    Local = Mapping[date, bool]
    """Days on which a unit works, or does not, whatever was published."""

AS_PUBLISHED: Local = MappingProxyType({})
_A_DAY = timedelta(days=1)
_FRIDAY = 4


def is_known(year: int) -> bool:
    """Whether the holidays of a year are published; until then every weekday counts as one."""
    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True


def is_working_day(day: date, *, local: Local = AS_PUBLISHED) -> bool:
    if day in local:
        return local[day]
    return is_published_working_day(day)


def is_published_working_day(day: date) -> bool:
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() <= _FRIDAY


def name_of(day: date) -> str:
    """The festival a published holiday or make-up day belongs to, in English; or nothing."""
    try:
        return str(chinese_calendar.get_holiday_detail(day)[1] or "")
    except NotImplementedError:
        return ""


def is_exceptional(day: date) -> bool:
    """Whether the published calendar departs from Monday to Friday: a holiday or a make-up day."""
    return is_published_working_day(day) != (day.weekday() <= _FRIDAY)


def add_working_days(day: date, n: int, *, local: Local = AS_PUBLISHED) -> date:
    """The n-th working day after `day` (before it when n is negative); the day itself is not one.

    Zero gives the day back, whether one works on it or not.
    """
    step = _A_DAY if n > 0 else -_A_DAY
    left = abs(n)
    while left:
        day += step
        left -= is_working_day(day, local=local)
    return day


def working_days_between(start: date, end: date, *, local: Local = AS_PUBLISHED) -> int:
    """Working days after `start`, up to and with `end`; negative when the end comes first."""
    if end < start:
        return -working_days_between(end, start, local=local)
    days = range(1, (end - start).days + 1)
    return sum(is_working_day(start + timedelta(days=n), local=local) for n in days)


def months_after(day: date, n: int) -> date:
    """The same day n months on, or the last of that month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + n, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
