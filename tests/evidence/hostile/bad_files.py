"""Files that are not what they say: polyglots, broken containers, bombs, text in disguise."""

from __future__ import annotations

import io
import struct
import zlib
from random import Random

from PIL import Image

from tests.evidence.hostile import papers
from tests.evidence.hostile.bad_documents import OFD, PROGRAM, WORD, pdfs
from tests.evidence.hostile.bad_offices import ofds, offices
from tests.evidence.hostile.cases import Case
from tests.evidence.hostile.containers import Member, entries, film, mp3, ole, packed, zipped

_RNG = Random(7)
JPEG, PNG = papers.picture("JPEG", _RNG), papers.picture("PNG", _RNG)
GIF, BMP = papers.picture("GIF", _RNG), papers.picture("BMP", _RNG)
WEBP, TIFF = papers.picture("WEBP", _RNG), papers.picture("TIFF", _RNG)
WAV, FILM = papers.wav(_RNG), papers.mp4(_RNG)
ARCHIVE = packed({"a.php": "<?php system($_GET[0]);"})
SCRIPT = b"<script>alert(document.cookie)</script>"
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"


def picture_of(width: int, height: int) -> bytes:
    """A PNG of so many pixels that are all one colour, in a few kilobytes."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">L", len(body)) + kind + body + struct.pack(">L", zlib.crc32(kind + body))
        )

    row = b"\0" * (1 + width // 8)
    squeeze = zlib.compressobj(9)
    pixels = b"".join(squeeze.compress(row) for _ in range(min(height, 2000))) + squeeze.flush()
    head = chunk(b"IHDR", struct.pack(">LLBBBBB", width, height, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def many_frames() -> bytes:
    out = io.BytesIO()
    frames = [Image.new("RGB", (2, 2), (n % 2 * 255, n % 256, n // 256 * 50)) for n in range(1100)]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    return out.getvalue()


def commented(comment: bytes) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "JPEG", comment=comment)
    return out.getvalue()


def pictures() -> list[Case]:
    return [
        Case("with-zip.jpg", JPEG + ARCHIVE, "two-in-one"),
        Case("with-zip.png", PNG + ARCHIVE, "two-in-one"),
        Case("with-zip.gif", GIF + ARCHIVE, "two-in-one"),
        Case("with-zip.tif", TIFF + ARCHIVE, "two-in-one"),
        Case("with-rar.jpg", JPEG + b"Rar!\x1a\x07\x00" + bytes(40), "two-in-one"),
        Case("with-7z-behind-film.jpg", JPEG + FILM + b"7z\xbc\xaf\x27\x1c", "two-in-one"),
        Case("with-program.jpg", JPEG + PROGRAM, "appended"),
        Case("with-program.png", PNG + PROGRAM, "appended"),
        Case("with-program.gif", GIF + PROGRAM, "appended"),
        Case("with-program.bmp", BMP + PROGRAM, "appended"),
        Case("with-program.webp", WEBP + PROGRAM, "appended"),
        Case("with-pdf.png", PNG[:8] + b"%PDF-1.4" + PNG[8:], "two-in-one"),
        Case("with-php.jpg", commented(b"<?php system($_GET[0]); ?>"), "script"),
        Case("with-page.jpg", commented(b"<HTML><ScRiPt>alert(1)</script>"), "script"),
        Case("with-page.png", PNG + SCRIPT, "script"),
        Case("js.gif", b"GIF89a/*" + GIF[8:], "script"),
        Case("js-one.gif", b"GIF89a=1;/" + GIF[10:], "script"),
        Case("js.bmp", b"BM/*" + BMP[4:], "script"),
        Case("js.jpg", b"\xff\xd8\xff\xe0/*" + JPEG[6:], "script"),
        Case("js.webp", b"RIFF/*" + WEBP[6:], "script"),
        Case("pixels.png", picture_of(60000, 60000), "pixels"),
        Case("long.png", picture_of(2_000_000_000, 1), "pixels"),
        Case("frames.gif", many_frames(), "pixels"),
        Case("cut.jpg", JPEG[: len(JPEG) // 2], "damaged"),
        Case("cut.png", PNG[: len(PNG) // 2], "damaged"),
        Case("cut.webp", WEBP[:-30], "damaged"),
        Case("hollow.gif", GIF[:13] + b";", "damaged"),
        Case("is-png.jpg", PNG, "mismatch"),
        Case("is-page.png", b"<html>" + SCRIPT, "mismatch"),
        Case("is-film.heic", FILM, "mismatch"),
        Case(
            "is-svg.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "mismatch"
        ),
        Case("eicar.bmp", BMP + EICAR, "script"),
    ]


def word_parts() -> list[Member]:
    return [Member(name, content) for name, content in entries(WORD).items()]


def with_member(*members: Member) -> bytes:
    return zipped([*word_parts(), *members])


def overlapping() -> bytes:
    parts = word_parts()
    return zipped(
        [*parts, Member("word/again.xml", parts[0].content, at=0, local_name=parts[0].name)]
    )


def quoted() -> bytes:
    """One entry whose packed bytes hold the next one whole."""
    inner = zipped([Member("word/inner.xml")])
    outer = Member("word/outer.xml", inner, method=0)
    at = with_member(outer).index(inner)
    return with_member(outer, Member("word/inner.xml", at=at))


def packages() -> list[Case]:
    big = Member("word/zeros.xml", bytes(30 << 20))
    squeezed = zlib.compressobj(9, zlib.DEFLATED, -15)
    real = squeezed.compress(b"<a/>" * 1000) + squeezed.flush()
    link = Member("word/link.xml", b"/etc/passwd", mode=0o120777)
    many = [Member(f"word/{n}.xml", b"") for n in range(6000)]
    return [
        Case("ratio.docx", with_member(big), "bomb"),
        Case("ratio.ofd", zipped([*(Member(n, _bytes(c)) for n, c in OFD.items()), big]), "bomb"),
        Case("many.docx", with_member(*many), "bomb"),
        Case("liar.docx", with_member(Member("word/a.xml", b"<a/>", packed=real)), "zip"),
        Case("long-liar.docx", with_member(Member("word/a.xml", size=900)), "zip"),
        Case("checksum.docx", with_member(Member("word/a.xml", crc=1)), "zip"),
        Case("slip.docx", with_member(Member("../../evil.xml")), "zip"),
        Case("root.docx", with_member(Member("/etc/evil.xml")), "zip"),
        Case("drive.docx", with_member(Member("C:/evil.xml")), "zip"),
        Case("backslash.docx", with_member(Member("..\\evil.xml")), "zip"),
        Case("bidi.docx", with_member(Member("word/a\u202elmx.xml")), "zip"),
        Case("twice.docx", with_member(Member("word/document.xml")), "zip"),
        Case("twice-by-case.docx", with_member(Member("WORD/Document.xml")), "zip"),
        Case("two-names.docx", with_member(Member("word/b.xml", local_name="word/c.xml")), "zip"),
        Case("symlink.docx", with_member(link), "zip"),
        Case("overlap.docx", overlapping(), "zip"),
        Case("quoted.docx", quoted(), "zip"),
        Case("locked.docx", with_member(Member("word/a.xml", flags=0x801)), "encrypted"),
        Case("method.docx", with_member(Member("word/a.xml", method=12)), "zip"),
        Case("before.docx", zipped(word_parts(), before=b"#!/bin/sh\n"), "mismatch"),
        Case("before-as-zip.docx", zipped(word_parts(), before=b"PK\3\4" + bytes(60)), "zip"),
        Case("between.docx", zipped(word_parts(), between=b"hidden"), "zip"),
        Case("behind.docx", WORD + SCRIPT, "damaged"),
        Case("nested.docx", with_member(Member("word/media/a.png", ARCHIVE)), "embedded"),
        Case("archive.zip", ARCHIVE, "type"),
    ]


def _bytes(content: bytes | str) -> bytes:
    return content.encode() if isinstance(content, str) else content


def texts() -> list[Case]:
    return [
        Case("page.txt", b"<!DOCTYPE html><html>" + SCRIPT, "script"),
        Case("late-page.txt", b"minutes\n" * 60_000 + SCRIPT, "script"),
        Case("drawing.md", b"# a\n<svg onload=alert(1)>", "script"),
        Case("handler.md", b"<img src=x onerror=alert(1)>", "script"),
        Case("link.md", b"[a](javascript:alert(1))", "script"),
        Case("php.txt", b"<?php phpinfo();", "script"),
        Case("xml.txt", b"<?xml version='1.0'?><a/>", "script"),
        Case("utf7.txt", b"+ADw-script+AD4-alert(1)+ADw-/script+AD4-", "encoding"),
        Case("utf7-mark.txt", b"+/v8-abc", "encoding"),
        Case("utf16.txt", "路灯".encode("utf-16"), "mismatch"),
        Case("wide.txt", "<script>".encode("utf-16-le"), "mismatch"),
        Case("late-nul.txt", b"a\n" * 5000 + b"\0", "encoding"),
        Case("late-latin.txt", b"a\n" * 5000 + b"\xff\xfe\xfd", "encoding"),
        Case("dde.csv", b"a,b\n=cmd|'/c calc'!A0,1\n", "dde"),
        Case("signed-dde.csv", b"a,b\n1,+cmd|'/c calc'!A0\n", "dde"),
        Case("quoted-dde.csv", b"a,\"@SUM(1)*cmd|'/c calc'!A0\"\n", "dde"),
        Case("shell.txt", b"#!/bin/sh\nrm -rf /\n", "mismatch"),
        Case("pdf.txt", b"\n%PDF-1.4\n", "mismatch"),
        Case("eicar.txt", EICAR, "script"),
        Case("rtf.txt", b"{\\rtf1 {\\object}}", "mismatch"),
    ]


def recordings() -> list[Case]:
    return [
        Case("with-zip.mp4", FILM + ARCHIVE, "two-in-one"),
        Case("with-program.mp4", FILM + PROGRAM, "appended"),
        Case("is-sound.mp4", papers.m4a(_RNG), "mismatch"),
        Case("is-film.m4a", FILM, "mismatch"),
        Case("is-mov.mp4", film(b"qt  ", b"vide", b"x"), "mismatch"),
        Case("cut.mov", film(b"qt  ", b"vide", b"x" * 90)[:-20], "appended"),
        Case("with-program.wav", WAV + PROGRAM, "appended"),
        Case("cut.wav", WAV[:-40], "damaged"),
        Case("js.wav", b"RIFF/*" + WAV[6:], "script"),
        Case("with-program.mp3", mp3(9) + PROGRAM, "appended"),
        Case("with-page.mp3", mp3(9) + SCRIPT, "script"),
        Case("is-noise.mp3", b"\xff\xfb" + bytes(3000), "mismatch"),
    ]


def olds() -> list[Case]:
    sheet = b"\x85\x00\x0a\x00\x00\x00\x00\x00\x00\x01\x01\x00a\x00"
    password = b"\x2f\x00\x04\x00abcd"
    macros = b"\x02\x00\x00\x04\x0c\x00\x00\x00" + bytes(4) + b"\x01\x00\x00\x00" + bytes(4)
    found, carried = frozenset({"old", "macros"}), frozenset({"old", "embedded"})
    word = b"\xec\xa5\xc1\x00"
    return [
        Case("macros.doc", ole({"WordDocument": word, "Macros/VBA": b"x"}), "download-only", found),
        Case("macros.wps", ole({"WordDocument": word, "Macros/VBA": b"x"}), "download-only", found),
        Case(
            "macros.xls",
            ole({"Workbook": b"", "_VBA_PROJECT_CUR/dir": b"x"}),
            "download-only",
            found,
        ),
        Case("old-macros.xls", ole({"Workbook": sheet}), "download-only", found),
        Case("old-macros.et", ole({"Book": sheet}), "download-only", found),
        Case("macros.ppt", ole({"PowerPoint Document": macros}), "download-only", found),
        Case(
            "carries.doc",
            ole({"WordDocument": word, "ObjectPool/a": b"x"}),
            "download-only",
            carried,
        ),
        Case("locked.doc", ole({"WordDocument": word + bytes(7) + b"\x01"}), "encrypted"),
        Case("locked.xls", ole({"Workbook": password}), "encrypted"),
        Case("locked.ppt", ole({"PowerPoint Document": b"", "EncryptedSummary": b""}), "encrypted"),
        Case("is-xls.doc", ole({"Workbook": b""}), "mismatch"),
        Case("installer.doc", ole({"MsiData": PROGRAM}), "mismatch"),
        Case("with-zip.doc", papers.old_word(_RNG) + ARCHIVE, "two-in-one"),
        Case("broken.xls", papers.old_sheet(_RNG)[:700], "damaged"),
    ]


def names() -> list[Case]:
    """Honest or dishonest bytes under a name that starts something."""
    return [
        Case("report.exe", PROGRAM, "type"),
        Case("report.pdf.exe", PROGRAM, "type"),
        Case("report.pdf .", JPEG, "mismatch"),
        Case("report.php", b"<?php phpinfo();", "type"),
        Case("report.PhP5", b"<?php phpinfo();", "type"),
        Case("report.pdf%00.php", b"<?php phpinfo();", "type"),
        Case("report.pdf\x00.php", b"<?php phpinfo();", "type"),
        Case("report.pdf::$DATA", JPEG, "type"),
        Case("photo\u202egpj.exe", PROGRAM, "type"),
        Case("drawing.svg", b"<svg onload='alert(1)'/>", "type"),
        Case("page.html", SCRIPT, "type"),
        Case("page.xhtml", SCRIPT, "type"),
        Case(".htaccess", b"AddType", "type"),
        Case("web.config", b"<configuration/>", "type"),
        Case("macros.docm", WORD, "type"),
        Case("book.xlsb", b"PK\3\4", "type"),
        Case("link.lnk", b"L\0\0\0", "type"),
        Case("help.chm", b"ITSF", "type"),
        Case("disk.iso", bytes(64), "type"),
        Case("noending", JPEG, "type"),
        Case("film.swf", b"CWS", "type"),
        Case("mail.eml", b"From: a", "type"),
        Case("letter.rtf", b"{\\rtf1}", "type"),
    ]


def all_files() -> list[Case]:

    found = [*pictures(), *packages(), *texts(), *recordings(), *olds(), *names()]
    return [*found, *pdfs(), *offices(), *ofds()]


def wide_picture(width: int, height: int) -> bytes:
    """The same in 24 bits, three bytes a pixel once it is unpacked."""
    out = io.BytesIO()
    Image.new("RGB", (width, height)).save(out, "PNG")
    return out.getvalue()
