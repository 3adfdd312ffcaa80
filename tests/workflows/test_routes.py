"""Whom each route asks, how many of them must agree, when a step is left out, and going back."""

from __future__ import annotations

from typing import Any

import pytest

from core.roles import Role
from tests import make
from tests.workflows import scene
from tests.workflows.review import Review, leave, review
from workflows.actions import rectification, routes
from workflows.models import ItemSection
from workflows.models.route import Step
from workflows.states import Outcome, State

pytestmark = pytest.mark.django_db

I, V = State.IN_REVIEW, State.VERIFYING  # noqa: E741 -- as in the law
HEAD, OFFICE = Step(party="head"), Step(party="office")
HEADS = {"head", "second head"}
OFFICES = {"office", "closer"}


# Presets


def test_the_short_route_asks_the_head_and_the_office() -> None:
    on = review("short")
    assert on.waits_for() == HEADS
    on.approve("head")
    assert (on.stands(), on.waits_for()) == ((V, 1), OFFICES)
    on.close("closer")
    assert on.now().state == State.CLOSED


def test_the_standard_route_asks_the_leader_in_between() -> None:
    on = review("standard")
    on.approve("head")
    assert (on.stands(), on.waits_for()) == ((I, 1), {"leader"})
    assert scene.last(on.item.subject).name == "item.endorsed"
    on.approve("leader")
    assert (on.stands(), on.waits_for()) == ((V, 2), OFFICES)
    assert scene.last(on.item.subject).name == "item.approved"


def test_the_full_route_asks_every_cooperating_head_and_every_leader() -> None:
    on = review("full", leaders=("leader", "second leader"))
    on.approve("head")
    assert on.waits_for() == {"other head"}
    on.approve("other head")
    assert on.waits_for() == {"leader", "second leader"}
    on.approve("second leader")
    assert (on.stands(), on.waits_for()) == ((I, 2), {"leader"})
    on.approve("leader")
    assert (on.stands(), on.waits_for()) == ((V, 3), OFFICES)


def test_the_three_levels_end_with_the_first_responsible_person() -> None:
    on = review("three_levels")
    on.approve("head", "leader")
    assert on.waits_for() == {"first person"}
    on.approve("first person")
    on.close("office")
    assert on.now().state == State.CLOSED


def test_without_cooperating_sections_their_step_is_passed() -> None:
    on = review("full", support=())
    on.approve("head")
    assert (on.stands(), on.waits_for()) == ((I, 2), {"leader"})


def test_where_the_ledger_names_no_leader_all_of_the_unit_are_asked() -> None:
    on = review("standard", leaders=())
    on.approve("head")
    assert on.waits_for() == {"leader", "second leader", "third leader"}
    on.approve("third leader")
    assert on.stands() == (V, 2)


# How many


LEADERS = ("leader", "second leader", "third leader")


@pytest.mark.parametrize(
    ("how", "percent", "needed"),
    [
        ("any", 100, 1),
        ("all", 100, 3),
        ("ratio", 33, 1),
        ("ratio", 34, 2),
        ("ratio", 66, 2),
        ("ratio", 67, 3),
        ("ratio", 1, 1),
        ("ratio", 100, 3),
    ],
)
def test_a_step_is_over_when_so_many_of_three_have_agreed(
    how: str, percent: int, needed: int
) -> None:
    step = Step(party="leaders", how=how, percent=percent)
    on = review("", HEAD, step, OFFICE, leaders=LEADERS)
    on.approve("head")
    for no, who in enumerate(LEADERS[:needed], 1):
        assert on.stands() == (I, 1), no
        on.approve(who)
    assert on.stands() == (V, 2)
    assert on.waits_for() == OFFICES


def test_one_answers_for_a_whole_group() -> None:
    on = review("", HEAD, Step(party="leaders", how="one"), OFFICE, leaders=())
    on.approve("head")
    [duty] = on.open()
    assert (duty.person, duty.role) == (None, Role.LEADER)
    assert on.waits_for() == set(LEADERS)
    on.approve("second leader")
    assert on.stands() == (V, 2)


def test_in_order_they_are_asked_one_after_another() -> None:
    on = review("", HEAD, Step(party="leaders", how="in_order"), OFFICE, leaders=LEADERS)
    on.approve("head")
    for who in LEADERS:
        assert on.waits_for() == {who}
        on.approve(who)
    assert on.stands() == (V, 2)


def test_in_order_whoever_comes_after_does_not_get_ahead() -> None:
    on = review("", HEAD, Step(party="leaders", how="in_order"), OFFICE, leaders=LEADERS)
    on.approve("head")
    on.refused(on.approve, "second leader")
    on.add("leader", "colleague", after=True)
    on.approve("leader")
    assert on.waits_for() == {"colleague"}
    on.approve("colleague")
    assert on.waits_for() == {"second leader"}


def test_a_vote_from_before_a_return_does_not_count_twice() -> None:
    step = Step(party="leaders", how="ratio", percent=60)
    on = review("", HEAD, step, OFFICE, leaders=LEADERS)
    on.approve("head", "leader")
    on.step_back("second leader", 0)
    on.approve("head", "leader")
    assert on.stands() == (I, 1)
    on.approve("third leader")
    assert on.stands() == (V, 2)


def test_a_step_may_ask_a_named_person() -> None:
    on = review("short")
    step = Step(party="person", person_id=on.id("colleague"))
    routes.set_route(on.item.round_id, actor=on.actor("office"), steps=(HEAD, step, OFFICE))
    routes.move_to_current(on.item.pk, reason=scene.REASON, **on.form("office"))
    on.approve("head")
    assert on.waits_for() == {"colleague"}
    assert on.refused(on.approve, "leader") == (f"Only {on.people['colleague'].name} may do this.")


# When a step is left out


@pytest.mark.parametrize(
    ("unless", "line", "left_out"),
    [
        ("", {}, False),
        ("immediate", {"track": "immediate"}, True),
        ("immediate", {"track": "dated"}, False),
        ("ongoing", {"ongoing": True}, True),
        ("ongoing", {"ongoing": False}, False),
        ("repeated", {}, False),
    ],
)
def test_a_step_is_left_out_as_its_words_say(
    unless: str, line: dict[str, Any], *, left_out: bool
) -> None:
    on = review("", HEAD, Step(party="leaders", unless=unless), OFFICE, **line)
    on.approve("head")
    assert on.stands() == ((V, 2) if left_out else (I, 1))


def test_a_step_is_left_out_when_the_item_comes_back_after_a_return() -> None:
    on = review("", HEAD, Step(party="leaders", unless="repeated"), OFFICE)
    on.approve("head", "leader")
    on.send_back("office")
    on.submit()
    on.approve("head")
    assert on.stands() == (V, 2)


# The same person twice


def test_where_the_only_head_submitted_it_goes_up_one_level_and_says_so() -> None:
    on = review("standard")
    leave(on.people["second head"])
    leave(on.people["head"])
    make.membership(on.people["staff"], Role.SECTION_HEAD, section=on.house.section)
    _again(on)
    [duty] = on.open()
    assert (duty.raised, on.waits_for()) == (True, {"leader"})
    assert on.refused(on.approve, "staff") == "Nobody approves what they submitted themselves."
    on.approve("leader")
    # The leader answered for the head already, so that the step of the leaders is one level up.
    [duty] = on.open()
    assert (duty.raised, on.waits_for()) == (True, {"first person"})
    assert on.refused(on.approve, "leader") == (
        "Nobody agrees twice: this person agreed at an earlier step."
    )


def _again(on: Review) -> None:
    """The submission is taken back and handed in anew."""
    rectification.withdraw(on.item.pk, **on.form("staff"))
    on.submit()


def test_whoever_heads_both_sections_answers_once_and_the_second_goes_up() -> None:
    on = review("full")
    leave(on.people["other head"])
    leave(on.people["second head"])
    make.membership(on.people["head"], Role.SECTION_HEAD, section=on.house.other_section)
    on.approve("head")
    [duty] = on.open()
    assert (duty.raised, on.waits_for()) == (True, {"leader"})


def test_two_cooperating_sections_with_one_head_go_up_once_that_head_has_answered() -> None:
    on = review("full", support=())
    third = make.section(on.house.unit)
    for place, section in enumerate((on.house.other_section, third)):
        row = ItemSection(item=on.item, section=section, part="support", position=place)
        row.save()
    make.membership(on.people["other head"], Role.SECTION_HEAD, section=third)
    on.approve("head", "other head")
    [duty] = on.open()
    assert (on.stands(), duty.raised, on.waits_for()) == ((I, 1), True, {"leader"})


def test_where_nobody_is_left_nobody_may_and_the_refusal_says_so() -> None:
    on = review("short")
    on.approve("head")
    for part in ("office", "closer"):
        leave(on.people[part])
    make.membership(on.people["head"], Role.OFFICE, unit=on.house.unit)
    assert on.waits_for() == set()
    assert on.refused(on.close, "leader") == (
        "Nobody may do this now: no one is the rectification office."
    )
    assert on.refused(on.close, "head") == (
        "Submitter, approver and closer are three different people."
    )


# Returning


def test_a_return_goes_to_the_maker_and_the_next_submission_begins_anew() -> None:
    on = review("standard")
    on.approve("head")
    on.send_back("leader")
    assert (on.now().state, on.submission.outcome) == (State.RECTIFYING, Outcome.RETURNED)
    on.submit()
    assert (on.stands(), on.waits_for()) == ((I, 0), HEADS)


def test_a_return_straight_back_to_me_comes_past_those_before() -> None:
    on = review("standard")
    on.approve("head")
    on.send_back("leader", straight=True)
    on.submit()
    assert (on.stands(), on.waits_for()) == ((I, 1), {"leader"})
    on.approve("leader")
    on.close("office")
    assert on.now().state == State.CLOSED


def test_what_the_office_returns_is_approved_again_even_straight() -> None:
    on = review("short")
    on.approve("head")
    on.send_back("office", straight=True)
    on.submit()
    assert on.stands() == (I, 0)


def test_straight_back_is_forgotten_when_the_route_has_changed() -> None:
    on = review("standard")
    on.approve("head")
    on.send_back("leader", straight=True)
    routes.set_route(on.item.round_id, actor=on.actor("office"), preset="full")
    on.submit()
    assert on.stands() == (I, 0)


def test_a_return_to_an_earlier_step_voids_what_was_approved_from_there() -> None:
    on = review("three_levels")
    on.approve("head", "leader")
    on.step_back("first person", 1)
    assert (on.stands(), on.waits_for()) == ((I, 1), {"leader"})
    assert on.submission.approved_by == on.people["head"]
    voided = on.item.duties.get(decided_by=on.id("leader"))
    assert voided.void
    assert scene.last(on.item.subject).data["to_step"] == 1


def test_the_office_may_return_to_a_step_and_the_item_is_in_review_again() -> None:
    on = review("standard")
    on.approve("head", "leader")
    on.step_back("office", 0)
    assert (on.stands(), on.waits_for()) == ((I, 0), HEADS)
    assert (on.submission.approved_by, on.submission.approved_at) == (None, None)
    on.approve("head", "leader")
    on.close("office")


@pytest.mark.parametrize("to", [1, 2, 7])
def test_only_a_step_before_ones_own_can_be_returned_to(to: int) -> None:
    on = review("standard")
    on.approve("head")
    assert on.refused(on.step_back, "leader", to) == (
        "Only an earlier step that asks somebody can be returned to."
    )


def test_a_step_that_was_left_out_cannot_be_returned_to() -> None:
    on = review("full", support=())
    on.approve("head")
    on.refused(on.step_back, "leader", 1)


# Taking back, and changing what was approved


def test_a_submission_is_taken_back_only_before_anybody_answered() -> None:
    on = review("standard")
    on.approve("head")
    rule = on.refused(rectification.withdraw, on.item.pk, **on.form("staff"))
    assert rule == ("Somebody has answered already: the submission can no longer be taken back.")
    on.step_back("leader", 0)
    on.refused(rectification.withdraw, on.item.pk, **on.form("staff"))


def test_help_is_no_answer_that_keeps_the_submission() -> None:
    on = review("standard")
    on.ask_help("head", "colleague")
    on.give_back("colleague")
    _again(on)
    assert on.stands() == (I, 0)


def test_a_change_of_content_voids_every_approval_and_says_whose_all_were() -> None:
    on = review("standard")
    on.approve("head", "leader")
    verbs = scene.verbs(heir=on.id("colleague"), file=make.paper("late.pdf"))
    verbs["attach"](on.item, on.actor("staff"), make.command(on.item))
    voids = str(scene.last(on.item.subject).data["voids"])
    assert [on.people[who].name in voids for who in ("head", "leader", "staff")] == [
        True,
        True,
        False,
    ]
    assert (on.stands(), on.waits_for()) == ((I, 0), HEADS)
    on.refused(on.close, "office")
