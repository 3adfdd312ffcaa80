"""Which files are taken in, by name and by their first bytes; and under which name."""

from __future__ import annotations

import pytest

from core.refusals import Unmet
from evidence import kinds

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OPENINGS = {
    "jpg": b"\xff\xd8\xff\xe0",
    "jpeg": b"\xff\xd8\xff\xe1",
    "png": b"\x89PNG\r\n\x1a\n",
    "gif": b"GIF89a",
    "webp": b"RIFF\x10\x00\x00\x00WEBP",
    "heic": b"\x00\x00\x00\x18ftypheic",
    "bmp": b"BM",
    "tif": b"II*\x00",
    "tiff": b"MM\x00*",
    "pdf": b"%PDF-1.7",
    "docx": ZIP,
    "xlsx": ZIP,
    "pptx": ZIP,
    "ofd": ZIP,
    "doc": OLE,
    "xls": OLE,
    "ppt": OLE,
    "wps": OLE,
    "et": OLE,
    "dps": OLE,
    "txt": "路灯".encode(),
    "csv": b"a,b\r\n",
    "md": b"# Lamps\n",
    "mp4": b"\x00\x00\x00\x18ftypisom",
    "mov": b"\x00\x00\x00\x14ftypqt  ",
    "mp3": b"\xff\xfb\x90\x00",
    "m4a": b"\x00\x00\x00\x18ftypM4A ",
    "wav": b"RIFF\x10\x00\x00\x00WAVE",
}


def test_every_type_on_the_list_is_tried_here_and_offered_to_the_browser() -> None:
    assert set(OPENINGS) == set(kinds.KINDS)
    assert kinds.ACCEPT.split(",")[0] == ".jpg"
    assert len(kinds.ACCEPT.split(",")) == 28


@pytest.mark.parametrize("ending", OPENINGS)
def test_a_file_that_is_what_it_is_called_is_taken(ending: str) -> None:
    kind = kinds.kind_of(f"proof.{ending}", OPENINGS[ending])
    assert kind is kinds.kind_of(f"proof.{ending.upper()}", OPENINGS[ending])
    assert "html" not in kind.media_type


@pytest.mark.parametrize("ending", OPENINGS)
def test_a_file_that_is_something_else_inside_is_refused(ending: str) -> None:
    with pytest.raises(Unmet) as refused:
        kinds.kind_of(f"proof.{ending}", b"MZ\x90\x00\x03")
    assert f".{ending}" in str(refused.value)


@pytest.mark.parametrize(
    ("name", "beginning"),
    [
        ("sound.webp", b"RIFF\x10\x00\x00\x00WAVE"),
        ("blank.heic", b"\x00\x00\x00\x18"),
        ("short.pdf", b"%PD"),
    ],
)
def test_half_an_opening_is_not_enough(name: str, beginning: bytes) -> None:
    with pytest.raises(Unmet):
        kinds.kind_of(name, beginning)


@pytest.mark.parametrize(
    "name",
    [
        "proof",
        "pdf",
        "",
        "proof.exe",
        "proof.pdf.exe",
        "proof.html",
        "proof.svg",
        "proof.js",
        "proof.docm",
        "proof.zip",
        "proof.pdf_",
    ],
)
def test_what_is_not_on_the_list_is_refused_whatever_it_holds(name: str) -> None:
    with pytest.raises(Unmet) as refused:
        kinds.kind_of(name, b"%PDF-1.7")
    assert refused.value.status == 422


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("照片 1.jpg", "照片 1.jpg"),
        ("ＰＤＦ．ｐｄｆ", "PDF.pdf"),
        ("C:\\Users\\a\\proof.pdf", "proof.pdf"),
        ("../../etc/proof.pdf", "proof.pdf"),
        ("a／b.pdf", "b.pdf"),
        ("proof.pdf. .", "proof.pdf"),
        ("shell.php\x00.pdf", "shell_php.pdf"),
        ("shell.php%00.pdf", "shell_php%00.pdf"),
        ("report.EXE .pdf", "report_EXE .pdf"),
        ("2026.05.01 v1.2.pdf", "2026.05.01 v1.2.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie_ x.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("zero\u200bwidth\ufeff.pdf", "zerowidth.pdf"),
        ("proof.pdf::$DATA", "proof.pdf__$DATA"),
        ('a<b>"c|d?e*.pdf', "a_b__c_d_e_.pdf"),
        ("CON.pdf", "_CON.pdf"),
        ("con .pdf", "_con .pdf"),
        ("com1.tar.pdf", "_com1.tar.pdf"),
        ("com¹.pdf", "_com1.pdf"),
        ("lpt9", "_lpt9"),
        ("console.pdf", "console.pdf"),
        (".pdf", "pdf"),
        ("\ue000\ud800.pdf", "pdf"),
        ("长" * 200 + ".pdf", "长" * 116 + ".pdf"),
        ("/", ""),
    ],
)
def test_a_name_is_kept_as_far_as_it_is_harmless(name: str, cleaned: str) -> None:
    assert kinds.clean_name(name) == cleaned


@pytest.mark.parametrize("name", ["proof.pdf.exe", "a.pdf::$DATA", "x\u202efdp.exe", ".pdf"])
def test_a_disguised_ending_is_no_ending(name: str) -> None:
    with pytest.raises(Unmet):
        kinds.kind_of(kinds.clean_name(name), b"%PDF-1.7")


@pytest.mark.parametrize(
    "beginning",
    [
        "路灯已修复\n".encode(),
        "路灯已修复\r\n".encode("gb18030"),
        "\ufeff路灯".encode(),
        b"plain\tascii\f",
        ("路" * 2000).encode()[:4096],
        ("a" + "路" * 3000).encode("gb18030")[:4096],
        ("a" + "𠀀" * 2000).encode("gb18030")[:4096],
    ],
)
def test_text_in_either_encoding_is_text_also_where_a_character_is_cut(beginning: bytes) -> None:
    assert kinds.kind_of("note.txt", beginning).media_type == "text/plain"


@pytest.mark.parametrize(
    "beginning",
    [
        "路灯".encode("utf-16"),
        "lamps".encode("utf-16-le"),
        b"\x7fELF\x02\x01\x01",
        b"a\x00b",
        b"\x1b]0;title\x07",
        b"\xff\xfe",
        b"abc\xff",
        "路".encode()[:1],
    ],
)
def test_bytes_that_are_no_text_are_not_taken_as_text(beginning: bytes) -> None:
    with pytest.raises(Unmet):
        kinds.kind_of("note.txt", beginning)
