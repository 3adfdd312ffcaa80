"""What a printer makes of the pages: nothing is cut off, and a bar that says how far is filled."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from playwright.sync_api import Page

from tests import make
from tests.browser.conftest import Enter
from tests.make import House
from workflows.models import Item
from workflows.states import State

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAPERS = 12


def of_many_papers(house: House) -> Item:
    item = make.item(State.RECTIFYING, house=house)
    make.attach(item, house, *(make.paper(f"paper-{n:02}.pdf") for n in range(PAPERS)))
    return item


def printed(page: Page, path: Path, address: str) -> list[Any]:
    """The sheets that Chromium would print, as the page's own style sheet wants them."""
    page.goto(address)
    page.wait_for_load_state("networkidle")
    page.pdf(path=path, prefer_css_page_size=True, print_background=False)
    return list(pypdfium2.PdfDocument(path))


def words(sheet: Any) -> str:
    text: str = sheet.get_textpage().get_text_range()
    return text


def test_every_paper_of_the_matrix_is_on_the_sheet(enter: Enter, tmp_path: Path) -> None:
    house = make.house()
    item = of_many_papers(house)
    sheets = printed(enter(house.head), tmp_path / "matrix.pdf", f"/matrix/item/{item.pk}/")
    text = "".join(words(sheet) for sheet in sheets)
    assert [n for n in range(PAPERS) if f"paper-{n:02}.pdf" not in text] == []


def test_an_item_begins_its_measures_under_their_heading_and_keeps_off_the_edges(
    enter: Enter, tmp_path: Path
) -> None:
    house = make.house()
    item = of_many_papers(house)
    sheets = printed(enter(house.head), tmp_path / "item.pdf", f"/items/{item.pk}/")
    [heading] = [sheet for sheet in sheets if "整改措施与佐证材料" in words(sheet)]
    assert "措施 1 /" in words(heading)
    assert "paper-00.pdf" in words(heading)
    assert heading is sheets[0]
    for sheet in sheets:
        picture = sheet.render(scale=1).to_pil().convert("L")
        margin = picture.crop((0, 0, 36, picture.height))  # 36 points: less than 15 mm
        assert margin.getextrema() == (255, 255)


def test_the_bar_of_the_closing_rate_is_printed_in_its_colour(enter: Enter, tmp_path: Path) -> None:
    house = make.house()
    make.item(State.CLOSED, house=house)
    [first, *_others] = printed(enter(house.office), tmp_path / "board.pdf", "/board/")
    picture = first.render(scale=1).to_pil().convert("RGB")
    dots = {colour: number for number, colour in picture.getcolors(1 << 24) or ()}
    assert dots.get((0x2B, 0x7A, 0x45), 0) > 1000
