"""A doubt on its way: seen in the queue, looked at side by side, cleared."""

from __future__ import annotations

import io

import pytest
from playwright.sync_api import expect

from evidence.prints import index, reading
from tests import make
from tests.browser.conftest import Enter, fits, violations
from tests.checks import scenes, tampering
from workflows.actions import proving
from workflows.models import Item
from workflows.states import State

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WHY = "现场核对过，两处为不同点位。"


def hand_in(item: Item, house: make.House, name: str, data: bytes) -> None:
    proving.attach(
        item.pk,
        actor=house.staff.actor(),
        command=make.command(item),
        measure_id=item.measures.all()[0].pk,
        files=[make.paper(name, data)],
    )
    digest = item.citations.order_by("-pk")[0].evidence.digest
    index.keep(digest, reading.answer(io.BytesIO(data), name.rpartition(".")[2]))


@pytest.mark.parametrize("width", [390, 1440])
def test_a_doubt_is_seen_before_the_decision_looked_at_side_by_side_and_cleared(
    enter: Enter, width: int
) -> None:
    house = make.house()
    scene = scenes.photographed(scenes.street(1).resize((600, 450)), 1)
    first = make.item(State.RECTIFYING, house=house)
    hand_in(first, house, "路灯.jpg", tampering.encoded(scene))
    second = make.item(State.RECTIFYING, house=house)
    hand_in(second, house, "再次.jpg", tampering.encoded(tampering.tampered(scene, "cropped", 1)))
    told = {"alike": 98, "covered": 81, "picture": 1, "page": 1, "other_picture": 1}
    boxes = {"box": [0, 0, 100, 100], "other_box": [5, 4, 94, 97], "other_page": 1}
    sizes = {"size": [520, 410], "other_size": [600, 450]}
    make.flag(second, "same_picture", other_citation=first.citations.get(),
              told={**told, **boxes, **sizes})  # fmt: skip
    make.prove(second, house)
    make.take(second, "submit", house)
    page = enter(house.head, width=width)
    page.goto("/review/")
    assert page.locator(".review-queue .flag-mark").inner_text() == "疑点"
    page.locator("#flags").get_by_role("link", name="并排看").click()
    expect(page.locator("svg.flag-picture")).to_have_count(2)
    expect(page.locator("rect.flag-same")).to_have_count(2)
    assert "98%" in page.locator(".flag-sentence").inner_text()
    assert violations(page) == []
    assert fits(page)
    page.fill("#reason", WHY)
    page.get_by_role("button", name="排除疑点").click()
    page.get_by_text("已排除", exact=True).first.wait_for()
    assert WHY in page.locator(".flag-answer").inner_text()
    page.goto("/review/")
    expect(page.locator("#flags")).to_have_count(0)
    expect(page.locator(".flag-mark")).to_have_count(0)
    page.goto("/flags/?state=cleared")
    assert WHY in page.locator("main").inner_text()
    assert violations(page) == []
    page.goto(f"/rounds/{second.round_id}/checks/")
    assert violations(page) == []
