"""Pages that only show: each whole on a phone and on a desk, in both languages, and axe-clean."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from evidence.models import Derivation
from tests import make
from tests.browser.conftest import Enter, fits, violations
from tests.reports.archived import asked
from workflows.states import State

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("width", "language"), [(390, "zh-CN"), (1440, "en"), (390, "en")])
def test_pages_of_evidence_are_whole(enter: Enter, width: int, language: str) -> None:
    house = make.house()
    item = make.item(State.IN_REVIEW, house=house)
    make.flag(item)
    piece = item.citations.get()
    Derivation.objects.filter(digest=piece.evidence.digest, what="text").update(
        standing="failed", fault="unreadable"
    )
    job = asked(item.subject, house.office)
    page = enter(house.office, width=width, language=language)
    for address in (
        f"/catalogue/item/{item.pk}/",
        f"/catalogue/round/{item.round_id}/",
        f"/matrix/problem/{item.problem_id}/",
        f"/rounds/{item.round_id}/checks/",
        f"/rounds/{item.round_id}/settings/",
        f"/rounds/{item.round_id}/archives/",
        f"/jobs/{job.pk}/",
        f"/evidence/{piece.pk}/view/",
        f"/search/?q={item.no}",
        "/flags/",
        "/faults/",
        "/record/",
    ):
        page.goto(address)
        expect(page.locator("main h1").first).to_be_visible()
        assert fits(page), address
        assert violations(page) == [], address


def test_the_places_of_the_office_fit_windows_of_every_width(enter: Enter) -> None:
    """English has the longest names; at 1440 one line takes them, below it two, none broken."""
    page = enter(make.house().office, language="en")
    links = page.locator("header .nav-link:visible")
    for width in (1440, 1280, 1200, 1024, 992):
        page.set_viewport_size({"width": width, "height": 700})
        assert fits(page), width
        heights = links.evaluate_all("all => all.map(one => one.offsetHeight)")
        assert max(heights) < 50, (width, heights)
    page.set_viewport_size({"width": 1440, "height": 700})
    tops = page.locator("#places li").evaluate_all("all => all.map(one => one.offsetTop)")
    assert len(set(tops)) == 1
