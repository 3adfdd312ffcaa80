"""Deciding in a browser: what is opened is marked at once, and the button follows."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from evidence import deriving
from tests import make
from tests.browser.conftest import Enter, fits, violations
from tests.make import House
from workflows.actions import rounds
from workflows.models import EvidenceRead, Item, Signature
from workflows.states import State

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("width", [390, 1440])
def test_opening_the_last_unread_piece_lets_the_item_be_approved(enter: Enter, width: int) -> None:
    house = make.house()
    round_ = make.round_(house)
    page = enter(house.office, width=width)
    page.goto("/rounds/")
    page.click(f'a[href="/rounds/{round_.pk}/settings/"]')
    page.locator('[name=must_read][value="yes"]').check()
    assert violations(page) == []
    page.click("main .btn-primary")
    expect(page.locator("[role=status]").first).to_contain_text("已保存")
    item = make.item(State.IN_REVIEW, house=house, round_=round_)

    page = enter(house.head, width=width)
    page.goto("/review/")
    expect(page.locator(".reading")).to_have_text("佐证 0/1 已阅")
    button = page.locator("#decision .btn-primary")
    button.click()
    expect(page.locator("#refusal")).to_contain_text("佐证材料逐件阅过后方可审批")
    page.click("#refusal li a")
    assert page.evaluate("document.activeElement.closest('figure').id") == (
        f"piece-{item.citations.get().pk}"
    )
    assert violations(page) == []
    deriving.ensure(item.citations.get().evidence.digest, "preview")
    page.locator(".proof-paper .paper-name").click()
    expect(page.locator("dialog#viewer .viewer-sheet img")).to_be_visible()
    assert violations(page) == []
    page.locator(".viewer-shut").click()
    expect(page.locator(".reading")).to_have_text("佐证 1/1 已阅")
    expect(page.locator(".piece-mark").get_by_text("已阅")).to_be_visible()
    assert EvidenceRead.objects.get().person == house.head
    button.click()
    expect(page.locator("main")).to_contain_text("没有待您审核的事项")
    assert Item.objects.get(pk=item.pk).state == State.VERIFYING


@pytest.mark.parametrize("width", [390, 1440])
def test_an_approval_is_signed_on_the_pad_and_the_picture_stands_on_the_item(
    enter: Enter, width: int
) -> None:
    house, item = to_be_signed()
    page = enter(house.head, width=width)
    page.goto(f"/items/{item.pk}/")
    assert violations(page) == []
    page.fill("#signed_name", house.head.name)
    page.fill("#password", "Not-this-one-1")
    draw(page)
    page.click("#act-approve .btn-primary")
    expect(page.locator("#refusal")).to_contain_text("密码不正确，本次未作任何决定")
    expect(page.locator("#password")).to_have_value("")
    page.fill("#password", make.PASSWORD)
    assert fits(page)
    page.click("#act-approve .btn-primary")
    picture = page.locator("#signatures img.signature")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 800
    assert violations(page) == []
    kept = Signature.objects.get()
    assert (kept.person, kept.typed_name, len(kept.points)) == (house.head, house.head.name, 2)


def test_the_pad_is_written_on_by_keyboard_cleared_and_nothing_of_it_is_sent_when_empty(
    enter: Enter,
) -> None:
    house, item = to_be_signed()
    page = enter(house.head)
    page.goto("/review/")
    page.fill("#signed_name", house.head.name)
    page.fill("#password", make.PASSWORD)
    draw(page)
    page.click("[data-clear]")
    page.click("#decision .btn-primary")
    expect(page.locator("#refusal")).to_contain_text("本轮次要求手写签名")
    page.fill("#password", make.PASSWORD)
    page.focus("#drawing")
    for key in (" ", "ArrowRight", "Shift+ArrowRight", "ArrowDown", " "):
        page.keyboard.press(key)
    assert violations(page) == []
    page.click("#decision .btn-primary")
    expect(page.locator("main")).to_contain_text("没有待您审核的事项")
    [stroke] = Signature.objects.get().points
    assert [(x, y) for x, y, _t in stroke] == [(100, 120), (110, 120), (150, 120), (150, 130)]
    assert Item.objects.get(pk=item.pk).state == State.VERIFYING


def to_be_signed() -> tuple[House, Item]:
    house = make.house()
    round_ = make.round_(house)
    rounds.set_demands(round_.pk, actor=house.office.actor(), must_read=False, signature="drawn")
    return house, make.item(State.IN_REVIEW, house=house, round_=round_)


def draw(page: Page) -> None:
    """Two strokes with the mouse."""
    pad = page.locator("#drawing")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box
    for y in (0.3, 0.6):
        page.mouse.move(box["x"] + 20, box["y"] + box["height"] * y)
        page.mouse.down()
        for x in (60, 110, 170):
            page.mouse.move(box["x"] + x, box["y"] + box["height"] * (y + x / 1000))
        page.mouse.up()
