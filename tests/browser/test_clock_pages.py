"""The pages of the clock in a real browser: readable, clean, on a phone and on a desk."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from core.roles import Role
from tests import make
from tests.browser.conftest import Enter, fits, violations
from workflows.models import Addressee

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def clean(page: Page, path: str) -> None:
    """Nothing for axe to find, and nothing that runs out of the window sideways."""
    page.goto(path)
    assert violations(page) == [], path
    assert fits(page), path


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_the_clocks_pages_can_be_read_by_everybody(enter: Enter, width: int, language: str) -> None:
    house = make.house()
    round_ = make.round_(house, plan_term="15w")
    letter = make.letter(house, round_)
    office = enter(house.office, width=width, language=language)
    ladder = f"/rounds/{round_.pk}/ladder/"
    clean(office, ladder)
    office.click("#rung-1 summary")
    assert violations(office) == []
    for path in ("/rounds/", "/board/", "/calendar/", "/calendar/?year=2040", "/letters/"):
        clean(office, path)
    clean(enter(house.staff, width=width, language=language), f"/letters/{letter.pk}/")
    clean(office, f"/items/{letter.item_id}/")
    clean(enter(make.person(Role.SYSTEM_OFFICER, unit=house.unit), width=width), "/calendar/")


def test_a_warning_is_signed_for_on_a_phone(enter: Enter) -> None:
    house = make.house()
    letter = make.letter(house, make.round_(house))
    page = enter(house.staff, width=390)
    page.goto("/letters/")
    page.click("text=待您签收")
    page.click(".receipt-acts .btn-primary")
    expect(page.locator(".receipts li")).to_contain_text("签收")
    expect(page.locator(".receipts li")).not_to_contain_text("未签收")
    assert Addressee.objects.get(reminder=letter.reminder_id).signed_at is not None


def test_the_office_urges_supervises_and_changes_a_rule(enter: Enter) -> None:
    house = make.house()
    round_ = make.round_(house)
    letter = make.letter(house, round_)
    page = enter(house.office)
    page.goto(f"/items/{letter.item_id}/")
    page.fill("#urge-reason", "本周内报进展")
    page.click("#pursuit button:has-text('催办')")
    expect(page.locator("#pursuit")).to_contain_text("您今天已催办过此项")
    page.click("#pursuit button:has-text('督办')")
    expect(page.locator("#pursuit")).to_contain_text("取消督办")
    page.goto(f"/rounds/{round_.pk}/ladder/")
    page.click("#rung-0 summary")
    page.fill("#days-0", "15")
    page.click("text=保存规则")
    expect(page.locator("#rung-0 summary")).to_contain_text("剩 15 天时")
