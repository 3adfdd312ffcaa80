"""The forms of a duty: each verb said by a plain form, and what the page then tells."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from audit.models import Event
from core.models import User
from tests import make
from tests.make import House
from tests.web.filled import at_the_screen, form, now
from workflows.actions import decisions, routes
from workflows.models import Duty, Item
from workflows.states import DutyKind, Standing, State

pytestmark = pytest.mark.django_db

PICK = re.compile(r'<option value="([^"]+)"></option>')


@pytest.fixture
def house() -> House:
    return make.house()


@pytest.fixture
def item(house: House) -> Item:
    return make.item(State.IN_REVIEW, house=house)


def send(by: User, item: Item, verb: str, /, **words: object) -> int:
    client = at_the_screen(by)
    return client.post(f"/items/{item.pk}/{verb}/", form(item, **words)).status_code


def page(person: User, item: Item) -> str:
    return at_the_screen(person).get(f"/items/{item.pk}/").content.decode()


def read(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_a_step_is_handed_over_by_name_and_the_other_may_then_approve(
    house: House, item: Item
) -> None:
    assert send(house.head, item, "hand_over", person=house.office.name, reason=make.REASON) == 302
    assert Duty.objects.get(item=item, kind=DutyKind.STEP).person == house.office
    assert f"Waits for: </strong>{house.office.name}" in page(house.head, item)
    assert send(house.office, item, "approve") == 302
    assert now(item).state == State.VERIFYING


def test_a_name_that_no_colleague_has_hands_nothing_over(house: House, item: Item) -> None:
    stranger = make.person("staff", section=make.section())
    for name in ("", "Nobody", stranger.name, house.head.name):
        assert send(house.head, item, "hand_over", person=name, reason=make.REASON) == 422
    assert Duty.objects.get(item=item).person is None


def test_the_list_to_pick_from_holds_the_acting_people_of_the_unit_and_not_oneself(
    house: House, item: Item
) -> None:
    make.person("auditor", unit=house.unit)
    make.person("staff", section=make.section())
    offered = {words.split(" · ")[0] for words in PICK.findall(page(house.head, item))}
    assert offered == {
        person.name for person in (house.staff, house.colleague, house.office, house.closer)
    }


def test_help_is_asked_given_back_and_the_step_is_again_whose_it_was(
    house: House, item: Item
) -> None:
    question = "Is the photograph of this street?"
    who = house.colleague
    assert send(house.head, item, "ask_help", person=who.name, question=question) == 302
    theirs = page(who, item)
    assert question in theirs
    assert "asked by " + house.head.name in theirs
    assert "/approve/" not in theirs
    assert send(who, item, "give_back", opinion="It is.") == 302
    assert "It is." in page(house.head, item)
    assert send(house.head, item, "approve") == 302


def test_a_signer_added_before_must_agree_first_and_may_be_taken_back(
    house: House, item: Item
) -> None:
    who = house.colleague.name
    assert send(house.head, item, "add_signer", person=who, where="before") == 302
    assert send(house.head, item, "approve") == 403
    signer = item.duties.get(kind=DutyKind.BEFORE)
    assert f'name="duty" value="{signer.pk}"' in page(house.head, item)
    assert send(house.head, item, "drop_signer", duty=signer.pk) == 302
    signer.refresh_from_db()
    assert signer.state == Standing.VOID
    assert send(house.head, item, "approve") == 302


def test_a_signer_added_after_is_asked_once_the_step_agreed(house: House, item: Item) -> None:
    who = house.colleague
    assert send(house.head, item, "add_signer", person=who.name, where="after") == 302
    assert send(house.head, item, "approve") == 302
    assert now(item).state == State.IN_REVIEW
    assert send(who, item, "approve") == 302
    assert now(item).state == State.VERIFYING


def test_it_says_where_a_signer_goes_or_the_form_is_not_ours(house: House, item: Item) -> None:
    assert send(house.head, item, "add_signer", person=house.colleague.name) == 422
    assert item.duties.count() == 1


def test_a_group_sees_whose_a_step_is_and_it_may_be_released(house: House, item: Item) -> None:
    other = make.person("section_head", section=house.section)
    assert "/claim/" in page(house.head, item)
    assert send(house.head, item, "claim") == 302
    assert "/release/" in page(house.head, item)
    assert "/claim/" not in page(house.head, item)
    theirs = page(other, item)
    assert "/claim/" not in theirs
    assert "taken on from the group" in theirs
    assert send(other, item, "approve") == 403
    assert send(house.head, item, "release") == 302
    assert send(other, item, "approve") == 302


def test_an_item_goes_back_to_the_step_that_was_chosen(house: House) -> None:
    leader = make.person("leader", unit=house.unit)
    round_ = make.round_(house)
    routes.set_route(round_.pk, actor=house.office.actor(), preset="standard")
    item = make.item(State.IN_REVIEW, house=house, round_=round_)
    decisions.approve(item.pk, actor=house.head.actor(), command=make.command(item))
    shown = page(leader, item)
    assert '<option value="0">Head of the lead section</option>' in shown
    assert send(leader, item, "step_back", position=0, reason=make.REASON) == 302
    assert f"Waits for: </strong>{house.head.name}" in page(leader, item)
    assert "Approve (no longer counts)" in page(leader, item)


def test_the_first_step_has_none_before_it(house: House, item: Item) -> None:
    assert "This is the first step" in page(house.head, item)
    assert send(house.head, item, "step_back", position=0, reason=make.REASON) == 422
    assert item.duties.get().state == Standing.OPEN


def test_a_return_may_ask_that_the_item_comes_straight_back(house: House) -> None:
    leader = make.person("leader", unit=house.unit)
    round_ = make.round_(house)
    routes.set_route(round_.pk, actor=house.office.actor(), preset="standard")
    item = make.item(State.IN_REVIEW, house=house, round_=round_)
    decisions.approve(item.pk, actor=house.head.actor(), command=make.command(item))
    assert send(leader, item, "send_back", reason=make.REASON, straight="on") == 302
    assert now(item).submission.resume_at == 1  # type: ignore[union-attr]
    make.take(item, "submit", house)
    assert f"Waits for: </strong>{leader.name}" in page(house.staff, item)


def test_copies_go_to_several_and_each_is_receipted_once(house: House, item: Item) -> None:
    to = [house.office.pk, house.colleague.pk]
    assert send(house.head, item, "copy_to", people=to) == 302
    client = at_the_screen(house.colleague)
    tab = read(client, "/?tile=copies")
    copy = item.duties.get(kind=DutyKind.COPY, person=house.colleague)
    assert f'action="/copies/{copy.pk}/read/"' in tab
    its_page = f"/items/{item.pk}/"
    assert f'action="/copies/{copy.pk}/read/"' in read(client, its_page)
    assert "/copies/" not in read(at_the_screen(house.staff), its_page)
    assert f"sent by {house.head.name}" in tab
    for _click in range(2):
        assert client.post(f"/copies/{copy.pk}/read/").status_code == 302
    copy.refresh_from_db()
    assert (copy.state, copy.outcome, copy.decided_by) == (Standing.DONE, "read", house.colleague)
    assert copy.read_at is not None
    assert Event.objects.filter(subject=item.subject, name="item.copy_read").count() == 1
    assert "/copies/" not in read(client, "/?tile=copies") + read(client, its_page)
    assert "read the copy" in page(house.head, item)


def test_nobody_receipts_a_copy_of_somebody_else(house: House, item: Item) -> None:
    assert send(house.head, item, "copy_to", people=[house.office.pk]) == 302
    copy = item.duties.get(kind=DutyKind.COPY)
    assert at_the_screen(house.colleague).post(f"/copies/{copy.pk}/read/").status_code == 404
    copy.refresh_from_db()
    assert (copy.state, copy.read_at) == (Standing.OPEN, None)


def test_the_timeline_tells_to_whom(house: House, item: Item) -> None:
    send(house.head, item, "copy_to", people=[house.office.pk, house.colleague.pk])
    send(house.head, item, "ask_help", person=house.colleague.name, question="This street?")
    send(house.colleague, item, "give_back", opinion="Yes.")
    send(house.head, item, "hand_over", person=house.closer.name, reason=make.REASON)
    shown = page(house.staff, item)
    story = shown[shown.index('id="timeline"') : shown.index('id="machine"')]
    for told in (
        f"to {house.office.name}, {house.colleague.name}",
        "This street?",
        f"from {house.head.name} to {house.closer.name}",
    ):
        assert told in story


def test_who_is_asked_from_another_section_sees_the_item(house: House, item: Item) -> None:
    other = make.person("section_head", section=house.other_section)
    assert at_the_screen(other).get(f"/items/{item.pk}/").status_code == 404
    send(house.head, item, "ask_help", person=other.name, question="Is it yours?")
    assert "Is it yours?" in page(other, item)
    assert "Is it yours?" in at_the_screen(other).get("/review/").content.decode()


def test_a_copy_for_nobody_is_refused(house: House, item: Item) -> None:
    for people in ([], ["x"], [str(10**30)]):
        assert send(house.head, item, "copy_to", people=people) == 422
    assert item.duties.count() == 1


def test_a_step_that_went_up_says_so_and_why(house: House) -> None:
    make.membership(house.head, "leader", unit=house.unit)
    first = make.person("unit_head", unit=house.unit)
    round_ = make.round_(house)
    routes.set_route(round_.pk, actor=house.office.actor(), preset="standard")
    item = make.item(State.IN_REVIEW, house=house, round_=round_)
    assert send(house.head, item, "approve") == 302
    shown = page(house.staff, item)
    assert f"Waits for: </strong>{first.name} · Responsible leaders" in shown
    assert "Raised one level: whoever was to answer here" in shown
    assert "raised one level" in read(at_the_screen(first), "/?tile=waiting")


def test_an_item_on_an_older_route_is_moved_with_a_reason(house: House) -> None:
    make.person("leader", unit=house.unit)
    round_ = make.round_(house)
    item = make.item(State.IN_REVIEW, house=house, round_=round_)
    routes.set_route(round_.pk, actor=house.office.actor(), preset="standard")
    assert send(house.office, item, "move_to_current", reason="short") == 422
    assert now(item).submission.route is None  # type: ignore[union-attr]
    assert send(house.office, item, "move_to_current", reason=make.REASON) == 302
    assert now(item).submission.route.version == 1  # type: ignore[union-attr]
