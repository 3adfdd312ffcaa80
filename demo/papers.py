"""Small real files for the demonstration: pictures and papers, drawn from a seed or a few lines."""

import datetime as dt
import hashlib
import io
import struct
import zlib
from collections.abc import Iterator
from typing import TypeAlias

import docx as python_docx
import xlsxwriter
from PIL import Image

WIDTH, HEIGHT = 480, 320
HORIZON = 200
# A4 in points; GB/T 9704 margins rounded.
PAGE_WIDTH, PAGE_HEIGHT, LEFT, TOP = 595, 842, 79, 737
LINE_CHARACTERS, LINE_HEIGHT, PAGE_LINES = 27, 29, 22

Colour: TypeAlias = tuple[int, int, int]


def text(lines: list[str]) -> bytes:
    return "\r\n".join([*lines, ""]).encode()


def png(seed: str) -> bytes:
    """Draw a street: sky, houses with lit windows and a road, all chosen by the seed."""
    rows = _street(hashlib.sha256(seed.encode()).digest())
    picture = b"".join(b"\x00" + bytes(row) for row in rows)
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        [_chunk(b"IHDR", header), _chunk(b"IDAT", zlib.compress(picture)), _chunk(b"IEND", b"")]
    )


def saved_anew(picture: bytes) -> bytes:
    """The same picture as somebody hands it in a second time: cropped a little, made smaller."""
    with Image.open(io.BytesIO(picture)) as image:
        width, height = image.size
        inner = image.convert("RGB").crop((width // 16, height // 20, width - width // 20, height))
    out = io.BytesIO()
    inner.resize((inner.width * 9 // 10, inner.height * 9 // 10)).save(out, "JPEG", quality=80)
    return out.getvalue()


def minutes(held: str, no: int, places: int) -> list[str]:
    """Minutes that two items of the demonstration share but for their numbers."""
    return [
        "整改工作推进会议纪要",
        f"会议时间：{held}",
        "会议地点：局机关三楼会议室",
        f"会议听取了第{no}次现场核查情况的汇报，逐项研究了存在的困难，明确由牵头科室负总责。",
        f"会议议定，配合科室按职责分工落实，对尚未完成的{places}处点位逐一定人、定时、定标准。",
        "会议要求，各科室每周报送一次进展，遇到跨部门事项及时提请局办公室协调。",
        "完成一处、验收一处、销号一处，资料随办随归，下次会议逐项过堂。",
        "本件为演示材料，单位、人员和数据均属虚构。",
    ]


def docx(lines: list[str], *, made: dt.date) -> bytes:
    """The lines as a document that says it was made on that day; the first is its title."""
    document, (title, *body) = python_docx.Document(), lines
    document.add_heading(title, level=1)
    for line in body:
        document.add_paragraph(line)
    told = document.core_properties
    told.author, told.created, told.modified = "", _morning(made), _morning(made)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def xlsx(lines: list[str], *, made: dt.date) -> bytes:
    """The lines as a numbered table that says it was made on that day, under its title."""
    out, (title, *body) = io.BytesIO(), lines
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.set_properties({"created": _morning(made)})
        sheet = book.add_worksheet("登记")
        bold, wrapped = (
            book.add_format({"bold": True, "font_size": 14}),
            book.add_format({"text_wrap": True, "valign": "top", "border": 1}),
        )
        sheet.set_column(1, 1, 60)
        sheet.write(0, 0, title, bold)
        for row, line in enumerate(body, start=1):
            sheet.write_row(row, 0, [row, line], wrapped)
    return out.getvalue()


def _morning(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(9))


def pdf(lines: list[str]) -> bytes:
    """Set the lines on A4 pages; the first is the centred title.

    The Chinese font is named, not embedded: the reader brings its own.
    """
    pages = list(_pages(lines))
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {len(pages)} /Kids [{kids}] >>".encode(),
        _FONT,
    ]
    for number, page in enumerate(pages):
        objects += [_page(5 + 2 * number), _stream(page)]
    return _numbered(objects)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _street(dice: bytes) -> list[bytearray]:
    rows = [bytearray(bytes(_sky(dice, y)) * WIDTH) for y in range(HORIZON)]
    rows += [bytearray(bytes(_road(dice, y)) * WIDTH) for y in range(HORIZON, HEIGHT)]
    for number in range(6):
        _house(rows, number, dice[4 * number : 4 * number + 4])
    for number in range(8):
        _fill(rows, (number * 64 + dice[30] % 40, 258, 34, 6), (225, 225, 215))
    return rows


def _sky(dice: bytes, y: int) -> Colour:
    return 120 + dice[24] % 60 + y // 4, 150 + dice[25] % 40 + y // 5, 190 + dice[26] % 20 + y // 8


def _road(dice: bytes, y: int) -> Colour:
    shade = 70 + dice[27] % 40 + (y - HORIZON) // 6
    return shade, shade, shade + 6


def _house(rows: list[bytearray], number: int, dice: bytes) -> None:
    left, width, height = number * 80 + dice[0] % 12, 52 + dice[1] % 16, 60 + dice[2] % 110
    wall = (110 + dice[3] % 110, 90 + dice[1] % 90, 80 + dice[2] % 80)
    top = HORIZON - height
    _fill(rows, (left, top, width, height), wall)
    for window in range((height - 12) // 20):
        lit = (250, 232, 150) if dice[window % 4] & (1 << window % 8) else (60, 70, 84)
        for column in range(3):
            _fill(rows, (left + 8 + column * 16, top + 10 + window * 20, 9, 11), lit)


def _fill(rows: list[bytearray], box: tuple[int, int, int, int], colour: Colour) -> None:
    left, top, width, height = box
    right = min(left + width, WIDTH)
    for row in rows[top : top + height]:
        row[3 * left : 3 * right] = bytes(colour) * (right - left)


# Adobe's own Chinese collection: CIDs 1 to 95 are the half-width ASCII glyphs.
_FONT = (
    b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light-UniGB-UTF16-H "
    b"/Encoding /UniGB-UTF16-H /DescendantFonts [<< /Type /Font /Subtype /CIDFontType0 "
    b"/BaseFont /STSong-Light /DW 1000 /W [1 95 500] "
    b"/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> "
    b"/FontDescriptor << /Type /FontDescriptor /FontName /STSong-Light /Flags 6 "
    b"/FontBBox [-25 -254 1000 880] /ItalicAngle 0 /Ascent 752 /Descent -271 "
    b"/CapHeight 737 /StemV 58 >> >>] >>"
)


def _pages(lines: list[str]) -> Iterator[bytes]:
    title, *body = lines
    wrapped = [piece for line in body for piece in _wrap(line)]
    for start in range(0, max(len(wrapped), 1), PAGE_LINES):
        written = [_centred(title)] if start == 0 else []
        for row, line in enumerate(wrapped[start : start + PAGE_LINES]):
            written.append(_write(LEFT, TOP - 48 - row * LINE_HEIGHT, 16, line))
        yield b"\n".join(written)


def _wrap(line: str) -> list[str]:
    return [line[n : n + LINE_CHARACTERS] for n in range(0, len(line), LINE_CHARACTERS)] or [""]


def _centred(title: str) -> bytes:
    width = sum(11 if letter.isascii() else 22 for letter in title)
    return _write(max((PAGE_WIDTH - width) // 2, LEFT // 2), TOP, 22, title)


def _write(x: int, y: int, size: int, line: str) -> bytes:
    return f"BT /F1 {size} Tf {x} {y} Td <{line.encode('utf-16-be').hex()}> Tj ET".encode()


def _page(contents: int) -> bytes:
    return (
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {PAGE_WIDTH} {PAGE_HEIGHT}] "
        f"/Resources << /Font << /F1 3 0 R >> >> /Contents {contents} 0 R >>"
    ).encode()


def _stream(body: bytes) -> bytes:
    return b"<< /Length %d >>\nstream\n%s\nendstream" % (len(body), body)


def _numbered(objects: list[bytes]) -> bytes:
    """Number the objects from 1 and close with the table of their offsets."""
    out, offsets = bytearray(b"%PDF-1.5\n%\xe4\xb8\xad\n"), []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\n" % (len(objects) + 1)
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % table)
