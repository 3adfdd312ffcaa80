"""One who is asked in a route, with everybody who was added by them, as it is known by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

HEADS = frozenset({"head", "second head"})
OFFICES = frozenset({"office", "closer", "head"})
GROUPS = {HEADS, OFFICES, frozenset({"other head"})}
"""Those that a step asks as one, so that one of them may take it on."""


@dataclass(eq=False)
class Place:
    """One who is asked: a step's group or person, or somebody who was added."""

    asked: frozenset[str]
    kind: str = "step"
    above: Place | None = None
    by: str = ""
    taken: str = ""
    answered: bool = False
    below: list[Place] = field(default_factory=list)

    @property
    def group(self) -> bool:
        return self.kind == "step" and self.asked in GROUPS

    @property
    def root(self) -> Place:
        return self.above.root if self.above else self

    def every(self) -> Iterator[Place]:
        yield self
        for one in self.below:
            yield from one.every()

    def settled(self) -> bool:
        """Answered, and so has everybody who signs after."""
        return self.answered and all(one.settled() for one in self.below if one.kind == "after")

    def waits(self) -> bool:
        """Whether those come first whom it asked to."""
        return any(not one.settled() for one in self.below if one.kind != "after")

    def open(self) -> bool:
        if self.answered or self.waits():
            return False
        return self.kind != "after" or (self.above is not None and self.above.answered)
