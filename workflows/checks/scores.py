"""What rules said against what is true: how often right, how often wrong, what was missed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(slots=True)
class Score:
    """What a rule said against what is true."""

    right: int = 0
    wrong: list[str] = field(default_factory=list)
    """Said, and not so."""
    missed: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float | None:
        said = self.right + len(self.wrong)
        return self.right / said if said else None

    @property
    def recall(self) -> float | None:
        true = self.right + len(self.missed)
        return self.right / true if true else None

    def as_dict(self) -> dict[str, Any]:
        precision, recall = self.precision, self.recall
        both = (precision or 0) + (recall or 0)
        f1 = 2 * (precision or 0) * (recall or 0) / both if both else None
        return {
            "right": self.right,
            "wrong": len(self.wrong),
            "missed": len(self.missed),
            "precision": _rounded(precision),
            "recall": _rounded(recall),
            "f1": _rounded(f1),
            "wrong_examples": self.wrong[:20],
            "missed_examples": self.missed[:20],
        }


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)


def count(scores: dict[str, Score], label: str, said: set[str], pair: str) -> None:
    """The same bytes are the same picture and text as well: that is no mistake."""
    for name, score in scores.items():
        if label == "same_bytes" and name != label:
            continue
        add(score, name in said, name == label, pair)


def add(score: Score, said: bool, true: bool, what: str) -> None:  # noqa: FBT001 -- said, and so
    if said and true:
        score.right += 1
    elif said:
        score.wrong.append(what)
    elif true:
        score.missed.append(what)


def overall(scores: Iterable[Score]) -> dict[str, Any]:
    total = Score()
    for score in scores:
        total.right += score.right
        total.wrong += score.wrong
        total.missed += score.missed
    told = total.as_dict()
    return {k: told[k] for k in ("right", "wrong", "missed", "precision", "recall", "f1")}
