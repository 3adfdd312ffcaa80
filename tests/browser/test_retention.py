"""Evidence on hold is kept, and what is over its time is destroyed by two people, on the screen."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from evidence.models import Evidence
from tests import make
from tests.browser.conftest import Enter, fits, violations
from tests.workflows.test_retention import BASIS, old
from workflows.models import Disposal, Hold, Round

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def whole(page: Page) -> None:
    assert fits(page)
    assert violations(page) == []


@pytest.mark.parametrize("width", [390, 1440])
def test_a_hold_is_set_and_lifted_and_two_people_destroy_what_is_due(
    enter: Enter, width: int
) -> None:
    house = make.house()
    round_ = make.round_(house)
    item = old(house, round_)
    Round.objects.filter(pk=round_.pk).update(retention="10y")
    to = f"/rounds/{round_.pk}/retention/"

    office = enter(house.office, width=width)
    office.goto(to)
    office.locator("#holds details:has(#no) > summary").click()
    office.fill("#no", item.no)
    office.fill("#hold-reason", "纪检监察机关正在调阅本项材料。")
    whole(office)
    office.locator("details:has(#no) .btn").click()
    expect(office.locator("#due .badge")).to_have_text("封存中")
    expect(office.locator("#due [name=item]")).to_have_count(0)
    whole(office)
    office.locator("#holds .paper details > summary").first.click()
    office.locator("#holds [name=reason]").first.fill("调阅已经结束，可以解除封存。")
    office.locator("#holds details[open] .btn").first.click()
    expect(office.locator("#due [name=item]")).to_have_count(1)
    assert Hold.objects.get().lifted_by == house.office

    office.locator("#due [name=item]").check()
    office.fill("#basis", BASIS)
    office.locator("#due .btn").click()
    expect(office.locator("main")).to_contain_text("撤回")
    expect(office.locator("main .btn-primary")).to_have_count(0)
    assert Disposal.objects.get().outcome == "open"

    second = enter(house.closer, width=width)
    second.goto(to)
    whole(second)
    second.locator("main .btn-primary").click()
    expect(second.locator("main .btn-primary")).to_have_count(0)
    expect(second.locator("main")).to_contain_text(item.citations.get().evidence.digest)
    whole(second)
    assert Evidence.objects.get(pk=item.citations.get().evidence_id).inspection == "destroyed"
