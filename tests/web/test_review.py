from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from core.models import User
from core.roles import Role
from tests import make
from tests.make import House
from tests.web.filled import at_the_screen, form, now
from web import holding
from workflows import dossier, reviewing
from workflows import queries as queries_of
from workflows.actions import decisions, proving, rectification, rounds, routes
from workflows.models import Item
from workflows.states import State

pytestmark = pytest.mark.django_db


def read(client: Client, address: str = "/review/") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def come_back(house: House) -> Item:
    """An item that was returned, worked on, and submitted again."""
    item = make.item(State.IN_REVIEW, house=house)
    decisions.send_back(
        item.pk, actor=house.head.actor(), command=make.command(item), reason=make.REASON
    )
    first, second = item.measures.all()
    proving.attach(
        item.pk,
        actor=house.staff.actor(),
        command=make.command(item),
        measure_id=second.pk,
        files=[make.paper("acceptance.pdf")],
    )
    rectification.record_progress(
        item.pk,
        actor=house.staff.actor(),
        command=make.command(item),
        progress="done",
        result="All lamps were repaired.",
        accounts=[rectification.MeasureAccount(measure_id=first.pk, account="Written anew.")],
    )
    rectification.submit(item.pk, actor=house.staff.actor(), command=make.command(item))
    return item


def test_a_head_decides_what_the_section_submitted_and_nothing_else() -> None:
    house = make.house()
    waits = make.item(State.IN_REVIEW, house=house)
    for state in (State.RECTIFYING, State.VERIFYING, State.CLOSED):
        make.item(state, house=house)
    make.item(State.IN_REVIEW)
    assert list(reviewing.queue(house.head.actor())) == [waits]


def test_the_office_closes_what_heads_approved_in_its_own_unit() -> None:
    house = make.house()
    waits = make.item(State.VERIFYING, house=house)
    make.item(State.IN_REVIEW, house=house)
    make.item(State.VERIFYING)
    assert list(reviewing.queue(house.office.actor())) == [waits]


def test_who_is_both_sees_both_and_the_longest_waiting_first() -> None:
    house = make.house()
    make.membership(house.head, "office", unit=house.unit)
    other = make.person("section_head", section=house.section)
    first = make.item(State.VERIFYING, house=replace(house, head=other))
    second = make.item(State.IN_REVIEW, house=house)
    assert list(reviewing.queue(house.head.actor())) == [first, second]


def test_what_one_agreed_to_does_not_come_back_to_oneself() -> None:
    house = make.house()
    make.membership(house.head, "office", unit=house.unit)
    make.item(State.VERIFYING, house=house)
    assert list(reviewing.queue(house.head.actor())) == []


def test_staff_has_an_empty_queue_and_no_link_to_it() -> None:
    house = make.house()
    make.item(State.IN_REVIEW, house=house)
    assert list(reviewing.queue(house.staff.actor())) == []
    page = read(at_the_screen(house.staff))
    assert "Nothing waits for your decision." in page
    assert 'class="nav-link" href="/review/"' not in page


def test_an_empty_queue_says_what_will_come() -> None:
    page = read(at_the_screen(make.house().head))
    assert "Nothing waits for your decision." in page
    assert "appears here" in page


def test_the_longest_waiting_item_is_open_unless_another_is_asked_for() -> None:
    house = make.house()
    first = make.item(State.IN_REVIEW, house=house, title="The older one")
    second = make.item(State.IN_REVIEW, house=house, title="The younger one")
    client = at_the_screen(house.head)
    assert f'data-item="{first.pk}"' in read(client)
    assert f'data-item="{second.pk}"' in read(client, f"/review/?item={second.pk}")
    for wrong in ("999999", "x"):
        assert f'data-item="{first.pk}"' in read(client, f"/review/?item={wrong}")


def test_the_evidence_stands_with_the_measure_it_proves() -> None:
    house = make.house()
    make.item(State.IN_REVIEW, house=house)
    page = read(at_the_screen(house.head))
    first, second = page.index("Measure 1 of 2"), page.index("Measure 2 of 2")
    assert first < page.index("proof.pdf") < second
    assert "The log is kept in another system." in page[second:]
    assert "Evidence: <span data-read-count>0</span> of 1 read by you" in page


def test_opened_evidence_is_counted_for_whoever_opened_it() -> None:
    house = make.house()
    item = make.item(State.IN_REVIEW, house=house)
    client = at_the_screen(house.head)
    sent = client.get(f"/evidence/{item.citations.get().pk}/")
    assert b"".join(sent.streaming_content)  # type: ignore[attr-defined]
    assert "Evidence: <span data-read-count>1</span> of 1 read by you" in read(client)
    assert dossier.read_by(item, house.office.actor(), item.citations.all()) == {}


def test_the_last_requirement_is_shown_with_what_was_done_since() -> None:
    house = make.house()
    come_back(house)
    page = read(at_the_screen(house.head))
    assert "Last time this was required" in page
    assert make.REASON in page
    assert "added for measure 2: acceptance.pdf" in page
    assert "account of measure 1 rewritten" in page
    assert "added for measure 1" not in page


def test_a_return_that_was_answered_with_nothing_says_so() -> None:
    house = make.house()
    item = make.item(State.IN_REVIEW, house=house)
    decisions.send_back(
        item.pk, actor=house.head.actor(), command=make.command(item), reason=make.REASON
    )
    rectification.submit(item.pk, actor=house.staff.actor(), command=make.command(item))
    assert "nothing was added or rewritten" in read(at_the_screen(house.head))


def test_after_a_decision_the_next_item_opens() -> None:
    house = make.house()
    first = make.item(State.IN_REVIEW, house=house)
    second = make.item(State.IN_REVIEW, house=house)
    client = at_the_screen(house.head)
    assert f'name="next" value="/review/?item={second.pk}"' in read(client)
    answer = client.post(
        f"/items/{first.pk}/approve/",
        form(first, words="Seen on site.", next=f"/review/?item={second.pk}"),
    )
    assert answer["Location"] == f"/review/?item={second.pk}"
    assert (now(first).state, now(first).submission.opinion) == (State.VERIFYING, "Seen on site.")  # type: ignore[union-attr]


def test_the_one_field_is_the_requirement_when_it_is_returned() -> None:
    house = make.house()
    item = make.item(State.IN_REVIEW, house=house)
    client = at_the_screen(house.head)
    short = client.post(f"/items/{item.pk}/send_back/", form(item, words="too short"))
    assert (short.status_code, now(item).state) == (422, State.IN_REVIEW)
    client.post(f"/items/{item.pk}/send_back/", form(item, words=make.REASON))
    assert now(item).submission.requirement == make.REASON  # type: ignore[union-attr]


def test_the_one_field_is_the_note_when_the_office_closes() -> None:
    house = make.house()
    item = make.item(State.VERIFYING, house=house)
    client = at_the_screen(house.closer)
    assert "Effectiveness note to close out" in read(client)
    client.post(f"/items/{item.pk}/close/", form(item, words="The street is lit."))
    assert (now(item).state, now(item).effectiveness) == (State.CLOSED, "The street is lit.")


def test_the_page_has_one_yes_one_return_and_the_rest_folded_away() -> None:
    house = make.house()
    item = make.item(State.IN_REVIEW, house=house)
    page = read(at_the_screen(house.head))
    assert page.count('class="btn btn-primary" data-key="a"') == 1
    assert page.count('data-key="r"') == 1
    more = page[page.index('<details class="more-acts">') :]
    for verb in ("step_back", "hand_over", "ask_help", "add_signer", "copy_to"):
        assert f'action="/items/{item.pk}/{verb}/"' in more
    assert f"/items/{item.pk}/release/" not in page


def test_a_step_is_to_be_claimed_only_where_somebody_else_might_answer_it() -> None:
    house = make.house()
    item = make.item(State.IN_REVIEW, house=house)
    claim = f"/items/{item.pk}/claim/"
    assert claim not in read(at_the_screen(house.head))
    make.person("section_head", section=house.section)
    assert claim in read(at_the_screen(house.head))


def test_the_heading_says_how_many_wait() -> None:
    house = make.house()
    for _no in range(2):
        make.item(State.IN_REVIEW, house=house)
    assert "Waiting for your decision: 2</h1>" in read(at_the_screen(house.head))


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_queue_of_three_costs_as_many_queries_as_one_of_one(language: str) -> None:
    house = make.house()
    make.item(State.IN_REVIEW, house=house)
    client = at_the_screen(house.head, language=language)
    assert queries(client, "/review/") == 34
    make.item(State.IN_REVIEW, house=house)
    come_back(house)
    assert queries(client, "/review/") == 34


def queries(client: Client, address: str) -> int:
    read(client, address)  # what is remembered for good is asked for once
    with CaptureQueriesContext(connection) as caught:
        read(client, address)
    return len(caught)


# Reading


def demanding(house: House) -> Item:
    round_ = make.round_(house)
    rounds.set_demands(round_.pk, actor=house.office.actor(), must_read=True)
    return make.item(State.IN_REVIEW, house=house, round_=round_)


def test_each_piece_says_whether_it_was_read_and_at_which_submission() -> None:
    house = make.house()
    item = make.item(State.IN_REVIEW, house=house)
    client = at_the_screen(house.head)
    mark = re.compile(r"<span class=\"badge bg-(\w+)-lt\" data-(?:un)?read>. ([^<]+)</span>")
    assert mark.findall(read(client)) == [("yellow", "not read yet")]
    list(client.get(f"/evidence/{item.citations.get().pk}/"))
    assert mark.findall(read(client)) == [("green", "read")]
    assert mark.findall(read(client, f"/items/{item.pk}/")) == [("green", "read")]
    decisions.send_back(
        item.pk, actor=house.head.actor(), command=make.command(item), reason=make.REASON
    )
    rectification.submit(item.pk, actor=house.staff.actor(), command=make.command(item))
    assert mark.findall(read(client)) == [("green", "read at submission 1")]


def test_where_reading_is_demanded_the_button_is_grey_and_says_which_pieces() -> None:
    house = make.house()
    item = demanding(house)
    client = at_the_screen(house.head)
    piece = item.citations.get()
    for address in ("/review/", f"/items/{item.pk}/"):
        page = read(client, address)
        assert "This round demands that every piece of evidence is read" in page
        assert f'<a href="#piece-{piece.pk}">measure 1: proof.pdf</a>' in page
        assert f'id="piece-{piece.pk}"' in page
        assert "unmet unread" in page
    refused = client.post(f"/items/{item.pk}/approve/", form(item))
    assert (refused.status_code, now(item).state) == (422, State.IN_REVIEW)
    list(client.get(f"/evidence/{piece.pk}/"))
    assert "unmet unread" not in read(client)
    client.post(f"/items/{item.pk}/approve/", form(item))
    assert now(item).state == State.VERIFYING


def test_whoever_reads_the_record_sees_how_much_was_read_at_each_approval() -> None:
    house = make.house()
    item = make.item(State.VERIFYING, house=house)
    auditor = make.person(Role.AUDITOR, unit=house.unit)
    for reader in (auditor, house.office):
        page = read(at_the_screen(reader), f"/items/{item.pk}/")
        timeline, table = page[page.index('id="timeline"') :], page[page.index('id="route"') :]
        assert "0 of 1 read" in timeline
        assert "not read: proof.pdf" in timeline
        assert "Approve · 0 of 1 read" in table


def test_whoever_is_not_asked_to_decide_is_shown_no_marks() -> None:
    house = make.house()
    item = make.item(State.IN_REVIEW, house=house)
    assert "not read yet" not in read(at_the_screen(house.staff), f"/items/{item.pk}/")


def test_the_answers_of_two_times_at_one_step_keep_what_was_read_at_each() -> None:
    house = make.house()
    make.person(Role.LEADER, unit=house.unit)
    round_ = make.round_(house)
    routes.set_route(round_.pk, actor=house.office.actor(), preset="standard")
    item = make.item(State.IN_REVIEW, house=house, round_=round_)

    def answer(do: Callable[..., Item], who: User, **words: Any) -> None:
        do(item.pk, actor=who.actor(), command=make.command(item), **words)

    answer(decisions.approve, house.head)
    leader = User.objects.get(memberships__role=Role.LEADER, memberships__unit=house.unit)
    answer(decisions.step_back, leader, position=0, reason=make.REASON)
    at_once = at_the_screen(house.head).get(f"/evidence/{item.citations.get().pk}/")
    list(at_once)
    answer(decisions.approve, house.head)
    with translation.override("en"):
        held = holding.held(now(item), queries_of.history(item))
    assert [one.read for one in held if one.who == house.head.name] == [
        "0 of 1 read",
        "1 of 1 read",
    ]
