"""What a check found, before anybody has been told of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workflows.checks.rules import Rule
    from workflows.models import Citation, Measure, Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One reason to look: on which thing, like which other, with the values of its sentence."""

    rule: Rule
    citation: Citation | None = None
    measure: Measure | None = None
    other_citation: Citation | None = None
    other_reply: Reply | None = None
    own_digest: str = ""
    """Of the words, where they stand on no file: written anew, they are looked at anew."""
    told: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """What is raised once: of a file with each other item, of words with other words."""
        if self.citation is not None:
            own = [f"c{self.citation.pk}"]
            other = [f"i{self.other_citation.item_id}"] if self.other_citation else []
            return ":".join([str(self.rule), *own, *other])
        said = [_said(self.own_digest, self.measure)]
        if self.other_reply is not None:
            said.append(_said(self.other_reply.digest, self.other_reply.measure))
        return ":".join([str(self.rule), *sorted(said)])

    def on_the_later(self) -> Found:
        """It stands on what was cited later, whichever of the two was looked at."""
        own, other = self.citation, self.other_citation
        if own is None or other is None or own.pk > other.pk:
            return self
        told = {_turned(name): value for name, value in self.told.items()}
        return replace(self, citation=other, measure=other.measure, other_citation=own, told=told)


def _said(digest: str, measure: Measure | None) -> str:
    return f"m{measure.pk if measure else 0}@{digest[:24]}"


def _turned(name: str) -> str:
    """Of a picture that lies in another, what is told of each: `box` and `other_box`."""
    if name.startswith("other_"):
        return name.removeprefix("other_")
    return f"other_{name}" if name in {"picture", "page", "size", "box"} else name
