"""A review route: who decides in which order, as data of a round; a version is never changed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from core.models import Deliberate
from workflows.models.round import Round
from workflows.states import Asking

if TYPE_CHECKING:
    from collections.abc import Sequence


class Party(models.TextChoices):
    """Who a step asks."""

    HEAD = "head", _("Head of the lead section")
    SUPPORT_HEADS = "support_heads", _("Heads of the cooperating sections")
    LEADERS = "leaders", _("Responsible leaders")
    UNIT_HEAD = "unit_head", _("First responsible person")
    PERSON = "person", _("A named person")
    OFFICE = "office", _("Rectification office")


class How(models.TextChoices):
    """How many of those a step asks must agree."""

    ONE = "one", _("one of them, whoever takes it")
    ANY = "any", _("the first of them to answer")
    ALL = "all", _("all of them, side by side")
    IN_ORDER = "in_order", _("all of them, one after another")
    RATIO = "ratio", _("a share of them")


class Unless(models.TextChoices):
    """When a step is left out, in words."""

    NEVER = "", _("never left out")
    IMMEDIATE = "immediate", _("left out for items to be rectified at once")
    ONGOING = "ongoing", _("left out for ongoing items")
    REPEATED = "repeated", _("left out when the submission comes back after a return")


class MatterKind(models.TextChoices):
    """What a route decides: the review of a submission, or a kind of request."""

    REVIEW = "review", _("Review and close-out")
    EXTEND = Asking.EXTEND.value, Asking.EXTEND.label
    SUSPEND = Asking.SUSPEND.value, Asking.SUSPEND.label
    CANCEL = Asking.CANCEL.value, Asking.CANCEL.label
    MERGE = Asking.MERGE.value, Asking.MERGE.label
    REOPEN = Asking.REOPEN.value, Asking.REOPEN.label


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a route; the office's step is always the last and never left out."""

    party: str
    how: str = How.ONE
    percent: int = 100
    """With RATIO: the share that must agree, of those asked, rounded up."""
    unless: str = Unless.NEVER
    person_id: int | None = None
    """With PERSON: who."""


PRESETS: dict[str, tuple[Step, ...]] = {
    "short": (Step(party=Party.HEAD), Step(party=Party.OFFICE)),
    "standard": (
        Step(party=Party.HEAD),
        Step(party=Party.LEADERS, how=How.ANY),
        Step(party=Party.OFFICE),
    ),
    "full": (
        Step(party=Party.HEAD),
        Step(party=Party.SUPPORT_HEADS, how=How.ALL),
        Step(party=Party.LEADERS, how=How.ALL),
        Step(party=Party.OFFICE),
    ),
    # The three opinions of the close-out sheet, by the section, the leader and the unit's head.
    "three_levels": (
        Step(party=Party.HEAD),
        Step(party=Party.LEADERS, how=How.ANY),
        Step(party=Party.UNIT_HEAD),
        Step(party=Party.OFFICE),
    ),
    # For what the office itself asks: never a review's, whose last word is the office's.
    "leaders": (Step(party=Party.LEADERS, how=How.ANY),),
}
USUAL = {
    MatterKind.REVIEW: "short",
    MatterKind.EXTEND: "short",
    MatterKind.SUSPEND: "standard",
    MatterKind.CANCEL: "leaders",
    MatterKind.MERGE: "leaders",
    MatterKind.REOPEN: "leaders",
}
"""The preset of a round that has set nothing for the matter."""
ENDS_WITH_THE_OFFICE = frozenset({MatterKind.REVIEW, MatterKind.EXTEND})
"""The office closes and keeps the dates; what it asks for itself others decide."""


def presets_of(matter: str) -> dict[str, tuple[Step, ...]]:
    """The presets that may be chosen for a matter."""
    if matter not in ENDS_WITH_THE_OFFICE:
        return PRESETS
    return {key: steps for key, steps in PRESETS.items() if steps[-1].party == Party.OFFICE}


PRESET_WORDS = {
    "short": _("Short: section head, office"),
    "standard": _("Standard: section head, leader, office"),
    "full": _("Full: section head, cooperating heads, leaders, office"),
    "three_levels": _("Three levels: section head, leader, first responsible person, office"),
    "leaders": _("Leaders alone: any one of them"),
    "own": _("Set by the office"),
}


class Route(Deliberate):
    round = models.ForeignKey(Round, models.PROTECT, related_name="routes")
    matter = models.CharField(max_length=8, choices=MatterKind.choices, default=MatterKind.REVIEW)
    version = models.PositiveSmallIntegerField()
    preset = models.CharField(max_length=16)
    data = models.JSONField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["round_id", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "matter", "version"], name="a_route_version_is_one"
            )
        ]

    def __str__(self) -> str:
        return f"{self.round.code} v{self.version}"

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        return tuple(Step(**one) for one in self.data)


def as_data(steps: Sequence[Step]) -> list[dict[str, Any]]:
    return [asdict(step) for step in steps]
