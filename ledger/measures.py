"""One cell of text into its measures."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_OPENING, _CLOSING = "《“‘「『", "》”’」』"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_CHINESE = "零一二三四五六七八九"


def _chinese(numeral: str) -> int:
    tens, ten, ones = numeral.rpartition("十")
    return (10 * (_CHINESE.find(tens) if tens else 1) if ten else 0) + (
        _CHINESE.find(ones) if ones else 0
    )


def _circled(sign: str) -> int:
    return _CIRCLED.index(sign) + 1


@dataclass(frozen=True, slots=True)
class _Style:
    mark: re.Pattern[str]
    value: Callable[[str], int]
    anywhere: bool = False
    """Whether a mark counts in mid-sentence too, once the count has begun."""


_AFTER = "。；;：:\n！!"
# A point before a digit is a decimal point, unless what follows is a date or the line begins so.
_POINTED = re.compile(
    r"(?<!\d)(\d{1,2})[.．](?:(?=\D|(?:19|20)\d\d年|\d{1,2}月|$))\s*|^(\d{1,2})[.．](?=\d)",
    re.MULTILINE,
)
_STYLES = (
    _Style(_POINTED, int, anywhere=True),
    _Style(re.compile(r"(?<!\d)(\d{1,2})[、)）]\s*"), int),
    _Style(re.compile(r"[（(]\s*(\d{1,2})\s*[)）]\s*"), int),
    _Style(re.compile(rf"([{_CIRCLED}])[.、．]?\s*"), _circled, anywhere=True),
    _Style(re.compile(r"([一二三四五六七八九十]{1,3})是[：:，,]?\s*"), _chinese),
    _Style(re.compile(r"[（(]([一二三四五六七八九十]{1,3})[)）]\s*"), _chinese),
    _Style(re.compile(r"([一二三四五六七八九十]{1,3})、\s*"), _chinese),
    _Style(re.compile(r"第([一二三四五六七八九十]{1,3})[，,、：:]\s*"), _chinese),
)


@dataclass(frozen=True, slots=True)
class _Mark:
    start: int
    end: int


def split(text: str) -> list[str]:
    """Split by the outermost count, else by lines, else by sentences."""
    pieces = enumerated(text)
    if pieces is None:
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        pieces = lines if len(lines) > 1 else sentences(text)
    return pieces


def one_of_many(text: str) -> list[str]:
    """Split a cell that has sisters for the same item: it is one measure unless it counts."""
    pieces = enumerated(text)
    if pieces is None:
        pieces = [line.strip() for line in text.splitlines() if line.strip()]
    return pieces


def enumerated(text: str) -> list[str] | None:
    """Split by 1. 2., 一是 二是, ①② or （1）（2）, whichever begins first; None without a count."""
    depths = [depth for _, depth in _nested(text)]
    counts = [marks for style in _STYLES if (marks := _count(text, style, depths))]
    if not counts:
        return None
    marks = min(counts, key=lambda found: found[0].start)
    ends = [mark.start for mark in marks[1:]] + [len(text)]
    pieces = [text[mark.end : end] for mark, end in zip(marks, ends, strict=True)]
    before = text[: marks[0].start].strip()
    if before.endswith(("：", ":", "，", ",")):
        pieces[0] = before + pieces[0]  # words that lead into the count belong to what follows
    elif before:
        pieces.insert(0, before)
    return [piece for piece in map(_trimmed, pieces) if piece]


def sentences(text: str) -> list[str]:
    """Every 。 outside quotes ends a measure."""
    pieces, current = [], ""
    for sign, depth in _nested(text):
        current += sign
        if sign in "。！\n" and not depth:
            pieces.append(current.strip())
            current = ""
    return [piece for piece in [*pieces, current.strip()] if piece]


def _trimmed(piece: str) -> str:
    return piece.strip().rstrip("；;").strip()


def _count(text: str, style: _Style, depths: list[int]) -> list[_Mark]:
    """The marks of one style that go up by one; a single one counts only at the very start."""
    marks: list[_Mark] = []
    due = 0
    for found in style.mark.finditer(text):
        value = style.value(found[found.lastindex or 0])
        first = _first(text, found.start())
        here = first or _bounded(text, found.start()) or (style.anywhere and due > 0)
        if depths[found.start()] or not here or value != (due or (value if first else 1)):
            continue
        marks.append(_Mark(found.start(), found.end()))
        due = value + 1
    return marks if len(marks) > 1 or _counts_alone(text, marks) else []


def _counts_alone(text: str, marks: list[_Mark]) -> bool:
    return bool(marks) and _first(text, marks[0].start) and not text[marks[0].end :][:1].isdigit()


def _first(text: str, at: int) -> bool:
    return at <= len(text) - len(text.lstrip())


def _bounded(text: str, at: int) -> bool:
    before = text[max(at - 8, 0) : at].rstrip(" \t　")
    return before.endswith(tuple(_AFTER))


def _nested(text: str) -> Iterator[tuple[str, int]]:
    """Each sign with the number of quotes still open after it; an unmatched one opens nothing."""
    last = {closing: text.rfind(closing) for closing in _CLOSING}
    open_now: list[str] = []
    for at, sign in enumerate(text):
        if sign in _OPENING and last[_CLOSING[_OPENING.index(sign)]] > at:
            open_now.append(_CLOSING[_OPENING.index(sign)])
        elif open_now and sign == open_now[-1]:
            open_now.pop()
        yield sign, len(open_now)
