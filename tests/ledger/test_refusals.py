"""Files that are no ledger: each gets a sentence, and costs next to nothing."""

import io
import struct
import time
import tracemalloc

import pytest
import xlsxwriter

from ledger import BadWorkbook, read, scan
from ledger.container import MEGABYTE
from tests.ledger.books import PLAIN_HEADER, PLAIN_ROW, archive, book, parts_of

OLE = bytes.fromhex("d0cf11e0a1b11ae1")
SHEET = "xl/worksheets/sheet1.xml"


def with_shared_texts(rows: list[list[str]]) -> bytes:
    """As Excel writes it: every text once, in a part of its own."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as whole:
        page = whole.add_worksheet("台账")
        for at, row in enumerate(rows):
            page.write_row(at, 0, row)
    return out.getvalue()


def refusal(data: bytes) -> str:
    with pytest.raises(BadWorkbook) as caught:
        read(data, name="台账.xlsx")
    return caught.value.message


def changed(part: str, content: bytes) -> bytes:
    return archive(parts_of(book(PLAIN_HEADER, PLAIN_ROW)) | {part: content})


def test_the_sentence_names_the_file_and_what_to_do() -> None:
    with pytest.raises(BadWorkbook) as caught:
        read(b"hello", name="报告.docx")

    assert "报告.docx" in str(caught.value)
    assert ".xlsx" in str(caught.value)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"a,b,c\n1,2,3\n", "is not an Excel workbook"),
        (archive({"word/document.xml": b"<w/>"}), "is not an Excel workbook"),
        (OLE + b"\0" * 600, ".xls or .et"),
        (OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"PK\x03\x04 and then nothing", "is damaged"),
        (b"PK" + b"\0" * (33 * MEGABYTE), "more than a ledger can"),
    ],
)
def test_other_files_are_refused(data: bytes, words: str) -> None:
    assert words in refusal(data)


def test_an_archive_with_a_password_is_refused() -> None:
    data = bytearray(book(PLAIN_HEADER, PLAIN_ROW))
    at = data.find(b"PK\x01\x02")
    data[at + 8] |= 1

    assert "password" in refusal(bytes(data))


def test_a_damaged_part_is_refused() -> None:
    data = bytearray(book(PLAIN_HEADER, PLAIN_ROW))
    data[60:90] = b"\0" * 30

    assert "is damaged" in refusal(bytes(data))


@pytest.mark.parametrize(
    ("part", "content"),
    [
        ("xl/workbook.xml", b"<workbook"),
        ("xl/_rels/workbook.xml.rels", b"<Relationships"),
        (SHEET, b"<worksheet><sheetData><row>"),
        (SHEET, b"not xml at all"),
        (SHEET, b'<?xml version="1.0" encoding="no-such"?><worksheet/>'),
        (SHEET, b"<worksheet><row r='x'/></worksheet>"),
        ("xl/styles.xml", b"<styleSheet"),
        (SHEET, b"<!DOCTYPE x [<!ENTITY a 'aaaa'>]><worksheet>&a;</worksheet>"),
        ("xl/sharedStrings.xml", b"<sst><si><t>"),
        ("docProps/core.xml", b""),
    ],
)
def test_a_workbook_with_broken_insides(part: str, content: bytes) -> None:
    if part.startswith("docProps"):
        assert read(changed(part, content), name="台账.xlsx").items
    else:
        assert "is damaged" in refusal(changed(part, content))


def test_a_workbook_whose_sheet_is_missing_is_damaged() -> None:
    parts = parts_of(book(PLAIN_HEADER, PLAIN_ROW))
    del parts[SHEET]

    assert "is damaged" in refusal(archive(parts))


def test_a_zip_bomb_is_refused_at_once_and_in_little_memory() -> None:
    parts = parts_of(book(PLAIN_HEADER, PLAIN_ROW))
    bomb = archive(parts | {"xl/media/image1.bin": b"\0" * (200 * MEGABYTE)})
    tracemalloc.start()
    began = time.monotonic()

    words = refusal(bomb)

    assert time.monotonic() - began < 1
    assert tracemalloc.get_traced_memory()[1] < 8 * MEGABYTE
    tracemalloc.stop()
    assert "more than a ledger can" in words


def test_a_bomb_that_lies_about_its_size_is_damaged() -> None:
    parts = parts_of(book(PLAIN_HEADER, PLAIN_ROW))
    data = bytearray(archive(parts | {"zzz.xml": b"<a>" + b" " * (70 * MEGABYTE) + b"</a>"}))
    at = data.rfind(b"PK\x01\x02")
    struct.pack_into("<I", data, at + 24, 1000)

    assert "is damaged" in refusal(bytes(data))


def test_too_many_parts_are_refused() -> None:
    parts = parts_of(book(PLAIN_HEADER, PLAIN_ROW))

    assert "more than a ledger can" in refusal(
        archive(parts | {f"xl/media/{n}.bin": b"x" for n in range(2001)})
    )


def test_a_directory_larger_than_any_workbooks_is_not_even_read() -> None:
    data = bytearray(book(PLAIN_HEADER, PLAIN_ROW))
    struct.pack_into("<I", data, data.rfind(b"PK\x05\x06") + 12, 0xFFFFFFFF)

    assert "more than a ledger can" in refusal(bytes(data))


def sheet_of(rows: str) -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{space}"><sheetData>{rows}</sheetData></worksheet>'.encode()


def test_a_million_rows_are_refused_without_reading_them() -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(1, 1_000_001))
    data = changed(SHEET, sheet_of(rows))
    began = time.monotonic()

    words = refusal(data)

    assert time.monotonic() - began < 5
    assert "larger than any ledger" in words


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1048576"><c r="A1048576"><v>1</v></c></row>',
        '<row r="1"><c r="XFD1"><v>1</v></c></row>',
        "<row>" + "<c><v>1</v></c>" * 201 + "</row>",
        "<row><c><v>1</v></c></row>" * 20_001,
        '<row r="20001"><c r="A20001"><f>1+1</f></c></row>',
    ],
)
def test_a_value_far_out_is_refused(rows: str) -> None:
    assert "larger than any ledger" in refusal(changed(SHEET, sheet_of(rows)))


def test_one_long_text_shown_in_many_cells_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "MAX_TEXT", 10_000)
    rows = [PLAIN_HEADER, PLAIN_ROW, *(["", "", "", "长" * 1000] for _row in range(10))]

    assert "larger than any ledger" in refusal(book(*rows))
    assert "larger than any ledger" in refusal(with_shared_texts(rows))


def test_formatted_rows_without_values_do_no_harm() -> None:
    def colour(page: object) -> None:
        page.cell(900_000, 1).number_format = "0.00"  # type: ignore[attr-defined]

    assert read(book(PLAIN_HEADER, PLAIN_ROW, also=colour), name="台账.xlsx").items


def test_overlapping_merges_are_damage() -> None:
    data = parts_of(book(PLAIN_HEADER, PLAIN_ROW, merges=["A1:B1"]))
    data[SHEET] = (
        data[SHEET]
        .replace(
            b'<mergeCell ref="A1:B1" />',
            b'<mergeCell ref="A1:B1" /><mergeCell ref="A1:XFD1048576" />',
        )
        .replace(
            b'<mergeCell ref="A1:B1"/>', b'<mergeCell ref="A1:B1"/><mergeCell ref="A1:XFD1048576"/>'
        )
    )

    assert "is damaged" in refusal(archive(data))


def test_a_workbook_without_a_header_is_refused_with_the_words_that_were_looked_for() -> None:
    with pytest.raises(BadWorkbook) as caught:
        read(book(["姓名", "电话"], ["周明", "123"]), name="通讯录.xlsx")

    assert "整改措施" in str(caught.value)


@pytest.mark.parametrize("header", [["问题", "备注"], ["措施", "时限"], ["问题类别", "反馈问题"]])
def test_a_header_needs_a_problem_and_a_duty(header: list[str]) -> None:
    assert "No ledger was found" in refusal(book(header, ["甲", "乙"]))


def test_an_empty_workbook_is_refused() -> None:
    assert "is empty" in refusal(book())


@pytest.mark.parametrize("rows", [[], [["合计"]], [["一、没有下文"]]])
def test_a_header_with_nothing_under_it_is_refused(rows: list[list[str]]) -> None:
    assert "nothing under the header" in refusal(book(["序号", "问题", "措施"], *rows))


def test_what_only_the_reading_library_stumbles_over_is_damage() -> None:
    cell = '<row r="1"><c r="A1" t="s"><v>x</v></c></row>'

    assert "is damaged" in refusal(changed(SHEET, sheet_of(cell)))


@pytest.mark.parametrize("rows", ["<row>" + "<c/>" * 30 + "</row>", "<row/>" * 3])
def test_empty_cells_without_end_are_refused(rows: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "MAX_CELLS", 25)
    words = refusal(changed(SHEET, sheet_of(rows)))

    assert ("larger than any ledger" in words) == ("<c/>" in rows)


def test_shared_texts_without_end_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "MAX_CELLS", 25)

    assert "more than a ledger" in refusal(
        changed("xl/sharedStrings.xml", b"<sst>" + b"<si/>" * 30 + b"</sst>")
    )


def test_pictures_and_spaces_between_tags_do_no_harm() -> None:
    parts = parts_of(with_shared_texts([PLAIN_HEADER, PLAIN_ROW]))
    texts = parts["xl/sharedStrings.xml"].replace(b"<si>", b"\n <si>")
    parts |= {"xl/media/image1.png": b"\x89PNG", "xl/sharedStrings.xml": texts}

    assert read(archive(parts), name="台账.xlsx").items
