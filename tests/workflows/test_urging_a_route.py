"""Urging and supervising an item that waits at a step of its route."""

from __future__ import annotations

import pytest
from django.utils import timezone

from audit.models import Event
from core.models import User
from core.refusals import Conflict, Unmet
from tests import make
from tests.workflows.review import Review, leave, review
from workflows import deadlines
from workflows.actions import attention
from workflows.models import Notice, Urge
from workflows.models.ladder import Recipient

pytestmark = pytest.mark.django_db


def urged(on: Review, by: str = "office") -> set[User]:
    """Who is urged when the item is."""
    attention.urge(on.item.pk, actor=on.actor(by), reason="Today.")
    found = {one.person for one in Notice.objects.filter(kind="urged")}
    Notice.objects.filter(kind="urged").update(kind="turn")
    return found


def test_whoever_holds_the_step_now_is_urged_and_nobody_else() -> None:
    on = review("standard")
    people = on.people
    assert urged(on) == {people["head"], people["second head"]}
    on.approve("head")
    assert urged(on, "first person") == {people["leader"]}
    on.hand_over("leader", "third leader")
    assert urged(on, "second leader") == {people["third leader"]}
    told = Event.objects.filter(name="item.urged").latest("pk")
    assert told.data["people"] == [people["third leader"].name]


def test_the_helper_is_urged_while_the_step_waits_for_them() -> None:
    on = review("standard")
    on.ask_help("head", "third leader")
    assert urged(on) == {on.people["third leader"]}


def test_the_deputy_of_whoever_holds_the_step_is_urged_too() -> None:
    on = review("standard")
    leave(on.people["second head"])
    make.deputy(on.people["head"], on.people["colleague"], with_tray=True)
    assert urged(on) == {on.people["head"], on.people["colleague"]}


def test_an_urged_holder_is_led_to_the_page_where_the_step_is_answered() -> None:
    on = review("standard")
    attention.urge(on.item.pk, actor=on.actor("office"))
    urls = set(Notice.objects.filter(kind="urged").values_list("url", flat=True))
    assert urls == {f"/review/?item={on.item.pk}"}


def test_a_holder_does_not_urge_themselves_nor_anybody_twice_a_day() -> None:
    on = review("short")
    leave(on.people["second head"])
    with pytest.raises(Unmet):
        attention.urge(on.item.pk, actor=on.actor("head"))
    assert not Urge.objects.exists()
    attention.urge(on.item.pk, actor=on.actor("office"))
    with pytest.raises(Conflict):
        attention.urge(on.item.pk, actor=on.actor("office"))
    assert Urge.objects.count() == 1


def test_nobody_can_be_urged_where_nobody_may_answer() -> None:
    on = review("short")
    for who in ("head", "second head"):
        leave(on.people[who])
    with pytest.raises(Unmet):
        attention.urge(on.item.pk, actor=on.actor("office"))
    assert (Urge.objects.exists(), Notice.objects.filter(kind="urged").exists()) == (False, False)


def test_whoever_supervises_an_item_in_review_gets_word_of_each_step_of_its_route() -> None:
    on = review("standard")
    attention.supervise(on.item.pk, actor=on.actor("first person"))
    on.claim("head")
    on.approve("head")
    on.hand_over("leader", "third leader")
    on.step_back("third leader", 0)
    assert attention.tell_supervisors() == 4
    told = Notice.objects.filter(person=on.people["first person"]).order_by("pk")
    kinds = ["step-claim", "step-endorse", "step-hand_over", "step-step_back"]
    assert list(told.values_list("kind", flat=True)) == kinds


def test_a_reminder_goes_to_whoever_holds_the_step_while_the_item_is_in_review() -> None:
    on = review("standard")
    on.approve("head")
    on.hand_over("leader", "third leader")
    found = deadlines.recipients(on.now(), [Recipient.ASSIGNEE], on=timezone.localdate())
    assert found == {on.id("third leader"): Recipient.ASSIGNEE}
