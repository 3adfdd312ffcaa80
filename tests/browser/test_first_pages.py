"""First pages, the account, units and people, rounds and the door, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from core.models import User
from core.roles import Role
from tests import make
from tests.browser.conftest import Enter, fits, violations
from tests.make import House
from workflows.actions import decisions
from workflows.states import State

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def house() -> House:
    return make.house()


def officer(role: Role, house: House) -> User:
    return make.person(role, unit=house.unit)


def clean(page: Page, path: str) -> None:
    """Nothing for axe to find, and nothing that runs out of the window sideways."""
    page.goto(path)
    assert violations(page) == [], path
    assert fits(page), path


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_every_first_page_can_be_read_by_everybody(
    enter: Enter, house: House, width: int, language: str
) -> None:
    item = make.item(State.IN_REVIEW, house=house)
    decisions.send_back(
        item.pk, actor=house.head.actor(), command=make.command(item), reason=make.REASON
    )
    office = enter(house.office, width=width, language=language)
    for path in ("/", "/people/", f"/people/{house.staff.pk}/", "/rounds/", "/rounds/new/"):
        clean(office, path)
    clean(enter(house.staff, width=width, language=language), "/")
    clean(enter(house.head, width=width, language=language), "/account/")
    for role in (Role.SYSTEM_OFFICER, Role.SECURITY_OFFICER, Role.AUDIT_OFFICER):
        page = enter(officer(role, house), width=width, language=language)
        for path in ("/", "/people/", f"/people/{house.staff.pk}/"):
            clean(page, path)


def test_a_new_colleague_comes_in_through_the_hands_of_two_officers(
    enter: Enter, house: House
) -> None:
    system = enter(officer(Role.SYSTEM_OFFICER, house))
    system.goto("/people/")
    system.fill("#name", "张三")
    system.fill("#login", "zhang san")
    system.click("#add button[type=submit]")
    expect(system.locator("#refusal")).to_contain_text("表单中有内容不符合要求")
    expect(system.locator("#name")).to_have_value("张三")
    system.fill("#login", "zhangsan")
    system.click("#add button[type=submit]")
    password = system.locator(".one-time").inner_text()
    user = User.objects.get(username="zhangsan")

    security = enter(officer(Role.SECURITY_OFFICER, house))
    security.goto(f"/people/{user.pk}/")
    security.select_option("#role", "leader")
    expect(security.locator("#section")).to_be_disabled()
    security.select_option("#role", "staff")
    security.select_option("#section", str(house.section.pk))
    security.click("[data-grant] button[type=submit]")
    expect(security.locator("main [role=status]")).to_contain_text("已授予张三角色：承办人")

    page = enter(user, password=password)
    expect(page.locator("main")).to_contain_text("请先设置自己的密码")
    page.fill("#old", password)
    page.fill("#new", "Autumn-leaves-2026")
    page.fill("#again", "Autumn-leaves-2027")
    page.click("main form[action='/account/password/'] button")
    expect(page.locator("#refusal")).to_contain_text("两次输入的新密码不一致")
    page.fill("#again", "Autumn-leaves-2026")
    page.click("main form[action='/account/password/'] button")
    expect(page.locator("main [role=status]").first).to_contain_text("密码已修改")
    page.goto("/")
    expect(page.locator("h1")).to_have_text("我的工作")
    page.click("text=知道了")
    expect(page.locator("aside.banner")).to_have_count(0)


def test_the_phone_has_a_menu_that_opens_and_closes(enter: Enter, house: House) -> None:
    page = enter(house.staff, width=390)
    button = page.locator("[data-toggle]")
    expect(button).to_have_attribute("aria-expanded", "false")
    button.click()
    expect(button).to_have_attribute("aria-expanded", "true")
    page.click("#places >> text=我的账号")
    expect(page.locator("h1")).to_have_text("我的账号")
