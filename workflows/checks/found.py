"""What a check found, before anybody has been told of it."""

from __future__ import annotations

from dataclasses import dataclass, field
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
        """The same for both sides of a likeness."""
        own = f"c{self.citation.pk}" if self.citation else self._said(self.own_digest, self.measure)
        other = ""
        if self.other_citation is not None:
            other = f"c{self.other_citation.pk}"
        elif self.other_reply is not None:
            other = self._said(self.other_reply.digest, self.other_reply.measure)
        return ":".join([str(self.rule), *sorted(filter(None, (own, other)))])

    @staticmethod
    def _said(digest: str, measure: Measure | None) -> str:
        return f"m{measure.pk if measure else 0}@{digest[:24]}"
