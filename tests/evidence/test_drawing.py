"""What is drawn of a file: the dots that are looked at, and nothing else that it said."""

from __future__ import annotations

import io
import struct

import pikepdf
import pypdfium2
import pytest
from PIL import Image

from demo import papers
from evidence import watermark
from evidence.drawing import fonts, ofd, pdf, pictures, sheets, stamp
from tests.evidence.hostile.containers import packed

_NS = 'xmlns:ofd="http://www.ofdspec.org/2016"'


def seen(jpeg: bytes) -> Image.Image:
    return Image.open(io.BytesIO(jpeg)).convert("RGB")


def encoded(image: Image.Image, kind: str, **options: object) -> io.BytesIO:
    out = io.BytesIO()
    image.save(out, kind, **options)
    out.seek(0)
    return out


def test_a_picture_is_drawn_upright_and_says_nothing_of_itself() -> None:
    taken = Image.new("RGB", (40, 20), "white")
    taken.paste("red", (0, 0, 20, 20))
    exif = Image.Exif()
    exif[0x0112] = 6  # the telephone was held upright: turn a quarter to the right
    exif[0x010F] = "A maker"
    [sheet] = sheets.unpacked(pictures.answer(encoded(taken, "JPEG", exif=exif), "jpg"))
    assert (sheet.width, sheet.height) == (20, 40)
    drawn = seen(sheet.jpeg)
    red, green, _blue = drawn.getpixel((10, 5))  # type: ignore[misc]
    assert red > 200
    assert green < 100
    assert drawn.getpixel((10, 35)) == (255, 255, 255)
    assert (b"A maker" in sheet.jpeg, len(seen(sheet.jpeg).getexif())) == (False, 0)


def test_what_is_clear_in_a_picture_is_white_and_a_large_one_gets_smaller() -> None:
    clear = Image.new("RGBA", (3000, 1500), (255, 0, 0, 0))
    [sheet] = sheets.unpacked(pictures.answer(encoded(clear, "PNG"), "png"))
    assert (sheet.width, sheet.height) == (2000, 1000)
    assert seen(sheet.jpeg).getpixel((1000, 500)) == (255, 255, 255)


def test_the_pages_of_a_scan_are_all_drawn_and_of_a_moving_picture_the_first() -> None:
    frames = [Image.new("RGB", (30, 30), colour) for colour in ("black", "white", "black")]
    scan = encoded(frames[0], "TIFF", save_all=True, append_images=frames[1:])
    moving = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert len(sheets.unpacked(pictures.answer(scan, "tif"))) == 3
    assert len(sheets.unpacked(pictures.answer(moving, "gif"))) == 1


def test_pages_of_a_pdf_are_drawn_a_few_at_a_time() -> None:
    paper = pikepdf.new()
    for _n in range(3):
        paper.add_blank_page(page_size=(200, 100))
    out = io.BytesIO()
    paper.save(out)
    first = sheets.unpacked(pdf.answer(io.BytesIO(out.getvalue()), "pdf", "0", "2"))
    rest = sheets.unpacked(pdf.answer(io.BytesIO(out.getvalue()), "pdf", "2", "2"))
    assert [(one.width, one.height) for one in first] == [(1400, 700), (1400, 700)]
    assert len(rest) == 1


@pytest.mark.parametrize("cut", [3, 40])
def test_an_answer_that_was_cut_short_is_none(cut: int) -> None:
    whole = sheets.packed([sheets.sheet(Image.new("RGB", (9, 9)))])
    with pytest.raises(ValueError, match="cut short"):
        sheets.unpacked(whole[:cut])


_DOT = (
    '<ofd:PathObject Boundary="20 5 20 20"><ofd:AbbreviatedData>M 1 1</ofd:AbbreviatedData>'
    "</ofd:PathObject>"
)


def paper(page: str, *, document: str = "", area: str = "0 0 100 50") -> io.BytesIO:
    """An OFD of one page of 100 by 50 mm that holds `page`."""
    parts: dict[str, bytes | str] = {
        "OFD.xml": f"<ofd:OFD {_NS}><ofd:DocBody><ofd:DocRoot>/Doc/Document.xml</ofd:DocRoot>"
        "</ofd:DocBody></ofd:OFD>",
        "Doc/Document.xml": f"<ofd:Document {_NS}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>"
        f"{area}</ofd:PhysicalBox></ofd:PageArea><ofd:PublicRes>Res.xml</ofd:PublicRes>{document}"
        '</ofd:CommonData><ofd:Pages><ofd:Page ID="1" BaseLoc="Page.xml"/></ofd:Pages>'
        "</ofd:Document>",
        "Doc/Res.xml": f'<ofd:Res {_NS} BaseLoc="Res"><ofd:MultiMedias>'
        '<ofd:MultiMedia ID="7"><ofd:MediaFile>a.png</ofd:MediaFile></ofd:MultiMedia>'
        '<ofd:MultiMedia ID="8"><ofd:MediaFile>gone.png</ofd:MediaFile></ofd:MultiMedia>'
        "</ofd:MultiMedias></ofd:Res>",
        "Doc/Res/a.png": encoded(Image.new("RGB", (4, 4), "blue"), "PNG").getvalue(),
        "Doc/Page.xml": f"<ofd:Page {_NS}><ofd:Content><ofd:Layer>{page}</ofd:Layer>"
        "</ofd:Content></ofd:Page>",
    }
    return io.BytesIO(packed(parts))


def drawn(page: str, **about: str) -> Image.Image:
    [sheet] = sheets.unpacked(ofd.answer(paper(page, **about), "ofd"))
    return seen(sheet.jpeg)


def dark(image: Image.Image, left: float, top: float, right: float, bottom: float) -> bool:
    """Whether anything is drawn within these millimetres."""
    box = tuple(round(edge * ofd.DOTS) for edge in (left, top, right, bottom))
    return image.convert("L").crop(box).getextrema()[0] < 128  # type: ignore[operator, arg-type]


def test_words_of_an_ofd_stand_where_it_says() -> None:
    image = drawn(
        '<ofd:TextObject Boundary="10 10 80 10" Size="5">'
        '<ofd:TextCode X="0" Y="5" DeltaX="g x 9 ? g 2 20">II</ofd:TextCode></ofd:TextObject>'
    )
    assert image.size == (600, 300)
    assert dark(image, 9, 9, 16, 17)
    assert dark(image, 29, 9, 36, 17)
    assert not dark(image, 17, 9, 28, 17)
    assert not dark(image, 0, 20, 100, 50)


def test_words_may_run_downwards_and_without_steps() -> None:
    down = drawn(
        '<ofd:TextObject Boundary="50 5 10 40" Size="5">'
        '<ofd:TextCode X="0" Y="5" DeltaX="0" DeltaY="20">II</ofd:TextCode></ofd:TextObject>'
    )
    assert dark(down, 49, 4, 56, 12)
    assert dark(down, 49, 24, 56, 32)
    plain = drawn('<ofd:TextObject><ofd:TextCode X="1e9" Y="?">II</ofd:TextCode></ofd:TextObject>')
    assert dark(plain, 0, 0, 10, 6)


def test_pictures_lines_and_areas_of_an_ofd_are_drawn() -> None:
    image = drawn(
        '<ofd:ImageObject ResourceID="7" Boundary="5 5 10 10"/>'
        '<ofd:PathObject Boundary="20 5 20 20"><ofd:AbbreviatedData>M 0 0 L 20 0'
        "</ofd:AbbreviatedData></ofd:PathObject>"
        '<ofd:PathObject Boundary="50 5 20 20" Fill="true"><ofd:AbbreviatedData>'
        "M 0 0 L 20 0 L 20 20 L 0 20 C</ofd:AbbreviatedData></ofd:PathObject>"
    )
    assert image.getpixel((60, 60))[2] > 200  # type: ignore[index]
    assert dark(image, 20, 4, 40, 6)
    assert dark(image, 55, 10, 65, 20)
    assert not dark(image, 80, 0, 100, 50)


@pytest.mark.parametrize(
    "page",
    [
        '<ofd:ImageObject ResourceID="8" Boundary="5 5 10 10"/>',
        '<ofd:ImageObject ResourceID="7"/>',
        '<ofd:ImageObject ResourceID="7" Boundary="0 0 99999 9"/>',
        '<ofd:PathObject Boundary="20 5 20 20"/>',
        _DOT,
    ],
)
def test_what_an_ofd_says_badly_is_left_white(page: str) -> None:
    assert not dark(drawn(page), 0, 0, 100, 50)


def test_a_page_of_no_size_is_drawn_as_a4_and_an_empty_one_not_at_all() -> None:
    line = '<ofd:TextObject Boundary="1 1 9 9"><ofd:TextCode>I</ofd:TextCode></ofd:TextObject>'
    assert drawn(line, area="0 0 -1 50").size == (1260, 1782)
    assert drawn(line, area="none").size == (1260, 1782)
    assert ofd.answer(paper(""), "ofd") == b""


def test_a_marked_sheet_bears_the_words_everywhere_and_stays_legible() -> None:
    plain = sheets.sheet(Image.new("RGB", (600, 800), "white")).jpeg
    marked = seen(watermark.marked(plain, "张三 zhangsan 2026-11-28"))
    for corner in ((0, 0), (300, 0), (0, 400), (300, 400)):
        box = (*corner, corner[0] + 300, corner[1] + 400)
        assert 100 < marked.convert("L").crop(box).getextrema()[0] < 245  # type: ignore[operator]


def two_pages() -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as paper:
        for _n in range(2):
            paper.add_blank_page(page_size=(595, 842))
        paper.save(out)
    return out.getvalue()


def test_a_stamped_pdf_shows_the_mark_over_each_page_and_still_its_words() -> None:
    whole = stamp.answer(io.BytesIO(papers.pdf(["The lamps are lit"])), "pdf", "Li Si lisi")
    paper = pypdfium2.PdfDocument(whole)
    plain = pypdfium2.PdfDocument(papers.pdf(["The lamps are lit"]))
    words = paper[0].get_textpage().get_text_range()
    assert words == plain[0].get_textpage().get_text_range()
    before = plain[0].render(scale=1).to_pil().convert("L")
    after = paper[0].render(scale=1).to_pil().convert("L")
    assert after.size == before.size
    assert len(stamp.answer(io.BytesIO(two_pages()), "pdf", "Li Si")) < 2 * len(whole)
    for top in range(0, before.height - 200, 200):
        box = (0, top, before.width, top + 200)
        assert sum(after.crop(box).histogram()[:250]) > sum(before.crop(box).histogram()[:250])


def test_where_no_chinese_font_is_words_are_drawn_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fonts, "_FOLDERS", ("/nowhere",))
    fonts.chinese.cache_clear()
    fonts.font.cache_clear()
    try:
        assert fonts.chinese() is None
        assert watermark.over((200, 200), "lisi 2026").getchannel("A").getextrema()[1] > 0  # type: ignore[operator]
    finally:
        fonts.chinese.cache_clear()
        fonts.font.cache_clear()


def test_the_head_of_a_sheet_is_its_length_and_size() -> None:
    [one] = sheets.unpacked(sheets.packed([sheets.Sheet(b"abc", 7, 9)]))
    assert one == sheets.Sheet(b"abc", 7, 9)
    assert struct.unpack(">IHH", sheets.packed([one])[:8]) == (3, 7, 9)
