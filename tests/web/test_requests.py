"""Requests by plain forms: who is offered which, what is refused, and what the screens then say."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from core.roles import Role
from tests import make
from tests.make import House
from tests.web.filled import at_the_screen, form, now
from tests.workflows import scene
from workflows.actions import requests, rounds
from workflows.extensions import ExtensionRule
from workflows.models import Item, Request, Round
from workflows.states import State, Track

pytestmark = pytest.mark.django_db
FINE = {"ground": "works", "reason": make.REASON, "until": "2027-01-31"}


@pytest.fixture
def house() -> House:
    return make.house()


def rectifying(of: House, round_: Round | None = None, **fields: object) -> Item:
    return make.item(State.RECTIFYING, house=of, round_=round_, **fields)


def read(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def send(client: Client, item: Item, verb: str, **words: object) -> int:
    return client.post(f"/items/{item.pk}/{verb}/", form(item, **words)).status_code


def refused(client: Client, item: Item, verb: str, **words: object) -> str:
    """The words of a refusal that changed nothing."""
    before = scene.everything(item)
    answer = client.post(f"/items/{item.pk}/{verb}/", form(item, **words))
    assert answer.status_code in {403, 404, 409, 422}
    assert scene.everything(item) == before
    return answer.content.decode()


def offered(person: object, item: Item) -> set[str]:
    page = read(at_the_screen(person), f"/items/{item.pk}/")  # type: ignore[arg-type]
    verbs = ("ask_extension", "ask_suspension", "ask_cancel", "ask_merge", "ask_reopen", "wake")
    return {verb for verb in verbs if f'id="act-{verb}"' in page}


def test_each_is_offered_what_they_may_ask(house: House) -> None:
    item = rectifying(house)
    auditor = make.person(Role.AUDITOR, unit=house.unit)
    assert offered(house.staff, item) == {"ask_extension", "ask_suspension"}
    assert offered(house.head, item) == {"ask_extension", "ask_suspension"}
    assert offered(house.office, item) == {
        "ask_extension",
        "ask_suspension",
        "ask_cancel",
        "ask_merge",
    }
    assert offered(house.colleague, item) == offered(auditor, item) == set()
    assert offered(house.office, make.item(State.SUSPENDED, house=house)) == {
        "wake",
        "ask_cancel",
        "ask_merge",
    }
    inspector = make.person(Role.INSPECTION_OFFICE, unit=house.unit)
    assert offered(inspector, make.item(State.CLOSED, house=house)) == {"ask_reopen"}


def test_the_form_says_what_is_left_how_far_and_who_decides(house: House) -> None:
    page = read(at_the_screen(house.staff), f"/items/{rectifying(house).pk}/")
    assert "Extensions used: 0 of 2" in page
    assert "At the latest until 31 March 2027." in page
    assert "Who decides this time: Head of the lead section → Rectification office." in page
    assert 'min="2026-12-31" max="2027-03-31"' in page


def test_a_request_is_said_to_wait_and_to_lapse_with_a_submission(house: House) -> None:
    item, staff = rectifying(house), at_the_screen(house.staff)
    assert "lapses once you submit" not in read(staff, f"/items/{item.pk}/")
    assert send(staff, item, "ask_extension", **FINE) == 302
    page = read(staff, f"/items/{item.pk}/")
    assert "“Ask for an extension”: sent, it waits for approval." in page
    assert "A request is under way (Extension): it lapses once you submit." in page


def test_an_extension_that_is_asked_stands_on_top_until_it_is_taken_back(house: House) -> None:
    item, staff = rectifying(house), at_the_screen(house.staff)
    assert send(staff, item, "ask_extension", **FINE) == 302
    page = read(staff, f"/items/{item.pk}/")
    pending = page[page.index('id="pending"') : page.index('id="measures"')]
    for words in (
        "Building works take longer",
        "31 December 2026",
        "31 January 2027",
        "31 days more",
        make.REASON,
        f"Asked by {house.staff.name}",
        house.head.name,
        "the item stays overdue",
        "Take the request back",
    ):
        assert words in pending
    others = read(at_the_screen(house.colleague), f"/items/{item.pk}/")
    assert 'id="pending"' in others
    assert "take_back_request/" not in others
    assert send(staff, item, "take_back_request") == 302
    page = read(staff, f"/items/{item.pk}/")
    assert 'id="pending"' not in page
    assert "Taken back" in page[page.index('id="requests"') :]


def test_once_somebody_has_answered_it_is_no_longer_taken_back(house: House) -> None:
    item, staff = rectifying(house), at_the_screen(house.staff)
    make.ask(item, "extend", house)
    assert send(at_the_screen(house.head), item, "agree", words="Seen on site.") == 302
    page = read(staff, f"/items/{item.pk}/")
    assert "Seen on site." in page
    assert 'aria-describedby="why-take_back_request"' in page
    assert "can no longer be taken back" in refused(staff, item, "take_back_request")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"reason": "too short"}, "at least 10 characters"),
        ({"ground": "idleness"}, "There is no such ground."),
        ({"until": ""}, "An extension names its new date."),
        ({"until": "2026-12-31"}, "must be later than the present one"),
        ({"until": "2027-04-01"}, "At most until 31 March 2027: 90 days"),
        ({"until": "31.1.2027"}, "is not a date"),
    ],
)
def test_an_extension_that_does_not_fit_is_refused(
    house: House, wrong: dict[str, str], told: str
) -> None:
    item = rectifying(house)
    assert told in refused(at_the_screen(house.staff), item, "ask_extension", **{**FINE, **wrong})


def test_whoever_has_no_part_in_it_asks_nothing(house: House) -> None:
    item = rectifying(house)
    assert "Only" in refused(at_the_screen(house.colleague), item, "ask_extension", **FINE)
    refused(at_the_screen(make.house().staff), item, "ask_extension", **FINE)
    inspector = make.person(Role.INSPECTION_OFFICE, unit=house.unit)
    refused(at_the_screen(inspector), item, "ask_cancel", reason=make.REASON)


def test_one_request_at_a_time_and_the_form_says_whose_waits(house: House) -> None:
    item, staff = rectifying(house), at_the_screen(house.staff)
    make.ask(item, "extend", house)
    page = read(staff, f"/items/{item.pk}/")
    assert 'aria-describedby="why-ask_suspension"' in page
    told = refused(staff, item, "ask_suspension", reason=make.REASON, until="2099-01-31")
    assert (
        f"Another request of this item waits for a decision: Extension, asked by {house.staff}"
        in told
    )


def test_used_up_extensions_grey_the_button_and_say_so(house: House) -> None:
    item, staff = rectifying(house), at_the_screen(house.staff)
    rules = {**{t.value: ExtensionRule(times=1, days=90) for t in Track}}
    rounds.set_extension_rules(item.round_id, actor=house.office.actor(), rules=rules)
    make.take(item, "extend", house)
    page = read(staff, f"/items/{item.pk}/")
    assert "The extensions of this item are used up: at most 1" in page
    assert "originally 31 December 2026" in page
    assert "extended 1 times" in page
    assert "used up" in refused(staff, item, "ask_extension", **{**FINE, "until": "2027-02-28"})


def test_what_rests_says_until_when_and_why_and_the_office_wakes_it(house: House) -> None:
    item = make.item(State.SUSPENDED, house=house)
    office = at_the_screen(house.office)
    page = read(office, f"/items/{item.pk}/")
    resting = page[page.index('id="resting"') : page.index('id="measures"')]
    assert "Suspended until 31 January 2099" in resting
    assert make.REASON in resting
    assert "at least 10 characters" in refused(office, item, "wake", reason="now")
    refused(at_the_screen(house.staff), item, "wake", reason=make.REASON)
    assert send(office, item, "wake", reason=make.REASON) == 302
    assert now(item).state == State.RECTIFYING


def test_a_rest_ends_on_a_day_to_come(house: House) -> None:
    item, staff = rectifying(house), at_the_screen(house.staff)
    for until in ("", "2020-01-31"):
        told = refused(staff, item, "ask_suspension", reason=make.REASON, until=until)
        assert "A suspension ends on a day that is still to come." in told


def test_an_item_is_merged_into_the_one_named_and_each_links_to_the_other(house: House) -> None:
    round_ = make.round_(house)
    item = rectifying(house, round_=round_, title="Lamps of the east")
    other = rectifying(house, round_=round_, title="Lamps of the west")
    office, leader = at_the_screen(house.office), at_the_screen(make.leader_of(house))
    assert f'<option value="{other.no} Lamps of the west">' in read(office, f"/items/{item.pk}/")
    words = {"into": f"{other.no} Lamps of the west", "reason": make.REASON}
    assert send(office, item, "ask_merge", **words) == 302
    assert send(leader, item, "agree") == 302
    assert now(item).state == State.CANCELLED
    there = read(office, f"/items/{item.pk}/")
    assert f'href="/items/{other.pk}/"' in there
    assert f"Merged into {other.no}" in there
    back = read(office, f"/items/{other.pk}/")
    assert f'href="/items/{item.pk}/"' in back
    assert "Merged into this item" in back


@pytest.mark.parametrize("by", ["no", "title"])
def test_the_other_item_may_be_named_by_its_number_or_title_alone(house: House, by: str) -> None:
    round_ = make.round_(house)
    item, other = rectifying(house, round_=round_), rectifying(house, round_=round_, title="West")
    office = at_the_screen(house.office)
    assert send(office, item, "ask_merge", into=getattr(other, by), reason=make.REASON) == 302
    assert Request.objects.get().into == other


def test_no_item_is_merged_into_nothing_itself_or_what_has_ended(house: House) -> None:
    round_ = make.round_(house)
    item = rectifying(house, round_=round_)
    twin = rectifying(house, round_=round_)
    ended = make.item(State.CLOSED, house=house, round_=round_)
    foreign = rectifying(house)
    office = at_the_screen(house.office)

    def told(into: str) -> str:
        return refused(office, item, "ask_merge", into=into, reason=make.REASON)

    assert "is not one item of this round" in told("")
    assert "is not one item of this round" in told("no such")
    assert "is not one item of this round" in told(foreign.no)
    assert "is not one item of this round" in told(twin.title)  # two have it
    assert "not merged into itself" in told(item.no)
    assert "has ended" in told(ended.no)


def test_who_may_not_see_the_other_item_reads_its_number_alone(house: House) -> None:
    round_ = make.round_(house)
    item = rectifying(house, round_=round_)
    lead = (house.other_section.name,)
    other = make.item(house=house, round_=round_, title="Not yours to know", lead=lead)
    command = make.command(item)
    requests.ask_merge(
        item.pk, actor=house.office.actor(), command=command, into_id=other.pk, reason=make.REASON
    )
    asked = Request.objects.get()
    for address in (f"/items/{item.pk}/", f"/requests/{asked.pk}/"):
        page = read(at_the_screen(house.staff), address)
        assert other.no in page
        assert "Not yours to know" not in page
    make.grant(item, house)
    page = read(at_the_screen(house.staff), f"/items/{item.pk}/")
    assert f'href="/items/{other.pk}/"' not in page
    outsider = make.person(Role.STAFF, section=other.lead_section)
    back = read(at_the_screen(outsider), f"/items/{other.pk}/")
    assert item.no in back
    assert f'href="/items/{item.pk}/"' not in back


def test_the_inspection_office_asks_to_reopen_and_a_leader_does(house: House) -> None:
    item = make.item(State.CLOSED, house=house)
    inspector = at_the_screen(make.person(Role.INSPECTION_OFFICE, unit=house.unit))
    told = refused(inspector, item, "ask_reopen", reason=make.REASON, basis="")
    assert "basis" in told
    assert send(inspector, item, "ask_reopen", reason=make.REASON, basis=make.BASIS) == 302
    assert send(at_the_screen(make.leader_of(house)), item, "agree") == 302
    assert (now(item).state, now(item).cycle) == (State.RECTIFYING, 2)


def test_the_timeline_tells_what_was_asked_and_what_came_of_it(house: House) -> None:
    item = rectifying(house)
    make.take(item, "extend", house)
    make.take(item, "suspend", house)
    page = read(at_the_screen(house.office), f"/items/{item.pk}/")
    story = page[page.index('id="timeline"') : page.index('id="machine"')]
    for words in (
        "asked for an extension",
        "Funds are not in place",
        "until 31 January 2027",
        "deadline: 31 December 2026 → 31 January 2027",
        "asked for a suspension",
        "until 31 January 2099",
    ):
        assert words in story


def test_a_request_that_lapsed_with_its_item_says_so(house: House) -> None:
    item = rectifying(house)
    make.prove(item, house)
    make.ask(item, "extend", house)
    make.take(item, "submit", house)
    page = read(at_the_screen(house.staff), f"/items/{item.pk}/")
    assert now(item).request is None
    assert "Lapsed" in page[page.index('id="requests"') :]


def test_the_sheet_has_who_asked_and_each_opinion_with_its_name_and_date(house: House) -> None:
    item = rectifying(house)
    make.deputy(house.head, house.colleague)
    make.ask(item, "extend", house)
    deputy = at_the_screen(house.colleague)
    assert send(deputy, item, "agree", words="Seen on site.") == 302
    asked = Request.objects.get()
    staff = at_the_screen(house.staff)
    page = read(staff, f"/requests/{asked.pk}/")
    assert "Request: Extension" in page
    assert f"{house.colleague.name} (for {house.head.name})" in page
    assert "Opinion: Rectification office" in page
    assert send(at_the_screen(house.office), item, "agree", words="Granted once.") == 302
    page = read(staff, f"/requests/{asked.pk}/")
    for words in ("Reply: Extension", "Seen on site.", "Granted once.", "extension no. 1"):
        assert words in page
    assert "the deadline is now 31 January 2027" in page
    assert f"Rectification office of {house.unit.name}" in page
    assert at_the_screen(make.house().office).get(f"/requests/{asked.pk}/").status_code == 404
    assert now(item).due == date(2027, 1, 31)
