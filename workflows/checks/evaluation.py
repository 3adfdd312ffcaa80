"""How well the rules do on files whose truth is known: precision and recall, rule by rule.

The folder is treated as if its files had been handed in one after another: the same keys, the same
number of candidates, the same comparison as in service, only that the index is in memory.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

import orjson
from django.utils.translation import gettext as _

from core.refusals import Unmet
from evidence.prints import index, reading, sight, wording
from evidence.prints.alike import likeness
from evidence.prints.endings import ENDINGS
from evidence.prints.sight import Sight
from workflows.checks import judging, rules, scores
from workflows.checks.judging import Paper
from workflows.checks.rules import Rule
from workflows.checks.scores import Score

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from evidence.prints.wording import Shingles
    from workflows.checks.rules import Settings

LABELS = {"same_picture", "same_text", "same_bytes", "different"}
OF_LABELS = {
    "same_bytes": (Rule.SAME_BYTES,),
    "same_picture": (Rule.SAME_PICTURE,),
    "same_text": (Rule.SAME_TEXT, Rule.ALIKE_BUT_NUMBERS),
}
FLAGS = tuple(
    str(rule)
    for rule in Rule
    if rule
    not in {
        *(Rule.SAME_BYTES, Rule.SAME_PICTURE, Rule.SAME_TEXT, Rule.ALIKE_BUT_NUMBERS),
        *(Rule.REPEATS_MEASURE, Rule.ONE_SCAN_FOR_MANY),
    }
)


ALSO_CALLED = {
    "exif_before": "taken_before",
    "photo_before": "taken_before",
    "exif_after": "taken_after",
    "photo_after": "taken_after",
    "editor": "edited",
    "date_mismatch": "made_after",
    "meeting_before_round": "meeting_before",
    "placeholders": "placeholder",
    "blank": "blank_pages",
    "none": "",
    "clean": "",
}
"""Other names under which lists of others may give the same flag."""


NEEDED = {
    Rule.TAKEN_BEFORE: "feedback_date",
    Rule.MEETING_BEFORE: "feedback_date",
    Rule.TAKEN_AFTER: "claimed_date",
}
"""Without which day of flags.csv a rule cannot say anything of a file."""


@dataclass
class File:
    """One file of the folder, read once."""

    name: str
    digest: str
    facts: dict[str, Any]
    pictures: list[dict[str, Any]]
    text: str

    @cached_property
    def sights(self) -> list[Sight]:
        return [Sight.kept(*index.kept_of(one)) for one in self.pictures]

    @cached_property
    def shingles(self) -> Shingles:
        return wording.shingles(self.text)


class Folder:
    def __init__(self, root: Path, settings: Settings, text_of: Callable[[Path], str]) -> None:
        self.root = root
        self.settings = settings
        self._text_of = text_of
        self._files: dict[str, File] = {}
        self.left_out: Counter[str] = Counter()
        """What the lists say and was not measured, with the number of its rows."""

    def file(self, name: str, listed_in: str) -> File:
        if name not in self._files:
            path = (self.root / name.replace("\\", "/")).resolve()
            if not path.is_relative_to(self.root.resolve()) or not path.is_file():
                told = {"list": listed_in, "file": name, "folder": self.root}
                raise Unmet(_("%(list)s names “%(file)s”, which is not in %(folder)s.") % told)
            self._files[name] = _read(path, name, self._text_of)
        return self._files[name]

    def rows(self, name: str, *columns: str) -> list[dict[str, str]]:
        """The rows of one list; Unmet when a column is missing."""
        path = self.root / name
        if not path.exists():
            return []
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            lacking = [one for one in columns if one not in (reader.fieldnames or ())]
            if lacking:
                told = {"list": name, "columns": ", ".join(columns)}
                raise Unmet(_("%(list)s needs the columns %(columns)s.") % told)
            return [{k: (v or "").strip() for k, v in row.items() if k} for row in reader]

    # --- pairs ---

    def pairs(self) -> dict[str, Score]:
        rows = self.rows("labels.csv", "file_a", "file_b", "label")
        found = {label: Score() for label in OF_LABELS}
        for no, row in enumerate(rows, 2):
            if row["label"] not in LABELS:
                told = {"no": no, "label": row["label"], "known": ", ".join(sorted(LABELS))}
                words = _("labels.csv, line %(no)s: “%(label)s” is none of %(known)s.")
                raise Unmet(words % told)
            for name in (row["file_a"], row["file_b"]):
                self.file(name, "labels.csv")
        for row in rows:
            one, other = self._files[row["file_a"]], self._files[row["file_b"]]
            pair = f"{one.name} | {other.name}"
            scores.count(found, row["label"], self._said(one, other), pair)
        return found

    def _said(self, one: File, other: File) -> set[str]:
        """The labels that the rules give a pair."""
        if one.digest == other.digest:
            return {"same_bytes"}
        said = set()
        if self._is_found(one, other) or self._is_found(other, one):
            said.add("same_picture")
        if self._is_same_text(one, other):
            said.add("same_text")
        return said

    def _is_found(self, asked: File, kept: File) -> bool:
        least = rules.share(self.settings, Rule.SAME_PICTURE)
        for n, seen in enumerate(asked.sights):
            if asked.pictures[n]["ink"] < sight.LEAST_INK:
                continue
            for place in self._candidates(asked, n):
                if place[0] == kept.name and index.is_same(
                    likeness(seen, kept.sights[place[1]]), least
                ):
                    return True
        return False

    def _candidates(self, asked: File, n: int) -> list[tuple[str, int]]:
        kept = self._near.get((asked.name, n))
        if kept is None:
            kept = index.ranked(
                (key, place)
                for key in sight.asked_keys(asked.sights[n])
                for place in self._keys.get(key, ())
                if place[0] != asked.name
            )
            self._near[asked.name, n] = kept
        return kept

    @cached_property
    def _near(self) -> dict[tuple[str, int], list[tuple[str, int]]]:
        return {}

    @cached_property
    def _keys(self) -> dict[int, list[tuple[str, int]]]:
        found: dict[int, list[tuple[str, int]]] = defaultdict(list)
        for file in self._files.values():
            for n, picture in enumerate(file.pictures):
                for key in picture["keys"]:
                    if len(found[key]) < index.CROWDED:
                        found[key].append((file.name, n))
        return found

    def _is_same_text(self, one: File, other: File) -> bool:
        if wording.differ_in_numbers(one.text, other.text):
            return True
        own, others = one.shingles, other.shingles
        if not set(wording.keys(own)) & set(wording.keys(others)):
            return False
        pool = [f.shingles for f in list(self._files.values())[-index.POOL :] if f is not one]
        common = index.common_beside(own, (words for words in pool if len(words)))
        least = rules.share(self.settings, Rule.SAME_TEXT)
        return wording.likeness(own, others, common=common, least=least) is not None

    # --- single files ---

    def flags(self) -> dict[str, Score]:
        rows = self.rows("flags.csv", "file", "flag")
        true: dict[str, set[str]] = defaultdict(set)
        about: dict[str, dict[str, str]] = {}
        for row in rows:
            flag = row["flag"].lower().replace("-", "_")
            flag = ALSO_CALLED.get(flag, flag)
            if flag and flag not in FLAGS:
                self.left_out[_("flag %(flag)s: no rule has this name") % {"flag": flag}] += 1
            self.file(row["file"], "flags.csv")
            true[row["file"]] |= {flag} - {""}
            about.setdefault(row["file"], {}).update((k, v) for k, v in row.items() if v)
        found = {flag: Score() for flag in FLAGS}
        for name, flags in true.items():
            said = self._judged(self._files[name], about[name])
            for flag, score in found.items():
                needed = NEEDED.get(Rule(flag), "file")
                if about[name].get(needed):
                    scores.add(score, flag in said, flag in flags, name)
                elif flag in flags:
                    told = {"flag": flag, "column": needed}
                    self.left_out[_("flag %(flag)s: its row has no %(column)s") % told] += 1
        return found

    def _judged(self, file: File, row: dict[str, str]) -> set[str]:
        paper = Paper(
            name=file.name.rpartition("/")[2],
            claim=row.get("claim", ""),
            formed_on=_date(row.get("claimed_date", "")),
            feedback=_date(row.get("feedback_date", "")),
            facts=file.facts,
            text=file.text,
        )
        return {str(finding.rule) for finding in judging.judged(paper, self.settings)}


def _date(word: str) -> date | None:
    try:
        return date.fromisoformat(word) if word else None
    except ValueError:
        raise Unmet(_("“%(text)s” is not a date.") % {"text": word}) from None


def _read(path: Path, name: str, text_of: Callable[[Path], str]) -> File:
    data = path.read_bytes()
    ending = path.suffix.lower().lstrip(".")
    told: dict[str, Any] = {"pictures": [], "facts": {}}
    if ending in ENDINGS:
        # What cannot be read has no picture and no date; its name and its bytes are known.
        with suppress(Exception):
            told = orjson.loads(reading.answer(io.BytesIO(data), ending))
    text = text_of(path)
    facts = told["facts"]
    if ending not in ENDINGS or (not facts.get("pages") and "blank" not in facts):
        facts["says_nothing"] = judging.says_nothing(text, len(told["pictures"]))
    return File(name, hashlib.sha256(data).hexdigest(), facts, told["pictures"], text)


def evaluated(root: Path, text_of: Callable[[Path], str], settings: Settings) -> dict[str, Any]:
    """Scores of all rules on a folder with `labels.csv`, `flags.csv` or both."""
    if not any((root / name).exists() for name in ("labels.csv", "flags.csv")):
        raise Unmet(
            _("There is neither a labels.csv nor a flags.csv in %(folder)s.") % {"folder": root},
            then=_("Say which pairs are what: file_a, file_b, label."),
        )
    at = Folder(root, settings, text_of)
    pairs, flags = at.pairs(), at.flags()
    return {
        "pairs": {name: score.as_dict() for name, score in pairs.items()},
        "flags": {name: score.as_dict() for name, score in flags.items()},
        "overall": scores.overall([*pairs.values(), *flags.values()]),
        "left_out": dict(at.left_out),
    }
