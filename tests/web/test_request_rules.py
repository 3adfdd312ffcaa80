"""A round's page of requests: how often and how far, and who decides on which."""

from __future__ import annotations

import pytest
from django.test import Client

from audit.models import Event
from tests import make
from tests.make import House
from tests.web.filled import at_the_screen
from workflows.models import Round, Route
from workflows.models.route import Party

pytestmark = pytest.mark.django_db
WORDS = {
    "do": "set",
    "times-immediate": "0",
    "days-immediate": "0",
    "times-dated": "3",
    "days-dated": "120",
    "times-ongoing": "3",
    "days-ongoing": "180",
}


@pytest.fixture
def house() -> House:
    return make.house()


@pytest.fixture
def round_(house: House) -> Round:
    return make.round_(house)


def read(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def rules_of(round_: Round) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = Round.objects.get(pk=round_.pk).extension_rules
    return found


def test_the_office_sets_the_rules_and_others_read_them(house: House, round_: Round) -> None:
    address = f"/rounds/{round_.pk}/requests/"
    assert at_the_screen(house.office).post(address, WORDS).status_code == 302
    assert rules_of(round_) == {
        "immediate": {"times": 0, "days": 0},
        "dated": {"times": 3, "days": 120},
        "ongoing": {"times": 3, "days": 180},
    }
    page = read(at_the_screen(house.staff), address)
    assert "3 times, at most 120 days beyond the first deadline" in page
    assert "<form" not in page[page.index('id="rules-title"') :]
    assert f'href="/rounds/{round_.pk}/route/?matter=extend"' in page
    back = {"do": "preset"}
    assert at_the_screen(house.office).post(address, back).status_code == 302
    assert rules_of(round_)["dated"] == {"times": 2, "days": 90}


@pytest.mark.parametrize(
    "wrong", [{"times-dated": "10"}, {"days-dated": "1831"}, {"times-dated": "-1"}, {}]
)
def test_rules_that_cannot_be_followed_change_nothing(
    house: House, round_: Round, wrong: dict[str, str]
) -> None:
    before = rules_of(round_)
    words = {**WORDS, **wrong} if wrong else {"do": "set"}
    answer = at_the_screen(house.office).post(f"/rounds/{round_.pk}/requests/", words)
    assert answer.status_code == 422
    assert rules_of(round_) == before
    assert not Event.objects.filter(name="round.extensions_set").exists()


def test_only_the_office_of_the_unit_sets_them(house: House, round_: Round) -> None:
    address = f"/rounds/{round_.pk}/requests/"
    assert at_the_screen(house.head).post(address, WORDS).status_code == 403
    assert at_the_screen(make.house().office).post(address, WORDS).status_code == 404
    assert rules_of(round_)["dated"] == {"times": 2, "days": 90}


def test_each_kind_of_request_has_its_own_route(house: House, round_: Round) -> None:
    office = at_the_screen(house.office)
    page = read(office, f"/rounds/{round_.pk}/route/?matter=cancel")
    assert "In force now: Leaders alone: any one of them" in page
    assert "always the last, never left out" not in page
    address = f"/rounds/{round_.pk}/route/?matter=cancel"
    answer = office.post(address, {"preset": "three_levels"})
    assert (answer.status_code, answer["Location"]) == (302, address)
    assert [(r.matter, r.version) for r in Route.objects.all()] == [("cancel", 1)]
    assert "In force now: Short" in read(office, f"/rounds/{round_.pk}/route/")
    assert "First responsible person" in read(office, f"/rounds/{round_.pk}/requests/")


def own(*parties: str, change: str = "") -> dict[str, object]:
    columns = {
        "party": list(parties),
        "how": ["one"] * len(parties),
        "percent": ["100"] * len(parties),
        "unless": [""] * len(parties),
        "person": [""] * len(parties),
    }
    return {"preset": "own", "change": change, **columns}


def test_a_route_of_ones_own_for_a_request_needs_no_office(house: House, round_: Round) -> None:
    office = at_the_screen(house.office)
    address = f"/rounds/{round_.pk}/route/?matter=suspend"
    page = office.post(address, own("office", change="add")).content.decode()
    assert page.count('name="party"') == 2
    assert office.post(address, own("office", "unit_head")).status_code == 302
    assert [step.party for step in Route.objects.get().steps] == [Party.OFFICE, Party.UNIT_HEAD]


def test_extensions_always_end_with_the_office(house: House, round_: Round) -> None:
    office = at_the_screen(house.office)
    address = f"/rounds/{round_.pk}/route/?matter=extend"
    assert "always the last, never left out" in read(office, address)
    assert office.post(address, {"preset": "leaders"}).status_code == 422
    assert office.post(address, own("office")).status_code == 422
    assert not Route.objects.exists()
    assert office.post(address, own("leaders")).status_code == 302
    assert [step.party for step in Route.objects.get().steps] == [Party.LEADERS, Party.OFFICE]


def test_there_is_no_route_of_another_matter(house: House, round_: Round) -> None:
    office = at_the_screen(house.office)
    assert office.get(f"/rounds/{round_.pk}/route/?matter=lunch").status_code == 404
    assert office.get(f"/rounds/{round_.pk}/route.bpmn?matter=lunch").status_code == 404
