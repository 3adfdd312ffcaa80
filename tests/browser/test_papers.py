"""A reviewer goes from paper to paper in the dialog and says there what each is worth."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from evidence import deriving
from tests import make
from tests.browser.conftest import Enter, fits, violations
from tests.make import House
from workflows.actions import proving, rectification
from workflows.models import Criterion, Item, Judgement
from workflows.states import State

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def of_three_papers(house: House) -> Item:
    item = make.item(State.RECTIFYING, house=house)
    make.attach(item, house, *(make.paper(name) for name in ("one.pdf", "two.pdf", "three.pdf")))
    make.take(item, "prove", house)
    rectification.submit(item.pk, actor=house.staff.actor(), command=make.command(item))
    for citation in item.citations.select_related("evidence"):
        deriving.ensure(citation.evidence.digest, "preview")
    return Item.objects.get(pk=item.pk)


@pytest.mark.parametrize("width", [390, 1440])
def test_papers_are_read_and_judged_one_after_the_other(enter: Enter, width: int) -> None:
    house = make.house()
    item = of_three_papers(house)
    total = item.citations.count()
    page = enter(house.head, width=width)
    page.goto("/review/")
    expect(page.locator(".checks-waiting")).to_contain_text("疑点核查进行中")
    page.locator(".proof-paper .paper-name").first.click()
    viewer = page.locator("dialog#viewer")
    expect(viewer.locator(".viewer-steps")).to_contain_text(f"1 / {total}")
    expect(viewer.locator(".viewer-sheet img")).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("1")
    expect(viewer.locator("[data-worth=accepted]")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("ArrowRight")
    expect(viewer.locator(".viewer-steps")).to_contain_text(f"2 / {total}")
    viewer.locator("[data-worth=not_enough]").click()
    expect(viewer).to_be_hidden()
    assert page.evaluate("document.activeElement.name") == "remark"
    page.keyboard.type("缺验收人签字")
    page.keyboard.press("Enter")
    expect(page.locator(".judge .badge")).to_have_text(["已记：认可", "已记：不足"])
    expect(page.locator(".reading")).to_have_text(f"佐证 2/{total} 已阅")
    assert fits(page)
    assert violations(page) == []
    said = Judgement.objects.order_by("citation__no").values_list("worth", "remark")
    assert list(said) == [("accepted", ""), ("not_enough", "缺验收人签字")]


def of_one_paper_for_two_criteria(house: House) -> None:
    item = make.item(State.RECTIFYING, house=house)
    make.take(item, "prove", house)
    measure = item.measures.all()[0]
    for number, text in ((1, "预案经局务会通过"), (2, "预案印发各科室")):
        Criterion(measure=measure, number=number, text=text).save()
    staff = house.staff.actor()
    first, second = (one.pk for one in measure.criteria.all())
    about: dict[str, Any] = {"measure_id": measure.pk, "actor": staff}
    files = [make.paper("plan.pdf")]
    proving.attach(item.pk, command=make.command(item), criterion_id=first, files=files, **about)
    paper = item.citations.get(criterion=first).evidence_id
    again: dict[str, Any] = {"criterion_id": second, "again": [paper], "pages": "1"}
    proving.attach(item.pk, command=make.command(item), **again, **about)
    rectification.submit(item.pk, actor=staff, command=make.command(item))
    for citation in item.citations.select_related("evidence"):
        deriving.ensure(citation.evidence.digest, "preview")


@pytest.mark.parametrize("width", [390, 1440])
def test_a_paper_cited_for_two_criteria_is_judged_for_each_of_them(
    enter: Enter, width: int
) -> None:
    house = make.house()
    of_one_paper_for_two_criteria(house)
    page = enter(house.head, width=width)
    page.goto("/review/")
    page.locator(".proof-paper .paper-name").first.click()
    viewer = page.locator("dialog#viewer")
    links = viewer.locator("[data-verdict]")
    expect(links).to_have_count(2)
    expect(links.nth(0)).to_contain_text("1.1 预案经局务会通过")
    expect(links.nth(1)).to_contain_text("1.2 预案印发各科室 第 1 页")
    assert violations(page) == []
    page.keyboard.press("1")
    expect(links.nth(0).locator("[data-worth=accepted]")).to_have_attribute("aria-pressed", "true")
    expect(links.nth(1).locator("[aria-pressed=true]")).to_have_count(0)
    page.keyboard.press("2")
    expect(viewer).to_be_hidden()
    page.keyboard.type("未见印发范围")
    page.keyboard.press("Enter")
    expect(page.locator(".judge .badge")).to_have_text(["已记：认可", "已记：不足"])
    said = Judgement.objects.filter(citation__evidence__name="plan.pdf").order_by("citation")
    assert list(said.values_list("citation__criterion__number", "worth", "remark")) == [
        (1, "accepted", ""),
        (2, "not_enough", "未见印发范围"),
    ]
    assert fits(page)
