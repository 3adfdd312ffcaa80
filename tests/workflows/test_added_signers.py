"""Signers who add signers: nobody of the tree is passed over, and nobody dropped comes back."""

from __future__ import annotations

import pytest

from core.roles import Role
from tests import make
from tests.workflows.review import Review, review
from workflows import flows
from workflows.actions import passage
from workflows.models import Duty, ItemSection
from workflows.models.route import Step
from workflows.states import State

pytestmark = pytest.mark.django_db

I, V = State.IN_REVIEW, State.VERIFYING  # noqa: E741 -- as in the law
HEADS = {"head", "second head"}


def duty_of(on: Review, who: str) -> Duty:
    return on.item.duties.filter(person=on.id(who)).latest("pk")


def open_tasks(on: Review) -> int:
    return len(flows.open_tasks(on.submission.process))


def test_the_step_is_not_back_while_a_signer_after_a_signer_after_has_not_answered() -> None:
    on = review("short")
    on.add("head", "leader")
    on.add("leader", "second leader", after=True)
    on.add("leader", "third leader", after=True)
    on.approve("leader")
    on.add("second leader", "colleague", after=True)
    on.approve("second leader")
    on.approve("third leader")
    assert on.waits_for() == {"colleague"}
    assert on.refused(on.approve, "head") == f"Only {on.people['colleague'].name} may do this."
    on.approve("colleague")
    assert (on.stands(), on.waits_for()) == ((I, 0), HEADS)
    on.approve("head")
    assert on.stands() == (V, 1)


def test_the_step_is_not_back_while_a_signer_after_waits_for_a_signer_before() -> None:
    on = review("short")
    on.add("head", "leader")
    on.add("leader", "second leader", after=True)
    on.add("leader", "third leader", after=True)
    on.approve("leader")
    on.add("second leader", "colleague")
    on.approve("third leader")
    assert on.waits_for() == {"colleague"}
    on.approve("colleague")
    assert on.waits_for() == {"second leader"}
    on.approve("second leader")
    assert on.waits_for() == HEADS


def test_dropping_a_signer_drops_whoever_is_unanswered_below_those_who_answered() -> None:
    on = review("short")
    on.add("head", "leader")
    on.add("leader", "second leader")
    on.add("second leader", "third leader", after=True)
    on.approve("second leader")
    on.drop("head", "leader")
    assert on.waits_for() == HEADS
    assert duty_of(on, "second leader").state == "done"
    assert (duty_of(on, "leader").state, duty_of(on, "third leader").state) == ("void", "void")
    assert open_tasks(on) == 1
    on.refused(on.approve, "third leader")
    on.approve("head")
    assert on.stands() == (V, 1)


def test_dropping_a_signer_after_does_not_give_back_a_step_that_waits_for_one_before() -> None:
    on = review("short")
    on.add("head", "leader", after=True)
    on.add("head", "second leader")
    on.drop("head", "leader")
    assert on.waits_for() == {"second leader"}
    on.approve("second leader")
    assert on.waits_for() == HEADS
    on.approve("head")
    assert on.stands() == (V, 1)


def test_dropping_a_helper_leaves_the_signers_after_one_in_place() -> None:
    on = review("short")
    on.add("head", "leader", after=True)
    on.ask_help("head", "colleague")
    on.drop("head", "colleague")
    assert on.waits_for() == HEADS
    on.approve("head")
    assert on.waits_for() == {"leader"}


def with_two_supporting_sections() -> Review:
    """At the step where the heads of both are asked."""
    steps = (Step(party="head"), Step(party="support_heads", how="all"), Step(party="office"))
    on = review("", *steps)
    third = make.section(on.house.unit)
    on.people["third head"] = make.person(Role.SECTION_HEAD, section=third)
    ItemSection.objects.create(item=on.item, section=third, part="support", position=9)
    on.approve("head")
    assert on.waits_for() == {"other head", "third head"}
    return on


def test_a_signer_after_who_had_their_say_elsewhere_is_not_waited_for() -> None:
    on = with_two_supporting_sections()
    on.add("other head", "leader")
    on.add("leader", "third head", after=True)
    on.approve("third head")
    assert on.waits_for() == {"leader"}
    on.approve("leader")
    assert on.waits_for() == {"other head"}
    on.approve("other head")
    assert on.stands() == (V, 2)


def test_a_signer_who_had_their_say_elsewhere_while_another_came_first_is_not_asked_again() -> None:
    on = with_two_supporting_sections()
    on.add("other head", "third head")
    on.add("third head", "leader")
    on.approve("third head")
    assert on.waits_for() == {"leader"}
    on.approve("leader")
    assert on.waits_for() == {"other head"}


def test_whom_they_added_after_themselves_is_asked_all_the_same() -> None:
    on = with_two_supporting_sections()
    on.add("other head", "third head")
    on.add("third head", "leader", after=True)
    on.add("third head", "second leader")
    on.approve("third head")
    on.approve("second leader")
    assert on.waits_for() == {"leader"}
    on.approve("leader")
    assert on.waits_for() == {"other head"}


def test_a_step_is_over_when_the_last_who_came_first_answers_for_one_who_agreed_elsewhere() -> None:
    on = with_two_supporting_sections()
    on.add("other head", "third head", after=True)
    on.approve("other head")
    on.add("third head", "leader")
    on.approve("third head")
    assert on.waits_for() == {"leader"}
    on.approve("leader")
    assert on.stands() == (V, 2)


def test_a_helper_of_one_who_agreed_elsewhere_is_not_waited_for() -> None:
    on = with_two_supporting_sections()
    on.add("other head", "third head", after=True)
    on.approve("other head")
    on.ask_help("third head", "colleague")
    on.approve("third head")
    assert on.stands() == (V, 2)
    assert duty_of(on, "colleague").state == "void"


def test_a_helper_gives_back_to_one_who_agreed_elsewhere_and_the_next_is_asked() -> None:
    on = with_two_supporting_sections()
    on.add("other head", "leader")
    on.add("leader", "third head", after=True)
    on.approve("leader")
    on.ask_help("third head", "colleague")
    on.approve("third head")
    on.give_back("colleague")
    assert on.waits_for() == {"other head"}


def test_what_was_taken_back_is_never_asked_again() -> None:
    on = review("short")
    on.add("head", "leader")
    on.drop("head", "leader")
    with pytest.raises(RuntimeError, match="does not wait to be asked again"):
        passage._reopen(duty_of(on, "leader"))
