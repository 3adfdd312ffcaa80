from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.fixtures import Settings

from audit import jobs, sealing
from audit.models import Event, Reason
from core.actor import SYSTEM
from core.models import User
from core.roles import Role
from tests import make
from tests.audit.chains import unprotected
from tests.make import House
from tests.web.addresses import client_of
from workflows.actions import assignments, attention, decisions, verifying
from workflows.models import Item, Round
from workflows.states import State

pytestmark = pytest.mark.django_db

TILE = re.compile(r'href="\?whose=(\w+)&amp;tile=(\w+)".*?tile-count">(\d+)</span>', re.DOTALL)
LINK = re.compile(r'<a class="work-item" href="([^"]+)"')


def tiles(page: str) -> dict[str, int]:
    return {key: int(count) for _whose, key, count in TILE.findall(page)}


def home(user: User, query: str = "") -> str:
    return client_of(user).get(f"/{query}").content.decode()


def returned(house: House, round_: Round) -> Item:
    item = make.item(State.IN_REVIEW, house=house, round_=round_)
    decisions.send_back(
        item.pk,
        actor=house.head.actor(),
        command=make.command(item),
        reason="请补充夜间照明实测记录",
    )
    return item


def days(number: int) -> date:
    return timezone.localdate() + timedelta(days=number)


@pytest.fixture
def house() -> House:
    return make.house()


@pytest.fixture
def round_(house: House) -> Round:
    return make.round_(house)


def test_staff_see_what_they_owe_what_came_back_and_what_is_late(
    house: House, round_: Round
) -> None:
    make.item(State.ASSIGNED, house=house, round_=round_)
    make.item(State.RECTIFYING, house=house, round_=round_, due=days(-3))
    returned(house, round_)
    make.item(State.IN_REVIEW, house=house, round_=round_)
    make.item(State.CLOSED, house=house, round_=round_, due=days(-3))
    page = home(house.staff)
    assert tiles(page) == {
        "rectify": 3,
        "returned": 1,
        "evidence": 0,
        "overdue": 1,
        "sent": 1,
        "waiting": 0,
        "copies": 0,
        "done": 0,
    }
    assert "已超期 3 天" in page


def test_the_reviewers_requirement_stands_before_the_item_and_the_item_before_all_others(
    house: House, round_: Round
) -> None:
    make.item(State.RECTIFYING, house=house, round_=round_, due=days(-9))
    item = returned(house, round_)
    page = home(house.staff)
    assert LINK.findall(page)[0] == f"/items/{item.pk}/"
    assert page.index("请补充夜间照明实测记录") < page.index(item.no)
    assert f"{house.head.name}：请补充夜间照明实测记录" in page


def test_a_tile_filters_the_list_and_the_address_remembers_it(house: House, round_: Round) -> None:
    late = make.item(State.RECTIFYING, house=house, round_=round_, due=days(-1))
    make.item(State.RECTIFYING, house=house, round_=round_, due=days(9))
    page = home(house.staff, "?whose=mine&tile=overdue")
    assert LINK.findall(page) == [f"/items/{late.pk}/"]


def test_staff_may_look_at_the_whole_section(house: House, round_: Round) -> None:
    make.item(State.ASSIGNED, house=house, round_=round_)
    assert set(tiles(home(house.colleague)).values()) == {0}
    assert tiles(home(house.colleague, "?whose=section"))["rectify"] == 1


def test_heads_see_first_what_waits_for_their_review(house: House, round_: Round) -> None:
    waiting = make.item(State.IN_REVIEW, house=house, round_=round_)
    make.item(State.RECTIFYING, house=house, round_=round_)
    page = home(house.head)
    assert tiles(page) == {
        "waiting": 1,
        "rectify": 0,
        "returned": 0,
        "evidence": 0,
        "overdue": 0,
        "sent": 0,
        "copies": 0,
        "done": 0,
    }
    assert tiles(home(house.head, "?whose=section"))["rectify"] == 1
    assert LINK.findall(page) == [f"/review/?item={waiting.pk}"]


def test_nobody_is_told_under_their_section_what_waits_for_one_person(house: House) -> None:
    assert "waiting" not in tiles(home(house.staff, "?whose=section"))


def test_the_office_sees_what_to_close_out_and_what_to_assign(house: House, round_: Round) -> None:
    make.item(State.VERIFYING, house=house, round_=round_)
    make.item(State.DRAFT, house=house, round_=round_)
    make.item(State.CANCELLED, house=house, round_=round_)
    assert tiles(home(house.office)) == {
        "waiting": 1,
        "assign": 1,
        "chase": 0,
        "sent": 0,
        "copies": 0,
        "supervised": 0,
        "done": 0,
    }
    unit = tiles(home(house.office, "?whose=unit"))
    assert unit == {"overdue": 0, "returned": 0, "open": 2, "supervised": 0}


def test_an_office_is_not_counted_what_another_office_closes_out(round_: Round) -> None:
    above = make.unit()
    below = make.house(parent=above)
    make.item(State.VERIFYING, house=below)
    both = make.person(Role.INSPECTION_OFFICE, unit=above)
    make.membership(both, Role.OFFICE, unit=make.unit())
    assert tiles(home(both))["waiting"] == 0
    assert tiles(home(both, "?whose=unit"))["open"] == 1


@pytest.mark.parametrize("role", [Role.OFFICE, Role.LEADER, Role.UNIT_HEAD])
def test_whoever_may_supervise_finds_what_they_supervise_under_their_own_work(
    role: Role, house: House, round_: Round
) -> None:
    person = make.person(role, unit=house.unit)
    item = make.item(State.RECTIFYING, house=house, round_=round_)
    attention.supervise(item.pk, actor=person.actor())
    page = home(person, "?whose=mine&tile=supervised")
    assert tiles(page)["supervised"] == 1
    assert LINK.findall(page) == [f"/items/{item.pk}/"]


def test_leaders_see_where_their_line_is_red(house: House, round_: Round) -> None:
    leader = make.person(Role.LEADER, unit=house.unit)
    late = {"due": days(-2), "leaders": (leader.name,)}
    mine = make.item(State.RECTIFYING, house=house, round_=round_, **late)
    make.item(State.RECTIFYING, house=house, round_=round_, due=days(-2))
    page = home(leader)
    assert tiles(page) == {
        "waiting": 0,
        "overdue": 1,
        "returned": 0,
        "open": 1,
        "supervised": 0,
    }
    assert LINK.findall(page) == [f"/items/{mine.pk}/"]
    assert tiles(home(leader, "?whose=unit"))["overdue"] == 2


def test_the_link_to_a_view_shows_a_colleague_the_same_rows(house: House, round_: Round) -> None:
    make.item(State.RECTIFYING, house=house, round_=round_, title="Lamps of the harbour")
    make.item(State.RECTIFYING, house=house, round_=round_)
    page = home(house.office, f"?whose=unit&q=harbour&in={round_.code}")
    [link] = re.findall(r'href="([^"]+)" data-view', page)
    assert link == f"?whose=unit&amp;tile=open&amp;q=harbour&amp;in={round_.code}"
    theirs = home(house.closer, link.replace("&amp;", "&"))
    assert LINK.findall(theirs) == LINK.findall(page) != []
    assert f'href="?whose=mine&amp;q=harbour&amp;in={round_.code}"' in page


def test_nobody_sees_items_of_another_unit(round_: Round, house: House) -> None:
    make.item(State.RECTIFYING, house=house, round_=round_, due=days(-1))
    stranger = make.house()
    for user in (stranger.staff, stranger.head, stranger.office):
        assert set(tiles(home(user)).values()) == {0}


def test_an_empty_list_says_what_will_appear_and_what_to_do(house: House) -> None:
    assert "整改办交办后，事项会出现在这里" in home(house.staff)
    assert 'href="/import/"' in home(house.office, "?tile=assign")


def test_words_in_the_address_that_mean_nothing_show_the_usual_list(
    house: House, round_: Round
) -> None:
    make.item(State.RECTIFYING, house=house, round_=round_)
    page = home(house.staff, "?whose=unit&tile=nonsense&page=-7")
    assert tiles(page)["rectify"] == 1
    assert len(LINK.findall(page)) == 1


def test_pages_follow_each_other_without_repeating_or_leaving_out_a_row(
    house: House, round_: Round
) -> None:
    lines = [make.line(house, due=days(5)) for _no in range(45)]
    for item in make.entered(house, round_, *lines):
        make.take(item, "assign", house)
    client = client_of(house.staff)
    found = [
        link
        for page in (1, 2, 3)
        for link in LINK.findall(client.get(f"/?tile=rectify&page={page}").content.decode())
    ]
    assert len(found) == len(set(found)) == 45
    beyond = client.get("/?tile=rectify&page=9999999999").content.decode()
    assert len(LINK.findall(beyond)) == 20
    assert "第 3 页，共 3 页" in client.get("/?page=9").content.decode()


def test_the_next_page_of_a_list_is_not_called_the_next_step(house: House, round_: Round) -> None:
    make.entered(house, round_, *(make.line(house) for _ in range(21)))
    client = client_of(house.office)
    client.cookies["django_language"] = "zh-hans"
    page = client.get("/?tile=assign").content.decode()
    assert re.search(r'rel="next"[^>]*>([^<]+)</a>', page)[1] == "下一页"  # type: ignore[index]


def test_equal_numbers_of_two_rounds_are_told_apart(house: House, round_: Round) -> None:
    make.item(State.IN_REVIEW, house=house, round_=round_, no="1-1")
    client = client_of(house.head)
    for path in ("/", "/review/"):
        assert round_.code not in plain_rows(client, path)
    other = make.round_(house, code="2025-9")
    make.item(State.IN_REVIEW, house=house, round_=other, no="1-1")
    for path in ("/", "/review/"):
        rows = plain_rows(client, path)
        assert f"{round_.code} · " in rows
        assert "2025-9 · " in rows


def plain_rows(client: Client, path: str) -> str:
    """The words of the list."""
    page = client.get(path).content.decode()
    [rows] = re.findall(
        r'<ol class="work-items">.*?</ol>|<nav class="review-queue".*?</nav>', page, re.DOTALL
    )
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", rows))


def test_the_banner_says_one_thing_and_stays_away_once_it_was_put_away(house: House) -> None:
    client = client_of(house.staff)
    assert "请打开下面第一项" in client.get("/").content.decode()
    assert client.post("/banner/")["Location"] == "/"
    assert "请打开下面第一项" not in client.get("/").content.decode()


@pytest.mark.parametrize(
    ("role", "words", "links"),
    [
        (Role.SYSTEM_OFFICER, "开设账号", ["/people/#add"]),
        (Role.SECURITY_OFFICER, "授予角色", ["/people/?show=idle"]),
        (Role.AUDIT_OFFICER, "人员痕迹", ["/people/?show=all", "/ledger/", "/record/"]),
        (Role.AUDITOR, "事项痕迹", ["/ledger/", "/board/", "/record/"]),
    ],
)
def test_whoever_owes_no_items_gets_links_to_what_they_do(
    role: Role, words: str, links: list[str], house: House
) -> None:
    page = home(make.person(role, unit=house.unit))
    assert words in page
    assert [link for link in links if f'href="{link}"' not in page] == []
    assert tiles(page) == {}


def test_the_officers_see_what_stands_open_in_accounts_and_roles(house: House) -> None:
    make.user()
    make.user(is_active=False)
    make.membership(make.user(), Role.STAFF, section=house.section)
    page = home(make.person(Role.SECURITY_OFFICER, unit=house.unit))
    counts = re.findall(r'tile-count">(\d+)</span>', page)
    # Five of the house, one more of its staff, the officer, the one without a role; two sections,
    # one of them without a head.
    assert counts == ["8", "1", "1", "1"]


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.AUDIT_OFFICER])
def test_an_auditor_sees_how_the_record_stands(
    role: Role, house: House, settings: Settings, tmp_path: Path
) -> None:
    settings.EVIDENCE_ROOT = tmp_path
    make.flag(make.item(State.IN_REVIEW, house=house))
    elsewhere = make.house()
    make.flag(make.item(State.IN_REVIEW, house=elsewhere))
    auditor = make.person(role, unit=house.unit)
    told = re.compile(r'<a class="tile([^"]*)"[^>]*><span class="tile-count">(.+?)</span>')
    assert told.findall(home(auditor)) == [("", "0"), ("", "–"), (" tile-alarm", "0"), ("", "1")]
    settings.OUTSIDE_FOLDER = str(tmp_path)
    settings.OUTSIDE_MAIL = ["witness@example.test"]
    sealing.seal(Reason.TIME, SYSTEM)
    sealed = Event.objects.count()
    verifying.ask(actor=auditor.actor(), command_id=uuid4())
    jobs.sweep()
    assert told.findall(home(auditor)) == [("", str(sealed)), ("", "0"), ("", "2"), ("", "1")]
    with unprotected():
        Item.objects.filter(round__unit=house.unit).update(state=State.CLOSED)
    verifying.ask(actor=auditor.actor(), command_id=uuid4())
    jobs.sweep()
    assert told.findall(home(auditor))[1] == (" tile-alarm", "1")


def test_somebody_without_a_role_is_told_whom_to_ask() -> None:
    assert "您还没有角色" in home(make.user())


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("who", "queries"), [("staff", 22), ("head", 20), ("office", 19), ("inspection", 15)]
)
def test_the_first_page_takes_as_many_queries_for_three_rows_as_for_one(
    who: str, queries: int, rows: int, house: House, round_: Round
) -> None:
    for _no in range(rows):
        returned(house, round_)
        make.item(State.IN_REVIEW, house=house, round_=round_)
        make.item(State.VERIFYING, house=house, round_=round_)
    people = {
        "staff": house.staff,
        "head": house.head,
        "office": house.office,
        "inspection": make.person(Role.INSPECTION_OFFICE, unit=house.unit),
    }
    client: Client = client_of(people[who])
    client.get("/")
    with CaptureQueriesContext(connection) as taken:
        client.get("/")
    assert len(taken) == queries


def test_an_item_handed_to_somebody_else_leaves_the_list(house: House, round_: Round) -> None:
    item = returned(house, round_)
    assignments.reassign(
        item.pk,
        actor=house.office.actor(),
        command=make.command(item),
        assignee_id=house.colleague.pk,
        reason=make.REASON,
    )
    assert tiles(home(house.staff))["rectify"] == 0
    theirs = tiles(home(house.colleague))
    assert (theirs["rectify"], theirs["returned"], theirs["overdue"]) == (1, 1, 0)
