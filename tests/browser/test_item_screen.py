"""What only a browser shows of the item and the queue: bars, drafts, keys, and axe."""

from __future__ import annotations

import pytest
from playwright.sync_api import FilePayload, expect

from tests import make
from tests.browser.conftest import Enter, fits, violations
from workflows.models import Item
from workflows.states import State

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

GOOD: FilePayload = {"name": "验收单.pdf", "mimeType": "application/pdf", "buffer": make.PDF}
FALSE: FilePayload = {"name": "false.pdf", "mimeType": "application/pdf", "buffer": b"<html>"}


def test_files_go_one_by_one_and_what_is_typed_elsewhere_stays(enter: Enter) -> None:
    house = make.house()
    item = make.item(State.RECTIFYING, house=house)
    first = item.measures.all()[0]
    page = enter(house.staff, width=390)
    page.goto(f"/items/{item.pk}/")
    page.fill("#result", "Half a sen")
    form = page.locator(f"#measure-{first.pk} form.upload")
    form.locator("input[type=file]").first.set_input_files([GOOD, FALSE])
    form.locator("[name=claim]").fill("Accepted on site")
    form.locator(".hand-in").click()

    expect(page.locator(f"#evidence-measure-{first.pk}")).to_contain_text("验收单.pdf")
    expect(form.locator(".file.failed")).to_contain_text("false.pdf")
    expect(page.locator("#missing")).not_to_contain_text("措施 1")
    expect(page.locator("#result")).to_have_value("Half a sen")
    assert [c.claim for c in item.citations.all()] == ["Accepted on site"]
    assert violations(page) == []


def test_a_draft_comes_back_and_is_gone_once_submitted(enter: Enter) -> None:
    house = make.house()
    item = make.item(State.RECTIFYING, house=house)
    make.prove(item, house)
    page = enter(house.staff, width=390)
    page.goto(f"/items/{item.pk}/")
    page.fill("#result", "Typed and not saved.")
    page.reload()
    expect(page.locator("#draft-notice")).to_be_visible()
    expect(page.locator("#result")).to_have_value("Typed and not saved.")
    page.click("#progress .btn-primary")
    expect(page.locator(".item-status")).to_contain_text("审核中")
    assert Item.objects.get(pk=item.pk).result == "Typed and not saved."
    assert page.evaluate("Object.keys(localStorage)") == []


def test_what_is_missing_is_one_click_from_its_place(enter: Enter) -> None:
    house = make.house()
    item = make.item(State.RECTIFYING, house=house)
    page = enter(house.staff, width=390)
    page.goto(f"/items/{item.pk}/")
    page.fill("#result", "All done.")
    page.click("#progress .btn-primary")
    page.click("#refusal li a")
    first = item.measures.all()[0]
    focused = f"document.getElementById('measure-{first.pk}').contains(document.activeElement)"
    assert page.evaluate(focused)
    # The text was saved under the refused submission; the same form still works.
    page.fill("#result", "All done, and checked.")
    page.click("#progress button[value=save]")
    expect(page.locator("[role=status]").first).to_contain_text("保存进展")
    assert Item.objects.get(pk=item.pk).result == "All done, and checked."


def test_the_queue_is_worked_by_keys_and_a_key_alone_decides_nothing(enter: Enter) -> None:
    house = make.house()
    first = make.item(State.IN_REVIEW, house=house, title="The older one")
    second = make.item(State.IN_REVIEW, house=house, title="The younger one")
    page = enter(house.head)
    page.goto("/review/")
    assert violations(page) == []
    page.keyboard.press("j")
    expect(page.locator("#review-title")).to_contain_text("The younger one")
    page.keyboard.press("k")
    expect(page.locator("#review-title")).to_contain_text("The older one")
    page.keyboard.press("a")
    assert Item.objects.get(pk=first.pk).state == State.IN_REVIEW
    page.keyboard.press("Enter")
    expect(page.locator("#review-title")).to_contain_text("The younger one")
    assert Item.objects.get(pk=first.pk).state == State.VERIFYING
    page.keyboard.press("r")
    page.keyboard.type(make.REASON)
    page.click("[data-key=r]")
    expect(page.locator("main")).to_contain_text("没有待您审核的事项")
    assert Item.objects.get(pk=second.pk).state == State.RECTIFYING


@pytest.mark.parametrize("width", [390, 1440])
def test_no_state_of_the_item_page_is_wider_than_the_screen_or_fails_axe(
    enter: Enter, width: int
) -> None:
    house = make.house()
    page = enter(house.office, width=width)
    for state in State:
        item = make.item(state, house=house)
        page.goto(f"/items/{item.pk}/")
        assert fits(page), state
        assert violations(page) == [], state


def test_what_is_folded_away_is_opened_by_a_link_by_the_keyboard_and_on_paper(enter: Enter) -> None:
    house = make.house()
    item = make.item(State.RECTIFYING, house=house)
    for _ in range(4):
        make.prove(item, house)
    page = enter(house.staff, width=390)
    page.goto(f"/items/{item.pk}/")
    expect(page.locator("#machine table").first).to_be_hidden()
    page.locator("#route > summary").press("Enter")
    expect(page.locator("#route .diagram-box")).to_be_visible()
    assert fits(page)
    assert violations(page) == []
    page.evaluate("location.hash = 'machine'")
    expect(page.locator("#machine table").first).to_be_visible()
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    expect(page.locator("#timeline .timeline-act").last).to_be_visible()
