"""The palette over every page, opened, walked and left by the keyboard; and the search page."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests import make
from tests.browser.conftest import Enter, fits, violations
from tests.make import House
from workflows.models import Item
from workflows.states import State

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def house() -> House:
    return make.house()


@pytest.fixture
def items(house: House) -> list[Item]:
    round_ = make.round_(house)
    return [
        make.item(State.RECTIFYING, house=house, round_=round_, no=no, title=title)
        for no, title in (("2-3", "城区内涝点整治"), ("2-4", "城区路灯不亮"))
    ]


def chosen(page: Page) -> str:
    """The words of the option that a screen reader says is chosen."""
    at = page.get_attribute("#finder-q", "aria-activedescendant")
    return page.inner_text(f"#{at} .finder-title") if at else ""


def test_the_keyboard_opens_the_palette_walks_it_and_opens_an_item(
    enter: Enter, house: House, items: list[Item]
) -> None:
    page = enter(house.staff, width=1440)
    page.keyboard.press("Control+k")
    expect(page.locator("#finder-q")).to_be_focused()
    page.keyboard.type("城区")
    expect(page.locator("[role=option]")).to_have_count(3)
    assert "2-4" in chosen(page)
    page.keyboard.press("ArrowDown")
    assert "2-3" in chosen(page)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert page.get_attribute("#finder-q", "aria-activedescendant") == "finder-option-2"
    page.keyboard.press("ArrowDown")
    assert violations(page) == []
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/items/{items[1].pk}/")


def test_a_number_and_initials_jump_and_escape_leaves_all_as_it_was(
    enter: Enter, house: House, items: list[Item]
) -> None:
    page = enter(house.staff, width=390)
    home = page.url
    for text in ("2-3", "cqnl"):
        page.click("[data-finder]")
        page.fill("#finder-q", text)
        expect(page.locator("[aria-selected=true] .finder-title")).to_have_text(
            "2-3 城区内涝点整治"
        )
        assert fits(page)
        page.keyboard.press("Escape")
        expect(page.locator("#finder")).to_be_hidden()
        assert page.url == home
    page.keyboard.press("Control+k")
    page.click("[data-finder-shut]")
    expect(page.locator("#finder")).to_be_hidden()


def test_enter_before_an_answer_searches_everything(
    enter: Enter, house: House, items: list[Item]
) -> None:
    page = enter(house.staff)
    page.keyboard.press("Control+k")
    page.keyboard.type("路灯")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=*")
    expect(page.locator("main mark").first).to_have_text("路灯")


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_the_search_page_can_be_read_by_everybody(
    enter: Enter, house: House, items: list[Item], width: int, language: str
) -> None:
    page = enter(house.office, width=width, language=language)
    for query in ("", "?q=城区", "?q=城区&in=items", "?q=量子"):
        page.goto(f"/search/{query}")
        assert violations(page) == [], query
        assert fits(page), query
