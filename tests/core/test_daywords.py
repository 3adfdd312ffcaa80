"""Days in words."""

from __future__ import annotations

from django.utils.translation import override

from core.daywords import days_left, days_over


def test_one_day_is_not_said_like_many() -> None:
    with override("en"):
        assert [days_left(1), days_left(2)] == ["1 day left", "2 days left"]
        assert [days_over(1), days_over(2)] == ["1 day overdue", "2 days overdue"]
    with override("zh-hans"):
        assert [days_left(1), days_over(1)] == ["剩 1 天", "已超期 1 天"]
