"""The inbox on a phone, being told, and the faults page, in a real browser."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from audit import outbox
from audit.models import Owed
from tests import make
from tests.browser.conftest import Enter, fits, violations
from tests.make import House
from workflows.notices import notify
from workflows.states import State

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def house() -> House:
    return make.house()


def clean(page: Page, path: str) -> None:
    page.goto(path)
    assert violations(page) == [], path
    assert fits(page), path


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_the_inbox_and_the_faults_can_be_read_by_everybody(
    enter: Enter, house: House, width: int, language: str
) -> None:
    item = make.item(State.IN_REVIEW, house=house, title="Lamps " * 30)
    outbox.sweep()
    notify([house.staff], kind="overdue", key="k", item=item, params={"days": 3})
    Owed.objects.filter(handler="by-email").update(
        paid_at=None, parked_at=timezone.now(), attempts=8, fault="OSError: " + "gone" * 40
    )
    staff = enter(house.staff, width=width, language=language)
    for path in ("/inbox/", "/inbox/?show=unread", "/account/"):
        clean(staff, path)
    clean(enter(house.office, width=width, language=language), "/faults/")


def test_a_notice_leads_from_the_phone_to_the_item_and_the_count_goes_down(
    enter: Enter, house: House
) -> None:
    item = make.item(State.ASSIGNED, house=house)
    outbox.sweep()
    page = enter(house.staff, width=390)
    expect(page.locator(".inbox-count")).to_contain_text("1")
    page.click(".inbox-link")
    page.click(".notice-open")
    expect(page).to_have_url(f"{page.url.split('/items/')[0]}/items/{item.pk}/")
    expect(page.locator(".inbox-count")).to_have_count(0)
    page.click(".inbox-link")
    expect(page.locator(".notice-unread")).to_have_count(0)


def test_the_office_sends_again_what_was_given_up(enter: Enter, house: House) -> None:
    item = make.item(house=house)
    notify([house.staff], kind="overdue", key="k", item=item, params={"days": 3})
    Owed.objects.filter(handler="by-email").update(parked_at=timezone.now(), attempts=8, fault="x")
    page = enter(house.office)
    page.click("nav >> text=体检与故障")
    page.click("text=重新发送")
    expect(page.locator("main [role=status]").first).to_contain_text("数秒内将重新发送")
    assert Owed.objects.get(handler="by-email").parked_at is None
