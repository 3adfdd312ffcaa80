from __future__ import annotations

import pytest

from core.roles import Role
from tests import make
from tests.web.filled import at_the_screen
from tests.workflows.review import leave
from workflows.models import Measure
from workflows.states import State

pytestmark = pytest.mark.django_db


def test_a_step_that_nobody_may_answer_is_one_click_from_what_mends_it() -> None:
    house = make.house()
    item = make.item(State.IN_REVIEW, house=house)
    make.criterion("Lit", *Measure.objects.all())
    leave(house.head)
    page = at_the_screen(house.office, language="zh-hans").get("/faults/").content.decode()
    assert "无人可办" in page
    assert item.title in page
    assert "目前无人担任该职务" in page
    for href in (
        f'href="/people/?unit={house.unit.pk}"',
        f'href="/rounds/{item.round_id}/route/"',
        f'href="/items/{item.pk}/#acts"',
    ):
        assert href in page


@pytest.mark.parametrize(
    ("hole", "href"), [("owner", "act-assign"), ("date", "act-amend"), ("criterion", "act-amend")]
)
def test_what_a_draft_lacks_leads_to_the_form_that_gives_it(hole: str, href: str) -> None:
    house = make.house()
    item = make.item(house=house, assignee="", due=None, deadline_raw="")
    page = at_the_screen(house.office).get(f"/faults/?hole={hole}").content.decode()
    assert f'href="/items/{item.pk}/#{href}"' in page
    assert f'id="{href}"' in at_the_screen(house.office).get(f"/items/{item.pk}/").content.decode()


def test_what_an_item_in_review_lacks_cannot_be_amended_there_and_its_page_is_opened() -> None:
    house = make.house()
    item = make.item(State.IN_REVIEW, house=house)
    page = at_the_screen(house.office).get("/faults/?hole=criterion").content.decode()
    assert f'href="/items/{item.pk}/#measures"' in page
    assert "#act-amend" not in page
    there = at_the_screen(house.office).get(f"/items/{item.pk}/").content.decode()
    assert 'id="act-amend">Nothing is amended while the item is in review' in there
    assert (
        'id="act-amend"'
        not in at_the_screen(house.staff).get(f"/items/{item.pk}/").content.decode()
    )


def test_an_item_of_somebody_gone_leads_to_the_reassignment() -> None:
    house = make.house()
    item = make.item(State.RECTIFYING, house=house)
    leave(house.staff)
    page = at_the_screen(house.office).get("/faults/?hole=gone").content.decode()
    assert f'href="/items/{item.pk}/#act-reassign"' in page


def test_a_section_without_a_head_leads_to_the_people_of_its_unit() -> None:
    house = make.house()
    page = at_the_screen(house.office).get("/faults/?hole=head&page=x").content.decode()
    assert house.other_section.name in page
    assert f'href="/people/?unit={house.unit.pk}"' in page


def test_the_first_page_of_the_office_fetches_how_many_holes_there_are() -> None:
    house = make.house()
    client = at_the_screen(house.office)
    assert 'hx-get="/faults/count/"' in client.get("/").content.decode()
    assert "1 holes" in client.get("/faults/count/").content.decode()
    make.person(Role.SECTION_HEAD, section=house.other_section)
    assert "no holes" in client.get("/faults/count/").content.decode()
    assert 'hx-get="/faults/count/"' not in at_the_screen(house.head).get("/").content.decode()


def test_the_system_officer_sees_what_did_not_get_through_and_nothing_of_the_ledger() -> None:
    house = make.house()
    client = at_the_screen(make.person(Role.SYSTEM_OFFICER, unit=house.unit))
    assert "check-title" not in client.get("/faults/").content.decode()
    assert client.get("/faults/count/").status_code == 403
