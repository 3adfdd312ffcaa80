"""The longest route in browsers: withdrawn, a deputy on a phone, a return, countersigned."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from audit.models import Event
from tests import make
from tests.browser.conftest import Enter, fits, violations
from tests.workflows.review import Review, review
from workflows.states import State

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_full_route_with_withdrawal_deputy_return_to_a_step_and_countersigners(
    enter: Enter,
) -> None:
    on = review("full", leaders=("leader", "second leader"))
    make.deputy(on.people["head"], on.people["colleague"], with_tray=True)
    of = {who: enter(on.people[who]) for who in ("staff", "head", "leader", "second leader")}
    withdraw_and_submit_again(of["staff"], on)

    phone = enter(on.people["colleague"], width=390)
    agree(phone, "佐证齐全，同意。")
    other = enter(on.people["other head"])
    return_to_the_first_step(other, on)
    agree(of["head"], "已与配合科室核对，同意。")
    agree(other, "配合事项属实，同意。")
    agree(of["leader"], "同意。")
    assert on.stands() == (State.IN_REVIEW, 2)  # one of two leaders is not enough
    agree(of["second leader"], "同意上报。")
    assert on.stands() == (State.VERIFYING, 3)
    close_out(enter(on.people["office"]), on)

    staff = of["staff"]
    staff.goto(f"/items/{on.item.pk}/")
    behind = f"{on.people['colleague'].name}（代{on.people['head'].name}）"
    for words in (behind, "退回前一环节", "抽查两处"):
        expect(staff.locator("main")).to_contain_text(words)
    assert violations(staff) == []
    assert told(on) == [
        "item.submitted",
        "item.withdrawn",
        "item.submitted",
        "item.endorsed",
        "item.stepped_back",
        "item.endorsed",
        "item.endorsed",
        "item.endorsed",
        "item.approved",
        "item.closed",
    ]
    said = StringIO()
    call_command("verify_audit", "--json", stdout=said)
    assert json.loads(said.getvalue())["ok"] is True


def told(on: Review) -> list[str]:
    """What was submitted and decided, in order; openings and evidence left out."""
    wanted = ("submitted", "withdrawn", "endorsed", "stepped_back", "approved", "closed")
    of_item = Event.objects.filter(subject=on.item.subject).order_by("seq")
    names = of_item.values_list("name", flat=True)
    return [name for name in names if name in {f"item.{word}" for word in wanted}]


def withdraw_and_submit_again(page: Page, on: Review) -> None:
    page.goto(f"/items/{on.item.pk}/")
    page.click("#act-withdraw > summary")
    page.click("#act-withdraw .act-button button")
    page.wait_for_selector("#progress")
    assert on.now().state == State.RECTIFYING
    page.click("#progress button[formaction]")
    page.wait_for_selector("#progress", state="detached")
    assert on.now().state == State.IN_REVIEW


def agree(page: Page, opinion: str) -> None:
    page.goto("/review/")
    page.fill("#words", opinion)
    assert fits(page)
    page.click("#decision button[data-key=a]")
    page.wait_for_selector(".empty")
    assert violations(page) == []


def return_to_the_first_step(page: Page, on: Review) -> None:
    page.goto("/review/")
    expect(page.locator("main")).to_contain_text("佐证齐全，同意。")
    page.click(".more-acts > summary")
    page.click("#act-step_back > summary")
    page.fill("#step_back-reason", "请牵头科室先核对配合科室的部分。")
    page.click("#act-step_back .act-button button")
    page.wait_for_selector(".empty")
    assert on.stands() == (State.IN_REVIEW, 0)


def close_out(page: Page, on: Review) -> None:
    page.goto("/review/")
    page.fill("#words", "抽查两处，措施有效，未见反弹。")
    page.click("#decision button[data-key=a]")
    page.wait_for_selector(".empty")
    assert on.now().state == State.CLOSED
