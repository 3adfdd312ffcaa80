"""The plan of a round: whole or not put forward, frozen, reviewed jointly, decided at the top."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from viewflow.workflow.models import Task

from core.refusals import Conflict, NotFound, NotPermitted, Unmet
from tests import make
from tests.workflows import scene
from tests.workflows.planned import (
    CRITERIA,
    REASON,
    planned,
    redate,
    reword,
)
from workflows import plan_content, planning
from workflows.actions import plans
from workflows.models import Plan
from workflows.models.content import digest_of_plan
from workflows.models.plan import PlanState

pytestmark = pytest.mark.django_db


def test_what_is_put_forward_is_frozen_with_its_digest_and_told_on_the_rounds_chain() -> None:
    on = planned()
    plan = on.put_forward()
    [problem] = list(plan_content.problems_of(plan.data))
    first = problem["items"][0]
    assert (problem["no"], problem["title"], len(problem["items"])) == (
        "1",
        "Lighting is neglected",
        2,
    )
    assert (first["section"], first["person"]) == (on.house.section.name, on.house.staff.name)
    assert (first["leaders"], first["due"], first["ongoing"]) == (
        ["Leader one"],
        "2026-12-31",
        False,
    )
    assert [(m["text"], m["criterion"]) for m in first["measures"]] == [
        ("Repair the lamps", CRITERIA[0]),
        ("Keep a log of faults", CRITERIA[1]),
    ]
    assert (plan.version, plan.state, plan.due) == (1, PlanState.UNDER_REVIEW, date(2026, 4, 1))
    assert str(plan) == f"{on.round.code} v1"
    told = scene.last(on.round.subject)
    assert told.name == "plan.put_forward"
    said = told.data
    assert (said["plan"], said["digest"], said["due"]) == (1, plan.digest, "2026-04-01")
    assert (said["problems"], said["items"], said["measures"]) == (1, 2, 4)
    assert said["asked"] == [
        {"part": "head", "section": on.house.section.name, "person": ""},
        {"part": "head", "section": on.house.other_section.name, "person": ""},
        {"part": "leader", "section": "", "person": "Leader one"},
        {"part": "leader", "section": "", "person": "Leader two"},
    ]


def test_later_changes_of_the_ledger_do_not_reach_the_frozen_version() -> None:
    on = planned()
    frozen = on.put_forward()
    redate(on, date(2027, 1, 31))
    reword(on, 1, "Replace the lamps", "Every lamp is new")
    make.entered(on.house, on.round, make.line(on.house, no="1-3", criteria=CRITERIA))
    now = Plan.objects.get(pk=frozen.pk)
    assert (now.data, now.digest, now.intact) == (frozen.data, frozen.digest, True)
    now.data["aspects"][0]["title"] = "Something else"
    assert not now.intact


def test_all_are_asked_side_by_side_and_the_first_responsible_person_last() -> None:
    on = planned()
    on.put_forward()
    joint = {"head", "other head", "leader", "second leader"}
    assert on.waits_for() == joint
    for who in ("second leader", "head", "leader"):
        assert isinstance(on.refused(on.agree, "first"), NotPermitted)
        on.agree(who)
        joint -= {who}
        assert on.waits_for() == joint
    on.agree("other head", opinion="  Agreed.  ")
    assert on.waits_for() == {"first"}
    on.agree("first")
    assert (on.plan.state, on.waits_for()) == (PlanState.APPROVED, set())
    assert on.plan.decided_at is not None
    assert on.events() == ["plan.put_forward", *["plan.agreed"] * 4, "plan.approved"]
    assert not Task.objects.filter(process=on.plan.process, finished=None).exists()
    given = on.plan.opinions.get(decided_by=on.people["other head"])
    assert (given.opinion, given.outcome, given.part) == ("Agreed.", "agree", "head")
    assert str(given).startswith(f"{on.round.code} v1 ")


@pytest.mark.parametrize("who", ["staff", "third leader", "closer", "office", "first"])
def test_whoever_is_not_asked_may_not_answer(who: str) -> None:
    on = planned()
    on.put_forward()
    assert isinstance(on.refused(on.agree, who), NotPermitted)
    assert isinstance(on.refused(on.send_back, who), NotPermitted)


def test_a_return_needs_a_reason_lists_its_remarks_and_ends_the_review() -> None:
    on = planned()
    plan = on.put_forward()
    [problem] = list(plan_content.problems_of(plan.data))
    assert isinstance(on.refused(on.send_back, "leader", reason=" Too short "), Unmet)
    unknown = {problem["id"] + 1: "Where is this?"}
    assert isinstance(on.refused(on.send_back, "leader", remarks=unknown), Unmet)
    on.agree("head")
    on.send_back("leader", remarks={problem["id"]: " Say who pays. "})
    assert (on.plan.state, on.waits_for()) == (PlanState.RETURNED, set())
    told = scene.last(on.round.subject)
    assert (told.name, told.data["reason"], told.data["part"]) == (
        "plan.returned",
        REASON,
        "leader",
    )
    assert told.data["remarks"] == [{"no": "1", "text": "Say who pays."}]
    given = on.plan.opinions.get(outcome="return")
    assert (given.opinion, given.remarks) == (REASON, [{"no": "1", "text": "Say who pays."}])
    assert isinstance(on.refused(on.agree, "second leader"), Conflict)
    assert not Task.objects.filter(process=on.plan.process, finished=None).exists()


def test_a_returned_plan_is_put_forward_again_as_the_next_version() -> None:
    on = planned()
    on.put_forward()
    on.send_back("head")
    again = on.put_forward()
    assert (again.version, on.waits_for()) == (
        2,
        {"head", "other head", "leader", "second leader"},
    )
    on.approve()
    states = Plan.objects.order_by("version").values_list("version", "state")
    assert list(states) == [(1, "returned"), (2, "approved")]


def test_the_first_responsible_person_may_return_it_too() -> None:
    on = planned()
    on.put_forward()
    on.agree("head", "other head", "leader", "second leader")
    on.send_back("first")
    assert on.plan.state == PlanState.RETURNED


def test_only_the_office_puts_a_plan_forward_and_only_while_none_is_under_review() -> None:
    on = planned()
    for who in ("staff", "head", "leader", "first"):
        assert isinstance(on.refused(on.put_forward, who), NotPermitted)
    on.put_forward()
    assert "under review" in str(on.refused(on.put_forward))


def test_nothing_that_changed_meanwhile_is_frozen_unseen() -> None:
    on = planned()
    saw = digest_of_plan(plan_content.of_round(on.round))
    redate(on, date(2027, 1, 31))
    assert "changed after you opened" in str(on.refused(on.put_forward, saw=saw))
    now = digest_of_plan(plan_content.of_round(on.round))
    assert on.put_forward(saw=now).digest == now


def test_what_is_in_force_already_is_not_put_forward_again() -> None:
    on = planned()
    on.put_forward()
    on.approve()
    assert "says just this" in str(on.refused(on.put_forward))


def test_a_new_version_supersedes_the_one_before_only_when_it_is_approved() -> None:
    on = planned()
    on.put_forward()
    on.approve()
    redate(on, date(2027, 1, 31))
    on.put_forward()
    assert list(Plan.objects.order_by("version").values_list("state", flat=True)) == [
        "approved",
        "under_review",
    ]
    on.approve()
    first, second = Plan.objects.order_by("version")
    assert (first.state, second.state) == (PlanState.SUPERSEDED, PlanState.APPROVED)
    assert scene.last(on.round.subject).data["supersedes"] == 1
    assert first.opinions.filter(outcome="agree").count() == 5


def test_the_office_takes_a_plan_back_only_before_anybody_answered() -> None:
    on = planned()
    on.put_forward()
    assert isinstance(on.refused(on.withdraw, "head"), NotPermitted)
    on.withdraw("closer")
    assert (on.plan.state, on.events()[-1]) == (PlanState.WITHDRAWN, "plan.withdrawn")
    assert not Task.objects.filter(process=on.plan.process, finished=None).exists()
    assert isinstance(on.refused(on.withdraw), Conflict)
    on.put_forward()
    on.agree("head")
    assert "Somebody has answered" in str(on.refused(on.withdraw))


def test_a_second_click_changes_nothing_and_is_no_error() -> None:
    on = planned()
    click = uuid4()
    plan = on.put_forward(command_id=click)
    assert on.put_forward(command_id=click) == plan
    agreed = uuid4()
    on.agree("head", command_id=agreed)
    before = on.events()
    on.agree("head", command_id=agreed)
    assert on.events() == before
    assert "used already" in str(on.refused(on.agree, "head", command_id=agreed, opinion="No."))
    assert "used already" in str(on.refused(on.agree, "leader", command_id=agreed))
    assert "used already" in str(on.refused(on.send_back, "leader", command_id=agreed))
    returned = uuid4()
    on.send_back("leader", command_id=returned)
    before = on.events()
    on.send_back("leader", command_id=returned)
    assert on.events() == before
    on.put_forward()
    taken = uuid4()
    for _twice in range(2):
        plans.withdraw(on.plan.pk, actor=on.actor("office"), command_id=taken)
    assert on.events()[-2:] == ["plan.put_forward", "plan.withdrawn"]


def test_a_plan_of_another_unit_is_not_there() -> None:
    on, elsewhere = planned(), planned()
    plan = on.put_forward()
    for who in ("office", "head", "first"):
        foreign = {"actor": elsewhere.actor(who), "command_id": uuid4()}
        assert isinstance(on.refused(plans.put_forward, on.round.pk, **foreign), NotFound)
        assert isinstance(on.refused(plans.agree, plan.pk, **foreign), NotFound)
        assert isinstance(on.refused(plans.withdraw, plan.pk, **foreign), NotFound)
        returned = {"reason": REASON, **foreign}
        assert isinstance(on.refused(plans.return_plan, plan.pk, **returned), NotFound)
        assert planning.on_my_desk(elsewhere.actor(who)) == []


def test_an_opinion_has_its_limits() -> None:
    on = planned()
    on.put_forward()
    assert isinstance(on.refused(on.agree, "head", opinion="x" * 4001), Unmet)


def test_the_database_keeps_one_answer_a_person() -> None:
    on = planned()
    on.put_forward()
    on.agree("head")
    twice = on.plan.opinions.get(section=on.house.other_section)
    given = on.plan.opinions.get(section=on.house.section)
    twice.state, twice.outcome, twice.decided_at = "done", "agree", given.decided_at
    twice.decided_by = on.people["head"]
    with pytest.raises(IntegrityError), transaction.atomic():
        twice.save(update_fields=["state", "outcome", "decided_at", "decided_by"])


def test_those_asked_are_told_then_the_one_who_decides_then_the_maker() -> None:
    on = planned()
    on.put_forward()
    assert [on.told(who) for who in ("head", "leader", "first", "office", "third leader")] == [
        ["plan_asked"],
        ["plan_asked"],
        [],
        [],
        [],
    ]
    on.agree("head", "other head", "leader", "second leader")
    assert (on.told("first"), on.told("office")) == (["plan_asked"], [])
    on.agree("first")
    assert on.told("office") == ["plan_approved"]
    assert on.told("head") == ["plan_asked", "plan_approved"]
    assert on.told("first") == ["plan_asked"]


def test_the_maker_learns_of_a_return_and_those_asked_of_a_withdrawal() -> None:
    on = planned()
    on.put_forward()
    on.send_back("head")
    assert (on.told("office"), on.told("leader")) == (["plan_returned"], ["plan_asked"])
    on.put_forward()
    on.withdraw()
    assert on.told("leader") == ["plan_asked", "plan_asked", "plan_withdrawn"]
