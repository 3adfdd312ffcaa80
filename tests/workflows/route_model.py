"""A route as it is known by hand: whom each step asks, who was added by whom, who has agreed.

Nothing here is passed from state to state as the product does it: whether somebody is asked is
read each time from the whole tree of those who were added and what they answered.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.workflows.route_place import HEADS, OFFICES, Place

LEADERS = ({"leader"}, {"second leader"})
# Step by step: whom it asks, and how many of those must agree, "next" being one after another.
ROUTES: dict[str, list[tuple[tuple[set[str] | frozenset[str], ...], str]]] = {
    "standard": [((HEADS,), "any"), (LEADERS, "any"), ((OFFICES,), "any")],
    "full": [
        ((HEADS,), "any"),
        (({"other head"},), "all"),
        (LEADERS, "all"),
        ((OFFICES,), "any"),
    ],
    # Its third step asks a leader by name; where they agreed already it is one level up.
    "own": [((HEADS,), "any"), (LEADERS, "next"), (({"leader"},), "any"), ((OFFICES,), "any")],
}
OTHERS = ("colleague", "third leader", "clerk", "second clerk", "third clerk", "fourth clerk")
"""Whom no step asks, so that they may be added."""
ONE_LEVEL_UP = {("own", 2): ("leader", {"first person"})}


Option = tuple[str, str]
"""Who may, and to whom or where to."""


@dataclass
class Agreed:
    place: int
    who: str
    behind: str = ""


@dataclass
class Model:
    route: str
    """The one this submission is on, by its version of the round's."""
    version: int
    of_round: str = ""
    round_version: int = 0
    at: int = 0
    roots: list[Place] = field(default_factory=list)
    agreed: list[Agreed] = field(default_factory=list)
    behind: dict[str, str] = field(default_factory=dict)
    """Deputies, and whom they stand in for."""
    stepped: bool = False
    """Somebody returned it to an earlier step."""
    unread: int = 0
    """Copies."""
    must_read: bool = False
    """The round demands that whoever agrees has opened the evidence."""
    readers: set[str] = field(default_factory=set)
    """Who has opened all of it as it is."""
    resume: tuple[int, int] | None = None
    """Where it comes straight back to, if the round's route is still this version."""

    @property
    def last(self) -> int:
        return len(ROUTES[self.route]) - 1

    @property
    def in_office(self) -> bool:
        return self.at == self.last

    def silent(self) -> set[str]:
        """Who has had their say, themselves or through somebody else."""
        return {"staff"} | {name for one in self.agreed for name in (one.who, one.behind) if name}

    def submitted(self) -> None:
        self.route, self.version = self.of_round, self.round_version
        self.agreed, self.stepped = [], False
        straight = self.resume and self.resume[1] == self.version
        self.stand_at(self.resume[0] if self.resume and straight else 0)
        self.resume = None

    def stand_at(self, at: int) -> None:
        self.agreed = [one for one in self.agreed if one.place < at]
        self.at = at
        groups, self.how = ROUTES[self.route][at]
        who, higher = ONE_LEVEL_UP.get((self.route, at), ("", set()))
        if who in self.silent():
            groups = (higher,)
        self.roots = [Place(frozenset(group)) for group in groups]

    # Who is asked

    def every(self) -> Iterator[Place]:
        for root in self.roots:
            yield from root.every()

    def open(self) -> list[Place]:
        found = []
        for root in self.roots:
            found += [place for place in root.every() if place.open()]
            if self.how == "next" and not root.settled():
                break
        return found

    def may(self, place: Place) -> set[str]:
        """Who may answer at a place: those asked, and their deputies, but for who had their say."""
        asked, silent = place.asked, self.silent()
        if place.taken:
            asked = frozenset({place.taken, self.behind.get(place.taken, place.taken)})
        found = set(asked) | {who for who, person in self.behind.items() if person in asked}
        found -= silent
        return {who for who in found if self.for_whom(place, who) not in silent}

    def for_whom(self, place: Place, who: str) -> str:
        """Whom a deputy answers for; nobody where they are asked themselves."""
        return "" if who in place.asked else self.behind.get(who, "")

    def waiting(self) -> set[str]:
        return {who for place in self.open() for who in self.may(place)}

    def place_of(self, who: str) -> Place:
        """Where somebody answers: by name before for a group, the longest asked first."""
        mine = [place for place in self.open() if who in self.may(place)]
        named = [p for p in mine if p.taken == who or (p.asked == {who} and not p.group)]
        return (named or mine)[0]

    def may_nest(self) -> list[str]:
        """Who might add a whole tree of signers before them."""
        if self.in_office or len(self.free()) < 4:
            return []
        return sorted(who for who in self.waiting() if not self.was_added(who))

    def was_added(self, who: str) -> bool:
        return self.place_of(who).kind != "step"

    def added(self) -> list[Place]:
        """Added and not answered."""
        return [place for place in self.every() if place.kind != "step" and not place.answered]

    # What is done

    def answer(self, who: str) -> None:
        place = self.place_of(who)
        place.answered = True
        self.agreed.append(Agreed(self.at, who, self.for_whom(place, who)))
        yes = [root for root in self.roots if root.answered]
        enough = yes if self.how == "any" else len(yes) == len(self.roots)
        if enough and place.root.answered and not self.added():
            self.stand_at(self.at + 1)

    def add(self, who: str, kind: str, signer: str) -> None:
        place = self.place_of(who)
        place.below.append(Place(frozenset({signer}), kind, place, who))

    def recall(self, who: str) -> None:
        """What a deputy took on is the group's again."""
        for place in self.every():
            if place.taken == who:
                place.taken = ""
        del self.behind[who]

    def drop(self, signer: str) -> None:
        for place in self.every():
            place.below = [one for one in place.below if one.answered or one.asked != {signer}]

    def done(self, verb: str, who: str, what: str) -> None:  # noqa: C901, PLR0912 -- a table
        """What is different afterwards. After a return, a withdrawal and a close it comes again."""
        match verb:
            case "approve" | "approve_in_bulk":
                self.answer(who)
            case "give_back":
                self.place_of(who).answered = True
            case "send_back" | "withdraw" | "close":
                self.submitted()
            case "send_back_straight":
                self.resume = None if self.in_office else (self.at, self.version)
                self.submitted()
            case "step_back":
                self.stepped = True
                self.stand_at(int(what))
            case "hand_over":
                place = self.place_of(who)
                place.asked, place.taken = frozenset({what}), ""
            case "ask_help" | "add_before" | "add_after":
                self.add(who, verb.partition("_")[2], what)
            case "drop":
                self.drop(what)
            case "claim":
                self.place_of(who).taken = who
            case "release":
                self.place_of(who).taken = ""
            case "attach":
                self.readers = set()
                self.stand_at(0)
            case "amend":
                self.stand_at(0)
            case "demand":
                self.must_read = not self.must_read
            case "set_route":
                self.of_round, self.round_version = what, self.round_version + 1
            case "move":
                self.route, self.version = self.of_round, self.round_version
                self.stand_at(0)
            case "recall":
                self.recall(what)
            case "appoint":
                self.behind[what] = who
            case "copy_to":
                self.unread += 1
            case "read":
                self.unread -= 1

    # What may be done

    def able(self) -> dict[str, list[Option]]:
        """Each verb that is possible now: who may, and to whom or where to."""
        found: dict[str, list[Option]] = {
            "drop": sorted(self.drops()),
            "demand": [("office", "")],
            "set_route": [("office", name) for name in sorted(ROUTES) if name != self.of_round],
        }
        for who in sorted(self.waiting()):
            for verb, whats in self.able_at(self.place_of(who)).items():
                found.setdefault(verb, []).extend((who, what) for what in whats)
        if self.in_office:
            found |= {"attach": [("staff", "")], "amend": [("office", "")]}
        elif not self.agreed and not self.stepped:
            found["withdraw"] = [("staff", "")]
        if self.version != self.round_version:
            found["move"] = [("office", "")]
        if self.unread:
            found["read"] = [("colleague", "")]
        found["recall" if self.behind else "appoint"] = [("head", "stand-in")]
        return {verb: options for verb, options in found.items() if options}

    def able_at(self, place: Place) -> dict[str, list[str]]:
        if place.kind == "help":
            return {"give_back": [""]}
        found = {verb: [""] for verb in ("send_back", "send_back_straight", "copy_to")}
        found |= {verb: self.free()[:1] for verb in ("ask_help", "add_before", "hand_over")}
        found["step_back"] = [str(at) for at in range(self.at)]
        if self.in_office and place.kind == "step":
            found["close"] = [""]
        else:
            found |= {"approve": [""], "approve_in_bulk": [""]}
        if not self.in_office:
            found["add_after"] = self.free()[:1]
        if place.group:
            found["release" if place.taken else "claim"] = [""]
        return found

    def drops(self) -> set[Option]:
        """Who may take back whom they added: until they answered, and oneself before them."""
        return {
            (place.by, next(iter(place.asked)))
            for place in self.added()
            if place.kind != "after" or not (place.above and place.above.answered)
        }

    def free(self) -> list[str]:
        """Who may be added, or handed a step."""
        asked = {who for place in self.every() if not place.answered for who in place.asked}
        return [who for who in OTHERS if who not in self.silent() | asked]
