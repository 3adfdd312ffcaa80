"""A route at work in a browser: its editor, a signer, a deputy, the queue by keys, and axe."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests import make
from tests.browser.conftest import Enter, fits, violations
from workflows.actions import routes
from workflows.models import Duty, Route
from workflows.states import DutyKind, State

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def look(page: Page, name: str) -> None:
    folder = os.environ.get("RECTIFY_LOOK")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def test_the_office_puts_a_route_together_and_the_page_is_for_everybody(enter: Enter) -> None:
    house = make.house()
    round_ = make.round_(house)
    make.item(State.IN_REVIEW, house=house, round_=round_)
    page = enter(house.office)
    page.goto(f"/rounds/{round_.pk}/route/")
    assert violations(page) == []
    look(page, "route-1440")
    page.click("#own button[value=add]")
    page.locator("[name=how]").nth(1).select_option("ratio")
    expect(page.locator("[name=percent]").nth(1)).to_be_visible()
    expect(page.locator("[name=percent]").nth(0)).to_be_hidden()
    page.locator("[name=percent]").nth(1).fill("60")
    page.click("#own .btn-primary")
    expect(page.locator("#now-title")).to_contain_text("第 1 版")
    expect(page.locator("#old-title")).to_contain_text("1")
    assert Route.objects.get().steps[1].percent == 60
    assert violations(page) == []
    narrow = enter(house.office, width=390)
    narrow.goto(f"/rounds/{round_.pk}/route/")
    assert violations(narrow) == []
    look(narrow, "route-390")
    assert fits(narrow)


def test_a_signer_is_added_from_the_review_page_and_agrees_on_a_phone(enter: Enter) -> None:
    house = make.house()
    make.person("leader", unit=house.unit)
    round_ = make.round_(house)
    routes.set_route(round_.pk, actor=house.office.actor(), preset="standard")
    item = make.item(State.IN_REVIEW, house=house, round_=round_)
    page = enter(house.head)
    page.goto("/review/")
    look(page, "review-1440")
    page.click(".more-acts > summary")
    page.click("#act-add_signer > summary")
    page.fill("#add_signer-person", house.colleague.name)
    look(page, "review-more-1440")
    assert violations(page) == []
    page.click("#act-add_signer .act-button button")
    expect(page.locator("[role=status]").first).to_contain_text("加签")
    assert Duty.objects.get(kind=DutyKind.BEFORE).person == house.colleague

    phone = enter(house.colleague, width=390)
    look(phone, "home-staff-390")
    phone.goto("/?tile=waiting")
    assert violations(phone) == []
    phone.click(".work-item")
    assert violations(phone) == []
    look(phone, "review-390")
    phone.click("#decision .btn-primary")
    expect(phone.locator("[role=status]").first).to_contain_text("同意")
    page.goto(f"/items/{item.pk}/")
    look(page, "item-1440")
    assert violations(page) == []
    phone.goto(f"/items/{item.pk}/")
    assert violations(phone) == []
    assert fits(phone)
    look(phone, "item-390")


def test_the_queue_is_walked_by_keys_and_a_decision_is_two(enter: Enter) -> None:
    house = make.house()
    make.item(State.IN_REVIEW, house=house, title="The older one")
    second = make.item(State.IN_REVIEW, house=house, title="The younger one")
    page = enter(house.head, language="en-GB")
    page.goto("/?tile=waiting")
    look(page, "home-head-1440-en")
    assert violations(page) == []
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator(".work-item").nth(1)).to_be_focused()
    page.keyboard.press("a")
    page.wait_for_url(f"**/review/?item={second.pk}#key-a")
    expect(page.locator("[data-key=a]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("[role=status]").first).to_contain_text("Approve")
    expect(page.locator("[data-review]")).to_contain_text("The older one")


def test_a_deputy_is_appointed_on_the_account_page(enter: Enter) -> None:
    house = make.house()
    page = enter(house.head)
    page.goto("/account/")
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert violations(page) == []
        look(page, f"account-{width}")
        assert fits(page)
    page.fill("#person", house.office.name)
    page.fill("#ends", "2099-12-31")
    page.fill("#reason", "出差")
    page.click("#deputies .btn-primary")
    expect(page.locator("#deputies")).to_contain_text("代办中")
    assert violations(page) == []
    look(page, "account-appointed-390")
