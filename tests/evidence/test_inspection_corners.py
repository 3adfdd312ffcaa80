"""Rules that the two sets do not reach: odd but honest structure, and breakage in odd places."""

from __future__ import annotations

import io
import struct
from random import Random

import pikepdf
import pytest
from PIL import Image

from evidence.inspection import boxes, foreign, legacy, markup, packages, pictures, worker
from evidence.inspection.finding import Fault
from tests.evidence.hostile import bad_documents, bad_files, papers
from tests.evidence.hostile.bad_offices import with_relation
from tests.evidence.hostile.containers import (
    Member,
    box,
    changed,
    entries,
    film,
    mp3,
    ole,
    packed,
    zipped,
)

HANDLER = box(b"hdlr", bytes(8) + b"vide" + bytes(13))
MOVIE = box(b"moov", box(b"trak", box(b"mdia", HANDLER)))
START = box(b"ftyp", b"isom" + bytes(4))
LONG = struct.pack(">L4sQ", 1, b"mdat", 20) + b"film"
OPEN = struct.pack(">L4s", 0, b"mdat") + b"film to the very end"
WORD, SHEET = bad_documents.WORD, bad_documents.SHEET
PARTS = entries(WORD)


def code(ending: str, content: bytes) -> str:
    """Why the file is not clean; empty when it is."""
    told = worker.judge(io.BytesIO(content), ending)  # type: ignore[arg-type]
    return "" if told["clean"] else str(told["code"])


def stream(**words: object) -> bytes:
    document = pikepdf.new()
    document.add_blank_page()
    made = pikepdf.Stream(document, b"x")
    for key, value in words.items():
        made[f"/{key}"] = value
    document.Root.Extra = document.make_indirect(made)
    return bad_documents.saved(document)


def drawing(markup_: str) -> bytes:
    return changed(WORD, {"word/media/a.svg": markup_})


@pytest.mark.parametrize(
    ("ending", "content"),
    [
        ("mp4", START + LONG + MOVIE),
        ("mp4", START + MOVIE + OPEN),
        ("mov", box(b"wide") + MOVIE),
        ("jpg", bad_files.JPEG[:2] + b"\xff\xff\xff" + bad_files.JPEG[3:]),
        ("jpg", bad_files.JPEG + b"\0" * 32),
        ("jpg", bad_files.JPEG + b"\0\0\x01\x0bSEFH" + bytes(8) + b"SEFT"),
        ("png", bad_files.PNG + b"\0\0"),
        ("docx", drawing('<svg><use href="#a"/><path d="M0 0"/></svg>')),
        ("docx", changed(WORD, {"customXml/item1.xml": "<a><instrText>PAGE</instrText></a>"})),
        ("docx", changed(WORD, {"word/x.xml": '<a><fldChar fldCharType="end"/></a>'})),
        ("docx", with_relation(WORD, "word/_rels/x.xml.rels", "<Other/>")),
        ("docx", zipped([Member(n, c, flags=0) for n, c in PARTS.items()])),
        (
            "xlsx",
            changed(SHEET, {"xl/workbook.xml": '<w><definedName name="a">A1</definedName></w>'}),
        ),
        ("txt", b"PK\x05\x06".ljust(40, b".").replace(b"\x05\x06", b"56")),
        ("doc", papers.old_word(Random(1)) + b"PK\x05\x06" + bytes(18) + b"x" * 60),
        ("docx", zipped([Member(n, c, method=0) for n, c in PARTS.items()])),
        ("pdf", stream(Filter=pikepdf.Name.ASCIIHexDecode)),
        ("pdf", bad_documents.bomb(Random(2).randbytes(300_000), "FlateDecode")),
        ("mp3", b"ID3\x03\x00\x00\x00\x00\x00\x02ab" + bytes(9) + mp3(4)),
    ],
)
def test_odd_but_honest(ending: str, content: bytes) -> None:
    assert code(ending, content) == ""


@pytest.mark.parametrize(
    ("ending", "content", "expected"),
    [
        ("mp4", b"\x00\xff\xff\xffftypisom", "damaged"),
        ("mp4", struct.pack(">L4s", 4, b"ftyp") + b"isom", "appended"),
        ("mp4", START + struct.pack(">L4s", 12, b"\x00\x01\x02\x03") + b"abcd", "appended"),
        ("mp4", box(b"abcd") + MOVIE, "mismatch"),
        ("mp4", b"", "mismatch"),
        ("mp4", START + box(b"moov", struct.pack(">L4s", 90, b"trak")), "damaged"),
        ("mp4", film(b"isom", b"soun", b"x"), "mismatch"),
        ("heic", box(b"ftyp", b"avif" + bytes(4)), "mismatch"),
        ("jpg", b"\xff\xd8\xff\xe0\x00\x04ab and no marker", "damaged"),
        ("png", b"\x89PNG\r\n\x1a\n\x00\x00", "damaged"),
        ("gif", bad_files.GIF[:13] + b"\x99" + bad_files.GIF[13:], "damaged"),
        ("bmp", bad_files.BMP[:-20], "damaged"),
        ("wav", bad_files.WAV[:12].replace(bad_files.WAV[4:8], b"\x04\0\0\0"), "damaged"),
        ("wav", b"RIFF\x04\0\0\0WAVE", "damaged"),
        ("mp3", b"", "mismatch"),
        ("mp3", b"\xff\xfb\xf0\x00" * 9, "mismatch"),
        ("mp3", b"\xff\xfb\x9c\x00" * 9, "mismatch"),
        ("mp3", b"\xff\xf3\x90\x00" + bytes(700), "mismatch"),
        ("pdf", b"%PDF-1.7\nno end", "damaged"),
        ("pdf", bad_documents.saved(pikepdf.new()), "damaged"),
        ("pdf", stream(F=pikepdf.String("a.bin")), "external"),
        ("pdf", stream(Subtype=pikepdf.Name.Image, Width=pikepdf.String("a")), "damaged"),
        ("docx", b"MZ", "mismatch"),
        ("docx", b"PK\3\4 and no end", "damaged"),
        ("docx", zipped([]), "mismatch"),
        ("docx", packed({"[Content_Types].xml": "<Types>"}), "damaged"),
        ("docx", changed(WORD, {"word/x.xml": "<a><oleObject/></a>"}), "embedded"),
        ("docx", drawing('<svg><image href="http://203.0.113.9/a.png"/></svg>'), "external"),
        ("docx", drawing("<svg><script/></svg>"), "script"),
        ("txt", bytes((0x84, 0x31, 0xA4, 0x30)) * 9, "encoding"),
        ("txt", b"\xff\xfe", "encoding"),
        ("txt", b"\x00\x00\xfe\xff", "encoding"),
    ],
)
def test_broken_in_an_odd_place(ending: str, content: bytes, expected: str) -> None:
    assert code(ending, content) == expected


def test_packed_bytes_that_end_early_or_go_on_are_a_lie() -> None:
    more = Member("a.xml", b"<a/>", packed=b"\x03\x00junk", size=0, crc=0)
    less = Member("a.xml", b"<a/>", packed=b"", size=0, crc=0)
    for member in (more, less):
        package = packages.Package(io.BytesIO(zipped([member])))
        with pytest.raises(Fault) as refused:
            list(package.chunks("a.xml"))
        assert refused.value.code == "zip"


@pytest.mark.parametrize("size", [0, 1, 1 << 18, (1 << 18) + 6, 1 << 19, 700_000])
def test_entries_unpack_whole_whatever_slices_they_fall_into(size: int) -> None:
    for content in ((b"ab" * size)[:size], Random(size).randbytes(size)):
        for method in (0, 8):
            member = Member("a.bin", content, method=method)
            package = packages.Package(io.BytesIO(zipped([member])))
            assert package.read("a.bin") == content


def test_a_local_head_that_is_none_is_refused() -> None:
    broken = zipped([Member("a.xml"), Member("b.xml")])
    second = broken.index(b"PK\3\4", 4)
    with pytest.raises(Fault) as refused:
        packages.Package(io.BytesIO(broken[:second] + b"XX" + broken[second + 2 :]))
    assert refused.value.code == "zip"


def test_a_directory_must_reach_up_to_its_end_record() -> None:
    whole = zipped([Member("a.xml")])
    with pytest.raises(Fault) as refused:
        packages.Package(io.BytesIO(whole[:-22] + b"hidden" + whole[-22:]))
    assert refused.value.code == "zip"


def test_limits_hold_where_reaching_them_would_take_gigabytes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    package = packages.Package(io.BytesIO(zipped([Member("a.xml", b"<a>1234</a>")])))
    assert package.read("a.xml") == b"<a>1234</a>"
    with pytest.raises(Fault) as refused:
        package.read("a.xml", most=4)
    assert refused.value.code == "heavy"
    monkeypatch.setattr(packages, "MOST_BYTES", 4)
    monkeypatch.setattr(boxes, "_LARGEST_READ", 4)
    monkeypatch.setattr(legacy, "_LARGEST", 4)
    assert code("docx", WORD) == "bomb"
    assert code("mp4", START + LONG + MOVIE) == "heavy"
    assert code("doc", papers.old_word(Random(1))) == "heavy"


def test_a_large_photograph_is_read_to_its_last_bit_in_little_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pictures, "_DRAFT_ABOVE", 100)
    out = io.BytesIO()
    Image.effect_noise((640, 480), 60).save(out, "JPEG")
    assert code("jpg", out.getvalue()) == ""
    assert code("jpg", out.getvalue()[:-400]) == "damaged"


def test_reading_xml_asks_nobody_when_nobody_listens() -> None:
    assert markup.read([b"<a>", b"text", b"</a>"], "a.xml") == "a"


def test_what_wears_a_parser_out_is_no_clean_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def falls(*_args: object) -> None:
        raise MemoryError

    monkeypatch.setattr(foreign, "insist_on_no_archive_behind", falls)
    assert code("txt", b"lamps") == "heavy"


def test_every_type_that_is_taken_in_has_its_parser() -> None:
    from evidence import kinds

    assert set(worker.PARSERS) == set(kinds.KINDS)


def test_an_old_book_without_macros_is_only_old() -> None:
    told = worker.judge(io.BytesIO(ole({"Book": b""})), "et")  # type: ignore[arg-type]
    assert (told["clean"], told["preview"], told["notes"]) == (True, False, ["old"])
