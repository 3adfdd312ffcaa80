"""Who is asked about a plan: nobody about their own, nobody twice, nobody where nobody is."""

from __future__ import annotations

import pytest
from viewflow.workflow.models import Task

from core.models import Membership
from core.refusals import Conflict, NotPermitted
from core.roles import Role
from tests import make
from tests.workflows import scene
from tests.workflows.planned import Planned, planned
from tests.workflows.review import leave
from workflows import planning
from workflows.models import PlanOpinion
from workflows.models.plan import PlanState

pytestmark = pytest.mark.django_db


def raised(on: Planned) -> list[tuple[str, str]]:
    """(as what, who) of the places that went up one level."""
    found = on.plan.opinions.filter(raised=True).select_related("person", "section")
    return [(one.part, str(one.person or one.section or "")) for one in found]


def stuck(on: Planned) -> list[str]:
    return [one.part for one in planning.stuck(on.plan)]


def test_a_head_who_put_the_plan_forward_is_passed_over_and_the_leaders_suffice() -> None:
    on = planned()
    make.membership(on.people["head"], Role.OFFICE, unit=on.house.unit)
    on.put_forward("head")
    assert raised(on) == [("head", on.house.section.name)]
    assert on.waits_for() == {"other head", "leader", "second leader"}
    refusal = on.refused(on.agree, "head")
    assert isinstance(refusal, NotPermitted)
    assert "goes up one level" in str(refusal)
    on.agree("other head", "leader", "second leader", "first")
    assert on.plan.state == PlanState.APPROVED


def test_another_head_of_the_section_answers_instead_of_the_maker() -> None:
    on = planned()
    make.membership(on.people["head"], Role.OFFICE, unit=on.house.unit)
    on.people["second head"] = make.person(Role.SECTION_HEAD, section=on.house.section)
    on.put_forward("head")
    assert raised(on) == []
    assert "second head" in on.waits_for()


def test_whoever_heads_two_sections_answers_once() -> None:
    on = planned()
    leave(on.people["other head"])
    make.membership(on.people["head"], Role.SECTION_HEAD, section=on.house.other_section)
    on.put_forward()
    on.agree("head")
    assert raised(on) == [("head", on.house.other_section.name)]
    assert isinstance(on.refused(on.agree, "head"), Conflict)
    on.agree("leader", "second leader", "first")
    assert on.plan.state == PlanState.APPROVED


def test_a_leader_who_decides_last_is_not_asked_beside_the_others() -> None:
    on = planned()
    make.membership(on.people["leader"], Role.UNIT_HEAD, unit=on.house.unit)
    on.put_forward()
    assert raised(on) == [("leader", "Leader one")]
    assert isinstance(on.refused(on.agree, "leader"), NotPermitted)
    on.agree("head", "other head", "second leader")
    assert on.waits_for() == {"leader", "first"}
    on.agree("leader")
    assert on.plan.state == PlanState.APPROVED


def test_when_all_places_are_of_whoever_decides_last_they_are_asked_at_once() -> None:
    on = planned()
    for who in ("head", "other head", "leader", "second leader", "third leader"):
        leave(on.people[who])
    first = on.people["first"]
    make.membership(first, Role.LEADER, unit=on.house.unit)
    for section in (on.house.section, on.house.other_section):
        make.membership(first, Role.SECTION_HEAD, section=section)
    on.put_forward()
    assert [part for part, _who in raised(on)] == ["head", "head", "leader"]
    assert on.waits_for() == {"first"}
    on.agree("first")
    assert on.plan.state == PlanState.APPROVED
    assert not Task.objects.filter(process=on.plan.process, finished=None).exists()


def test_the_last_answer_goes_up_to_the_unit_above_when_its_holder_put_the_plan_forward() -> None:
    on = planned()
    make.membership(on.people["first"], Role.OFFICE, unit=on.house.unit)
    on.put_forward("first")
    on.agree("head", "other head", "leader", "second leader")
    assert (on.waits_for(), stuck(on), raised(on)) == (set(), ["first"], [("first", "")])
    other = make.person(Role.UNIT_HEAD, unit=on.house.unit)
    on.people["other first"] = other
    assert (on.waits_for(), stuck(on)) == ({"other first"}, [])


def test_where_nobody_holds_a_place_nobody_may_and_the_office_may_take_it_back() -> None:
    on = planned()
    leave(on.people["other head"])
    on.put_forward()
    on.agree("head", "leader", "second leader")
    assert (on.waits_for(), stuck(on)) == (set(), ["head"])
    on.withdraw()
    assert on.plan.state == PlanState.WITHDRAWN


def test_somebody_appointed_later_answers() -> None:
    on = planned()
    leave(on.people["other head"])
    on.put_forward()
    on.people["new head"] = make.person(Role.SECTION_HEAD, section=on.house.other_section)
    assert "new head" in on.waits_for()
    assert stuck(on) == []


def test_where_no_leader_is_named_or_left_one_of_the_units_leaders_is_asked() -> None:
    on = planned()
    leave(on.people["leader"])
    on.put_forward()
    parts = on.plan.opinions.filter(part="leader").values_list("person__name", "role")
    assert list(parts) == [("Leader two", ""), (None, Role.LEADER)]
    assert {"second leader", "third leader"} <= on.waits_for()
    on.agree("second leader")
    assert "third leader" in on.waits_for()


def test_sections_that_lead_together_are_all_asked() -> None:
    on = planned()
    third = make.section(on.house.unit)
    lead = (on.house.section.name, third.name)
    words = {"lead": lead, "criteria": ("Lit", "Kept"), "leaders": ("Leader one",)}
    make.entered(on.house, on.round, make.line(on.house, no="1-3", **words))
    on.put_forward()
    heads = on.plan.opinions.filter(part="head").values_list("section__name", flat=True)
    assert set(heads) == {on.house.section.name, on.house.other_section.name, third.name}


def test_a_deputy_answers_and_the_record_says_for_whom() -> None:
    on = planned()
    on.people["deputy"] = on.house.colleague
    make.deputy(on.people["head"], on.people["deputy"], with_tray=True)
    make.deputy(on.people["leader"], on.people["closer"], with_tray=True)
    on.put_forward()
    assert {"deputy", "closer"} <= on.waits_for()
    [plan] = planning.on_my_desk(on.actor("deputy"))
    on.agree("deputy")
    assert scene.last(on.round.subject).data["behind"] == on.people["head"].name
    given = PlanOpinion.objects.get(plan=plan, state="done")
    assert (given.decided_by, given.behind) == (on.people["deputy"], on.people["head"])
    assert isinstance(on.refused(on.agree, "head"), Conflict)
    assert planning.on_my_desk(on.actor("deputy")) == []


def test_a_deputy_does_not_answer_for_the_maker_nor_twice() -> None:
    on = planned()
    on.people["deputy"] = on.house.colleague
    make.membership(on.people["head"], Role.OFFICE, unit=on.house.unit)
    make.membership(on.people["deputy"], Role.SECTION_HEAD, section=on.house.section)
    make.deputy(on.people["head"], on.people["deputy"], with_tray=True)
    on.put_forward("head")
    on.agree("deputy")
    given = on.plan.opinions.get(state="done")
    assert (given.decided_by, given.behind) == (on.people["deputy"], None)
    make.deputy(on.people["other head"], on.people["deputy"], with_tray=True)
    assert isinstance(on.refused(on.agree, "deputy"), Conflict)


def test_the_deputy_of_whoever_decides_last_decides_last() -> None:
    on = planned()
    on.people["deputy"] = on.house.colleague
    make.deputy(on.people["first"], on.people["deputy"], with_tray=True)
    on.put_forward()
    on.agree("head", "other head", "leader", "second leader")
    assert on.waits_for() == {"first", "deputy"}
    on.agree("deputy")
    assert on.plan.state == PlanState.APPROVED
    assert scene.last(on.round.subject).data["behind"] == on.people["first"].name


def test_a_place_is_said_in_words_and_by_the_names_of_who_may() -> None:
    on = planned()
    on.put_forward()
    said = [(str(planning.place(one)), planning.names(one)) for one in planning.waiting(on.plan)]
    assert said[2] == ("Leader one", ["Leader one"])
    assert said[0][1] == [on.people["head"].name]
    Membership.objects.filter(user=on.people["head"]).update(ends="2020-01-02")
    assert planning.names(planning.waiting(on.plan)[0]) == []
