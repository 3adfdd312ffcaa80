"""The ladder of a round: who is told what, so many days before a deadline or after it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import Deliberate
from workflows.models.round import Round
from workflows.states import Track

if TYPE_CHECKING:
    from collections.abc import Iterator


class Recipient(models.TextChoices):
    ASSIGNEE = "assignee", _("the responsible staff")
    SECTION_HEAD = "section_head", _("the section head")
    LEADER = "leader", _("the responsible leaders")
    UNIT_HEAD = "unit_head", _("the first responsible person")
    OFFICE = "office", _("the rectification office")


class Paper(models.TextChoices):
    """The numbered letter that goes with a reminder."""

    NONE = "none", _("no letter")
    NOTICE = "notice", _("reminder letter")
    URGING = "urging", _("urging letter")
    WARNING = "warning", _("warning letter")


class Colour(models.TextChoices):
    GREEN = "green", _("green")
    YELLOW = "yellow", _("yellow")
    RED = "red", _("red")


class LadderRule(Deliberate):
    """One rung. A rule that was used is never deleted: it retires, for reminders name it."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="ladder")
    position = models.PositiveSmallIntegerField()
    track = models.CharField(max_length=12, choices=Track.choices, blank=True)
    """Empty: for items of every class."""
    days = models.SmallIntegerField(null=True)
    """Days left, negative once overdue; None: for items without a date."""
    colour = models.CharField(max_length=8, choices=Colour.choices)
    recipients = models.JSONField(default=list)
    letter = models.CharField(max_length=8, choices=Paper.choices, default=Paper.NONE)
    repeat_days = models.PositiveSmallIntegerField(default=0)
    """Told again after so many days while nothing changes; 0: once."""
    retired = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["round_id", "position", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(days__isnull=False) | Q(letter=Paper.NONE),
                name="a_letter_needs_a_deadline",
            )
        ]

    def __str__(self) -> str:
        return f"{self.round_id}/{self.position}"


_ME, _HEAD, _TOP = Recipient.ASSIGNEE, Recipient.LEADER, Recipient.UNIT_HEAD
_LATE: dict[str, Any] = {
    "days": -1,
    "colour": Colour.RED,
    "recipients": [_ME, _HEAD, _TOP],
    "letter": Paper.WARNING,
}
_UNDATED: dict[str, Any] = {
    "days": None,
    "colour": Colour.YELLOW,
    "recipients": [_ME],
    "letter": Paper.NONE,
}
PRESETS: tuple[dict[str, Any], ...] = (
    {"days": 20, "colour": Colour.GREEN, "recipients": [_ME], "letter": Paper.NOTICE},
    {"days": 10, "colour": Colour.YELLOW, "recipients": [_ME, _HEAD], "letter": Paper.URGING},
    {**_LATE, "track": Track.IMMEDIATE, "repeat_days": 1},
    {**_LATE, "track": Track.DATED, "repeat_days": 7},
    {**_LATE, "track": Track.ONGOING, "repeat_days": 30},
    {**_UNDATED, "track": Track.IMMEDIATE, "repeat_days": 1},
    {**_UNDATED, "track": Track.ONGOING, "repeat_days": 30},
)


def presets(round_: Round) -> Iterator[LadderRule]:
    """The ladder a round begins with, not saved yet."""
    for position, words in enumerate(PRESETS, 1):
        yield LadderRule(round=round_, position=position, **words)
