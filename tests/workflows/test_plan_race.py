"""The two last answers about a plan at the same moment, on either database."""

from __future__ import annotations

from uuid import uuid4

import pytest

from core.refusals import Conflict, NotPermitted
from tests.workflows.planned import Planned, planned
from tests.workflows.test_race import raced
from workflows.actions import plans
from workflows.models import Plan, Round
from workflows.models.plan import PlanState

pytestmark = pytest.mark.django_db(transaction=True)


def stage() -> Planned:
    on = planned()
    on.put_forward()
    on.agree("head", "other head")
    return on


def hold(on: Planned) -> Round:
    return Round.objects.select_for_update(no_key=True).get(pk=on.round.pk)


def test_of_the_two_last_to_agree_one_alone_asks_whoever_decides() -> None:
    on = stage()
    plan, late = on.plan, on.actor("second leader")
    came = raced(
        lambda: on.agree("leader"),
        lambda: plans.agree(plan.pk, actor=late, command_id=uuid4(), opinion="Good."),
        hold=lambda: hold(on),
    )
    assert isinstance(came, Plan)
    assert on.waits_for() == {"first"}
    assert on.plan.opinions.filter(part="first").count() == 1
    assert on.events() == ["plan.put_forward", *["plan.agreed"] * 4]
    assert on.told("first") == ["plan_asked"]


def test_a_return_and_an_agreement_at_once_do_not_both_count() -> None:
    on = stage()
    plan, late = on.plan, on.actor("second leader")
    came = raced(
        lambda: on.send_back("leader"),
        lambda: plans.agree(plan.pk, actor=late, command_id=uuid4(), opinion="Good."),
        hold=lambda: hold(on),
    )
    assert isinstance(came, Conflict)
    assert on.plan.state == PlanState.RETURNED
    assert on.events()[-1] == "plan.returned"


def test_of_two_clicks_at_once_the_second_is_the_same_answer() -> None:
    on = stage()
    plan, click, actor = on.plan, uuid4(), on.actor("leader")

    def press() -> Plan:
        return plans.agree(plan.pk, actor=actor, command_id=click, opinion="Good.")

    assert isinstance(raced(press, press, hold=lambda: hold(on)), Plan)
    assert on.events() == ["plan.put_forward", *["plan.agreed"] * 3]


def test_two_who_may_answer_one_place_do_not_both_do() -> None:
    on = planned()
    on.put_forward()
    on.agree("head", "other head", "leader", "second leader")
    plan, deputy = on.plan, on.actor("first")
    came = raced(
        lambda: on.agree("first"),
        lambda: plans.agree(plan.pk, actor=deputy, command_id=uuid4(), opinion="Good."),
        hold=lambda: hold(on),
    )
    assert isinstance(came, Conflict | NotPermitted)
    assert on.events().count("plan.approved") == 1


def test_two_of_the_office_do_not_put_forward_two_versions() -> None:
    on = planned()
    closer = on.actor("closer")
    came = raced(
        on.put_forward,
        lambda: plans.put_forward(on.round.pk, actor=closer, command_id=uuid4()),
        hold=lambda: hold(on),
    )
    assert isinstance(came, Conflict)
    assert Plan.objects.count() == 1
