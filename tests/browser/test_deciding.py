"""Deciding in a browser: what is opened is marked at once, and the button follows."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests import make
from tests.browser.conftest import Enter, violations
from workflows.models import EvidenceRead, Item
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
    with page.expect_download():
        page.locator(".proof-paper .paper-name").click()
    expect(page.locator(".reading")).to_have_text("佐证 1/1 已阅")
    expect(page.locator(".piece-mark").get_by_text("已阅")).to_be_visible()
    assert EvidenceRead.objects.get().person == house.head
    button.click()
    expect(page.locator("main")).to_contain_text("没有待您审核的事项")
    assert Item.objects.get(pk=item.pk).state == State.VERIFYING
