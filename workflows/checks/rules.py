"""What a round looks for, and from where on: data of the round, with three presets to begin from.

A rule never decides. It asks a person to look, and says why.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.functional import Promise


class Rule(models.TextChoices):
    SAME_BYTES = "same_bytes", _("The same file elsewhere")
    SAME_PICTURE = "same_picture", _("The same picture elsewhere")
    SAME_TEXT = "same_text", _("All but the same text elsewhere")
    ALIKE_BUT_NUMBERS = "alike_but_numbers", _("Alike except for numbers")
    REPEATS_MEASURE = "repeats_measure", _("Repeats the measure")
    TAKEN_BEFORE = "taken_before", _("Taken before the feedback")
    TAKEN_AFTER = "taken_after", _("Taken after the date given")
    EDITED = "edited", _("An image editor's mark")
    MADE_AFTER = "made_after", _("Made after the date it bears")
    MEETING_BEFORE = "meeting_before", _("A meeting before the round")
    PLACEHOLDER = "placeholder", _("Places nobody filled in")
    ONE_SCAN_FOR_MANY = "one_scan_for_many", _("One page for many criteria")
    BLANK_PAGES = "blank_pages", _("Blank pages")


class Preset(models.TextChoices):
    STRICT = "strict", _("strict")
    NORMAL = "normal", _("normal")
    LENIENT = "lenient", _("lenient")


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """One number of a rule: what it means, its bounds, and what each preset sets."""

    name: str
    words: Promise
    least: int
    most: int
    strict: int
    normal: int
    lenient: int

    def of(self, preset: str) -> int:
        return int(getattr(self, preset))


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """A rule in words, with its number where it has one."""

    rule: Rule
    words: Promise
    threshold: Threshold | None = None


_SHARE = {"least": 50, "most": 100}
_DAYS = {"least": 0, "most": 365}
RULES: tuple[Explained, ...] = (
    Explained(
        rule=Rule.SAME_BYTES,
        words=_("The very same file was handed in for another item, of any unit and round."),
    ),
    Explained(
        rule=Rule.SAME_PICTURE,
        words=_(
            "A picture was handed in for another item before: as it is, saved anew, resized, "
            "cropped, or as a screenshot; also where it stands in a PDF or an office paper."
        ),
        threshold=Threshold(
            name="alike", words=_("per cent of the picture that must be the same"),
            **_SHARE, strict=80, normal=87, lenient=94,
        ),
    ),
    Explained(
        rule=Rule.SAME_TEXT,
        words=_(
            "A paper or an account says what another item's says: in what is not said by many "
            "others, or as a whole. Numbers are left out."
        ),
        threshold=Threshold(
            name="alike", words=_("per cent of the wording that must be the same"),
            **_SHARE, strict=55, normal=65, lenient=80,
        ),
    ),
    Explained(
        rule=Rule.ALIKE_BUT_NUMBERS,
        words=_("Two texts differ in nothing but dates, counts or amounts."),
    ),
    Explained(
        rule=Rule.REPEATS_MEASURE,
        words=_("An account says what was to be done in the measure's own words, and little else."),
        threshold=Threshold(
            name="alike", words=_("per cent of the account that stands in the measure"),
            **_SHARE, strict=70, normal=80, lenient=90,
        ),
    ),
    Explained(
        rule=Rule.TAKEN_BEFORE,
        words=_(
            "The camera says that a photograph was taken before the feedback; pictures that say "
            "they show the state before are left out."
        ),
        threshold=Threshold(
            name="days", words=_("days before the feedback that are let pass"),
            **_DAYS, strict=0, normal=1, lenient=30,
        ),
    ),
    Explained(
        rule=Rule.TAKEN_AFTER,
        words=_("The camera says that a photograph was taken after the date given for it."),
        threshold=Threshold(
            name="days", words=_("days after the date given that are let pass"),
            **_DAYS, strict=0, normal=1, lenient=7,
        ),
    ),
    Explained(
        rule=Rule.EDITED,
        words=_("An image editor left its name in the file: Photoshop, 美图, 醒图 and others."),
    ),
    Explained(
        rule=Rule.MADE_AFTER,
        words=_(
            "A paper bears a date, but the file was made or saved later than that. Scans are "
            "left out: they are always later."
        ),
        threshold=Threshold(
            name="days", words=_("days after the date it bears that are let pass"),
            **_DAYS, strict=3, normal=15, lenient=60,
        ),
    ),
    Explained(
        rule=Rule.MEETING_BEFORE,
        words=_("Minutes of a meeting that was held before the feedback of the round."),
        threshold=Threshold(
            name="days", words=_("days before the feedback that are let pass"),
            **_DAYS, strict=0, normal=0, lenient=15,
        ),
    ),
    Explained(
        rule=Rule.PLACEHOLDER,
        words=_("XX, ××单位, [请填写] and the like were left as they stood in the template."),
    ),
    Explained(
        rule=Rule.ONE_SCAN_FOR_MANY,
        words=_("A file of one page is cited for many measures of the round."),
        threshold=Threshold(
            name="measures", words=_("measures from which on it is asked about"),
            least=2, most=100, strict=4, normal=8, lenient=12,
        ),
    ),
    Explained(
        rule=Rule.BLANK_PAGES,
        words=_("Pages or pictures with nothing on them, or next to nothing."),
        threshold=Threshold(
            name="share", words=_("per cent of the pages that must be blank"),
            least=1, most=100, strict=10, normal=34, lenient=100,
        ),
    ),
)  # fmt: skip
EXPLAINED = {one.rule: one for one in RULES}

Settings = dict[str, Any]
"""`gate`: whether open flags hold up agreement and close-out; `rules`: by code, `on` and number."""


def preset(name: str) -> Settings:
    return {"gate": name == Preset.STRICT, "rules": {str(e.rule): _as_set(e, name) for e in RULES}}


def _as_set(explained: Explained, name: str) -> dict[str, Any]:
    threshold = explained.threshold
    return {"on": True} if threshold is None else {"on": True, "number": threshold.of(name)}


def usual() -> Settings:
    """What a round begins with."""
    return preset(Preset.NORMAL)


def is_on(settings: Settings, rule: str) -> bool:
    """A rule that came after the round was opened is on, as usual."""
    return bool(_of(settings, rule)["on"])


def number(settings: Settings, rule: str) -> int:
    return int(_of(settings, rule)["number"])


def share(settings: Settings, rule: str) -> float:
    return number(settings, rule) / 100


def _of(settings: Settings, rule: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] | None = settings.get("rules", {}).get(rule)
    return found if found is not None else _as_set(EXPLAINED[Rule(rule)], Preset.NORMAL)


def is_preset(settings: Settings) -> str:
    """Which preset these settings are; empty when somebody changed one."""
    return next((str(name) for name in Preset if preset(name) == settings), "")
