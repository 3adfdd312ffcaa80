"""What else one does with a step: hand it over, ask for help, add signers, copy, claim."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.refusals import NotFound, StaleItem
from core.roles import Role
from tests import make
from tests.workflows import scene
from tests.workflows.review import Review, review
from workflows import machine, policy
from workflows.actions import duties
from workflows.models import Item
from workflows.models.route import Step
from workflows.prospects import prospects
from workflows.reviewing import queue
from workflows.states import State

pytestmark = pytest.mark.django_db

I, V = State.IN_REVIEW, State.VERIFYING  # noqa: E741 -- as in the law
HEADS = {"head", "second head"}
OFFICES = {"office", "closer"}


def told(on: Review) -> dict[str, object]:
    return scene.last(on.item.subject).data


# Handing over


def test_a_step_is_handed_over_for_good_and_says_from_whom_to_whom() -> None:
    on = review("standard")
    on.hand_over("head", "colleague")
    assert on.waits_for() == {"colleague"}
    said = told(on)
    assert on.people["head"].name in str(said["before"])
    assert (said["person"], said["step"]) == (on.people["colleague"].name, 0)
    assert on.refused(on.approve, "head") == f"Only {on.people['colleague'].name} may do this."
    on.approve("colleague")
    assert on.stands() == (I, 1)


def test_the_close_may_be_handed_over_too() -> None:
    on = review("short")
    on.approve("head")
    on.hand_over("office", "leader")
    on.refused(on.close, "closer")
    on.close("leader")
    assert on.now().state == State.CLOSED


@pytest.mark.parametrize("to", ["staff", "system officer"])
def test_a_step_is_not_handed_to_the_submitter_nor_to_an_administrator(to: str) -> None:
    on = review("standard")
    on.refused(on.hand_over, "head", to)


def test_a_step_is_not_handed_to_whoever_agreed_already_or_is_asked_already() -> None:
    on = review("full", leaders=("leader", "second leader"))
    on.approve("head", "other head")
    on.refused(on.hand_over, "leader", "head")
    on.refused(on.hand_over, "leader", "second leader")


# Help


def test_whoever_helps_gives_the_step_back_to_who_asked() -> None:
    on = review("standard")
    on.ask_help("head", "colleague")
    assert on.waits_for() == {"colleague"}
    assert on.refused(on.approve, "head") == "Your step waits for somebody you asked."
    assert on.refused(on.approve, "colleague").startswith("Nobody may do this now")
    on.give_back("colleague")
    assert (on.stands(), on.waits_for()) == ((I, 0), HEADS)
    assert told(on)["opinion"] == "It is lit."


def test_a_helper_may_be_called_off_and_the_step_goes_on() -> None:
    on = review("standard")
    on.ask_help("head", "colleague")
    on.refused(on.drop, "leader", "colleague")
    on.drop("head", "colleague")
    assert on.waits_for() == HEADS
    on.refused(on.give_back, "colleague")


# Signers


def test_a_signer_before_one_agrees_first_and_one_answers_then() -> None:
    on = review("short")
    on.add("head", "leader")
    assert on.waits_for() == {"leader"}
    on.approve("leader")
    assert scene.last(on.item.subject).name == "item.endorsed"
    assert (on.stands(), on.waits_for()) == ((I, 0), HEADS)
    on.approve("head")
    assert on.stands() == (V, 1)


def test_a_signer_after_one_is_not_bypassed() -> None:
    on = review("short")
    on.add("head", "leader", after=True)
    assert on.waits_for() == HEADS
    on.approve("head")
    assert (on.stands(), on.waits_for()) == ((I, 0), {"leader"})
    on.approve("leader")
    assert on.stands() == (V, 1)


def test_several_signers_after_one_all_sign() -> None:
    on = review("short")
    on.add("head", "leader", after=True)
    on.add("head", "second leader", after=True)
    on.approve("head")
    assert on.waits_for() == {"leader", "second leader"}
    on.approve("second leader")
    assert on.stands() == (I, 0)
    on.approve("leader")
    assert on.stands() == (V, 1)


def test_a_signer_may_add_another_before_and_after_themselves() -> None:
    on = review("short")
    on.add("head", "leader")
    on.add("leader", "second leader")
    on.add("second leader", "third leader", after=True)
    assert on.waits_for() == {"second leader"}
    on.approve("second leader")
    assert on.waits_for() == {"third leader"}
    on.approve("third leader")
    assert on.waits_for() == {"leader"}
    on.approve("leader")
    assert on.waits_for() == HEADS
    on.approve("head")
    assert on.stands() == (V, 1)


def test_two_signers_after_a_signer_both_sign_before_the_step_is_back() -> None:
    on = review("short")
    on.add("head", "leader")
    on.add("leader", "second leader", after=True)
    on.add("leader", "third leader", after=True)
    on.approve("leader", "third leader")
    assert on.waits_for() == {"second leader"}
    on.approve("second leader")
    assert on.waits_for() == HEADS


def test_a_dropped_signer_takes_along_whom_they_added() -> None:
    on = review("short")
    on.add("head", "leader")
    on.add("leader", "second leader")
    on.drop("head", "leader")
    assert on.waits_for() == HEADS
    assert {d.state for d in on.item.duties.filter(kind="before")} == {"void"}
    on.approve("head")
    assert on.stands() == (V, 1)


def test_a_signer_after_one_is_dropped_before_one_agrees_and_not_later() -> None:
    on = review("short")
    on.add("head", "leader", after=True)
    on.drop("head", "leader")
    on.add("head", "second leader", after=True)
    on.approve("head")
    assert on.refused(on.drop, "head", "second leader") == (
        "You have agreed already: the signer after you decides now."
    )


def test_whoever_has_signed_is_not_dropped() -> None:
    on = review("short")
    on.add("head", "leader")
    on.approve("leader")
    on.refused(on.drop, "head", "leader")


def test_somebody_elses_signer_is_not_dropped() -> None:
    on = review("full", leaders=("leader", "second leader"))
    on.approve("head", "other head")
    on.add("leader", "colleague")
    on.add("second leader", "third leader")
    added = on.item.duties.get(person=on.id("third leader"), kind="before")
    before = scene.everything(on.item)
    with pytest.raises(NotFound):
        duties.drop_signer(on.item.pk, duty_id=added.pk, **on.form("leader"))
    assert scene.everything(on.item) == before


def test_the_office_adds_signers_before_itself_and_none_after() -> None:
    on = review("short")
    on.approve("head")
    assert on.refused(on.add, "office", "leader", after=True) == (
        "Nobody signs after the office: closing out is the end."
    )
    on.add("office", "leader")
    assert (on.stands(), on.waits_for()) == ((V, 1), {"leader"})
    assert on.refused(on.close, "closer") == "Your step waits for somebody you asked."
    assert on.refused(on.close, "leader").startswith("Nobody may do this now")
    on.approve("leader")
    assert (on.stands(), on.waits_for()) == ((V, 1), OFFICES)
    on.close("closer")
    assert on.now().state == State.CLOSED


def test_a_signer_may_return_the_item() -> None:
    on = review("short")
    on.add("head", "leader")
    on.send_back("leader")
    assert on.now().state == State.RECTIFYING
    assert not on.item.duties.filter(state__in=["open", "held"]).exists()


def test_a_head_added_as_signer_who_answers_for_the_group_is_not_waited_for() -> None:
    on = review("short")
    on.add("head", "second head", after=True)
    on.approve("second head")
    assert on.stands() == (V, 1)


def test_an_added_signer_holds_up_the_others_of_the_step() -> None:
    step = Step(party="leaders", how="any")
    steps = (Step(party="head"), step, Step(party="office"))
    on = review("", *steps, leaders=("leader", "second leader"))
    on.approve("head")
    on.add("leader", "colleague")
    on.approve("second leader")
    assert (on.stands(), on.waits_for()) == ((I, 1), {"colleague"})
    on.approve("colleague")
    assert on.waits_for() == {"leader"}
    on.approve("leader")
    assert on.stands() == (V, 2)


# Copies


def test_a_copy_is_receipted_once_and_holds_up_nothing() -> None:
    on = review("short")
    form = on.form("head")
    people = (on.id("leader"), on.id("leader"), on.id("colleague"))
    duties.copy_to(on.item.pk, person_ids=people, **form)
    assert told(on)["people"] == [on.people["leader"].name, on.people["colleague"].name]
    assert on.waits_for() == HEADS
    copy = on.item.duties.get(kind="copy", person=on.id("leader"))
    with pytest.raises(NotFound):
        duties.mark_read(copy.pk, actor=on.actor("colleague"))
    duties.mark_read(copy.pk, actor=on.actor("leader"))
    once = duties.mark_read(copy.pk, actor=on.actor("leader"))
    assert once.read_at is not None
    assert scene.last(on.item.subject).name == "item.copy_read"
    on.approve("head")
    assert on.stands() == (V, 1)
    unread = on.item.duties.get(kind="copy", person=on.id("colleague"))
    assert unread.state == "open"


def test_a_copy_goes_to_somebody_of_the_unit() -> None:
    on = review("short")
    stranger = make.house().staff.pk
    on.refused(duties.copy_to, on.item.pk, person_ids=(stranger,), **on.form("head"))
    on.refused(duties.copy_to, on.item.pk, person_ids=(), **on.form("head"))


# Claim and release


def test_of_two_who_claim_one_wins() -> None:
    on = review("short")
    first, second = on.form("head"), on.form("second head")
    duties.claim(on.item.pk, **first)
    with pytest.raises(StaleItem):
        duties.claim(on.item.pk, **second)
    assert on.waits_for() == {"head"}
    name = on.people["head"].name
    for do in (on.claim, on.approve):
        on.refused(do, "second head")
    assert on.refused(on.approve, "second head") == f"Only {name} may do this."
    on.approve("head")
    assert on.stands() == (V, 1)


def test_what_was_claimed_is_released_to_the_group() -> None:
    on = review("short")
    on.refused(on.release, "head")
    on.claim("head")
    on.refused(on.claim, "head")
    on.refused(on.release, "second head")
    on.release("head")
    assert on.waits_for() == HEADS


def test_a_step_that_was_handed_over_is_nobodys_to_release() -> None:
    on = review("short")
    on.hand_over("head", "leader")
    on.refused(on.release, "leader")


# Counts


def counted(on: Review, who: str) -> int:
    item, actor = on.now(), on.actor(who)
    with CaptureQueriesContext(connection) as queries:
        machine.offered(item, actor)
        prospects(item, actor)
    return len(queries)


def test_a_page_asks_as_much_whatever_the_route_and_however_many_are_asked() -> None:
    few = review("short")
    many = review("full", leaders=("leader", "second leader", "third leader"))
    many.approve("head", "other head")
    for who in ("staff", "colleague", "office", "leader"):
        assert counted(few, who) <= 10, who
        assert counted(many, who) <= 10, who


def test_what_was_read_of_the_route_is_not_told_of_a_later_version() -> None:
    on = review("standard")
    item = on.now()
    head = on.actor("head")
    assert policy.refusal(item, head, policy.decider) is None
    on.approve("head")
    item.version = on.now().version
    assert policy.refusal(item, head, policy.decider) is not None


def test_the_queue_holds_what_an_actor_may_answer() -> None:
    on = review("standard")
    assert list(queue(on.actor("head"))) == [on.item]
    assert list(queue(on.actor("leader"))) == []
    on.approve("head")
    assert list(queue(on.actor("head"))) == []
    assert list(queue(on.actor("leader"))) == [on.item]
    on.hand_over("leader", "colleague")
    assert list(queue(on.actor("colleague"))) == [on.item]


def test_who_is_asked_is_said_in_the_words_of_the_party() -> None:
    on = review("full", leaders=())
    stranger = make.person(Role.AUDITOR, unit=on.house.unit)
    on.people["auditor"] = stranger
    assert on.refused(on.approve, "auditor") == "Only a head of the lead section may do this."
    on.approve("head")
    rule = f"Only a head of {on.house.other_section.name} may do this."
    assert on.refused(on.approve, "auditor") == rule
    assert Item.objects.get(pk=on.item.pk).state == I
