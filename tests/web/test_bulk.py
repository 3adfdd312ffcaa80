"""Choosing many, in the ledger and in the queue: asked once more, then each row's own outcome."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.test import Client

from audit import jobs
from audit.models import Event, Job
from core.roles import Role
from tests import make
from tests.make import House
from tests.web.filled import at_the_screen
from workflows.models import Item, Opening, Round
from workflows.states import State

pytestmark = pytest.mark.django_db


def scene(drafts: int = 2) -> tuple[House, Round, list[Item], Client]:
    of = make.house()
    round_ = make.round_(of)
    items = make.entered(of, round_, *(make.line(of) for _ in range(drafts)))
    return of, round_, items, at_the_screen(of.office)


WORD = "Agreed in the meeting of the office."


def pair(item: Item) -> str:
    return f"{item.pk}:{Item.objects.get(pk=item.pk).version}"


def states(*items: Item) -> list[str]:
    return [Item.objects.get(pk=item.pk).state for item in items]


def rows_of(page: str) -> list[str]:
    found = re.search(r'name="rows" value="([^"]*)"', page)
    return found[1].split() if found else []


def confirmed(client: Client, page: str, **words: object) -> str:
    """Send the confirmation as the page draws it; the page one comes to."""
    form = {
        name: re.findall(rf'name="{name}" value="([^"]*)"', page)[-1]
        for name in ("verb", "rows", "back", "from", "command")
    }
    said = {"reason": WORD, "opinion": WORD, **words}
    return client.post("/bulk/do/", {**form, **said}, follow=True).content.decode()


def test_the_ticked_are_asked_about_and_nothing_is_done_yet() -> None:
    of, round_, [first, second], client = scene()
    done = make.item(State.ASSIGNED, house=of, round_=round_)
    foreign = make.item(title="Not yours to know")
    form = {
        "verb": "assign",
        "item": [pair(first), pair(second), pair(done), pair(foreign)],
        "back": "state=draft",
    }
    page = client.post("/bulk/", form).content.decode()
    assert "Assign: 3 items</h1>" in page
    assert "Assign: 2 items</button>" in page
    assert page.count("is skipped") == 1
    assert rows_of(page) == [pair(first), pair(second), pair(done)]
    assert "cannot be done to these now: 1" in page
    assert "Not yours to know" not in page
    assert 'href="/ledger/?state=draft"' in page
    assert (states(first, second), Job.objects.count()) == (["draft", "draft"], 0)


def test_where_all_would_be_skipped_nothing_is_asked_and_only_the_way_back_stands() -> None:
    of, round_, _drafts, client = scene()
    done = make.item(State.ASSIGNED, house=of, round_=round_)
    page = client.post("/bulk/", {"verb": "assign", "item": [pair(done)]}).content.decode()
    assert "All of them would be skipped" in page
    assert "Go back and choose items in another state." in page
    assert 'name="reason"' not in page
    assert 'class="btn btn-primary"' not in page


def test_a_whole_page_of_drafts_is_one_form_and_what_is_larger_gets_a_sentence() -> None:
    _of, _round, items, client = scene()
    page_of_the_ledger = {f"to-{n}": "" for n in range(10**6, 10**6 + 1200)}
    form = {"verb": "assign", "item": [pair(item) for item in items], **page_of_the_ledger}
    assert "Assign: 2 items" in client.post("/bulk/", form).content.decode()
    answer = client.post("/bulk/", {**form, "item": ["1:1"] * 5000})
    assert answer.status_code == 400
    assert "choose less at a time" in answer.content.decode()
    assert states(*items) == ["draft", "draft"]


def test_once_confirmed_each_row_has_its_outcome_which_a_reload_keeps() -> None:
    of, round_, [first, second], client = scene()
    done = make.item(State.ASSIGNED, house=of, round_=round_)
    form = {"verb": "assign", "item": [pair(first), pair(second), pair(done)]}
    asked = client.post("/bulk/", form).content.decode()
    page = confirmed(client, asked, assignee=of.colleague.pk)
    assert "2 done, 1 skipped" in page
    assert "off the ledger" not in page
    assert page.count("skipped, because") == 1
    assert f'href="/items/{first.pk}/"' in page
    assert states(first, second) == ["assigned", "assigned"]
    assert Item.objects.get(pk=first.pk).assignee == of.colleague
    job = Job.objects.get()
    again = client.get(f"/jobs/{job.pk}/?show=skipped").content.decode()
    assert f"/items/{done.pk}/" in again
    assert f"/items/{first.pk}/" not in again


def test_sending_the_confirmation_twice_does_it_once() -> None:
    _of, _round, [first, second], client = scene()
    page = client.post("/bulk/", {"verb": "assign", "item": [pair(first), pair(second)]})
    for _click in range(2):
        assert "2 done, 0 skipped" in confirmed(client, page.content.decode())
    assert Event.objects.filter(name="item.assigned").count() == 2
    assert Job.objects.count() == 1


def test_all_that_the_filter_shows_is_more_than_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.grid.A_PAGE", 2)
    of, round_, _items, client = scene(4)
    make.item(State.ASSIGNED, house=of, round_=round_)
    assert "all 4 that these filters show" in client.get("/ledger/?state=draft").content.decode()
    form = {"verb": "assign", "all": "1", "back": f"round={round_.code}&state=draft&page=2"}
    page = client.post("/bulk/", form).content.decode()
    assert "Assign: 4 items" in page
    assert len(rows_of(page)) == 4
    assert "all 5 of this ledger" in client.get("/ledger/").content.decode()


def test_the_filter_of_another_units_round_is_not_there() -> None:
    _of, _round, _items, client = scene()
    foreign = make.round_()
    form = {"verb": "assign", "all": "1", "back": f"round={foreign.code}"}
    assert client.post("/bulk/", form).status_code == 404
    assert at_the_screen(make.house().office).post("/bulk/", form).status_code == 404


def test_a_filter_that_shows_too_many_is_to_be_narrowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.selection.MOST", 1)
    _of, _round, items, client = scene()
    answer = client.post("/bulk/", {"verb": "assign", "all": "1"})
    assert answer.status_code == 422
    assert "2 items are too many at once" in answer.content.decode()
    assert states(*items) == ["draft", "draft"]


@pytest.mark.parametrize("form", [{}, {"item": ["x"]}, {"item": ["1:2:3"]}, {"item": ["0:0"]}])
def test_a_form_that_is_not_ours_asks_about_nothing(form: dict[str, object]) -> None:
    _of, _round, items, client = scene()
    assert client.post("/bulk/", {"verb": "assign", **form}).status_code in {404, 422}
    assert client.post("/bulk/", {"verb": "cancel", "item": [pair(items[0])]}).status_code == 404
    assert client.post("/bulk/do/", {"verb": "assign", "rows": ""}).status_code == 422
    assert client.post("/bulk/do/", {"verb": "x", "rows": pair(items[0])}).status_code == 404
    assert (states(*items), Job.objects.count()) == (["draft", "draft"], 0)


def test_a_reason_is_asked_for_and_without_it_nothing_is_done() -> None:
    of = make.house()
    items = [make.item(State.IN_REVIEW, house=of) for _ in range(2)]
    client = at_the_screen(of.head)
    form = {"verb": "send_back", "item": [pair(item) for item in items], "from": "review"}
    page = client.post("/bulk/", form).content.decode()
    assert "One reason for all of them" in page
    assert 'href="/review/"' in page
    assert "Give the reason in writing" in confirmed(client, page, reason="short")
    assert states(*items) == ["in_review", "in_review"]
    assert "2 done, 0 skipped" in confirmed(client, page, reason=make.REASON)
    assert states(*items) == ["rectifying", "rectifying"]


def test_an_item_is_handed_over_with_others_to_one_person() -> None:
    of, round_, _items, client = scene()
    item = make.item(State.RECTIFYING, house=of, round_=round_)
    page = client.post("/bulk/", {"verb": "reassign", "item": [pair(item)]}).content.decode()
    assert of.colleague.name in page
    assert "1 done" in confirmed(client, page, assignee=of.colleague.pk, reason=make.REASON)
    assert Item.objects.get(pk=item.pk).assignee == of.colleague


def test_the_ledger_offers_each_role_what_it_may_try() -> None:
    of, _round, _items, client = scene()
    verbs = r'name="verb" value="(\w+)"'
    ledger = client.get("/ledger/").content.decode()
    assert re.findall(verbs, ledger) == ["assign", "reassign", "send_back", "ask_extension", "urge"]
    head = at_the_screen(of.head).get("/ledger/").content.decode()
    assert re.findall(verbs, head) == ["reassign", "send_back", "ask_extension", "urge"]
    assert "data-pick" in head
    staff = at_the_screen(of.staff).get("/ledger/").content.decode()
    assert re.findall(verbs, staff) == []
    assert "data-pick" not in staff


def test_a_head_opens_each_and_then_approves_them_together() -> None:
    of = make.house()
    first, second, unopened = (make.item(State.IN_REVIEW, house=of) for _ in range(3))
    client = at_the_screen(of.head)
    client.get(f"/review/?item={first.pk}")
    queue = client.get(f"/review/?item={second.pk}").content.decode()
    assert queue.count("· opened by you") == 2
    form = {
        "verb": "approve",
        "item": [pair(item) for item in (first, second, unopened)],
        "from": "review",
    }
    page = client.post("/bulk/", form).content.decode()
    assert "not opened by you as they are now: 1" in page
    outcome = confirmed(client, page, opinion="Seen on site.")
    assert "2 done, 1 skipped" in outcome
    assert "Not opened by you at this version." in outcome
    assert "Back to the review" in outcome
    assert states(first, second, unopened) == ["verifying", "verifying", "in_review"]
    assert Item.objects.get(pk=first.pk).submission.opinion == "Seen on site."  # type: ignore[union-attr]


def test_the_items_own_page_counts_as_opened_for_who_may_approve_it() -> None:
    of = make.house()
    item = make.item(State.IN_REVIEW, house=of)
    for somebody in (of.staff, of.office):
        at_the_screen(somebody).get(f"/items/{item.pk}/")
    assert not Opening.objects.exists()
    at_the_screen(of.head).get(f"/items/{item.pk}/")
    assert Opening.objects.get().person == of.head


def test_a_queue_of_one_is_decided_on_its_own_page() -> None:
    of = make.house()
    make.item(State.IN_REVIEW, house=of)
    client = at_the_screen(of.head)
    assert "With those ticked" not in client.get("/review/").content.decode()
    make.item(State.IN_REVIEW, house=of)
    assert "With those ticked" in client.get("/review/").content.decode()


def test_what_only_waits_to_be_closed_is_not_approved_in_the_queue() -> None:
    of = make.house()
    for _ in range(2):
        make.item(State.VERIFYING, house=of)
    page = at_the_screen(of.office).get("/review/").content.decode()
    assert re.findall(r'name="verb" value="(\w+)"', page) == ["send_back"]


def test_many_are_urged_with_one_word_to_each_holder() -> None:
    of, round_, [draft, _other], client = scene()
    item = make.item(State.RECTIFYING, house=of, round_=round_)
    asked = {"verb": "urge", "item": [pair(draft), pair(item)]}
    page = client.post("/bulk/", asked).content.decode()
    assert "Urge: 2 items" in page
    assert "cannot be done to these now: 1" in page
    assert "1 done, 1 skipped" in confirmed(client, page, reason="Before the inspection.")
    assert Event.objects.get(name="item.urged").data["reason"] == "Before the inspection."


def test_staff_does_nothing_to_many() -> None:
    of, _round, items, _client = scene()
    staff = at_the_screen(of.staff)
    form = {"verb": "assign", "item": [pair(items[0])], "rows": pair(items[0])}
    for address in ("/bulk/", "/bulk/do/"):
        assert staff.post(address, {**form, "command": str(uuid4())}).status_code == 403
    assert states(*items) == ["draft", "draft"]


def test_more_than_twenty_are_done_by_the_worker_and_shown_as_they_go() -> None:
    _of, _round, items, client = scene(21)
    form = {"verb": "assign", "item": [pair(item) for item in items]}
    page = client.post("/bulk/", form).content.decode()
    assert "and 1 more" in page
    assert "done in the background" in page
    shown = confirmed(client, page)
    assert "Waiting for its turn" in shown
    assert 'hx-trigger="every 2s"' in shown
    jobs.sweep()
    job = Job.objects.get()
    moved = client.get(f"/jobs/{job.pk}/", headers={"HX-Request": "true"}).content.decode()
    assert "21 done, 0 skipped" in moved
    assert "<h1" not in moved
    assert "hx-trigger" not in moved


def test_a_head_of_two_roles_keeps_the_office_verbs() -> None:
    of, _round, _items, _client = scene()
    make.membership(of.head, Role.OFFICE, unit=of.unit)
    page = at_the_screen(of.head).get("/ledger/").content.decode()
    assert 'value="assign"' in page
