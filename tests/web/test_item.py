from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.test import Client

from audit.models import Event
from tests import make
from tests.web.filled import at_the_screen, form, now
from workflows import machine
from workflows.actions import assignments, decisions, proving, rectification
from workflows.models import Item
from workflows.states import State

pytestmark = pytest.mark.django_db

BY_FORM = re.compile(r'action="/items/\d+/(\w+)/"|formaction="/items/\d+/(\w+)/"')


def forms_on(page: str) -> set[str]:
    """The verbs the page has a form for."""
    found = {one or other for one, other in BY_FORM.findall(page)}
    if "/measures/" in page and 'enctype="multipart' in page:
        found.add("attach")
    return found


def read(client: Client, item: Item) -> str:
    answer = client.get(f"/items/{item.pk}/")
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("part", ["staff", "colleague", "head", "office"])
def test_the_page_has_a_form_for_what_the_machine_offers_and_for_nothing_else(
    state: State, part: str
) -> None:
    house = make.house()
    item = make.item(state, house=house)
    person = getattr(house, part)
    offered = {m.verb for m in machine.offered(item, person.actor())}
    # Agreeing is one button, whether others follow or not, and so is changing the leaders. Taking
    # evidence back and replacing it have their forms beside each paper, a step is given away
    # where one is stuck, and a paper is answered for where it was asked for. The one head of a
    # section has nobody to claim a step from.
    one = {"endorse": "approve", "back_to_leaders": "change_leaders"}
    forms = {one.get(verb, verb) for verb in offered}
    found = forms_on(read(at_the_screen(person), item))
    beside = {"withdraw_evidence", "replace_evidence", "relink", "give_step"}
    beside |= {"supply_evidence", "decline_evidence", "spare_evidence"}
    beside |= {"claim"} if part == "head" else set()
    assert found == forms - beside


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("state", list(State))
def test_every_state_has_its_page_in_both_languages(state: State, language: str) -> None:
    house = make.house()
    item = make.item(state, house=house)
    page = read(at_the_screen(house.office, language=language), item)
    assert page.count("<h1") == 1
    assert item.title in page
    assert 'role="img"' in page


def test_an_item_of_others_looks_like_none() -> None:
    item, stranger = make.item(), make.house().staff
    client = at_the_screen(stranger)
    theirs, none = client.get(f"/items/{item.pk}/"), client.get("/items/999999/")
    assert (theirs.status_code, none.status_code) == (404, 404)
    assert item.title not in theirs.content.decode()


def test_a_verb_that_there_is_not_is_not_found() -> None:
    house = make.house()
    item = make.item(State.ASSIGNED, house=house)
    client = at_the_screen(house.staff)
    for verb in ("attach", "withdraw_evidence", "replace_evidence", "explode"):
        assert client.post(f"/items/{item.pk}/{verb}/", form(item)).status_code == 404
    assert now(item).state == State.ASSIGNED


def test_the_reviewers_words_come_before_everything_else() -> None:
    house = make.house()
    item = make.item(State.IN_REVIEW, house=house)
    decisions.send_back(
        item.pk, actor=house.head.actor(), command=make.command(item), reason=make.REASON
    )
    page = read(at_the_screen(house.staff), item)
    assert page.index(make.REASON) < page.index("Measure 1 of 2")
    assert "on submission no. 1" in page


def test_a_return_that_was_answered_is_no_longer_asked_for() -> None:
    house = make.house()
    item = make.item(State.IN_REVIEW, house=house)
    decisions.send_back(
        item.pk, actor=house.head.actor(), command=make.command(item), reason=make.REASON
    )
    rectification.submit(item.pk, actor=house.staff.actor(), command=make.command(item))
    assert "Returned: this is required" not in read(at_the_screen(house.staff), item)


def test_a_reopened_item_says_why_and_on_what_basis() -> None:
    house = make.house()
    item = make.item(State.CLOSED, house=house)
    make.take(item, "reopen", house)
    page = read(at_the_screen(house.staff), item)
    assert "Reopened: this is required" in page
    assert f"on the basis of: {make.BASIS}" in page
    assert "cycle 2" in page


def test_the_submit_button_says_what_is_missing_and_links_to_it() -> None:
    house = make.house()
    item = make.item(State.RECTIFYING, house=house)
    first, second = item.measures.all()
    page = read(at_the_screen(house.staff), item)
    assert f'<a href="#measure-{first.pk}">evidence for measure 1</a>' in page
    assert f'<a href="#measure-{second.pk}">evidence for measure 2</a>' in page
    assert '<a href="#result">' in page
    assert f'id="measure-{first.pk}"' in page


def test_who_approved_sees_the_close_out_greyed_with_the_reason() -> None:
    house = make.house()
    make.membership(house.closer, "section_head", section=house.section)
    item = make.item(State.IN_REVIEW, house=house)
    decisions.approve(item.pk, actor=house.closer.actor(), command=make.command(item))
    page = read(at_the_screen(house.closer), item)
    assert 'disabled aria-describedby="why-close"' in page
    assert "Submitter, approver and closer are three different people." in page
    assert f"Waits for: </strong>{house.office.name} · Rectification office" in page


def test_whoever_waits_reads_for_whom() -> None:
    house = make.house()
    item = make.item(State.IN_REVIEW, house=house)
    page = read(at_the_screen(house.staff), item)
    assert f"a head of the lead section ({house.head.name})" in page
    assert f"Waits for: </strong>{house.head.name} · Head of the lead section · since" in page


def test_withdrawn_evidence_is_struck_through_with_its_reason() -> None:
    house = make.house()
    item = make.item(State.VERIFYING, house=house)
    citation = item.citations.get()
    proving.withdraw_evidence(
        item.pk,
        actor=house.staff.actor(),
        command=make.command(item),
        citation_id=citation.pk,
        reason="It shows another street.",
    )
    page = read(at_the_screen(house.head), item)
    assert re.search(r"<s><a [^>]+>proof\.pdf</a></s>", page)
    assert "It shows another street." in page
    assert f"The approval by {house.head.name} no longer stands." in page


def test_the_timeline_has_one_entry_an_act_and_folds_refusals_away() -> None:
    house = make.house()
    item = make.item(State.CLOSED, house=house)
    client = at_the_screen(house.office)
    client.post(f"/items/{item.pk}/ask_reopen/", form(item, reason="short", basis=""))
    page = read(client, item)
    story = page[page.index('id="timeline"') : page.index('id="machine"')]
    for told in (
        "entered the item on the ledger",
        "assigned the item",
        "signed for receipt",
        "handed in evidence",
        "recorded progress",
        "submitted for review",
        "approved",
        "closed out the item",
    ):
        assert told in story
    assert "Refused attempts: 1" in story
    assert story.index("tried and was refused") > story.index("Refused attempts: 1")
    last = Event.objects.filter(subject=item.subject).order_by("-seq").first()
    assert last is not None
    assert bytes(last.hash).hex()[:8] in story


def test_an_auditor_reads_it_all_and_has_no_form() -> None:
    house = make.house()
    item = make.item(State.VERIFYING, house=house)
    auditor = make.person("auditor", unit=house.unit)
    assert forms_on(read(at_the_screen(auditor), item)) == set()


def test_an_auditor_who_posts_all_the_same_changes_nothing() -> None:
    house = make.house()
    item = make.item(State.VERIFYING, house=house)
    auditor = make.person("auditor", unit=house.unit)
    answer = at_the_screen(auditor).post(
        f"/items/{item.pk}/close/", form(item, effectiveness="Works.")
    )
    assert answer.status_code == 403
    assert now(item).state == State.VERIFYING


def test_a_stale_page_is_told_what_changed_and_changes_nothing() -> None:
    house = make.house()
    item = make.item(State.ASSIGNED, house=house)
    stale = form(item, reason=make.REASON)
    assignments.accept(item.pk, actor=house.staff.actor(), command=make.command(item))
    answer = at_the_screen(house.office).post(
        f"/items/{item.pk}/cancel/", stale, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 409
    assert answer["HX-Retarget"] == "#refusal"
    assert f"{house.staff.name} signed for receipt" in answer.content.decode()
    assert now(item).state == State.RECTIFYING


def test_a_second_click_is_one_decision() -> None:
    house = make.house()
    item = make.item(State.IN_REVIEW, house=house)
    client, filled = at_the_screen(house.head), form(item, opinion="Seen.")
    for _click in range(2):
        assert client.post(f"/items/{item.pk}/approve/", filled).status_code == 302
    assert Event.objects.filter(subject=item.subject, name="item.approved").count() == 1


def test_a_form_that_is_not_ours_is_refused() -> None:
    house = make.house()
    item = make.item(State.ASSIGNED, house=house)
    client = at_the_screen(house.staff)
    for fields in (
        {},
        {"command": "x", "version": "1"},
        {"command": str(uuid4()), "version": "-1"},
    ):
        assert client.post(f"/items/{item.pk}/accept/", fields).status_code == 422
    assert now(item).state == State.ASSIGNED


def test_the_next_step_says_what_is_missing_before_it() -> None:
    house = make.house()
    item = make.item(State.RECTIFYING, house=house)
    first = item.measures.all()[0]
    page = at_the_screen(house.staff).get(f"/items/{item.pk}/").content.decode()
    step = page[page.index('id="next-step"') :].split("</p>")[0]
    assert f'before that: <a href="#measure-{first.pk}">evidence for measure 1</a>' in step
    assert page.count('id="next-step"') == 1
