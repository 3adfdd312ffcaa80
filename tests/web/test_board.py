from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation

from core.models import User
from core.roles import Role
from tests import make
from workflows.models import Round
from workflows.states import State

pytestmark = pytest.mark.django_db

FIGURE = re.compile(r'<a (?:class="count" )?href="(/ledger/[^"]*)">\D*(\d+)[^<]*</a>')


def logged_in(user: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    session = client.session
    session["since"] = timezone.now().timestamp()
    session.save()
    return client


def some_items(house: make.House, round_: Round) -> None:
    for state, days in (
        (State.RECTIFYING, -3),
        (State.ASSIGNED, 0),
        (State.DRAFT, 4),
        (State.DRAFT, 40),
        (State.CLOSED, -5),
        (State.CANCELLED, 5),
    ):
        due = timezone.localdate() + timedelta(days=days)
        make.item(state, house=house, round_=round_, due=due)


def test_the_board_says_the_round_in_one_sentence() -> None:
    house = make.house()
    some_items(house, make.round_(house))
    text = logged_in(house.office).get("/board/").content.decode()
    sentence = text.partition('<p class="board-sentence">')[2].partition("</p>")[0]
    assert re.sub("<[^>]*>", "", sentence) == (
        "6 items: 1 closed out, 1 overdue, 1 due today, 1 due within 10 days."
    )
    assert "1 of 5 closed out; 1 cancelled and not counted" in text
    assert "As of " in text


def test_every_figure_leads_to_as_many_rows_as_it_says() -> None:
    house = make.house()
    some_items(house, make.round_(house))
    client = logged_in(house.office)
    figures = FIGURE.findall(client.get("/board/").content.decode())
    assert len(figures) == 20
    for address, number in figures:
        grid = client.get(address.replace("&amp;", "&")).context["grid"]
        assert grid.paginator.count == int(number), address


def test_red_items_are_named_and_lead_to_their_pages() -> None:
    house = make.house()
    round_ = make.round_(house)
    late = make.item(
        State.RECTIFYING,
        house=house,
        round_=round_,
        no="9-9",
        title="The lamp",
        due=timezone.localdate() - timedelta(days=2),
    )
    text = logged_in(house.head).get("/board/").content.decode()
    assert f'<a href="/items/{late.pk}/">9-9 The lamp</a>' in text
    assert "2 days overdue" in text
    assert "Only the items of your own sections are counted." in text


def test_both_pictures_have_their_figures_in_a_table_too() -> None:
    house = make.house()
    some_items(house, make.round_(house))
    answer = logged_in(house.office).get("/board/")
    text = answer.content.decode()
    for option in ("burn-up-option", "aspects-option"):
        assert f'<script id="{option}" type="application/json">' in text
        assert f'data-option="{option}" role="img"' in text
    assert text.count("<details") == text.count("<caption>As of ") == 2
    bars = {series["name"]: series["data"] for series in answer.context["by_aspect"]["series"]}
    assert bars == {
        "Closed": [1], "Rectifying": [1], "Assigned": [1], "Draft": [2], "Cancelled": [1]
    }  # fmt: skip


def test_the_wall_turns_from_the_whole_to_red_items_to_each_aspect_and_has_no_form() -> None:
    house = make.house()
    some_items(house, make.round_(house))
    answer = logged_in(house.office).get("/board/?wall=1")
    text = answer.content.decode()
    assert [slide.title for slide in answer.context["slides"]] == [
        "Overdue or due today",
        "（一）Public works",
    ]
    assert text.count("data-slide ") == 3
    assert "<form" not in text
    assert 'hx-trigger="every 60s"' in text


def test_an_aspect_too_long_for_one_page_of_the_wall_takes_two() -> None:
    house = make.house()
    round_ = make.round_(house)
    far = timezone.localdate() + timedelta(days=50)
    make.entered(house, round_, *(make.line(house, due=far) for _n in range(13)))
    slides = logged_in(house.office).get("/board/?wall=1").context["slides"]
    assert [(slide.no, slide.of, len(slide.items)) for slide in slides] == [(1, 2, 12), (2, 2, 1)]


def test_the_wall_asks_for_its_own_part_again() -> None:
    house = make.house()
    some_items(house, make.round_(house))
    answer = logged_in(house.office).get("/board/?wall=1", headers={"hx-request": "true"})
    text = answer.content.decode().strip()
    assert text.startswith('<div id="slides"')
    assert text.endswith("</div>")
    assert "<html" not in text


def test_a_wall_stays_with_its_round_and_chooses_none_for_the_other_pages() -> None:
    house = make.house()
    for code in ("WALL", "DESK"):
        make.entered(house, make.round_(house, code=code), make.line(house))
    client = logged_in(house.office)
    wall = client.get("/board/?wall=1&round=WALL").content.decode()
    again = "/board/?wall=1&amp;round=WALL"
    assert f'hx-get="{again}"' in wall
    assert client.get("/board/?round=DESK").context["board"].round.code == "DESK"
    slides = client.get("/board/?wall=1&round=WALL", headers={"hx-request": "true"})
    assert slides.context["board"].round.code == "WALL"
    assert client.get("/board/").context["board"].round.code == "DESK"


@pytest.mark.parametrize("query", ["", "?wall=1"])
def test_without_a_round_or_items_the_board_says_what_will_be_here(query: str) -> None:
    house = make.house()
    client = logged_in(house.office)
    before = client.get(f"/board/{query}").content.decode()
    make.round_(house, title="An empty round")
    empty = client.get(f"/board/{query}").content.decode()
    assert "Once the office has" in before
    assert "Once the office has" in empty
    assert "data-option" not in before + empty


def test_every_item_cancelled_is_no_rate() -> None:
    house = make.house()
    make.item(State.CANCELLED, house=house)
    text = logged_in(house.office).get("/board/").content.decode()
    assert "Nothing to close: every item was cancelled." in text
    slides = logged_in(house.office).get("/board/?wall=1").context["slides"]
    assert [slide.words for slide in slides] == ["1 items, 0 closed out, 0 overdue"]


def test_an_item_without_a_section_is_ranked_under_no_section() -> None:
    house = make.house()
    make.item(house=house, lead=())
    assert "No section yet" in logged_in(house.office).get("/board/").content.decode()


@pytest.mark.parametrize("role", [Role.SYSTEM_OFFICER, Role.SECURITY_OFFICER])
def test_officers_who_see_no_content_do_not_see_the_board(role: Role) -> None:
    house = make.house()
    some_items(house, make.round_(house))
    answer = logged_in(make.person(role, unit=house.unit)).get("/board/")
    assert answer.status_code == 403
    assert "Street lamps" not in answer.content.decode()


def test_somebody_of_another_unit_sees_nothing_of_the_round() -> None:
    house = make.house()
    round_ = make.round_(house)
    some_items(house, round_)
    client = logged_in(make.house().office)
    assert client.get("/board/").context["board"] is None
    assert client.get(f"/board/?round={round_.code}").status_code == 404


@pytest.mark.parametrize("items", [1, 3])
def test_the_board_takes_as_many_queries_for_three_items_as_for_one(
    items: int, django_assert_num_queries: Any
) -> None:
    house = make.house()
    round_ = make.round_(house)
    for _n in range(items):
        make.item(State.CLOSED, house=house, round_=round_)
    client = logged_in(house.office)
    client.get("/board/")
    with django_assert_num_queries(8), translation.override("en"):
        client.get("/board/")
