"""What looking at evidence rarely meets."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import orjson
import pikepdf
import pypdfium2
import pytest
from PIL import Image, ImageDraw

from evidence.prints import alike, bearing, features, index, overlaid, reading, wording
from evidence.prints.alike import likeness
from evidence.prints.sight import Sight
from evidence.prints.wording import Alike
from tests.checks import scenes


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


def watermarked(image: Image.Image, light: tuple[int, int, int, int]) -> Image.Image:
    """With a sign that comes again and again, from edge to edge."""
    over = Image.new("RGBA", image.size)
    draw = ImageDraw.Draw(over)
    for y in range(0, image.height, 60):
        for x in range(-20, image.width, 130):
            draw.text((x + y // 4 % 50, y), "CHECKED", font_size=24, fill=light)
    return Image.alpha_composite(image.convert("RGBA"), over).convert("RGB")


def test_a_picture_is_found_under_a_pattern_of_watermarks() -> None:
    scene = scenes.field(2)
    under = watermarked(scene, (255, 255, 255, 120))
    found = likeness(Sight.of(scene), Sight.of(under))
    assert index.is_same(found, 0.94)
    assert not index.is_same(likeness(Sight.of(scenes.field(3)), Sight.of(under)), 0.5)


def test_a_form_and_the_same_form_filled_in_are_two() -> None:
    filled = scenes.form(1, filled=3)
    other = scenes.form(1, filled=4)
    assert not index.is_same(likeness(Sight.of(filled), Sight.of(other)), 0.8)
    lined = Image.new("RGB", (800, 600), "white")
    draw = ImageDraw.Draw(lined)
    for y in range(0, 600, 60):
        draw.line((0, y, 800, y), fill="black", width=5)
        draw.line((y, 0, y, 600), fill="black", width=5)
    written = watermarked(lined, (0, 0, 0, 220))
    assert not index.is_same(likeness(Sight.of(lined), Sight.of(written)), 0.87)


def test_of_a_picture_with_few_features_fainter_ones_are_kept() -> None:
    down, along = np.mgrid[:300, :400]
    wall = 120 + 5 * np.sin(down / 17) * np.sin(along / 23 + down / 60)
    assert 20 < len(features.found_in(wall.astype(np.uint8)).turns) <= 200


@pytest.mark.parametrize(
    ("one", "laid"),
    [
        (np.zeros((60, 60)), np.zeros((60, 60))),
        (np.tile(np.arange(60.0), (60, 1)), np.tile(np.arange(60.0), (60, 1))[:, ::-1]),
    ],
)
def test_nothing_is_a_watermark_where_nothing_differs_or_all_is_turned_about(
    one: np.ndarray, laid: np.ndarray
) -> None:
    inside = np.ones((60, 60), bool)
    assert overlaid.pattern(one.astype(np.float32), laid.astype(np.float32), inside) is None


def test_nothing_is_a_watermark_where_the_two_do_not_meet() -> None:
    dots = np.zeros((60, 60), np.float32)
    assert overlaid.pattern(dots, dots, np.zeros((60, 60), bool)) is None


def signed(one: np.ndarray, *, high: int = 6, wide: int = 14, each: int = 30) -> np.ndarray:
    """Where a sign of so many dots comes again at each so many, numbered from 1."""
    numbers = np.zeros(one.shape, int)
    places = ((y, x) for y in range(12, 180, each) for x in range(12, 240, each))
    for no, (y, x) in enumerate(places, start=1):
        numbers[y : y + high, x : x + wide] = no
    return numbers


def plaster(contrast: float, light: float) -> np.ndarray:
    """A wall that is a little otherwise at every dot."""
    dots = np.random.default_rng(1).normal(0, 1, (200, 260))
    rolled = [np.roll(dots, (y, x), (0, 1)) for y in range(5) for x in range(5)]
    soft = np.stack(rolled).sum(axis=0)
    return np.asarray(light + contrast * soft / soft.std(), np.float32)


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("signs from edge to edge", True),
        ("one sign", False),
        ("a board", False),
        ("ink on paper", False),
        ("every eighth darker", False),
        ("another moment", False),
    ],
)
def test_a_pattern_is_thin_light_or_dark_comes_again_and_lies_on_the_same(
    name: str, is_one: bool
) -> None:
    wall = plaster(20, 110)
    signs = signed(wall)
    lighter = np.where(signs > 0, 60, 0)
    noise = np.random.default_rng(2).normal(0, 2.5, wall.shape)
    paper = plaster(2, 230)
    one, laid = {
        "signs from edge to edge": (wall + lighter, wall),
        "one sign": (wall + np.where(signs == 1, 60, 0), wall),
        "a board": (wall + np.where(signed(wall, high=60, wide=60, each=500) > 0, 60, 0), wall),
        "ink on paper": (paper - np.where(signs > 0, 150, 0), paper),
        "every eighth darker": (wall + lighter - np.where(signs % 8 == 1, 120, 0), wall),
        "another moment": (plaster(3, 110) + lighter + noise, plaster(3, 110)),
    }[name]
    inside = np.ones(wall.shape, bool)
    found = overlaid.pattern(one.astype(np.float32), laid, inside)
    assert (found is not None) == is_one
    if found is not None:
        where, lit = found
        assert where[signs > 0].mean() > 0.9
        assert np.abs(lit - wall)[~where].max() < 2
