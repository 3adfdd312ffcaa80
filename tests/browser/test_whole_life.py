"""A ledger workbook becomes a closed item: four people, four browsers, every page axe clean."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from playwright.sync_api import FilePayload, Page, expect

from audit.models import Event
from core.models import Section
from core.roles import Role
from demo import papers
from tests import make
from tests.browser.conftest import Enter, violations
from workflows.models import Item
from workflows.states import State

WORKBOOK = Path(__file__).parent.parent / "ledger/data/S12_ledger_merged.xlsx"

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_four_people_take_an_item_from_a_workbook_to_its_close_out(enter: Enter) -> None:
    unit = make.unit("某市城管局")
    section = Section(unit=unit, name="办公室")
    section.save()
    office = make.person(Role.OFFICE, unit=unit, name="李主任")
    closer = make.person(Role.OFFICE, unit=unit, name="赵联络")
    staff = make.person(Role.STAFF, section=section, name="张三")
    head = make.person(Role.SECTION_HEAD, section=section, name="王科长")

    desk = enter(office, password=make.PASSWORD)
    open_a_round(desk)
    import_the_workbook(desk)
    item = Item.objects.get(no="2-2")
    assign(desk, item, "张三")

    phone = enter(staff, width=390, password=make.PASSWORD)
    accept_and_hand_in(phone, item)

    queue = enter(head, password=make.PASSWORD)
    return_it(queue, item)
    hand_in_again(phone, item)
    approve(queue, item)

    second_desk = enter(closer, password=make.PASSWORD)
    close_out(second_desk, item)

    item = Item.objects.get(pk=item.pk)
    assert (item.state, item.cycle) == (State.CLOSED, 1)
    acts = Event.objects.filter(subject=item.subject).order_by("seq")
    assert [
        event.name
        for event in acts
        if event.name.startswith("item.") and event.name != "item.refused"
    ] == [
        "item.created",
        "item.assigned",
        "item.accepted",
        "item.evidence_attached",
        "item.progress_recorded",
        "item.submitted",
        "item.returned",
        "item.evidence_attached",
        "item.progress_recorded",
        "item.submitted",
        "item.approved",
        "item.closed",
    ]
    said = StringIO()
    call_command("verify_audit", "--json", stdout=said)
    assert json.loads(said.getvalue())["ok"] is True


def open_a_round(page: Page) -> None:
    page.goto("/rounds/new/")
    assert violations(page) == []
    page.fill("[name=code]", "2026-7")
    page.fill("[name=title]", "市委第七轮巡察反馈问题整改")
    page.fill("[name=feedback_date]", "2026-09-01")
    page.click("main form button.btn-primary")
    page.wait_for_url(lambda url: "/rounds/new/" not in url)


def import_the_workbook(page: Page) -> None:
    page.goto("/import/")
    assert violations(page) == []
    page.set_input_files("#workbook", WORKBOOK)
    page.click("form.upload button[type=submit]")
    page.wait_for_url("**/import/*/")
    expect(page.locator("main")).to_contain_text("I10")  # the date typed as the number 2022.1
    assert violations(page) == []
    page.check("[name=accepted]")
    page.click("#confirm button[type=submit]")
    page.wait_for_url("**/ledger/**")
    assert Item.objects.count() == 7


def assign(page: Page, item: Item, name: str) -> None:
    page.goto("/ledger/")
    assert violations(page) == []
    chosen = page.locator(f"[name=to-{item.pk}]")
    chosen.select_option(label=name)
    page.locator(f"button[name=row][value='{item.pk}:{item.version}']").click()
    page.wait_for_load_state()
    expect(page.locator("main")).to_contain_text(item.no)
    assert Item.objects.get(pk=item.pk).state == State.ASSIGNED


def accept_and_hand_in(page: Page, item: Item) -> None:
    page.goto("/")
    page.click(f"a[href*='/items/{item.pk}/']")
    page.click("#act-accept button")
    page.wait_for_selector("#progress")
    attach(page, item, position=1, name="会议纪要.pdf")
    explain(page, item, position=2)
    tell(page, "全面停用非定点维修，公务车维修全部进定点厂。")
    page.wait_for_selector("#progress", state="detached")
    assert Item.objects.get(pk=item.pk).state == State.IN_REVIEW
    assert violations(page) == []


def attach(page: Page, item: Item, *, position: int, name: str) -> None:
    measure = item.measures.get(position=position)
    form = page.locator(f"form.upload[action$='/measures/{measure.pk}/evidence/']")
    paper: FilePayload = {
        "name": name,
        "mimeType": "application/pdf",
        "buffer": papers.pdf([name]),
    }
    form.locator("input[type=file]").first.set_input_files([paper])
    form.locator("[name=claim]").fill("停用非定点维修的决定")
    form.locator("button.hand-in").click()
    expect(page.locator(f"#evidence-measure-{measure.pk}")).to_contain_text(name)


def explain(page: Page, item: Item, *, position: int) -> None:
    measure = item.measures.get(position=position)
    around = page.locator(f"details:has(#none-{measure.pk})")
    if around.get_attribute("open") is None:
        around.locator("> summary").click()
    page.locator(f"#none-{measure.pk}").fill("派车登记在系统内，无纸质材料可附。")


def tell(page: Page, words: str) -> None:
    page.check("#progress [name=progress][value=done]")
    page.fill("#result", words)
    page.click("#progress button[formaction]")


def return_it(page: Page, item: Item) -> None:
    page.goto("/review/")
    expect(page.locator("main")).to_contain_text("会议纪要.pdf")
    assert violations(page) == []
    page.fill("#words", "太短")
    page.click("#decision button[data-key=r]")
    expect(page.locator("#refusal")).to_contain_text("10")
    expect(page.locator("#words")).to_have_value("太短")  # what was typed is still there
    assert Item.objects.get(pk=item.pk).state == State.IN_REVIEW
    page.fill("#words", "请补充定点维修协议的扫描件，注明起止日期。")
    page.click("#decision button[data-key=r]")
    page.wait_for_selector(".empty")
    assert Item.objects.get(pk=item.pk).state == State.RECTIFYING


def hand_in_again(page: Page, item: Item) -> None:
    page.goto("/")
    expect(page.locator("main")).to_contain_text("请补充定点维修协议")
    page.click(f"a[href*='/items/{item.pk}/']")
    attach(page, item, position=1, name="定点维修协议.pdf")
    tell(page, "全面停用非定点维修，已签定点维修协议。")
    page.wait_for_selector("#progress", state="detached")


def approve(page: Page, item: Item) -> None:
    page.goto("/review/")
    expect(page.locator("main")).to_contain_text("定点维修协议.pdf")
    page.fill("#words", "佐证与措施对应，同意。")
    page.keyboard.press("Escape")
    page.click("#decision button[data-key=a]")
    page.wait_for_selector(".empty")
    assert Item.objects.get(pk=item.pk).state == State.VERIFYING


def close_out(page: Page, item: Item) -> None:
    page.goto("/review/")
    assert violations(page) == []
    page.fill("#words", "抽查三辆车，均按规定定点维修，措施有效。")
    page.click("#decision button[data-key=a]")
    page.wait_for_selector(".empty")
    page.goto(f"/items/{item.pk}/")
    expect(page.locator("main")).to_contain_text("抽查三辆车")
    assert violations(page) == []
    page.goto("/board/")
    page.wait_for_timeout(500)
    assert violations(page) == []
