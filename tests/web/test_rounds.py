from __future__ import annotations

import re
from datetime import date

import pytest

from audit.models import Event
from tests import make
from tests.make import House
from tests.web.addresses import client_of
from workflows.models import Round
from workflows.states import State

pytestmark = pytest.mark.django_db

SHOWN = re.compile(r"<h2[^>]*>(\w+) · [^<]* <span class=\"badge")
SAID = {
    "code": "2026-2",
    "title": "专项巡察整改",
    "body": "第三巡察组",
    "starts": "2026-01-05",
    "ends": "2026-02-20",
    "feedback_date": "2026-03-02",
    "period": "3m",
}


@pytest.fixture
def house() -> House:
    return make.house()


def test_the_office_opens_a_round_and_looks_at_it_from_then_on(house: House) -> None:
    make.round_(house)
    client = client_of(house.office)
    answer = client.post("/rounds/new/", SAID | {"unit": house.unit.pk}, follow=True)
    assert "轮次 2026-2 已建立" in answer.content.decode()
    opened = Round.objects.get(code="2026-2")
    assert (str(opened.feedback_date), opened.period) == ("2026-03-02", "3m")
    assert client.session["round"] == "2026-2"


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": ""},
        {"title": " "},
        {"feedback_date": ""},
        {"feedback_date": "2026-13-01"},
        {"ends": "2026-01-04"},
        {"code": "x" * 33},
    ],
)
def test_a_round_that_does_not_fit_is_not_opened(house: House, wrong: dict[str, str]) -> None:
    form = SAID | {"unit": str(house.unit.pk)} | wrong
    answer = client_of(house.office).post("/rounds/new/", form)
    assert answer.status_code == 422
    assert not Round.objects.exists()
    assert not Event.objects.filter(name="round.opened").exists()


def test_an_unknown_period_becomes_the_usual_one(house: House) -> None:
    client_of(house.office).post("/rounds/new/", SAID | {"unit": house.unit.pk, "period": "9y"})
    assert Round.objects.get().period == "6m"


def test_the_form_offers_the_units_of_the_office(house: House) -> None:
    stranger = make.house()
    page = client_of(house.office).get("/rounds/new/").content.decode()
    assert house.unit.name in page
    assert stranger.unit.name not in page


def test_the_list_counts_what_is_closed_and_leaves_out_what_was_cancelled(house: House) -> None:
    round_ = make.round_(house)
    make.item(State.CLOSED, house=house, round_=round_)
    make.item(State.RECTIFYING, house=house, round_=round_)
    make.item(State.CANCELLED, house=house, round_=round_)
    assert "1 / 2 项" in client_of(house.head).get("/rounds/").content.decode()


def test_an_empty_list_says_who_opens_the_first_round(house: House) -> None:
    assert "请先新建轮次" in client_of(house.office).get("/rounds/").content.decode()
    assert "由整改办建立" in client_of(house.staff).get("/rounds/").content.decode()


def test_the_round_in_the_address_is_remembered_until_another_is_asked_for(house: House) -> None:
    make.round_(house, code="OLD", feedback_date=date(2025, 1, 1))
    make.round_(house, code="NEW")
    client = client_of(house.office)

    def shown(query: str = "") -> list[str]:
        return SHOWN.findall(client.get(f"/rounds/{query}").content.decode())

    assert shown() == ["NEW"]
    assert shown("?round=OLD") == ["OLD"]
    assert shown() == ["OLD"]
    assert shown("?round=NEW") == ["NEW"]
    assert shown() == ["NEW"]


def test_the_round_of_another_unit_is_as_if_it_were_not_there(house: House) -> None:
    make.round_(make.house(), code="THEIRS")
    client = client_of(house.office)
    assert client.get("/rounds/?round=THEIRS").status_code == 404
    assert client.get("/rounds/?round=NONE").status_code == 404
