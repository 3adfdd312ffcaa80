"""Evidence of every kind, opened in the page; none of it runs or asks another host."""

from __future__ import annotations

from random import Random

import pytest
from playwright.sync_api import Page, expect

from evidence import deriving, office
from tests import make
from tests.browser.conftest import Enter, fits, violations
from tests.evidence.hostile import papers
from tests.evidence.test_drawing import paper
from tests.make import House
from workflows.models import Item
from workflows.states import State

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = ".viewer-sheet img"
DICE = Random(7)
KINDS = {
    "a.png": (papers.picture("PNG", DICE), PAGES),
    "b.pdf": (papers.pdf(DICE), PAGES),
    "c.ofd": (paper("<ofd:PathObject/>").getvalue(), PAGES),
    "d.txt": (papers.text(DICE), "pre.viewer-text"),
    "e.mp4": (papers.mp4(DICE), "video.viewer-film"),
    "f.wav": (papers.wav(DICE), "audio.viewer-sound"),
    "g.doc": (papers.old_word(DICE), "[role=status]"),
    "h.docx": (papers.word(DICE), PAGES),
    "i.xlsx": (papers.sheet(DICE), PAGES),
    "j.pptx": (papers.slides(DICE), PAGES),
}


def of_every_kind(house: House) -> Item:
    item = make.item(State.RECTIFYING, house=house)
    make.attach(
        item, house, *(make.paper(name, content) for name, (content, _shown) in KINDS.items())
    )
    for citation in item.citations.select_related("evidence"):
        for what in ("preview", "text"):
            deriving.ensure(citation.evidence.digest, what)
    return item


def is_drawn(page: Page, selector: str) -> bool:
    picture = page.locator(f"dialog#viewer {selector}").first
    return bool(picture.evaluate("image => image.decode().then(() => image.naturalWidth > 0)"))


@pytest.mark.parametrize("width", [390, 1440])
def test_each_kind_is_shown_in_its_own_way(enter: Enter, width: int) -> None:
    house = make.house()
    item = of_every_kind(house)
    page = enter(house.head, width=width)
    page.goto(f"/items/{item.pk}/")
    page.locator(".paper .paper-name").first.click()
    viewer = page.locator("dialog#viewer")
    for no, (name, (_content, shown)) in enumerate(KINDS.items(), start=1):
        expect(viewer.locator("#viewer-title")).to_have_text(name)
        expect(viewer.locator(".viewer-steps .num")).to_have_text(f"{no} / {len(KINDS)}")
        # Without LibreOffice a sentence says so.
        drawn = shown if office.program() or no < 8 else "[role=status]"
        expect(viewer.locator(drawn).first).to_be_visible()
        if drawn == PAGES:
            assert is_drawn(page, PAGES), name
        assert fits(page)
        page.keyboard.press("ArrowRight")
    assert violations(page) == []
