"""Requests in a browser: asked on a phone, answered at a desk, counted, capped, and skipped."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.models import User
from core.roles import Role
from tests import make
from tests.browser.conftest import Enter, fits, violations
from workflows.models import Item
from workflows.states import State

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
REASON = "雨季来得早，路面未干，路灯基础无法浇筑"


def look(page: Page, name: str) -> None:
    folder = os.environ.get("RECTIFY_LOOK")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def ask_on_a_phone(enter: Enter, person: User, item: Item, until: str) -> Page:
    phone = enter(person, width=390)
    phone.goto(f"/items/{item.pk}/")
    phone.click("#act-ask_extension > summary")
    phone.select_option("#extension-ground", "works")
    phone.fill("#extension-until", until)
    phone.fill("#ask_extension-reason", REASON)
    look(phone, f"asking-390-{until}")
    phone.click("#act-ask_extension .act-button button")
    expect(phone.locator("#pending")).to_be_visible()
    return phone


def agree(enter: Enter, person: User, words: str) -> Page:
    page = enter(person)
    page.goto("/review/")
    page.keyboard.press("a")
    expect(page.locator("[data-key=a]")).to_be_focused()
    page.fill("#words", words)
    page.click("[data-key=a]")
    expect(page.locator("[role=status]").first).to_contain_text("同意")
    return page


def test_an_extension_goes_one_level_higher_each_time_and_then_is_used_up(enter: Enter) -> None:
    house = make.house()
    leader = make.person(Role.LEADER, unit=house.unit)
    item = make.item(State.RECTIFYING, house=house, title="更换三条街道的路灯")
    phone = ask_on_a_phone(enter, house.staff, item, "2027-01-31")
    expect(phone.locator("#pending")).to_contain_text(house.head.name)
    assert violations(phone) == []
    assert fits(phone)
    look(phone, "pending-390")

    page = enter(house.head)
    look(page, "home-head-1440")
    page.goto("/review/")
    assert violations(page) == []
    look(page, "review-request-1440")
    page.close()
    narrow = enter(house.head, width=390)
    narrow.goto("/review/")
    assert violations(narrow) == []
    assert fits(narrow)
    look(narrow, "review-request-390")
    agree(enter, house.head, "情况属实")
    assert Item.objects.get(pk=item.pk).due == date(2026, 12, 31)
    agree(enter, house.office, "同意")
    assert Item.objects.get(pk=item.pk).due == date(2027, 1, 31)

    phone.close()
    phone = ask_on_a_phone(enter, house.staff, item, "2027-03-01")
    agree(enter, house.head, "情况属实")
    agree(enter, leader, "抓紧办理")
    agree(enter, house.office, "同意")
    assert Item.objects.get(pk=item.pk).due == date(2027, 3, 1)

    phone.goto(f"/items/{item.pk}/")
    phone.click("#act-ask_extension > summary")
    expect(phone.locator("#why-ask_extension")).to_contain_text("延期次数已用完")
    expect(phone.locator("#act-ask_extension .act-button button")).to_be_disabled()
    assert violations(phone) == []
    look(phone, "used-up-390")
    desk = enter(house.office)
    desk.goto(f"/items/{item.pk}/")
    assert violations(desk) == []
    look(desk, "item-extended-1440")
    desk.click("#requests a >> nth=0")
    expect(desk.locator("#sheet-title")).to_contain_text("延期申请批复")
    assert violations(desk) == []
    look(desk, "sheet-1440")
    desk.set_viewport_size({"width": 390, "height": 844})
    assert fits(desk)
    look(desk, "sheet-390")
    english = enter(house.office, language="en-GB")
    english.goto(f"/items/{item.pk}/")
    look(english, "item-extended-1440-en")


def test_an_item_rests_and_the_office_wakes_it(enter: Enter) -> None:
    house = make.house()
    leader = make.leader_of(house)
    item = make.item(State.RECTIFYING, house=house, title="更换三条街道的路灯")
    page = enter(house.staff)
    page.goto(f"/items/{item.pk}/")
    page.click("#act-ask_suspension > summary")
    page.fill("#suspension-until", "2099-01-31")
    page.fill("#ask_suspension-reason", REASON)
    look(page, "asking-suspension-1440")
    page.click("#act-ask_suspension .act-button button")
    for person in (house.head, leader, house.office):
        agree(enter, person, "同意").close()
    office = enter(house.office)
    office.goto(f"/items/{item.pk}/")
    expect(office.locator("#resting")).to_contain_text("暂缓至")
    assert violations(office) == []
    look(office, "resting-1440")
    office.click("#act-wake > summary")
    office.fill("#wake-reason", "雨季提前结束，可以恢复施工")
    office.click("#act-wake .act-button button")
    expect(office.locator("#resting")).to_have_count(0)
    assert Item.objects.get(pk=item.pk).state == State.RECTIFYING


def test_many_are_asked_for_at_once_and_those_that_may_not_say_why(enter: Enter) -> None:
    house = make.house()
    round_ = make.round_(house)
    fine = make.item(State.RECTIFYING, house=house, round_=round_)
    undated = make.item(
        State.RECTIFYING,
        house=house,
        round_=round_,
        track="immediate",
        due=None,
        precision="",
        deadline_raw="立行立改",
    )
    page = enter(house.office)
    page.goto("/ledger/")
    page.check(f"[name=item][value^='{fine.pk}:']")
    page.check(f"[name=item][value^='{undated.pk}:']")
    page.click("button[value=ask_extension]")
    assert violations(page) == []
    page.select_option("#ground", "funds")
    page.fill("#until", "2027-02-28")
    page.fill("#reason", "财政资金下拨推迟到一月")
    look(page, "bulk-extension-1440")
    page.click("main button.btn-primary")
    expect(page.locator("#job")).to_contain_text("没有期限的事项不能延期")
    assert violations(page) == []
    look(page, "bulk-extension-done-1440")
    assert Item.objects.get(pk=fine.pk).request is not None
    assert Item.objects.get(pk=undated.pk).request is None
    page.goto("/ledger/")
    look(page, "ledger-asked-1440")
    assert violations(page) == []


def test_the_office_sets_rules_and_routes_and_merges_on_the_screen(enter: Enter) -> None:
    house = make.house()
    round_ = make.round_(house)
    item = make.item(State.RECTIFYING, house=house, round_=round_, title="更换东街的路灯")
    other = make.item(State.RECTIFYING, house=house, round_=round_, title="更换西街的路灯")
    page = enter(house.office)
    for address in (
        f"/rounds/{round_.pk}/requests/",
        f"/rounds/{round_.pk}/route/?matter=cancel",
    ):
        page.goto(address)
        name = "route-of-cancel" if "matter" in address else "rules"
        for width in (1440, 390):
            page.set_viewport_size({"width": width, "height": 900})
            assert violations(page) == []
            assert fits(page)
            look(page, f"{name}-{width}")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"/items/{item.pk}/")
    page.click("#act-ask_merge > summary")
    page.fill("#merge-into", f"{other.no} {other.title}")
    page.fill("#ask_merge-reason", "两项为同一条道路的同一问题")
    look(page, "asking-merger-1440")
    page.click("#act-ask_merge .act-button button")
    expect(page.locator("#pending")).to_contain_text(other.title)
    make.grant(item, house)
    page.goto(f"/items/{other.pk}/")
    expect(page.locator("#merged-in-title")).to_be_visible()
    assert violations(page) == []
    look(page, "merged-in-1440")
    page.goto(f"/items/{item.pk}/")
    expect(page.locator("#merged-title a")).to_be_visible()
    assert violations(page) == []
    look(page, "merged-away-1440")
