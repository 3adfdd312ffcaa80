"""What looking at evidence rarely meets."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import orjson
import pikepdf
import pypdfium2
import pytest
from PIL import Image

from evidence.prints import alike, bearing, reading, wording
from evidence.prints.wording import Alike


def test_where_no_patch_says_anything_all_of_nothing_is_kept() -> None:
    nothing = np.zeros((4, 4), dtype=bool)
    says, same, kept = alike._without_edges(nothing, nothing)
    assert not says.any()
    assert not same.any()
    assert kept == 1.0


def test_a_package_that_says_nothing_of_itself_bears_nothing() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("word/document.xml", "<w/>")
    out.seek(0)
    assert bearing.of_package(out) == {}


def test_a_text_of_few_shingles_is_like_nothing() -> None:
    assert not wording.is_same(Alike(shared=1.0, within=1.0, shorter=23, longer=23), 0.5)
    assert wording.is_same(Alike(shared=1.0, within=1.0, shorter=24, longer=24), 0.5)


def scan() -> io.BytesIO:
    """A PDF of one page that is one picture."""
    noise = Image.effect_noise((400, 400), 90).convert("RGB")
    out = io.BytesIO()
    noise.save(out, "PDF")
    with pikepdf.open(out) as paper:
        assert len(paper.pages) == 1
    out.seek(0)
    return out


def test_a_scan_whose_picture_cannot_be_taken_out_is_seen_as_the_page_shows_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(_image: object) -> None:
        raise pypdfium2.PdfiumError("no bitmap")

    monkeypatch.setattr(pypdfium2.PdfImage, "get_bitmap", broken)
    found = reading.Found()
    reading._of_pdf(scan(), found)
    assert found.facts["scanned"] is True
    assert len(found.pictures) == 1


def test_a_page_of_lines_and_no_words_holds_no_picture() -> None:
    lines = "".join(f"{x} {y} 9 9 re f " for x in range(50, 550, 20) for y in range(50, 750, 20))
    out = io.BytesIO()
    with pikepdf.new() as paper:
        paper.add_blank_page(page_size=(600, 800))
        paper.pages[0].Contents = paper.make_stream(lines.encode())
        paper.save(out)
    out.seek(0)
    told = orjson.loads(reading.answer(out, "pdf"))
    assert told["pictures"] == []
    assert (told["facts"]["pages"], told["facts"]["scanned"]) == (1, False)
    assert "blank" not in told["facts"]
