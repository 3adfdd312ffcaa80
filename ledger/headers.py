"""Which column means what: the header's words, over one to three rows."""

import re
import unicodedata
from dataclasses import dataclass, field

from ledger.sheet import Sheet, text

LEVELS = ("aspect", "problem", "item")
_SECTION = r"(?:科室|单位|部门|处室|股室|机构|科股室|责任单位|责任部门|责任科室)"
_NO = r"(?:序号|编号|号)"

# The first that fits wins.
_WORDS: tuple[tuple[str, str], ...] = (
    ("number", r"序号|编号|项号|总序号|顺序号"),
    ("aspect_no", rf"(?:方面|类别|大类){_NO}"),
    ("item_no", rf"(?:具体问题|具体表现|事项|子项){_NO}"),
    ("problem_no", rf"(?:反馈|主要|整改)?问题{_NO}"),
    ("measure_no", rf"(?:整改)?措施{_NO}"),
    ("support", rf"(?:责任)?(?:配合|协办|协助|参与|协同){_SECTION}?"),
    ("lead", rf"(?:责任)?(?:牵头|主责|主办|主体责任|牵头责任){_SECTION}?"),
    ("sections", rf"(?:整改)?(?:责任|承办|承担|落实|实施|整改){_SECTION}"),
    (
        "sections",
        rf"(?:责任|承办|承担|落实|整改)?{_SECTION}[及和/、]?(?:整改)?(?:责任人|人员|负责人)",
    ),
    ("leaders", r"(?:整改)?(?:责任|分管|牵头|包抓|挂点|主管|包保|党政)?.?领导(?:责任人)?"),
    ("leaders", r"分管负责人|第一责任人"),
    (
        "assignees",
        r"(?:整改|直接|具体|经办)?(?:责任人|责任人员|承办人|承办人员|经办人|负责人|联络员|联系人|承办责任人)",
    ),
    ("deadline", r".{0,6}(?:时限|期限|截止时间|截止日期|时间节点|时间要求)"),
    ("deadline", r"(?:计划|预计|整改|要求|拟)?(?:完成|整改)(?:时间|日期)"),
    ("criterion", r"(?:完成|整改|验收|销号)标准"),
    ("target", r"(?:整改|预期|工作)?目标(?:要求)?"),
    ("measures", r".{0,6}(?:措施|举措)(?:及要求|内容|要求)?"),
    ("evidence", r"(?:佐证|印证|支撑|证明|见证)(?:材料|资料)(?:清单|目录|名称)?|附件"),
    ("status", r"(?:整改|目前|当前|工作|完成|落实)?(?:进展|进度|状态|成效|结果)(?:情况)?"),
    ("status", r"(?:整改|进展)?(?:完成|落实|整改|销号)情况|是否(?:完成|销号|整改到位)"),
    ("remark", r"备注|说明"),
    (
        "item",
        r"具体问题(?:表现|描述|内容)?|具体表现|问题表现|主要表现|具体情况|具体事项|表现形式|问题细化",
    ),
    ("aspect", r".{0,6}方面|.{0,6}类别|问题(?:类型|分类|大类)|大类|类型|分类"),
    (
        "problem",
        r".{0,8}问题(?:描述|内容|清单|表述|名称|概述|事项)?|反馈(?:意见|内容|事项)|整改事项|问题",
    ),
)
_PATTERNS = tuple((meaning, re.compile(words)) for meaning, words in _WORDS)
_GENERIC = re.compile(r"内容|名称|描述|具体内容|表述")
_LONGEST = 16
_DEPTH = 3
_SEARCHED = 40
_DUTIES = ("measures", "deadline", "leaders", "lead", "support", "sections", "assignees", "status")
_COUNTED = 3
_SEVERAL = 2
"""One cell alone may be a heading across the sheet: 第一方面."""


@dataclass(slots=True)
class Header:
    first: int
    last: int
    columns: dict[str, int] = field(default_factory=dict)
    """Meaning -> column; a level's own number column is `aspect_no` and so on."""
    unread: list[tuple[int, str]] = field(default_factory=list)
    """Columns nobody asked for, with what their header says."""
    plain_numbers: list[int] = field(default_factory=list)
    """Columns called 序号 and nothing more; whose numbers they hold, the data tell."""


def meaning(words: str) -> str | None:
    """Give what a header cell stands for, or None for words we do not know."""
    plain = re.sub(r"[\s：:*]|[（(][^（()）]*[)）]", "", unicodedata.normalize("NFKC", words))
    if not plain or len(plain) > _LONGEST:
        return None
    return next((name for name, pattern in _PATTERNS if pattern.fullmatch(plain)), None)


def find(sheet: Sheet) -> Header | None:
    """Find the first rows that name a problem and somebody's duty to deal with it."""
    for row in range(min(sheet.height, _SEARCHED)):
        known = {meaning(text(value)) for _, value in sheet.own_cells(row)} - {None}
        if len(known) > 1:
            header = _header(sheet, row)
            if any(level in header.columns for level in LEVELS) and any(
                duty in header.columns for duty in _DUTIES
            ):
                return header
    return None


def _header(sheet: Sheet, first: int) -> Header:
    last = _last_row(sheet, first)
    header = Header(first, last)
    for column in range(sheet.width):
        stack = _stack(sheet, first, last, column)
        _place(header, column, stack)
    if _counting_row(sheet, last + 1):
        header.last += 1
    _settle_levels(header)
    return header


def _last_row(sheet: Sheet, first: int) -> int:
    """A header reaches down its merges, and on while the next row is header words too."""
    bottoms = [sheet.span(first, column)[2] for column, _ in sheet.own_cells(first)]
    last = min(max(bottoms), first + _DEPTH - 1)
    while last + 1 < min(sheet.height, first + _DEPTH):
        cells = [text(value) for _, value in sheet.own_cells(last + 1)]
        known = [words for words in cells if meaning(words) or _GENERIC.fullmatch(words)]
        if len(known) < _SEVERAL or len(known) * 2 < len(cells) or max(map(len, cells)) > _LONGEST:
            break
        last += 1
    return last


def _counting_row(sheet: Sheet, row: int) -> bool:
    """Some forms number their columns: 1 2 3 4, or 甲 乙 1 2."""
    if row >= sheet.height:
        return False
    cells = [text(value) for _, value in sheet.own_cells(row)]
    counted = [words for words in cells if words not in "甲乙丙丁戊"]
    return len(counted) >= _COUNTED and counted == [str(n + 1) for n in range(len(counted))]


def _stack(sheet: Sheet, first: int, last: int, column: int) -> list[str]:
    """The header cells over a column, the lowest first, each merge once."""
    words: list[str] = []
    for row in range(last, first - 1, -1):
        here = text(sheet.filled(row, column))
        if here and (not words or words[-1] != here):
            words.append(here)
    return words


def _place(header: Header, column: int, stack: list[str]) -> None:
    found = [name for words in stack if (name := meaning(words))]
    name = found[0] if found else None
    if name == "number":
        owner = next((other for other in found[1:] if other in LEVELS), None)
        name = f"{owner}_no" if owner else None
        if not owner:
            header.plain_numbers.append(column)
            return
    if name is None or name == "evidence" or name in header.columns:
        header.unread.append((column, stack[0] if stack else ""))
        return
    header.columns[name] = column


def _settle_levels(header: Header) -> None:
    """具体问题 is a level below the problem only where there is a column for the problem."""
    columns = header.columns
    for below, above in (("item", "problem"), ("aspect", "problem")):
        if "problem" not in columns and below in columns:
            columns[above] = columns.pop(below)
            if f"{below}_no" in columns:
                columns[f"{above}_no"] = columns.pop(f"{below}_no")
