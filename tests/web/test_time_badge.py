"""The colour of an item's time: from the ladder of its round, with words, read once a page."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from tests import make
from tests.make import House
from tests.web.filled import at_the_screen
from web.templatetags.words import time_words
from workflows import deadlines
from workflows.models import Item, LadderRule
from workflows.states import State, Track

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 30)
BADGE = re.compile(r'badge bg-(\w+)-lt time-\w+">([^<]+)<')


@pytest.fixture
def house() -> House:
    return make.house()


def shown(item: Item, ladder: list[LadderRule]) -> tuple[str, str]:
    with translation.override("zh-hans"):
        return time_words(item, TODAY, ladder)


@pytest.mark.parametrize(
    ("left", "colour", "words"),
    [
        (40, "green", "剩 40 天"),  # below the lowest rung
        (20, "green", "剩 20 天"),
        (11, "green", "剩 11 天"),
        (10, "yellow", "剩 10 天"),
        (0, "yellow", "今日到期"),
        (-1, "red", "已超期 1 天"),
    ],
)
def test_the_colour_is_that_of_the_rung_an_item_has_reached(
    left: int, colour: str, words: str, house: House
) -> None:
    item = make.item(State.RECTIFYING, house=house, due=TODAY + timedelta(days=left))
    assert shown(item, deadlines.ladder_of(item.round)) == (colour, words)


def test_a_ladder_set_by_the_office_colours_its_items_its_own_way(house: House) -> None:
    item = make.item(State.RECTIFYING, house=house, due=TODAY + timedelta(days=25))
    rules = deadlines.ladder_of(item.round)
    [first] = [rule for rule in rules if rule.days == 20]
    first.days, first.colour = 30, "red"
    assert shown(item, rules) == ("red", "剩 25 天")


def test_a_rule_for_a_class_colours_only_items_of_that_class(house: House) -> None:
    item = make.item(State.RECTIFYING, house=house, due=TODAY - timedelta(days=3))
    rules = [r for r in deadlines.ladder_of(item.round) if r.track == Track.ONGOING]
    assert shown(item, rules) == ("red", "已超期 3 天")  # none is for it: the plain colour
    item.due = TODAY + timedelta(days=9)
    assert shown(item, rules) == ("yellow", "剩 9 天")


def test_an_item_without_a_date_has_the_colour_of_the_rule_for_its_class(house: House) -> None:
    item = make.item(State.RECTIFYING, house=house, due=None, track=Track.IMMEDIATE)
    rules = deadlines.ladder_of(item.round)
    assert shown(item, rules) == ("yellow", "立行立改")
    for rule in rules:
        rule.colour = "red"
    assert shown(item, rules) == ("red", "立行立改")
    item.track = Track.DATED
    assert shown(item, rules)[0] == "yellow"  # no rule is for it


def test_what_has_ended_has_no_colour_of_time(house: House) -> None:
    item = make.item(State.CANCELLED, house=house, due=TODAY - timedelta(days=3))
    assert shown(item, deadlines.ladder_of(item.round))[0] == "secondary"


def test_the_colour_changes_with_the_ladder_on_every_page_and_nothing_is_stored(
    house: House,
) -> None:
    due = timezone.localdate() + timedelta(days=30)
    item = make.item(State.RECTIFYING, house=house, due=due)
    pages = [
        (house.staff, "/"),
        (house.staff, f"/items/{item.pk}/"),
        (house.office, "/ledger/"),
        (house.office, reverse("ledger_peek", args=[item.pk])),
    ]

    def colours() -> set[str]:
        found = set()
        for who, path in pages:
            page = at_the_screen(who, language="zh-hans").get(path).content.decode()
            badges = BADGE.findall(page)
            assert {words for _colour, words in badges} == {"剩 30 天"}, path
            found |= {colour for colour, _words in badges}
        return found

    assert colours() == {"green"}
    before = Item.objects.filter(pk=item.pk).values().get()
    LadderRule.objects.filter(days=20).update(days=35, colour="red")
    assert colours() == {"red"}
    assert Item.objects.filter(pk=item.pk).values().get() == before


@pytest.mark.parametrize("path", ["/", "/ledger/"])
def test_the_rules_of_a_round_are_read_once_however_many_items_are_listed(
    path: str, house: House
) -> None:
    round_ = make.round_(house)
    for _no in range(4):
        make.item(State.RECTIFYING, house=house, round_=round_)
    client = at_the_screen(house.staff)
    client.get(path)
    with CaptureQueriesContext(connection) as taken:
        client.get(path)
    read = [one["sql"] for one in taken if "workflows_ladderrule" in one["sql"]]
    assert len(read) == 1
