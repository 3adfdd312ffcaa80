"""My work as a queue: each tab, its count after every act, its search, and what it costs."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.models import User
from tests import make
from tests.make import House
from tests.web.addresses import client_of
from tests.web.filled import at_the_screen
from tests.web.test_home import LINK, home, tiles
from workflows import reviewing
from workflows import worklist as work_list
from workflows.actions import decisions, deputies, duties
from workflows.models import Item, Round
from workflows.states import State
from workflows.tiles import copies, done
from workflows.worklist import Wanted, worklist

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    return make.house()


@pytest.fixture
def round_(house: House) -> Round:
    return make.round_(house)


def counts(user: User, *names: str) -> list[int]:
    found = tiles(home(user, "?whose=mine"))
    return [found[name] for name in names]


def test_the_counts_are_right_after_every_act(house: House, round_: Round) -> None:
    item = make.item(State.IN_REVIEW, house=house, round_=round_)
    assert counts(house.staff, "rectify", "sent") == [0, 1]
    assert counts(house.head, "waiting", "done") == [1, 0]
    assert counts(house.closer, "waiting", "done") == [0, 0]
    make.take(item, "approve", house)
    assert counts(house.staff, "sent") == [1]
    assert counts(house.head, "waiting", "done") == [0, 1]
    assert counts(house.closer, "waiting", "done") == [1, 0]
    decisions.send_back(
        item.pk, actor=house.closer.actor(), command=make.command(item), reason=make.REASON
    )
    assert counts(house.staff, "rectify", "returned", "sent") == [1, 1, 0]
    assert counts(house.closer, "waiting", "done") == [0, 1]
    make.take(item, "submit", house)
    assert counts(house.staff, "rectify", "returned", "sent") == [0, 0, 1]
    assert counts(house.head, "waiting", "done") == [1, 1]


def test_a_step_somebody_took_on_waits_for_nobody_else(house: House, round_: Round) -> None:
    item = make.item(State.VERIFYING, house=house, round_=round_)
    assert counts(house.office, "waiting") == counts(house.closer, "waiting") == [1]
    duties.claim(item.pk, actor=house.closer.actor(), command=make.command(item))
    assert (counts(house.office, "waiting"), counts(house.closer, "waiting")) == ([0], [1])


def test_the_longest_waiting_is_first_and_leads_to_the_review(house: House, round_: Round) -> None:
    items = [make.item(State.IN_REVIEW, house=house, round_=round_) for _no in range(3)]
    page = home(house.head, "?tile=waiting")
    assert LINK.findall(page) == [f"/review/?item={item.pk}" for item in items]


def test_what_one_decided_is_kept_the_latest_first(house: House, round_: Round) -> None:
    first = make.item(State.VERIFYING, house=house, round_=round_)
    second = make.item(State.CLOSED, house=house, round_=round_)
    page = home(house.head, "?tile=done")
    assert LINK.findall(page) == [f"/items/{item.pk}/" for item in (second, first)]
    assert "Seen on site." in page


def test_a_deputy_has_the_work_of_whom_they_stand_in_for_under_their_own(
    house: House, round_: Round
) -> None:
    make.item(State.IN_REVIEW, house=house, round_=round_)
    deputies.appoint(
        actor=house.head.actor(),
        deputy_id=house.office.pk,
        starts=timezone.localdate(),
        ends=timezone.localdate(),
        reason="Business trip",
        with_tray=True,
    )
    assert counts(house.office, "waiting") == [1]


def test_a_search_counts_and_shows_what_it_finds_and_stands_in_the_address(
    house: House, round_: Round
) -> None:
    lamps = make.item(State.IN_REVIEW, house=house, round_=round_, title="Lamps stay dark")
    make.item(State.IN_REVIEW, house=house, round_=round_, title="Drains are blocked")
    page = home(house.head, "?tile=waiting&q=lamps")
    assert LINK.findall(page) == [f"/review/?item={lamps.pk}"]
    assert "tile=waiting&amp;q=lamps" in page
    assert 'value="lamps"' in page
    assert LINK.findall(home(house.head, f"?tile=waiting&q={lamps.no}")) == LINK.findall(page)
    none = home(house.head, "?tile=waiting&q=bridges")
    assert "没有符合条件的事项" in none
    assert LINK.findall(none) == []


def test_a_round_narrows_every_tab(house: House, round_: Round) -> None:
    other = make.round_(house)
    make.item(State.IN_REVIEW, house=house, round_=round_)
    theirs = make.item(State.IN_REVIEW, house=house, round_=other)
    page = home(house.head, f"?tile=waiting&in={other.code}")
    assert LINK.findall(page) == [f"/review/?item={theirs.pk}"]
    assert f'value="{other.code}" selected' in page


def test_what_is_typed_into_the_search_is_shown_as_text(house: House) -> None:
    page = home(house.head, "?tile=waiting&q=%3Cscript%3E%00")
    assert "<script>%" not in page
    assert "&lt;script&gt;" in page


def _filled(house: House, round_: Round, rows: int) -> None:
    for _no in range(rows):
        item = make.item(State.VERIFYING, house=house, round_=round_)
        duties.copy_to(
            item.pk,
            actor=house.closer.actor(),
            command=make.command(item),
            person_ids=(house.head.pk,),
        )
        make.item(State.IN_REVIEW, house=house, round_=round_)


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("tab", ["waiting", "copies", "done"])
def test_a_tab_of_three_takes_as_many_queries_as_a_tab_of_one(
    tab: str, rows: int, house: House, round_: Round
) -> None:
    _filled(house, round_, rows)
    client = client_of(house.head)
    client.get(f"/?tile={tab}")
    with CaptureQueriesContext(connection) as taken:
        page = client.get(f"/?tile={tab}").content.decode()
    assert len(LINK.findall(page)) == rows
    assert len(taken) == 20


@pytest.mark.parametrize("rows", [1, 3])
def test_a_tab_is_counted_by_one_query_what_waits_by_one_an_address_and_read_by_one_more(
    rows: int, house: House, round_: Round
) -> None:
    _filled(house, round_, rows)
    actor = house.head.actor()
    with CaptureQueriesContext(connection) as taken:
        work = worklist(actor, Wanted(tile="waiting"))
    assert work is not None
    assert len(work.tiles) == 8
    assert len(taken) == 12


@pytest.mark.sqlite  # PostgreSQL plans by statistics, which a test database has none of
def test_copies_and_answers_are_looked_up_by_their_own_index(house: House) -> None:
    actor = house.head.actor()
    assert "duty_copies" in copies(actor)[0].explain()
    assert "duty_answered" in done(actor)[0].explain()


def test_the_review_page_goes_on_to_the_next_of_the_queue(house: House, round_: Round) -> None:
    first: Item = make.item(State.IN_REVIEW, house=house, round_=round_)
    second = make.item(State.IN_REVIEW, house=house, round_=round_)
    page = at_the_screen(house.head).get(f"/review/?item={first.pk}").content.decode()
    assert f'name="next" value="/review/?item={second.pk}"' in page


def read(user: User, address: str) -> str:
    return at_the_screen(user).get(address).content.decode()


def test_a_long_list_is_counted_and_paged_only_so_far_and_says_so(
    house: House, round_: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work_list, "COUNTED", 1)
    monkeypatch.setattr(work_list, "LISTED", 2)
    monkeypatch.setattr(work_list, "PAGE", 1)
    for _no in range(2):
        make.item(State.IN_REVIEW, house=house, round_=round_)
    page = read(house.head, "/?tile=waiting&page=9")
    assert "1+" in page
    assert "Page 2 of 2" in page
    assert "The list ends here" not in page
    make.item(State.IN_REVIEW, house=house, round_=round_)
    page = read(house.head, "/?tile=waiting&page=9")
    assert "Page 2" in page
    assert "Page 2 of" not in page
    assert "The list ends here" in page
    assert "The list ends here" not in read(house.head, "/?tile=waiting")


def test_what_waits_far_behind_is_opened_all_the_same_and_leads_the_queue(
    house: House, round_: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reviewing, "QUEUE", 1)
    first, second = (
        make.item(State.IN_REVIEW, house=house, round_=round_, title=title)
        for title in ("The older one", "The younger one")
    )
    actor = house.head.actor()
    assert reviewing.queue(actor) == [first]
    assert reviewing.queue(actor, asked=first.pk) == [first]
    assert reviewing.queue(actor, asked=second.pk) == [second, first]
    assert reviewing.queue(house.office.actor(), asked=second.pk) == []
