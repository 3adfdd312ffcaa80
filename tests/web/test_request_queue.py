"""Requests in the queue: beside the submissions, one by one and many at once."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests import make
from tests.make import House
from tests.web.filled import at_the_screen, form, now
from tests.workflows import scene
from workflows.actions import requests, rounds
from workflows.extensions import ExtensionRule
from workflows.models import Item, Opening, Request
from workflows.states import State, Track

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    return make.house()


def asked(of: House, kind: str = "extend", **fields: object) -> Item:
    item = make.item(State.RECTIFYING, house=of, **fields)  # type: ignore[arg-type]  # as there
    make.ask(item, kind, of)
    return item


def read(client: Client, address: str = "/review/") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def send(client: Client, item: Item, verb: str, **words: object) -> str:
    answer = client.post(f"/items/{item.pk}/{verb}/", form(item, **words))
    return answer["Location"] if answer.status_code == 302 else answer.content.decode()


def request_of(item: Item) -> Request:
    return Request.objects.get(item=item)


def test_a_request_stands_in_the_queue_beside_submissions_with_its_kind(house: House) -> None:
    item = asked(house)
    submitted = make.item(State.IN_REVIEW, house=house)
    page = read(at_the_screen(house.head))
    assert "Waiting for your decision: 2" in page
    assert f'href="/review/?request={request_of(item).pk}" aria-current="true"' in page
    assert f'href="/review/?item={submitted.pk}" rel="next"' in page
    for words in ("What is asked", "Extension", make.REASON, "Extensions used: 0 of 2"):
        assert words in page
    assert f'action="/items/{item.pk}/agree/"' in page
    assert f'formaction="/items/{item.pk}/refuse/"' in page
    assert 'data-key="a"' in page


def test_a_request_far_behind_is_shown_when_it_is_asked_for(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflows.reviewing.QUEUE", 1)
    asked(house)
    second = request_of(asked(house))
    head = at_the_screen(house.head)
    assert f"/review/?request={second.pk}" not in read(head)
    page = read(head, f"/review/?request={second.pk}")
    assert f'href="/review/?request={second.pk}" aria-current="true"' in page
    stranger = at_the_screen(house.office)
    assert "Nothing waits for your decision." in read(stranger, f"/review/?request={second.pk}")


def test_my_work_leads_to_it_and_says_what_is_asked(house: House) -> None:
    item = asked(house)
    page = read(at_the_screen(house.head), "/?tile=waiting")
    assert f'href="/review/?request={request_of(item).pk}"' in page
    assert "until 31 January 2027" in page
    sent = read(at_the_screen(house.staff), "/?tile=sent")
    assert "Extension asked for" in sent


def test_an_item_with_both_a_submission_and_a_request_stands_there_twice(house: House) -> None:
    item = make.item(State.IN_REVIEW, house=house)
    requests.ask_cancel(
        item.pk, actor=house.office.actor(), command=make.command(item), reason=make.REASON
    )
    request = request_of(item)
    leader = make.leader_of(house)
    page = read(at_the_screen(leader))
    assert f"/review/?request={request.pk}" in page
    assert f"/review/?item={item.pk}" not in page
    assert f"/review/?item={item.pk}" in read(at_the_screen(house.head))


def test_who_asked_does_not_find_it_in_their_own_queue(house: House) -> None:
    item = make.item(State.RECTIFYING, house=house)
    requests.ask_extension(
        item.pk,
        actor=house.head.actor(),
        command=make.command(item),
        ground="funds",
        reason=make.REASON,
        until=make.LATER,
    )
    make.leader_of(house)
    assert "Nothing waits for your decision." in read(at_the_screen(house.head))


def test_agreeing_goes_on_to_the_next_and_counts_are_right(house: House) -> None:
    first, second = asked(house), asked(house)
    head = at_the_screen(house.head)
    page = read(head)
    onward = f"/review/?request={request_of(second).pk}"
    assert f'name="next" value="{onward}"' in page
    assert send(head, first, "agree", words="Seen on site.", next=onward) == onward
    page = read(head, onward)
    assert "Waiting for your decision: 1" in page
    assert "Seen on site." in read(at_the_screen(house.office))


def test_refusing_needs_its_reason_and_leaves_everything_as_it_was(house: House) -> None:
    item, head = asked(house), at_the_screen(house.head)
    before = scene.everything(item)
    assert "at least 10 characters" in send(head, item, "refuse", words="no")
    assert scene.everything(item) == before
    assert send(head, item, "refuse", words=make.REASON) == f"/items/{item.pk}/"
    assert (request_of(item).outcome, now(item).due) == ("refused", item.due)
    assert "Refused" in read(at_the_screen(house.staff), f"/items/{item.pk}/")


def test_a_request_is_handed_over_by_name(house: House) -> None:
    item, head = asked(house), at_the_screen(house.head)
    words = {"person": house.colleague.name, "reason": make.REASON}
    assert send(head, item, "hand_over_request", **words) == f"/items/{item.pk}/"
    assert "Nothing waits for your decision." in read(head)
    assert f'action="/items/{item.pk}/agree/"' in read(at_the_screen(house.colleague))


def test_what_can_no_longer_be_granted_is_greyed_with_its_reason(house: House) -> None:
    item = asked(house)
    send(at_the_screen(house.head), item, "agree")
    none = {track.value: ExtensionRule(times=0, days=0) for track in Track}
    rounds.set_extension_rules(item.round_id, actor=house.office.actor(), rules=none)
    office = at_the_screen(house.office)
    page = read(office)
    assert re.search(r'data-key="a" disabled aria-describedby="why-not"', page)
    assert "The extensions of this item are used up" in page
    before = scene.everything(item)
    assert "used up" in send(office, item, "agree")
    assert scene.everything(item) == before


def test_the_earlier_requests_stand_beside_the_new_one(house: House) -> None:
    item = make.item(State.RECTIFYING, house=house)
    make.take(item, "extend", house)
    make.ask(item, "suspend", house)
    page = read(at_the_screen(house.head))
    assert "Earlier requests: 1" in page
    assert "Funds are not in place" in page


def confirmed(client: Client, verb: str, rows: list[str], **words: object) -> str:
    """Ask for many, and send the confirmation as the page draws it."""
    page = client.post("/bulk/", {"verb": verb, "asked": rows, "item": rows, "from": "review"})
    drawn = page.content.decode()
    fields = {
        name: re.findall(rf'name="{name}" value="([^"]*)"', drawn)[-1]
        for name in ("verb", "rows", "back", "from", "command")
    }
    return client.post("/bulk/do/", {**fields, **words}, follow=True).content.decode()


def pair(item: Item) -> str:
    return f"{item.pk}:{now(item).version}"


@pytest.mark.parametrize(
    ("verb", "words", "outcome"),
    [("agree", {"opinion": "Fine."}, "open"), ("refuse", {"reason": make.REASON}, "refused")],
)
def test_many_are_answered_of_what_was_opened_as_it_is(
    house: House, verb: str, words: dict[str, str], outcome: str
) -> None:
    opened, unseen = asked(house), asked(house)
    head = at_the_screen(house.head)
    page = read(head, f"/review/?request={request_of(opened).pk}")
    assert f'name="asked" value="{pair(opened)}"' in page
    assert Opening.objects.get().request == request_of(opened)
    before = scene.everything(unseen)
    told = confirmed(head, verb, [pair(opened), pair(unseen)], **words)
    assert "1 done, 1 skipped" in told
    assert "Not opened by you at this version." in told
    assert request_of(opened).outcome == outcome
    assert request_of(opened).duties.filter(decided_by=house.head).count() == 1
    assert request_of(unseen).outcome == "open"
    assert scene.everything(unseen)["item"] == before["item"]


def test_ticked_submissions_are_not_taken_for_requests(house: House) -> None:
    item = make.item(State.IN_REVIEW, house=house)
    head = at_the_screen(house.head)
    answer = head.post("/bulk/", {"verb": "agree", "item": [pair(item)], "from": "review"})
    assert answer.status_code == 422
    assert "No item was chosen." in answer.content.decode()


def test_the_office_asks_to_extend_many_and_each_that_may_not_says_why(house: House) -> None:
    round_ = make.round_(house)
    fine = make.item(State.RECTIFYING, house=house, round_=round_)
    waits = asked(house, round_=round_)
    draft = make.item(house=house, round_=round_)
    office = at_the_screen(house.office)
    rows = [pair(item) for item in (fine, waits, draft)]
    words = {"ground": "funds", "until": "2027-02-28", "reason": make.REASON}
    told = confirmed(office, "ask_extension", rows, **words)
    assert "1 done, 2 skipped" in told
    assert "Another request of this item waits for a decision" in told
    request = request_of(fine)
    assert (request.kind, str(request.proposed), request.asked_by) == (
        "extend",
        "2027-02-28",
        house.office,
    )
    assert now(draft).request is None


@pytest.mark.parametrize("wrong", [{"until": ""}, {"ground": ""}, {"reason": "short"}])
def test_many_extensions_need_their_ground_date_and_reason(
    house: House, wrong: dict[str, str]
) -> None:
    item = make.item(State.RECTIFYING, house=house)
    words = {"ground": "funds", "until": "2027-02-28", "reason": make.REASON, **wrong}
    told = confirmed(at_the_screen(house.office), "ask_extension", [pair(item)], **words)
    assert "alert-title" in told
    assert not Request.objects.exists()


def test_the_ledger_marks_and_narrows_what_is_asked_for(house: House) -> None:
    round_ = make.round_(house)
    item = asked(house, round_=round_, title="Asked for more time")
    make.item(State.SUSPENDED, house=house, round_=round_, title="At rest")
    office = at_the_screen(house.office)
    page = read(office, "/ledger/")
    assert "Extension asked for <b>1</b>" in page
    assert "Suspended until 31 January 2099" in page
    page = read(office, "/ledger/?asked=extend")
    assert "Asked for more time" in page
    assert "At rest" not in page
    assert "1 of 2 items" in page
    rested = read(office, "/ledger/?state=suspended")
    assert "At rest" in rested
    assert "Asked for more time" not in rested
    assert "Extension asked for" in read(office, f"/ledger/{item.pk}/")
    board = read(office, "/board/")
    assert "Extension asked for" in board
    assert "asked=extend" in board
