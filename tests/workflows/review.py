"""A review by a given route, with somebody of every part in it, and what they do in one word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pytest
from django.utils import translation

from core.actor import Actor
from core.models import Membership, User
from core.refusals import Refusal
from core.roles import Role
from tests import make
from tests.make import House
from tests.workflows import scene
from workflows import holders
from workflows.actions import decisions, duties, giving, leadership, rectification, routes
from workflows.holders import On
from workflows.models import Duty, Item, Submission
from workflows.models.route import Step
from workflows.standing_in import as_actor
from workflows.states import State


@dataclass
class Review:
    house: House
    item: Item
    people: dict[str, User]
    known: dict[str, Actor] = field(default_factory=dict)
    """Actors whose posts no longer change."""
    on: ClassVar[On] = holders.REVIEW
    """Which of the item's two matters these words are about."""

    def actor(self, who: str) -> Actor:
        if who in self.known:
            return self.known[who]
        return as_actor(User.objects.get(pk=self.people[who].pk))

    def now(self) -> Item:
        return Item.objects.select_related("submission").get(pk=self.item.pk)

    @property
    def submission(self) -> Submission:
        found = self.now().submission
        assert found is not None
        return found

    def form(self, who: str) -> dict[str, Any]:
        return {"actor": self.actor(who), "command": make.command(self.item)}

    def id(self, who: str) -> int:
        return self.people[who].pk

    def approve(self, *whos: str) -> None:
        for who in whos:
            decisions.approve(self.item.pk, opinion="Seen.", **self.form(who))

    def close(self, who: str) -> None:
        decisions.close(self.item.pk, effectiveness="It works.", **self.form(who))

    def send_back(self, who: str, *, straight: bool = False) -> None:
        decisions.send_back(self.item.pk, reason=scene.REASON, straight=straight, **self.form(who))

    def step_back(self, who: str, to: int) -> None:
        decisions.step_back(self.item.pk, position=to, reason=scene.REASON, **self.form(who))

    def submit(self, who: str = "staff") -> None:
        rectification.submit(self.item.pk, **self.form(who))

    def step_form(self, who: str) -> dict[str, Any]:
        return {"on": self.on, **self.form(who)}

    def hand_over(self, who: str, to: str) -> None:
        said: dict[str, Any] = {"person_id": self.id(to), "reason": scene.REASON}
        duties.hand_over(self.item.pk, **said, **self.step_form(who))

    def ask_help(self, who: str, of: str) -> None:
        duties.ask_help(self.item.pk, person_id=self.id(of), question="Lit?", **self.step_form(who))

    def give_back(self, who: str) -> None:
        duties.give_back(self.item.pk, opinion="It is lit.", **self.step_form(who))

    def add(self, who: str, signer: str, *, after: bool = False) -> None:
        said: dict[str, Any] = {"person_id": self.id(signer), "after": after}
        duties.add_signer(self.item.pk, **said, **self.step_form(who))

    def drop(self, who: str, signer: str) -> None:
        duty = self.item.duties.filter(person=self.id(signer)).exclude(kind="step").latest("pk")
        duties.drop_signer(self.item.pk, duty_id=duty.pk, **self.step_form(who))

    def copy(self, who: str, *to: str) -> None:
        people = tuple(self.id(one) for one in to)
        duties.copy_to(self.item.pk, person_ids=people, **self.step_form(who))

    def claim(self, who: str) -> None:
        duties.claim(self.item.pk, **self.step_form(who))

    def release(self, who: str) -> None:
        duties.release(self.item.pk, **self.step_form(who))

    def give(self, who: str, to: str, duty: Duty | None = None) -> None:
        """The office gives the step, or the one open duty of it, to somebody."""
        stuck = duty or holders.open_duties(self.now(), self.on)[0]
        said: dict[str, Any] = {"duty_id": stuck.pk, "person_id": self.id(to)}
        giving.give_step(self.item.pk, reason=scene.REASON, **said, **self.form(who))

    def lead(self, *names: str, who: str = "office") -> None:
        """Who the responsible leaders are from now on."""
        people = tuple(self.id(one) for one in names)
        form = self.form(who)
        leadership.change_leaders(self.item.pk, person_ids=people, reason=scene.REASON, **form)

    def waits_for(self) -> set[str]:
        """Who may answer now, by the parts they have here."""
        item = self.now()
        return {
            who
            for who in self.people
            if (duty := holders.duty_of(item, self.actor(who), self.on))
            and holders.may_answer(duty, self.actor(who))
        }

    def stands(self) -> tuple[str, int]:
        return self.now().state, self.submission.position

    def open(self) -> list[Duty]:
        return holders.open_duties(self.now())

    def refused(self, do: Any, *args: Any, **words: Any) -> str:
        """The rule of a refusal that changed nothing."""
        before = scene.everything(self.item)
        with translation.override("en"):
            with pytest.raises(Refusal) as refusal:
                do(*args, **words)
            rule = str(refusal.value)
        assert scene.everything(self.item) == before
        return rule


def review(
    preset: str = "", *steps: Step, leaders: Sequence[str] = ("leader",), **line: Any
) -> Review:
    """An item that was just submitted on such a route."""
    house = make.house()
    people = {
        "staff": house.staff,
        "colleague": house.colleague,
        "head": house.head,
        "second head": make.person(Role.SECTION_HEAD, section=house.section),
        "other head": make.person(Role.SECTION_HEAD, section=house.other_section),
        "leader": make.person(Role.LEADER, unit=house.unit, name="Leader one"),
        "second leader": make.person(Role.LEADER, unit=house.unit, name="Leader two"),
        "third leader": make.person(Role.LEADER, unit=house.unit, name="Leader three"),
        "first person": make.person(Role.UNIT_HEAD, unit=house.unit),
        "office": house.office,
        "closer": house.closer,
        "system officer": make.person(Role.SYSTEM_OFFICER, unit=house.unit),
    }
    round_ = make.round_(house)
    if preset != "short":
        routes.set_route(round_.pk, actor=house.office.actor(), preset=preset, steps=steps)
    names = tuple(people[who].name for who in leaders)
    words = {"support": (house.other_section.name,), "leaders": names, **line}
    item = make.item(State.IN_REVIEW, house=house, round_=round_, **words)
    return Review(house, item, people)


def leave(person: User) -> None:
    """Their posts ended."""
    Membership.objects.filter(user=person).update(starts="2020-01-01", ends="2020-01-02")
