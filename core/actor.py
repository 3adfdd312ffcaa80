"""Who acts: an argument of every action, built once per request from the memberships in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.roles import OF_A_SECTION, SEE_THE_UNIT, Role


class Kind(StrEnum):
    PERSON = "person"
    SYSTEM = "system"
    NOBODY = "nobody"


def id_of(subject: str | None) -> int | None:
    """Of a person as events name them: 7 of `person:7`."""
    return int(subject.partition(":")[2]) if subject else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One membership in force: a role at a unit, and for section roles the section."""

    role: str
    unit_id: int
    unit_path: str
    section_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """Somebody a deputy answers for, with the posts that were lent."""

    person_id: int
    name: str
    posts: frozenset[Post]
    whole: bool = True
    """Also what is addressed to that person by name; not where only some posts were lent."""
    since: datetime | None = None
    """What was asked before then stays with that person; None when all of it was lent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    kind: Kind
    id: int | None
    label: str
    """What the record shows after the account is gone."""
    posts: frozenset[Post] = frozenset()
    stands_for: tuple[Stand, ...] = ()
    """Those this person is the deputy of today."""
    address: str = ""
    """Where the act came from, for the record; empty for the system."""

    @property
    def subject(self) -> str:
        """The actor's own chain, and how events name them: `person:7`."""
        return f"{self.kind}:{self.id}" if self.id is not None else str(self.kind)

    @property
    def person_id(self) -> int:
        """The id of the person who acts; the system and a stranger have none and do not act."""
        if self.id is None:
            raise TypeError(f"{self.label} is not a person")
        return self.id

    @property
    def people(self) -> frozenset[int]:
        """Everybody this actor may answer as: themselves, and whom they stand in for."""
        own = {self.id} if self.id is not None else set()
        return frozenset(own | {stand.person_id for stand in self.stands_for})

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(post.role for post in self.posts)

    def holds(self, role: Role, *, unit_path: str) -> bool:
        """Whether one of the actor's posts gives `role` at the unit or above it."""
        return any(p.role == role and unit_path.startswith(p.unit_path) for p in self.posts)

    def heads(self, section_id: int | None) -> bool:
        return section_id is not None and any(
            p.section_id == section_id and p.role == Role.SECTION_HEAD for p in self.posts
        )

    @property
    def sections(self) -> frozenset[int]:
        """The sections whose items this actor sees, for themselves or for whom they stand in."""
        return frozenset(
            p.section_id
            for p in self._with_lent
            if p.section_id is not None and p.role in OF_A_SECTION
        )

    @property
    def unit_paths(self) -> tuple[str, ...]:
        """The roots of the trees of units whose items this actor sees whole."""
        return tuple(sorted({p.unit_path for p in self._with_lent if p.role in SEE_THE_UNIT}))

    @property
    def _with_lent(self) -> frozenset[Post]:
        """A deputy sees what the person behind sees; what they may do there is lent by the duty."""
        return self.posts.union(*(stand.posts for stand in self.stands_for))


SYSTEM = Actor(kind=Kind.SYSTEM, id=None, label="system")


def nobody(address: str) -> Actor:
    """Somebody at the door who has not logged in."""
    return Actor(kind=Kind.NOBODY, id=None, label="nobody", address=address)
