from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.make import House
from tests.web.filled import at_the_screen
from workflows.actions import routes
from workflows.models import Round, Route
from workflows.models.route import PRESETS, How, MatterKind, Party, Step, presets_of
from workflows.states import State

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    return make.house()


@pytest.fixture
def round_(house: House) -> Round:
    return make.round_(house)


def own(*rows: tuple[str, str, str, str, str], change: str = "") -> dict[str, object]:
    names = ("party", "how", "percent", "unless", "person")
    columns = {name: [row[at] for row in rows] for at, name in enumerate(names)}
    return {"preset": "own", "change": change, **columns}


HEAD = ("head", "one", "100", "", "")
LEADERS = ("leaders", "ratio", "60", "ongoing", "")


def test_the_page_says_the_route_in_force_and_offers_the_presets(
    house: House, round_: Round
) -> None:
    page = at_the_screen(house.office).get(f"/rounds/{round_.pk}/route/").content.decode()
    assert "In force now: Short: section head, office" in page
    for key in presets_of(MatterKind.REVIEW):
        assert f'name="preset" value="{key}"' in page
    assert page.count("Use this route") == 4  # three other presets, and one's own


def test_choosing_a_preset_makes_the_next_version(house: House, round_: Round) -> None:
    client = at_the_screen(house.office)
    address = f"/rounds/{round_.pk}/route/"
    assert client.post(address, {"preset": "full"}).status_code == 302
    assert client.post(address, {"preset": "full"}).status_code == 409
    route = Route.objects.get(round=round_)
    assert (route.version, route.preset, route.steps) == (1, "full", PRESETS["full"])
    page = client.get(address).content.decode()
    assert "version 1" in page
    assert f"Set by {house.office.name}" in page


def test_an_own_route_is_put_together_without_script_and_saved(house: House, round_: Round) -> None:
    client = at_the_screen(house.office)
    address = f"/rounds/{round_.pk}/route/"
    page = client.post(address, own(HEAD, change="add")).content.decode()
    assert page.count("data-step>") == 2
    page = client.post(address, own(HEAD, LEADERS, change="up-1")).content.decode()
    assert page.index('value="leaders" selected') < page.index('value="head" selected')
    page = client.post(address, own(HEAD, LEADERS, change="remove-1")).content.decode()
    assert page.count("data-step>") == 1
    assert not Route.objects.exists()
    assert client.post(address, own(HEAD, LEADERS)).status_code == 302
    assert Route.objects.get().steps == (
        Step(party=Party.HEAD),
        Step(party=Party.LEADERS, how=How.RATIO, percent=60, unless="ongoing"),
        Step(party=Party.OFFICE),
    )


def test_a_named_person_of_the_unit_may_be_a_step(house: House, round_: Round) -> None:
    client = at_the_screen(house.office)
    person = ("person", "any", "100", "", str(house.colleague.pk))
    assert client.post(f"/rounds/{round_.pk}/route/", own(HEAD, person)).status_code == 302
    assert Route.objects.get().steps[1].person_id == house.colleague.pk
    page = client.get(f"/rounds/{round_.pk}/route/").content.decode()
    assert f"A named person ({house.colleague.name}" in page


@pytest.mark.parametrize(
    "row",
    [
        ("nobody", "one", "100", "", ""),
        ("office", "one", "100", "", ""),
        ("head", "some", "100", "", ""),
        ("head", "one", "x", "", ""),
        ("leaders", "ratio", "0", "", ""),
        ("leaders", "ratio", "101", "", ""),
        ("head", "one", "100", "sometimes", ""),
        ("person", "one", "100", "", ""),
        ("person", "one", "100", "", "999999"),
        ("head", "one", "9" * 30, "", ""),
    ],
)
def test_a_step_that_is_not_of_the_vocabulary_sets_nothing(
    house: House, round_: Round, row: tuple[str, str, str, str, str]
) -> None:
    answer = at_the_screen(house.office).post(f"/rounds/{round_.pk}/route/", own(HEAD, row))
    assert answer.status_code == 422
    assert not Route.objects.exists()


def test_columns_of_different_length_are_no_form_of_ours(house: House, round_: Round) -> None:
    broken = {**own(HEAD, LEADERS), "how": ["one"]}
    answer = at_the_screen(house.office).post(f"/rounds/{round_.pk}/route/", broken)
    assert answer.status_code == 422
    assert not Route.objects.exists()


def test_the_office_sees_who_is_in_review_on_an_older_version_and_may_move_them(
    house: House, round_: Round
) -> None:
    old = make.item(State.IN_REVIEW, house=house, round_=round_, title="On the old one")
    routes.set_route(round_.pk, actor=house.office.actor(), preset="full")
    make.item(State.IN_REVIEW, house=house, round_=round_, title="On the new one")
    page = at_the_screen(house.office).get(f"/rounds/{round_.pk}/route/").content.decode()
    behind = page[page.index('id="old"') : page.index("Set another route")]
    assert "In review on an older version: 1" in behind
    assert f'action="/items/{old.pk}/move_to_current/"' in behind
    assert "On the new one" not in behind


def test_others_of_the_unit_read_the_route_and_have_no_form(house: House, round_: Round) -> None:
    routes.set_route(round_.pk, actor=house.office.actor(), preset="standard")
    client = at_the_screen(house.staff)
    page = client.get(f"/rounds/{round_.pk}/route/").content.decode()
    assert "Responsible leaders" in page
    assert 'name="preset"' not in page
    assert client.post(f"/rounds/{round_.pk}/route/", {"preset": "full"}).status_code == 403
    assert Route.objects.count() == 1


def test_a_round_of_others_has_no_page(round_: Round) -> None:
    for person in (make.house().office, make.house().staff):
        client = at_the_screen(person)
        assert client.get(f"/rounds/{round_.pk}/route/").status_code == 404
    stranger = at_the_screen(make.house().office)
    assert stranger.post(f"/rounds/{round_.pk}/route/", {"preset": "full"}).status_code == 404
    assert not Route.objects.exists()


@pytest.mark.parametrize("items", [1, 3])
def test_the_page_takes_as_many_queries_for_three_items_as_for_one(
    items: int, house: House, round_: Round
) -> None:
    for _no in range(items):
        make.item(State.IN_REVIEW, house=house, round_=round_)
    routes.set_route(round_.pk, actor=house.office.actor(), preset="full")
    client = at_the_screen(house.office)
    client.get(f"/rounds/{round_.pk}/route/")
    with CaptureQueriesContext(connection) as taken:
        client.get(f"/rounds/{round_.pk}/route/")
    assert len(taken) == 10
