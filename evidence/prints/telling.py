"""What a text itself tells: the days it names, and places that nobody filled in."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_SPELT = "〇零○一二三四五六七八九十"
_DAY = re.compile(
    r"(?<!\d)(?P<y>\d{4})\s*[年./-]\s*(?P<m>\d{1,2})\s*[月./-]\s*(?P<d>\d{1,2})(?!\d)\s*日?"
    rf"|(?P<cy>[{_SPELT}]{{4}})年(?P<cm>[{_SPELT}]{{1,3}})月(?P<cd>[{_SPELT}]{{1,3}})日"
)
_WHEN = re.compile(r"(?:会议|召开|开会)?(?:时间|日期)\s*[:：]?")
_MEETING = re.compile(r"会议纪要|会议记录|纪要|会议签到|例会记录|座谈会|专题会议|工作例会|办公会")
_HEAD = 160
_BEFOREHAND = re.compile(r"整改前|改造前|治理前|施工前|修复前|清理前|before", re.IGNORECASE)
_THING = (
    "单位|公司|企业|局|委|科|处|部门|街道|乡|镇|村|社区|县|区|市|省|年|月|日|项目|工程|元|万元|"
    "人|件|条|学校|医院"
)
_OPENS, _SHUTS = r"[\[【［〔(（<《]", r"[\]】］〕)）>》]"
_INSIDE = r"[^\]】］〕)）>》\n]"
_TO_FILL = "填写|输入|补充|插入|填入|选择|待填|待补充|待完善"
_ASIDE = rf"(?:{_INSIDE}{{1,4}}[，,、；;]\s*)?"
_ASKS = rf"(?:请|此处|待|自行){_INSIDE}{{0,12}}?(?:{_TO_FILL})"
_BIDS = rf"{_OPENS}\s*{_ASIDE}{_ASKS}{_INSIDE}{{0,30}}{_SHUTS}"
_OPEN = re.compile(
    "|".join(
        (
            rf"(?<![A-Za-z])(?:[XxＸｘ]{{2,}}|[×╳✕]{{2,}}|[ＸX×]+(?=年|月|日))\s*(?={_THING})",
            r"(?:19|20|二[〇○零])(?:[XxＸｘ×]{2}|_{2,})\s*年",
            r"[:：]\s*(?:[XxＸｘ]{3,}|[×╳✕]{2,})(?![\w-])",
            # Behind a character it is somebody's name that was taken out, not one to be put in.
            r"(?<![^由请对经与和给向：:、，。；\s])(?:[XxＸｘ]{2,}|[×╳✕]{2,})(?=同志|先生|女士)",
            rf"[_＿]{{3,}}\s*(?={_THING})",
            r"[_＿]{2,}\s*(?=[年月日])",
            r"[（(]\s*(?:单位|部门|企业|项目|科室)名称\s*[）)]",
            r"[{｛][^{}｛｝\n]{0,6}(?:名称|姓名|日期|时间|地点|内容)[}｝]",
            "请在此处?(?:输入|填写|补充)",
            "某某(?=单位|公司|局|科|街道|镇|村|县|区|市|项目)",
            _BIDS,
            rf"{_OPENS}\s*(?:填写|填入|待填|待补充|待完善){_INSIDE}{{0,30}}{_SHUTS}",
            r"(?:单击|点击)(?:或点击)?此处(?:输入|添加|编辑)\S{0,8}",
            r"Click (?:or tap )?here to (?:enter|add)",
            r"\d{4}年[ \u3000_]+月[ \u3000_]+日",
            r"lorem ipsum|\bTODO\b|\bTBD\b",
        )
    ),
    re.IGNORECASE,
)


def days(text: str) -> Iterator[tuple[date, int]]:
    """The days a text names and where, in the order of the text; what is no day is passed over."""
    for found in _DAY.finditer(unicodedata.normalize("NFKC", text)):
        try:
            yield _day(found), found.start()
        except ValueError:
            continue


def _day(found: re.Match[str]) -> date:
    if found["y"]:
        return date(int(found["y"]), int(found["m"]), int(found["d"]))
    year = int(found["cy"].translate(_DIGITS))
    return date(year, _spelt(found["cm"]), _spelt(found["cd"]))


def _spelt(word: str) -> int:
    """十 to 三十一, as months and days are written."""
    tens, ten, ones = word.partition("十")
    if not ten:
        return int(word.translate(_DIGITS))
    return int(tens.translate(_DIGITS) or 1) * 10 + int(ones.translate(_DIGITS) or 0)


def is_of_a_meeting(text: str, name: str = "") -> bool:
    return bool(_MEETING.search(name) or _MEETING.search(text[:_HEAD]))


def day_of_the_meeting(text: str) -> date | None:
    """What stands beside the word for the time; else the first day named at its head."""
    text = unicodedata.normalize("NFKC", text)
    if label := _WHEN.search(text):
        beside = next(days(text[label.end() : label.end() + 40]), None)
        if beside is not None:
            return beside[0]
    first = next(days(text[: 2 * _HEAD]), None)
    return first[0] if first else None


def last_day(text: str) -> date | None:
    """The day under which a paper is signed: the last that it names, near its end."""
    text = unicodedata.normalize("NFKC", text).rstrip()
    found = list(days(text[-_HEAD:]))
    return found[-1][0] if found else None


def shows_what_was_before(words: str) -> bool:
    """Whether a picture says of itself that it shows the state before the rectification."""
    return bool(_BEFOREHAND.search(words))


def placeholders(text: str) -> list[str]:
    """What nobody filled in, with what stands around it, each once."""
    found = []
    for hit in _OPEN.finditer(text):
        around = text[max(0, hit.start() - 6) : hit.end() + 8]
        found.append(" ".join(around.split()))
    return list(dict.fromkeys(found))
