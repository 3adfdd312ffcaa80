"""A round whose plan is whole: two sections with their heads, two leaders, one who decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import translation
from viewflow.workflow.models import Task

from audit.models import Event
from core.actor import Actor
from core.models import User
from core.refusals import Refusal
from core.roles import Role
from tests import make
from tests.make import House
from workflows import planning
from workflows.actions import amendments, plans
from workflows.actions.amendments import Deadline, MeasureText
from workflows.models import Item, Notice, Plan, PlanOpinion, Round
from workflows.standing_in import as_actor

CRITERIA = ("All lamps are lit", "The log has an entry a week")
REASON = "Measure two says nothing of who pays."


@dataclass
class Planned:
    house: House
    round: Round
    people: dict[str, User]

    def actor(self, who: str) -> Actor:
        return as_actor(User.objects.get(pk=self.people[who].pk))

    def put_forward(self, who: str = "office", **words: Any) -> Plan:
        form = {"actor": self.actor(who), "command_id": uuid4(), **words}
        return plans.put_forward(self.round.pk, **form)

    def agree(self, *whos: str, command_id: UUID | None = None, opinion: str = "Good.") -> None:
        for who in whos:
            plans.agree(
                self.plan.pk,
                actor=self.actor(who),
                command_id=command_id or uuid4(),
                opinion=opinion,
            )

    def send_back(self, who: str, reason: str = REASON, **words: Any) -> None:
        form = {"actor": self.actor(who), "command_id": uuid4(), "reason": reason, **words}
        plans.return_plan(self.plan.pk, **form)

    def withdraw(self, who: str = "office") -> None:
        plans.withdraw(self.plan.pk, actor=self.actor(who), command_id=uuid4())

    def approve(self) -> None:
        self.agree("head", "other head", "leader", "second leader", "first")

    @property
    def plan(self) -> Plan:
        return Plan.objects.select_related("round__unit").order_by("-pk")[0]

    def waits_for(self) -> set[str]:
        """Who may answer now, by the parts they have here."""
        return {
            who for who in self.people if planning.objection(self.plan, self.actor(who)) is None
        }

    def told(self, who: str) -> list[str]:
        kinds = Notice.objects.filter(person=self.people[who], kind__startswith="plan_")
        return list(kinds.order_by("pk").values_list("kind", flat=True))

    def events(self) -> list[str]:
        told = Event.objects.filter(subject=self.round.subject, name__startswith="plan.")
        return list(told.order_by("seq").values_list("name", flat=True))

    def refused(self, do: Any, *args: Any, **words: Any) -> Refusal:
        """The refusal, which changed nothing."""
        before = everything()
        with translation.override("en"), pytest.raises(Refusal) as refusal:
            do(*args, **words)
        assert everything() == before
        return refusal.value


def everything() -> dict[str, list[Any]]:
    models: tuple[Any, ...] = (Plan, PlanOpinion, Task, Notice, Event)
    return {m.__name__: list(m._default_manager.order_by("pk").values()) for m in models}


def planned() -> Planned:
    house = make.house()
    people = {
        "staff": house.staff,
        "head": house.head,
        "other head": make.person(Role.SECTION_HEAD, section=house.other_section),
        "leader": make.person(Role.LEADER, unit=house.unit, name="Leader one"),
        "second leader": make.person(Role.LEADER, unit=house.unit, name="Leader two"),
        "third leader": make.person(Role.LEADER, unit=house.unit, name="Leader three"),
        "first": make.person(Role.UNIT_HEAD, unit=house.unit),
        "office": house.office,
        "closer": house.closer,
    }
    round_ = make.round_(house)
    make.entered(
        house,
        round_,
        make.line(house, no="1-1", criteria=CRITERIA, leaders=(people["leader"].name,)),
        make.line(
            house,
            no="1-2",
            title="Squares stay dark",
            lead=(house.other_section.name,),
            criteria=CRITERIA,
            leaders=(people["second leader"].name,),
        ),
    )
    return Planned(house, round_, people)


def item(on: Planned, no: str = "1-1") -> Item:
    return Item.objects.get(round=on.round, no=no)


def amend(on: Planned, no: str = "1-1", **words: Any) -> None:
    row = item(on, no)
    office = on.actor("office")
    amendments.amend(row.pk, actor=office, command=make.command(row), reason=make.REASON, **words)


def redate(on: Planned, due: date, no: str = "1-1") -> None:
    amend(on, no, deadline=Deadline(raw="", track="dated", due=due, precision="day"))


def reword(on: Planned, place: int, text: str, criterion: str, no: str = "1-1") -> None:
    measure = item(on, no).measures.get(position=place)
    criteria = make.judged_by(criterion, measure)
    amend(on, no, measures=[MeasureText(id=measure.pk, text=text, criteria=criteria)])
