"""The days to a date in words: one day is said apart from many."""

from __future__ import annotations

from django.utils.translation import gettext as _


def days_left(days: int) -> str:
    return _("1 day left") if days == 1 else _("%(n)s days left") % {"n": days}


def days_over(days: int) -> str:
    return _("1 day overdue") if days == 1 else _("%(n)s days overdue") % {"n": days}
