"""A hole of the matrix shuts the gate, its link leads to where it is filled, and the gate opens."""

from __future__ import annotations

import pytest
from playwright.sync_api import FilePayload, Page, expect

from demo import papers
from tests import make
from tests.browser.conftest import Enter, violations
from workflows.models import Item
from workflows.states import State

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def judged_wrong(page: Page, remark: str) -> None:
    page.locator("form.judge [value=wrong]").check()
    page.locator("form.judge [name=remark]").fill(remark)
    page.locator("form.judge .btn").click()
    expect(page.locator("form.judge .badge")).to_have_text("已记：不符")


@pytest.mark.parametrize("width", [390, 1440])
def test_a_hole_shuts_the_gates_and_filling_it_opens_them(enter: Enter, width: int) -> None:
    house = make.house()
    item = make.item(State.IN_REVIEW, house=house)
    piece, measure = item.citations.get(), item.measures.all()[0]

    head = enter(house.head, width=width)
    head.goto("/review/")
    judged_wrong(head, "照片是另一条街")
    expect(head.locator("#decision .btn-primary")).to_be_disabled()
    head.locator("#why-not a").click()
    expect(head.locator(f"#piece-{piece.pk}")).to_be_in_viewport()
    head.fill("#words", "照片与措施不对应，请换本路段照片。")
    head.locator("#decision [data-key=r]").click()
    expect(head.locator("main")).to_contain_text("没有待您审核的事项")

    office = enter(house.office, width=width)
    office.goto(f"/matrix/round/{item.round_id}/")
    expect(office.locator(".matrix-sum")).to_contain_text("✘ 缺口 1 处")
    assert violations(office) == []
    office.goto(f"/matrix/item/{item.pk}/")
    hole = office.locator("tr.hole .badge")
    expect(hole).to_have_text("✘ 佐证不符")
    assert violations(office) == []
    hole.click()
    office.wait_for_url(f"**/items/{item.pk}/#measure-{measure.pk}")
    expect(office.locator(f"#measure-{measure.pk}")).to_be_in_viewport()

    staff = enter(house.staff, width=width)
    staff.goto(f"/items/{item.pk}/")
    staff.locator("#progress .btn-primary").click()
    refused = staff.locator(f"#refusal a[href='#measure-{measure.pk}']")
    refused.click()
    expect(staff.locator(f"#measure-{measure.pk}")).to_be_in_viewport()
    assert Item.objects.get(pk=item.pk).state == State.RECTIFYING
    form = staff.locator(f"form.upload[action$='/measures/{measure.pk}/evidence/']")
    paper: FilePayload = {
        "name": "本路段.pdf",
        "mimeType": "application/pdf",
        "buffer": papers.pdf(["本路段照片"]),
    }
    form.locator("input[type=file]").first.set_input_files([paper])
    form.locator("button.hand-in").click()
    expect(staff.locator(f"#proof-{measure.pk}")).to_contain_text("✔")
    staff.locator("#progress .btn-primary").click()
    staff.wait_for_selector("#progress", state="detached")
    assert Item.objects.get(pk=item.pk).state == State.IN_REVIEW

    office.goto(f"/matrix/item/{item.pk}/")
    expect(office.locator(".matrix-sum")).to_contain_text("✔ 无缺口")
    head.goto("/review/")
    head.locator("#decision .btn-primary").click()
    expect(head.locator("main")).to_contain_text("没有待您审核的事项")
    assert Item.objects.get(pk=item.pk).state == State.VERIFYING
