"""A drawn signature from outside: decoded under limits, drawn anew, or refused with a sentence."""

from __future__ import annotations

import base64
import hashlib
import io
import struct
import zlib
from typing import Any

import orjson
import pytest
from django.utils import translation
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from core.refusals import Unmet
from evidence.drawn import drawn
from evidence.storage.folder import path_of
from tests.make import POINTS, ink


@pytest.fixture(autouse=True)
def _english() -> object:
    with translation.override("en"):
        yield


def address(data: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(data).decode()


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_of(width: int, height: int, data: bytes, *more: bytes) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def saved(picture: Image.Image, **words: Any) -> str:
    out = io.BytesIO()
    picture.save(out, "PNG", **words)
    return address(out.getvalue())


def refused(picture: str, points: str = POINTS) -> str:
    with pytest.raises(Unmet) as caught:
        drawn(picture, points)
    assert [at for at, _words in caught.value.holes] == ["drawing"]
    return str(caught.value)


def test_a_signature_is_kept_as_grey_on_white_and_named_by_what_it_is() -> None:
    one = drawn(ink(), POINTS)
    one.keep()
    kept = path_of(one.digest).read_bytes()
    assert hashlib.sha256(kept).hexdigest() == one.digest
    with Image.open(io.BytesIO(kept)) as picture:
        assert (picture.mode, picture.size, picture.getpixel((0, 0))) == ("L", (200, 60), 255)
        assert picture.getpixel((50, 30)) == 0
    assert one.points == [[[10, 30, 0], [120, 30, 40]]]
    assert drawn(ink(), POINTS) == one


def test_the_digest_of_the_strokes_is_of_their_canonical_form() -> None:
    spaced = orjson.dumps(orjson.loads(POINTS), option=orjson.OPT_INDENT_2).decode()
    assert drawn(ink(), spaced).points_digest == drawn(ink(), POINTS).points_digest
    canonical = b'{"strokes":[[[10,30,0],[120,30,40]]]}'
    assert drawn(ink(), POINTS).points_digest == hashlib.sha256(canonical).hexdigest()


def test_what_else_the_file_held_is_not_kept() -> None:
    info = PngInfo()
    info.add_text("Comment", "<script>alert(1)</script>")
    picture = Image.new("L", (200, 60), "white")
    picture.putpixel((3, 3), 0)
    one = drawn(saved(picture, pnginfo=info), POINTS)
    assert b"script" not in one.png
    tail = base64.b64decode(saved(picture).partition(",")[2]) + b"<script>alert(1)</script>"
    assert b"script" not in drawn(address(tail), POINTS).png


def test_an_empty_pad_is_no_signature() -> None:
    assert refused("") == "The signature is missing: nothing was drawn."
    assert refused(saved(Image.new("RGBA", (200, 60)))) == (
        "The signature is missing: nothing was drawn."
    )
    assert refused(saved(Image.new("L", (200, 60), "white"))) == (
        "The signature is missing: nothing was drawn."
    )


@pytest.mark.parametrize(
    "picture",
    [
        "<script>alert(1)</script>",
        "data:image/svg+xml;base64,PHN2Zy8+",
        "data:image/png;base64,not base64 at all",
        "data:image/png;base64,",
        address(b"GIF89a" + b"\0" * 40),
        address(b"\x89PNG\r\n\x1a\n<script>alert(1)</script>"),
        address(png_of(200, 60, b"not deflate at all")),
        address(png_of(200, 60, zlib.compress(b"\0" * 30))[:60]),
        address(png_of(200, 60, zlib.compress(b"\0" * 60 * 201))[:70]),
        "data:image/png;base64,ÄÖ",
    ],
)
def test_what_is_not_a_png_is_no_signature(picture: str) -> None:
    assert refused(picture) == "The drawn signature is not a picture."


def test_a_bomb_is_turned_away_by_its_header_before_it_is_unpacked() -> None:
    bomb = png_of(60_000, 60_000, zlib.compress(b"\0" * 1000))
    assert refused(address(bomb)) == "The drawn signature is too large."
    for width, height in ((0, 60), (200, 0), (1601, 60), (200, 801), (2**31, 1)):
        odd = png_of(width, height, zlib.compress(b"\0"))
        assert refused(address(odd)) == "The drawn signature is too large."


def test_a_bomb_in_what_goes_beside_the_picture_is_not_a_picture_either() -> None:
    words = chunk(b"zTXt", b"a\0\0" + zlib.compress(b"\0" * 40_000_000, 9))
    bomb = png_of(200, 60, zlib.compress(b"\0" * 60 * 201), words)
    assert refused(address(bomb)) == "The drawn signature is not a picture."


def test_a_huge_picture_is_not_even_decoded() -> None:
    assert refused("data:image/png;base64," + "A" * 400_000) == "The drawn signature is too large."


@pytest.mark.parametrize(
    "points",
    [
        "",
        "{}",
        "[]",
        "[[]]",
        "[[[1,2]]]",
        "[[[1,2,3,4]]]",
        '[[["1",2,3]]]',
        "[[[1.5,2,3]]]",
        "[[[true,2,3]]]",
        "[[[-1,2,3]]]",
        "[[[1601,2,3]]]",
        "[[[1,801,3]]]",
        "[[[1,2,3600001]]]",
        "[[[1,2,5],[1,3,4]]]",
        "[[[1,2,5]],[[1,3,4]]]",
        "[[[NaN,2,3]]]",
        '[[{"x":1}]]',
        "[1]",
        "[" * 100_000,
        "<script>",
        '"\ud800"',
    ],
)
def test_strokes_that_no_pad_makes_are_refused(points: str) -> None:
    assert refused(ink(), points) == "The strokes of the signature cannot be read."


def test_too_many_strokes_or_points_are_refused() -> None:
    many = orjson.dumps([[[1, 1, 0]]] * 301).decode()
    long = orjson.dumps([[[1, 1, 0]] * 6001]).decode()
    for points in (many, long, " " * 300_000):
        assert refused(ink(), points) == "The drawn signature is too large."
