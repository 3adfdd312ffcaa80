"""The demonstration as data: a bureau of a city that does not exist, and its people."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NotRequired, TypedDict, cast

HERE = Path(__file__).parent


class Measure(TypedDict):
    """`account` on is what the staff told of it; `loss_recovered` is in 万元."""

    text: str
    criterion: NotRequired[str]
    account: NotRequired[str]
    rule_made: NotRequired[str]
    loss_recovered: NotRequired[str]
    people_held: NotRequired[int]
    similar_cases: NotRequired[str]
    campaign: NotRequired[bool]


class Deadline(TypedDict):
    """`days` counts from today, below zero when overdue; only dated deadlines have it."""

    kind: Literal["immediate", "dated", "ongoing"]
    days: NotRequired[int]
    ongoing: NotRequired[bool]


class Meeting(TypedDict):
    """Minutes of a meeting so many days after the feedback; before it where below zero."""

    after_feedback: int
    no: int
    places: int


class Paper(TypedDict):
    """`measure` counts from 1 within the item. A few are shams, for the checks to find.

    `again` is a picture of another item, saved anew and cropped; `meeting` are minutes that two
    items share but for their numbers. Item 1-3 has twenty papers and two shams among them.
    `shows` are criteria: the first where not said.
    """

    measure: int
    file: str
    description: str
    again: NotRequired[str]
    meeting: NotRequired[Meeting]
    shows: NotRequired[list[int]]
    pages: NotRequired[str]


class Reason(TypedDict):
    """Why a measure has no evidence yet."""

    measure: int
    text: str


class Return(TypedDict):
    by: Literal["section_head", "office"]
    requirement: str


class Wanted(TypedDict):
    """One more paper that is asked for at the end of the script, `days` from today."""

    by: Literal["section_head", "office"]
    measure: int
    text: str
    days: int


Stage = Literal["draft", "assigned", "rectifying", "in_review", "verifying", "closed"]


class Item(TypedDict):
    """`result`, `evidence` and `reasons` are there once something was handed in or begun."""

    no: str
    title: str
    measures: list[Measure]
    deadline: Deadline
    leaders: list[str]
    lead: list[str]
    support: list[str]
    assignee: str | None
    stage: Stage
    evidence: NotRequired[list[Paper]]
    reasons: NotRequired[list[Reason]]
    result: NotRequired[str]
    opinion: NotRequired[str]
    returned: NotRequired[Return]
    wanted: NotRequired[Wanted]
    effectiveness: NotRequired[str]
    closer: NotRequired[str]


class Problem(TypedDict):
    no: str
    title: str
    items: list[Item]


class Aspect(TypedDict):
    no: str
    title: str
    problems: list[Problem]


class RoundFacts(TypedDict):
    code: str
    title: str
    unit: str
    inspection_body: str
    started_days_ago: int
    ended_days_ago: int
    feedback_days_ago: int


class Round(TypedDict):
    round: RoundFacts
    aspects: list[Aspect]


class Unit(TypedDict):
    name: str
    parent: str | None
    sections: list[str]


class Membership(TypedDict):
    role: str
    unit: str
    section: str | None


class Person(TypedDict):
    login: str
    name: str
    title: str
    memberships: list[Membership]


class People(TypedDict):
    units: list[Unit]
    people: list[Person]


def the_round() -> Round:
    return cast("Round", json.loads((HERE / "round.json").read_text(encoding="utf-8")))


def the_people() -> People:
    return cast("People", json.loads((HERE / "people.json").read_text(encoding="utf-8")))


def items(content: Round) -> Iterator[Item]:
    for aspect in content["aspects"]:
        for problem in aspect["problems"]:
            yield from problem["items"]
