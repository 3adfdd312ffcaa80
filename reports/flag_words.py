"""A flag in a sentence, with the numbers seen; and two texts with what they share marked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from workflows.checks.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Callable

    from workflows.models import Flag


def sentence(flag: Flag) -> str:
    """Why somebody should look; names nothing of the other side."""
    return _SENTENCES[Rule(flag.rule)](flag, flag.told)


def about(flag: Flag) -> str:
    """What it stands on: a file, or what was said of a measure."""
    if flag.citation is not None:
        return flag.citation.evidence.name
    if flag.measure is not None:
        return _("the account of measure %(no)s") % {"no": flag.measure.position}
    return _("the result of the item")


def _same_bytes(_flag: Flag, _told: dict[str, Any]) -> str:
    return _("The very same file was handed in for another item.")


def _same_picture(_flag: Flag, told: dict[str, Any]) -> str:
    words = _("%(alike)s%% of the picture is the same as a picture handed in for another item")
    said = [words % {"alike": told["alike"]}]
    if told["size"] != told["other_size"]:
        sizes = {"own": _size(told["size"]), "other": _size(told["other_size"])}
        said.append(_("%(own)s pixels here, %(other)s there") % sizes)
    if told["covered"] < _ALL:
        said.append(_("%(covered)s%% of the smaller one lie within the other") % told)
    if told["page"] and told["page"] > 1:
        said.append(_("here on page %(page)s") % told)
    return _("; ").join(said) + _(".")


_ALL = 97


def _size(size: list[int]) -> str:
    return f"{size[0]} × {size[1]}"


def _same_text(_flag: Flag, told: dict[str, Any]) -> str:
    words = _(
        "%(alike)s%% of the wording that tells stand in a text of another item; numbers do not "
        "count."
    )
    return words % told


def _alike(_flag: Flag, _told: dict[str, Any]) -> str:
    return _("It says word for word what a text of another item says; only numbers differ.")


def _repeats(_flag: Flag, told: dict[str, Any]) -> str:
    return _("%(share)s%% of it are the measure's own words: it does not say what was done.") % told


def _taken_before(_flag: Flag, told: dict[str, Any]) -> str:
    words = _("The camera says %(taken)s; the problem was fed back on %(feedback)s.")
    return words % _days(told, "taken", "feedback")


def _taken_after(_flag: Flag, told: dict[str, Any]) -> str:
    words = _("The camera says %(taken)s; it is said to be of %(claimed)s.")
    return words % _days(told, "taken", "claimed")


def _edited(_flag: Flag, told: dict[str, Any]) -> str:
    return _("The file says that “%(software)s” wrote it.") % told


def _made_after(_flag: Flag, told: dict[str, Any]) -> str:
    words = _("It bears the date %(claimed)s, but was made on %(made)s: %(days)s days later.")
    return words % {**_days(told, "claimed", "made"), "days": told["days"]}


def _meeting(_flag: Flag, told: dict[str, Any]) -> str:
    words = _("The meeting was held on %(held)s; the problem was fed back on %(feedback)s.")
    return words % _days(told, "held", "feedback")


def _placeholder(_flag: Flag, told: dict[str, Any]) -> str:
    places = _(", ").join(f"“{place}”" for place in told["places"])
    return _("%(count)s places were not filled in: %(places)s") % {**told, "places": places}


def _one_scan(_flag: Flag, told: dict[str, Any]) -> str:
    return _("This one page is cited for %(measures)s measures of the round.") % told


def _blank(_flag: Flag, told: dict[str, Any]) -> str:
    if told["pages"] <= 1:
        return _("There is nothing on it, or next to nothing.")
    pages = _(", ").join(map(str, told["blank"]))
    words = _("%(count)s of %(pages)s pages are blank, or nearly so: %(blank)s")
    return words % {**told, "blank": pages}


def _days(told: dict[str, Any], *names: str) -> dict[str, str]:
    return {name: date_format(date.fromisoformat(told[name])) for name in names}


_SENTENCES: dict[Rule, Callable[[Flag, dict[str, Any]], str]] = {
    Rule.SAME_BYTES: _same_bytes,
    Rule.SAME_PICTURE: _same_picture,
    Rule.SAME_TEXT: _same_text,
    Rule.ALIKE_BUT_NUMBERS: _alike,
    Rule.REPEATS_MEASURE: _repeats,
    Rule.TAKEN_BEFORE: _taken_before,
    Rule.TAKEN_AFTER: _taken_after,
    Rule.EDITED: _edited,
    Rule.MADE_AFTER: _made_after,
    Rule.MEETING_BEFORE: _meeting,
    Rule.PLACEHOLDER: _placeholder,
    Rule.ONE_SCAN_FOR_MANY: _one_scan,
    Rule.BLANK_PAGES: _blank,
}


# --- of the history ---


def _noticed(data: dict[str, Any]) -> list[str]:
    rule = str(Rule(data["rule"]).label)
    if "name" in data:
        return [f"{rule}{_(': ')}{data['name']}"]
    if not data["measure"]:
        return [rule]
    return [f"{rule}{_(': ')}" + _("account of measure %(numbers)s") % {"numbers": data["measure"]}]


EVENTS = ("raised", "cleared", "reopened", "sent_back", "came_back", "over")
ABOUT = {f"flag.{what}": _noticed for what in EVENTS}

# --- two texts ---

LONGEST = 6000
"""Characters of each text that are shown beside the other."""
_SENTENCE = re.compile(r"[^。；！？;!?\n]*[。；！？;!?\n]?")
_NUMBER = re.compile(r"(\d+(?:[.,:/\-]\d+)*)")
_BLANK = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of one text: as in the other, as there but for a number, or its own."""

    text: str
    kind: str


def marked(own: str, other: str) -> tuple[list[Piece], list[Piece]]:
    """Both texts in pieces, each marked by whether the other has it."""
    return _marked(own, other), _marked(other, own)


def _marked(text: str, other: str) -> list[Piece]:
    known = {_flat(one) for one in _sentences(other)}
    alike = {_NUMBER.sub("0", one) for one in known}
    pieces: list[Piece] = []
    for one in _sentences(text[:LONGEST]):
        flat = _flat(one)
        if not flat or flat in known:
            pieces.append(Piece(one, "same" if flat else "own"))
        elif _NUMBER.sub("0", flat) in alike:
            parts = _NUMBER.split(one)
            pieces += [Piece(p, "number" if n % 2 else "same") for n, p in enumerate(parts) if p]
        else:
            pieces.append(Piece(one, "own"))
    if len(text) > LONGEST:
        pieces.append(Piece("…", "own"))
    return pieces


def _sentences(text: str) -> list[str]:
    return [one for one in _SENTENCE.findall(text) if one]


def _flat(sentence_: str) -> str:
    return _BLANK.sub("", sentence_).strip("。；！？;!?")


_RUN = 3


def runs(own: str, other: str) -> tuple[list[Piece], list[Piece]]:
    """Both texts in pieces, by runs of characters: for an account beside its measure."""
    return _runs(own, other), _runs(other, own)


def _runs(text: str, other: str) -> list[Piece]:
    same = [False] * len(text)
    for start in range(len(text) - _RUN + 1):
        if text[start : start + _RUN] in other:
            same[start : start + _RUN] = [True] * _RUN
    pieces: list[Piece] = []
    for sign, is_same in zip(text, same, strict=True):
        kind = "same" if is_same else "own"
        if pieces and pieces[-1].kind == kind:
            pieces[-1] = Piece(pieces[-1].text + sign, kind)
        else:
            pieces.append(Piece(sign, kind))
    return pieces
