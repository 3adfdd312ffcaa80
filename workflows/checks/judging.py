"""What one file or one account says against itself: by its dates, its marks and its blanks."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from evidence.prints import telling, wording
from workflows.checks import rules
from workflows.checks.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workflows.checks.rules import Settings

_NAMED = """
    photoshop lightroom gimp picsart snapseed pixelmator affinityphoto paint.net acdsee photoscape
    luminar facetune pixlr fotor canva vsco b612 faceu ulike beautycam beautyplus pitu topaz
    capcut polarr photogrid remini camera360 ultralight meitupic retouch photodirector photolab
    inpaint firefly midjourney stablediffusion dall-e meitu xingtu hypic neoimaging
    剪映 快影 黄油相机 无他相机 一甜相机 相机360 百度网盘ai wps图片 doubao
    美图 美颜 醒图 轻颜 稿定 光影魔术手 泼辣修图 逗拍 天天p图 即梦 豆包 文心一格 通义万相
"""
EDITORS = frozenset(_NAMED.split())
"""As a file's own note of its program names them, in lower case and without blanks."""
_PICTURES = frozenset({"jpg", "jpeg", "png", "gif", "webp", "heic", "bmp", "tif", "tiff"})
_PAPERS = frozenset({"docx", "xlsx", "pptx", "pdf", "ofd"})
_FEWEST_SIGNS = 12
_LEAST_OWN = 12
"""Characters that an account must add to the measure's words before it says something itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A file as it was cited, and what was read of it."""

    name: str
    claim: str = ""
    formed_on: date | None = None
    """The date it is said to bear."""
    feedback: date | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""
    measures: int = 1
    """How many measures of the round it is cited for."""

    @property
    def ending(self) -> str:
        return self.name.lower().rpartition(".")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One reason to look. `told` are the values its sentence names."""

    rule: Rule
    told: dict[str, Any]


def judged(paper: Paper, settings: Settings) -> list[Finding]:
    """Everything that one file says against itself, by the rules that are on."""
    return [
        Finding(rule=rule, told=told)
        for rule, judge in _JUDGES.items()
        if rules.is_on(settings, rule)
        for told in judge(paper, settings)
    ]


def _day(word: str) -> date | None:
    """The day of a moment a file tells, on our clock where it names its offset."""
    try:
        at = datetime.fromisoformat(word)
    except ValueError:
        return None
    return timezone.localtime(at).date() if at.tzinfo else at.date()


def _taken_before(paper: Paper, settings: Settings) -> Iterator[dict[str, Any]]:
    taken, feedback = _day(paper.facts.get("taken", "")), paper.feedback
    let_pass = timedelta(days=rules.number(settings, Rule.TAKEN_BEFORE))
    if taken is None or feedback is None or taken >= feedback - let_pass:
        return
    if not telling.shows_what_was_before(f"{paper.name} {paper.claim}"):
        yield {"taken": taken.isoformat(), "feedback": feedback.isoformat()}


def _taken_after(paper: Paper, settings: Settings) -> Iterator[dict[str, Any]]:
    taken, claimed = _day(paper.facts.get("taken", "")), paper.formed_on
    let_pass = timedelta(days=rules.number(settings, Rule.TAKEN_AFTER))
    if taken is not None and claimed is not None and taken > claimed + let_pass:
        yield {"taken": taken.isoformat(), "claimed": claimed.isoformat()}


def _edited(paper: Paper, _settings: Settings) -> Iterator[dict[str, Any]]:
    software = str(paper.facts.get("software", ""))
    if paper.ending in _PICTURES and any(
        name in software.lower().replace(" ", "") for name in EDITORS
    ):
        yield {"software": software}


def _made_after(paper: Paper, settings: Settings) -> Iterator[dict[str, Any]]:
    """Made later than it says: what was filled in from an old template was made earlier, as ever.

    A day of saving counts only where none of making is told: papers are opened and saved for print.
    """
    if paper.ending not in _PAPERS or paper.facts.get("scanned"):
        return
    claimed = paper.formed_on or telling.last_day(paper.text)
    made = _day(paper.facts.get("created", "")) or _day(paper.facts.get("modified", ""))
    let_pass = timedelta(days=rules.number(settings, Rule.MADE_AFTER))
    if claimed is not None and made is not None and made > claimed + let_pass:
        days = (made - claimed).days
        yield {"made": made.isoformat(), "claimed": claimed.isoformat(), "days": days}


def _meeting_before(paper: Paper, settings: Settings) -> Iterator[dict[str, Any]]:
    if paper.feedback is None or not telling.is_of_a_meeting(paper.text, paper.name):
        return
    held = telling.day_of_the_meeting(paper.text)
    let_pass = timedelta(days=rules.number(settings, Rule.MEETING_BEFORE))
    if held is not None and held < paper.feedback - let_pass:
        yield {"held": held.isoformat(), "feedback": paper.feedback.isoformat()}


def _placeholder(paper: Paper, _settings: Settings) -> Iterator[dict[str, Any]]:
    if found := telling.placeholders(paper.text):
        yield {"places": found[:5], "count": len(found)}


def _one_scan(paper: Paper, settings: Settings) -> Iterator[dict[str, Any]]:
    few = paper.facts.get("pages") == 1
    if few and paper.measures >= rules.number(settings, Rule.ONE_SCAN_FOR_MANY):
        yield {"measures": paper.measures}


def _blank(paper: Paper, settings: Settings) -> Iterator[dict[str, Any]]:
    pages = int(paper.facts.get("pages") or 0)
    blank = list(paper.facts.get("blank", ()))
    if not pages and paper.facts.get("says_nothing"):
        pages, blank = 1, [1]
    if blank and len(blank) >= rules.share(settings, Rule.BLANK_PAGES) * max(pages, 1):
        yield {"blank": blank[:20], "count": len(blank), "pages": pages}


_JUDGES = {
    Rule.TAKEN_BEFORE: _taken_before,
    Rule.TAKEN_AFTER: _taken_after,
    Rule.EDITED: _edited,
    Rule.MADE_AFTER: _made_after,
    Rule.MEETING_BEFORE: _meeting_before,
    Rule.PLACEHOLDER: _placeholder,
    Rule.ONE_SCAN_FOR_MANY: _one_scan,
    Rule.BLANK_PAGES: _blank,
}


def says_nothing(text: str, pictures: int) -> bool:
    """Whether a paper without pages of its own holds neither words nor pictures."""
    return not pictures and len(wording.plain(text)) < _FEWEST_SIGNS


def repeats(account: str, measure: str, settings: Settings) -> Finding | None:
    """Whether an account is made of its measure's words."""
    if not rules.is_on(settings, Rule.REPEATS_MEASURE):
        return None
    own = len(wording.plain(account))
    if own < _LEAST_OWN:
        return None
    found = wording.share_of(account, within=measure)
    added = round((1 - found) * own)
    if found >= rules.share(settings, Rule.REPEATS_MEASURE) and added <= _MOST_ADDED:
        return Finding(rule=Rule.REPEATS_MEASURE, told={"share": round(100 * found)})
    return None


_MOST_ADDED = 16
"""What an account adds beyond this is a fact of its own, whatever else it repeats."""
