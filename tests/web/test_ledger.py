"""The grid: what it shows to whom, narrowed and ordered by its address alone."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import unquote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import Event
from core.roles import Role
from ledger import read
from tests import make
from tests.make import House
from tests.web.addresses import client_of
from workflows.models import Item, Measure, Round
from workflows.states import State

pytestmark = pytest.mark.django_db


def shown(client: Client, address: str = "/ledger/") -> list[str]:
    """The numbers of the items on the page, in order."""
    page = client.get(address).content.decode()
    return re.findall(r'<td class="no num">([^<]+)</td>', page)


def scene() -> tuple[House, Round, Client]:
    of = make.house()
    return of, make.round_(of), client_of(of.office)


def entered(of: House, round_: Round, **fields: object) -> Item:
    [item] = make.entered(of, round_, make.line(of, **fields))
    return item


def test_items_stand_under_their_aspect_and_problem_in_the_order_of_the_ledger() -> None:
    of, round_, client = scene()
    make.entered(of, round_, make.line(of, no="1-2"), make.line(of, no="1-1"))
    page = client.get("/ledger/").content.decode()
    assert shown(client) == ["1-2", "1-1"]
    assert page.index("Public works") < page.index("Lighting is neglected") < page.index("1-2</td>")


def test_a_problem_that_says_no_more_than_its_item_is_not_repeated() -> None:
    of, round_, client = scene()
    entered(of, round_, no="1", title="Lighting is neglected")
    assert client.get("/ledger/").content.decode().count("Lighting is neglected") == 1


@pytest.mark.parametrize(
    "columns", ["", "?columns=state,time,measures,support,lead,track,deadline"]
)
def test_the_page_asks_the_database_as_often_for_three_rows_as_for_one(columns: str) -> None:
    of, round_, client = scene()
    counts = []
    for batch in (1, 2):
        lines = [
            make.line(of, leaders=("周明",), support=(of.other_section.name,)) for _ in range(batch)
        ]
        make.entered(of, round_, *lines)
        client.get("/ledger/")  # the session is written once
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/ledger/{columns}")
        counts.append(len(queries))
    assert Item.objects.count() == 3
    assert counts[0] == counts[1]
    assert counts[0] <= 24


def test_a_search_looks_at_numbers_titles_and_measures() -> None:
    of, round_, client = scene()
    make.entered(
        of,
        round_,
        make.line(of, no="1-1", title="Lamps"),
        make.line(of, no="2-7", title="Drains", measures=("Sweep", "Dredge the LAMPS river")),
        make.line(of, no="3-1", title="Trees", measures=("Prune",)),
    )
    assert shown(client, "/ledger/?q=lamps") == ["1-1", "2-7"]
    assert shown(client, "/ledger/?q=2-7") == ["2-7"]
    assert shown(client, "/ledger/?q=%00prune") == ["3-1"]
    assert shown(client, "/ledger/?q=nothing") == []


def test_chips_narrow_by_state_and_by_time() -> None:
    of, round_, client = scene()
    today = timezone.localdate()
    days = {"1": -1, "2": 0, "3": 10, "4": 11}
    for no, left in days.items():
        entered(of, round_, no=no, due=today + timedelta(days=left))
    entered(of, round_, no="5", due=None, track="ongoing", ongoing=True)
    make.item(State.CANCELLED, house=of, round_=round_, no="6", due=today - timedelta(days=9))
    assert shown(client, "/ledger/?time=overdue") == ["1"]
    assert shown(client, "/ledger/?time=today") == ["2"]
    assert shown(client, "/ledger/?time=soon") == ["3"]
    assert shown(client, "/ledger/?time=later") == ["4"]
    assert shown(client, "/ledger/?time=none") == ["5"]
    assert shown(client, "/ledger/?time=ended") == ["6"]
    assert shown(client, "/ledger/?state=cancelled") == ["6"]
    assert shown(client, "/ledger/?state=draft&time=overdue") == ["1"]


def test_filters_narrow_by_section_person_class_and_aspect() -> None:
    of, round_, client = scene()
    first = entered(of, round_, no="1")
    second = entered(
        of, round_, no="2", lead=(of.other_section.name,), assignee="", track="ongoing"
    )
    assert shown(client, f"/ledger/?section={of.other_section.pk}") == ["2"]
    assert shown(client, f"/ledger/?assignee={of.staff.pk}") == ["1"]
    assert shown(client, "/ledger/?assignee=none") == ["2"]
    assert shown(client, "/ledger/?track=ongoing") == ["2"]
    assert shown(client, f"/ledger/?aspect={first.problem.aspect_id}") == ["1", "2"]
    assert shown(client, "/ledger/?aspect=0") == []
    assert second.pk


@pytest.mark.parametrize(
    "junk", ["state=x", "time=x", "section=x", "assignee=x", "sort=x", "columns=x", "page=x"]
)
def test_words_the_address_does_not_know_ask_for_nothing(junk: str) -> None:
    of, round_, client = scene()
    entered(of, round_, no="1")
    assert shown(client, f"/ledger/?{junk}") == ["1"]


def test_numbers_no_database_has_find_nothing() -> None:
    _of, _round, client = scene()
    assert client.get("/ledger/?section=99999999999999999999&page=99999").status_code == 200


def test_a_column_orders_both_ways_with_empty_ones_last() -> None:
    of, round_, client = scene()
    today = timezone.localdate()
    entered(of, round_, no="1", due=None, track="ongoing", ongoing=True)
    entered(of, round_, no="2", due=today + timedelta(days=9))
    entered(of, round_, no="3", due=today + timedelta(days=2))
    entered(of, round_, no="4", due=today + timedelta(days=2))
    assert shown(client, "/ledger/?sort=time") == ["3", "4", "2", "1"]
    assert shown(client, "/ledger/?sort=-time") == ["2", "3", "4", "1"]
    page = client.get("/ledger/?sort=-time").content.decode()
    assert 'aria-sort="descending"' in page
    assert "Public works" not in re.sub(r"<option.*?</option>", "", page)


def test_the_address_chooses_the_columns() -> None:
    of, round_, client = scene()
    entered(of, round_)
    page = client.get("/ledger/?columns=measures&columns=track").content.decode()
    assert re.findall(r'<th scope="col" class="c-(\w+)"', page) == ["track", "measures"]


def test_time_is_said_in_words_and_an_ended_item_has_none_left() -> None:
    of, round_, client = scene()
    entered(of, round_, no="1", due=timezone.localdate() - timedelta(days=3))
    make.item(State.CLOSED, house=of, round_=round_, no="2")
    page = client.get("/ledger/").content.decode()
    assert "已超期 3 天" in page
    assert page.count("time-") == 1


def test_rows_beyond_a_page_are_on_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    of, round_, client = scene()
    monkeypatch.setattr("web.grid.A_PAGE", 2)
    make.entered(of, round_, *(make.line(of, no=str(no)) for no in (1, 2, 3)))
    assert shown(client) == ["1", "2"]
    assert shown(client, "/ledger/?page=2") == ["3"]


def test_staff_see_their_sections_items_and_no_boxes_to_tick() -> None:
    of, round_, _client = scene()
    entered(of, round_, no="1")
    entered(of, round_, no="2", lead=(of.other_section.name,))
    client = client_of(of.staff)
    assert shown(client) == ["1"]
    page = client.get("/ledger/").content.decode()
    assert "data-pick" not in page
    assert "仅显示本科室相关事项" in page


@pytest.mark.parametrize("role", [Role.LEADER, Role.INSPECTION_OFFICE, Role.AUDITOR])
def test_readers_see_the_whole_unit_and_assign_nothing(role: Role) -> None:
    of, round_, _client = scene()
    entered(of, round_, no="1")
    page = client_of(make.person(role, unit=of.unit)).get("/ledger/").content.decode()
    assert '<td class="no num">1</td>' in page
    assert 'name="assignee" value' not in page
    assert "data-bulk" not in page


def test_another_unit_sees_nothing_of_it() -> None:
    of, round_, _client = scene()
    entered(of, round_)
    other = client_of(make.house().office)
    assert shown(other) == []
    assert other.get(f"/ledger/?round={round_.code}").status_code == 404


def test_an_empty_ledger_says_what_to_do_to_those_who_can_and_what_comes_to_others() -> None:
    of, _round, client = scene()
    assert 'href="/import/"' in client.get("/ledger/").content.decode().split("<main")[1]
    assert "导入台账后" in client_of(of.staff).get("/ledger/").content.decode()
    assert "建立轮次" in client_of(make.house().office).get("/ledger/").content.decode()


def test_the_drawer_shows_an_item_of_ones_own_and_no_other() -> None:
    of, round_, client = scene()
    item = entered(of, round_, no="1-1")
    Measure.objects.filter(item=item, position=1).update(text="Buy lamps")
    page = client.get(f"/ledger/{item.pk}/").content.decode()
    assert "Buy lamps" in page
    assert "<html" not in page
    assert client_of(make.house().office).get(f"/ledger/{item.pk}/").status_code == 404


def test_the_workbook_out_holds_what_the_grid_shows_and_is_recorded() -> None:
    of, round_, client = scene()
    make.entered(of, round_, make.line(of, no="1-1"), make.line(of, no="1-2", title="Drains"))
    answer = client.get("/ledger/export/?q=drains")
    draft = read(answer.content, name="a.xlsx")
    assert [(item.no, item.title) for item in draft.items] == [("1-2", "Drains")]
    event = Event.objects.get(name="ledger.exported")
    assert (event.subject, event.data) == (round_.subject, {"items": 1})
    head = answer["Content-Disposition"]
    assert head.startswith(f'attachment; filename="ledger-{round_.code}-')
    assert unquote(head.split("UTF-8''")[1]).startswith("Round of 2026台账（")
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_staff_take_out_their_own_rows_only() -> None:
    of, round_, _client = scene()
    entered(of, round_, no="1")
    entered(of, round_, no="2", lead=(of.other_section.name,))
    answer = client_of(of.staff).get("/ledger/export/")
    assert [item.no for item in read(answer.content, name="a.xlsx").items] == ["1"]


def test_without_a_round_there_is_nothing_to_take_out() -> None:
    assert client_of(make.house().office).get("/ledger/export/").status_code == 404
    assert not Event.objects.filter(name="ledger.exported").exists()


def test_a_link_of_the_grid_names_its_round_so_that_a_colleague_sees_the_same_rows() -> None:
    of, round_, client = scene()
    wanted = entered(of, round_, no="7-7")
    page = client.get("/ledger/").content.decode()
    [link] = set(re.findall(r'href="(\?[^"]*state=draft[^"]*)"', page))
    assert f"round={round_.code}" in link
    colleague = client_of(of.closer)
    entered(of, make.round_(of), no="8-8")
    assert shown(colleague) == ["8-8"]  # theirs is the newest
    assert shown(colleague, f"/ledger/{link.replace('&amp;', '&')}") == [wanted.no]
