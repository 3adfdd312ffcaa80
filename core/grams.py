"""How words are made to be found: one shape for all spellings, pairs of signs, pinyin initials.

Chinese has no spaces to cut words at, so a text is kept by every two signs that stand together, and
a word of two signs or more is found wherever it stands.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import islice, pairwise, product

from pypinyin import Style, lazy_pinyin, pinyin

_UNSEEN = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
# In the middle of a Chinese word a line may break; between Latin words a space tells them apart.
_NO_SPACE = re.compile(r"(?<=[^\x00-\x7f])\s+|\s+(?=[^\x00-\x7f])")
_SPACES = re.compile(r"\s+")
_SAID = re.compile(r"[a-z0-9]+")
MOST_READINGS = 8
LONGEST_NAME = 6


def seen(text: str) -> str:
    """Without what cannot be seen and no database keeps."""
    return _UNSEEN.sub("", text)


def folded(text: str) -> str:
    """The text as it is searched: one width, one case, no breaks within Chinese, nothing unseen."""
    plain = unicodedata.normalize("NFKC", seen(text)).casefold()
    return _SPACES.sub(" ", _NO_SPACE.sub("", plain)).strip()


def tokens(kind: str, text: str) -> str:
    """Every two signs of a folded text in order, as words of letters and digits alone."""
    return " ".join(f"{kind[0]}{ord(a):x}z{ord(b):x}" for a, b in pairwise(text))


def initials(text: str) -> str:
    """城区内涝 → cqnl: the first letter of each sign as it is read here."""
    return "".join(_SAID.findall("".join(lazy_pinyin(text, style=Style.FIRST_LETTER)).lower()))


def initials_of_name(name: str) -> str:
    """The same for a person: each way in which the signs of the name may be read."""
    if len(name) > LONGEST_NAME:
        return initials(name)
    readings = pinyin(name, style=Style.FIRST_LETTER, heteronym=True)
    found = ("".join(_SAID.findall("".join(one).lower())) for one in product(*readings))
    return " ".join(dict.fromkeys(islice(found, MOST_READINGS)))
