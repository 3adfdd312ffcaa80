"""One more paper on its way: asked for beside the line, handed in on a phone, then agreed to."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests import make
from tests.browser.conftest import Enter, fits, violations
from workflows.models import Item
from workflows.states import State

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TEXT = "会议签到表，须有全体参会人员签字"


def seemly(page: Page, name: str) -> None:
    if folder := os.environ.get("RECTIFY_SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
    assert fits(page), name
    assert violations(page) == [], name


def test_a_paper_is_asked_for_in_review_handed_in_on_a_phone_and_the_item_agreed_to(
    enter: Enter, tmp_path: Path
) -> None:
    house = make.house()
    criteria = ("路灯全部修复，夜间照明正常", "建立巡查台账")
    item = make.item(State.IN_REVIEW, house=house, criteria=criteria)
    head = enter(house.head)
    head.goto("/review/")
    first = item.measures.all()[0].criteria.all()[0]
    line = head.locator(f"#criterion-{first.pk}")
    line.locator(".ask-paper summary").click()
    line.locator("[name=wanted]").fill(TEXT)
    line.locator("[name=due]").fill("2099-01-31")
    seemly(head, "ask-desk")
    line.get_by_role("button", name="要求补证").click()
    asked = head.locator("#papers-asked")
    expect(asked).to_contain_text(TEXT)
    expect(head.locator('#decision-own [data-key="a"]')).to_be_disabled()
    expect(head.locator("#why-not")).to_contain_text("尚有要求补证的材料未补交")
    seemly(head, "asked-desk")

    staff = enter(house.staff, width=390)
    staff.goto("/?tile=evidence")
    seemly(staff, "work-phone")
    staff.get_by_text("要求补证", exact=True).click()
    card = staff.locator("#papers-asked")
    expect(card).to_contain_text(TEXT)
    seemly(staff, "owed-phone")
    paper = tmp_path / "签到表.pdf"
    paper.write_bytes(make.pdf("Signed by all"))
    card.locator(".drop input[type=file]").first.set_input_files(str(paper))
    card.locator(".upload [name=claim]").fill("全体签字")
    with staff.expect_navigation():
        card.locator(".hand-in").click()
    expect(card).to_contain_text("已补交")
    seemly(staff, "given-phone")
    assert Item.objects.get(pk=item.pk).citations.count() == 2

    head.goto("/review/")
    expect(head.locator("#papers-asked")).to_contain_text("签到表.pdf")
    head.locator('#decision-own [data-key="a"]').click()
    expect(head.get_by_text("没有待您审核的事项。")).to_be_visible()
    assert Item.objects.get(pk=item.pk).state == State.VERIFYING


def test_who_has_no_such_paper_says_so_and_the_office_reads_it(enter: Enter) -> None:
    house = make.house()
    item = make.item(State.IN_REVIEW, house=house)
    make.take(item, "approve", house)
    office = enter(house.office, language="en")
    office.goto(f"/items/{item.pk}/")
    form = office.locator("#act-ask_evidence")
    form.locator("summary").click()
    form.locator("[name=wanted]").fill("The minutes with every signature")
    form.locator("[name=due]").fill("2099-01-31")
    expect(form).to_contain_text(f"voids the approval by {house.head.name}")
    seemly(office, "ask-office-en")
    form.locator("button").click()
    expect(office.locator("#papers-asked")).to_contain_text("The minutes with every signature")
    seemly(office, "asked-office-en")
    staff = enter(house.staff, width=390, language="en")
    staff.goto(f"/items/{item.pk}/")
    card = staff.locator("#papers-asked")
    expect(card).to_contain_text(f"voids the approval by {house.head.name}")
    seemly(staff, "owed-phone-en")
    card.get_by_text("There is no such paper").click()
    card.locator("[name=reason]").fill("It was a telephone call: nobody signed.")
    card.get_by_role("button", name="Send this answer").click()
    expect(card).to_contain_text("nobody signed")
    office.goto(f"/matrix/item/{item.pk}/")
    seemly(office, "matrix-en")
    assert Item.objects.get(pk=item.pk).state == State.VERIFYING
