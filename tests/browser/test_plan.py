"""A plan put forward, returned by one, put forward again, agreed by all and approved."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Enter, fits, violations
from tests.workflows.planned import Planned, planned, reword
from workflows.models.plan import PlanState

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def look(page: Page, name: str) -> None:
    folder = os.environ.get("RECTIFY_LOOK")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def put_forward(page: Page, on: Planned) -> None:
    page.goto(f"/rounds/{on.round.pk}/plan/")
    page.click("form[action$='/forward/'] button")
    expect(page.locator("[role=status]").first).to_contain_text("已提交审批")


def agree(page: Page) -> None:
    """By the card of the first page, which is gone afterwards."""
    page.goto("/")
    expect(page.locator("#plans-title")).to_contain_text("1")
    page.click(".plan-card .work-item")
    page.fill("#opinion", "同意。")
    page.click("#decide button[value=agree]")
    expect(page.locator("[role=status]").first).to_contain_text("方案")
    page.goto("/")
    expect(page.locator("#plans-title")).to_have_count(0)


def test_a_plan_is_returned_once_and_then_approved_by_everybody(enter: Enter) -> None:
    on = planned()
    reword(on, 2, "Keep a log of faults", "")
    office = enter(on.people["office"])
    office.goto(f"/rounds/{on.round.pk}/plan/")
    expect(office.locator("form[action$='/forward/'] button")).to_be_disabled()
    assert violations(office) == []
    expect(office.locator("#places .nav-item").first).to_contain_text("我的工作")
    look(office, "plan-missing-1440")
    office.click(".plan-holes a")
    expect(office.locator("h1")).to_contain_text("1-1")
    reword(on, 2, "Keep a log of faults", "An entry a week")
    put_forward(office, on)
    assert violations(office) == []
    look(office, "plan-waiting-1440")

    phone = enter(on.people["leader"], width=390)
    look(phone, "plan-home-390")
    assert violations(phone) == []
    phone.click(".plan-card .work-item")
    assert violations(phone) == []
    assert fits(phone)
    look(phone, "plan-version-390")
    phone.click("#return > summary")
    phone.fill("#reason", "第一项措施没有写明经费来源，请补充。")
    phone.fill("[name^=remark-]", "经费来源不明")
    assert violations(phone) == []
    look(phone, "plan-return-390")
    phone.click("#return button")
    expect(phone.locator("[role=status]").first).to_contain_text("已退回")
    assert on.plan.state == PlanState.RETURNED

    office.goto("/")
    look(office, "plan-home-returned-1440")
    office.click(".plan-card .work-item")
    expect(office.locator(".work-required")).to_contain_text("经费来源不明")
    assert violations(office) == []
    look(office, "plan-returned-1440")
    put_forward(office, on)
    for who in ("head", "other head", "leader", "second leader", "first"):
        agree(enter(on.people[who]))
    assert on.plan.state == PlanState.APPROVED
    office.goto(f"/plans/{on.plan.pk}/")
    expect(office.locator(".plan-signed")).to_have_count(5)
    assert violations(office) == []
    look(office, "plan-approved-1440")
    office.emulate_media(media="print")
    look(office, "plan-print-1440")


def test_the_pages_of_a_plan_are_for_everybody_in_english_too(enter: Enter) -> None:
    on = planned()
    plan = on.put_forward()
    on.approve()
    reword(on, 1, "Replace the lamps", "All lamps are new")
    for width in (390, 1440):
        page = enter(on.people["office"], width=width, language="en-GB")
        for url, name in (
            (f"/rounds/{on.round.pk}/plan/", "plan"),
            (f"/plans/{plan.pk}/", "paper"),
        ):
            page.goto(url)
            assert violations(page) == []
            assert fits(page)
            look(page, f"{name}-{width}-en")
        page.goto("/faults/")
        look(page, f"faults-{width}-en")
        assert violations(page) == []
