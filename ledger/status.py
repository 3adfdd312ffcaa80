"""How far an item is, in the words of the staff. Closed is what the office decides, later."""

import re

NOT_DONE, UNDER_WAY, NEARLY, DONE = "未完成", "整改中", "基本完成", "已完成"
STATES = (NOT_DONE, UNDER_WAY, NEARLY, DONE)

_TICK = re.compile(r"[√✓✔☑✅]")
_CROSS = re.compile(r"[×✗✘❌]")
_PERCENT = re.compile(r"[^\d]{0,6}(\d{1,3}(?:\.\d+)?)\s*[%％][^\d]{0,4}")
_FRACTION = re.compile(r"(\d{1,4})\s*/\s*(\d{1,4})")
_NEARLY_FROM = 90.0
_ALL = 100.0

# In this order: 未完成 holds 完成, and so does 基本完成.
_WORDS = (
    (NOT_DONE, r"未完成|未整改|尚未|没有完成|未启动|未开始|未销号|未落实|不到位|未到位|未达到"),
    (NEARLY, r"基本完成|基本整改|基本到位|阶段性完成|大部分完成|接近完成"),
    (UNDER_WAY, r"整改中|推进中|进行中|正在|持续|长期|部分完成|序时|已启动|办理中|落实中|达到序时"),
    (DONE, r"已销号|销号|已?完成(?:整改)?|已?整改(?:完成|完毕|到位)?|办结|完毕|已落实|是|已结"),
)
_CLAUSE = re.compile(r"[，,。；;：:（(\n]")


def read(text: str) -> str | None:
    """Give one of STATES, "" for an empty cell, or None where the words do not tell."""
    if not text.strip():
        return ""
    first = _CLAUSE.split(text.strip(), maxsplit=1)[0]
    bare = _CROSS.sub("", _TICK.sub("", first)).strip()
    if not bare:
        return _sign(text)
    return _by_number(bare) or _by_words(bare)


def share(number: float) -> str:
    """Read a number cell: Excel keeps 90 % as 0.9."""
    return f"{number * 100:.10g}%" if 0 <= number <= 1 else f"{number:.15g}"


def _sign(text: str) -> str | None:
    if _TICK.search(text):
        return DONE
    return NOT_DONE if _CROSS.search(text) else None


def _by_words(bare: str) -> str | None:
    for state, words in _WORDS:
        if re.fullmatch(rf"(?:目前)?(?:{words})", bare):
            return state
    return None


def _by_number(bare: str) -> str | None:
    percent = _PERCENT.fullmatch(bare)
    fraction = _FRACTION.fullmatch(bare)
    if percent:
        done = float(percent[1])
    elif fraction and int(fraction[2]):
        done = _ALL * int(fraction[1]) / int(fraction[2])
    else:
        return None
    if done >= _ALL:
        return DONE
    if done >= _NEARLY_FROM:
        return NEARLY
    return UNDER_WAY if done else NOT_DONE
