"""Many at once, in a browser: chosen, asked about, done, and the worker's progress watched."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from audit import jobs
from audit.models import Job
from tests import make
from tests.browser.conftest import Enter, violations
from workflows.models import Item
from workflows.states import State

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("width", [390, 1440])
def test_two_are_chosen_confirmed_and_assigned(enter: Enter, width: int) -> None:
    house = make.house()
    items = make.entered(house, make.round_(house), *(make.line(house) for _ in range(3)))
    page = enter(house.office, width=width)
    page.goto("/ledger/")
    for item in items[:2]:
        page.locator(f'input[name=item][value="{item.pk}:0"]').check()
    expect(page.locator("[data-count]")).to_have_text("2")
    assert violations(page) == []
    page.click('[data-bulk] button[value="assign"]')
    expect(page.locator("h1")).to_have_text("交办：2 项")
    assert violations(page) == []
    page.fill("#reason", "按整改方案交办。")
    page.click("main .btn-primary")
    expect(page.get_by_role("status").filter(has_text="已办 2 项，跳过 0 项")).to_be_visible()
    assert violations(page) == []
    assert Item.objects.filter(state=State.ASSIGNED).count() == 2
    page.goto("/jobs/")
    assert violations(page) == []


def test_a_long_job_is_watched_to_its_end_without_a_reload(enter: Enter) -> None:
    house = make.house()
    make.entered(house, make.round_(house), *(make.line(house) for _ in range(21)))
    page = enter(house.office)
    page.goto("/ledger/")
    page.locator("input[data-all]").check()
    page.locator("input[data-whole]").check()
    expect(page.locator("[data-count]")).to_have_text("21")
    page.click('[data-bulk] button[value="assign"]')
    page.fill("#reason", "按整改方案交办。")
    page.click("main .btn-primary")
    page.wait_for_url("**/jobs/*/**")
    expect(page.locator("#job")).to_contain_text("排队等候")
    assert violations(page) == []
    jobs.sweep()
    expect(page.locator("#job")).to_contain_text("已办 21 项，跳过 0 项")
    assert Job.objects.get().state == "done"


@pytest.mark.parametrize("width", [390, 1440])
def test_a_head_approves_together_what_was_opened(enter: Enter, width: int) -> None:
    house = make.house()
    first, second = (make.item(State.IN_REVIEW, house=house) for _ in range(2))
    page = enter(house.head, width=width)
    page.goto(f"/review/?item={first.pk}")
    for item in (first, second):
        page.locator(f'input[name=item][value^="{item.pk}:"]').check()
    assert violations(page) == []
    page.click('.queue-verbs button[value="approve"]')
    expect(page.locator(".alert")).to_contain_text("1 项的现有内容您还没有打开过")
    page.fill("#opinion", "现场已核实。")
    assert violations(page) == []
    page.click("main .btn-primary")
    expect(page.locator("#job")).to_contain_text("已办 1 项，跳过 1 项")
    assert Item.objects.get(pk=second.pk).state == State.IN_REVIEW
