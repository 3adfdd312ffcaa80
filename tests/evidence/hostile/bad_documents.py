"""Documents that do more than be read: macros, actions, fields, things fetched from elsewhere."""

from __future__ import annotations

import io
from random import Random
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from tests.evidence.hostile import papers
from tests.evidence.hostile.cases import Case
from tests.evidence.hostile.containers import packed

_RNG = Random(5)
WORD, SHEET = papers.word(_RNG), papers.sheet(_RNG)
SLIDES, OFD = papers.slides(_RNG), papers.ofd_parts(_RNG)
PROGRAM = b"MZ\x90\x00" + bytes(60) + b"This program cannot be run in DOS mode."
OUTSIDE = 'TargetMode="External"'


def in_pdf(**root: object) -> bytes:
    """A PDF of one page with these things in its catalogue."""
    document = pikepdf.new()
    document.add_blank_page()
    for key, value in root.items():
        document.Root[f"/{key}"] = value
    return saved(document)


def saved(document: pikepdf.Pdf, **how: object) -> bytes:
    out = io.BytesIO()
    document.save(out, **how)  # type: ignore[arg-type]
    return out.getvalue()


def action(kind: str, **more: Any) -> Dictionary:
    return Dictionary(S=Name(f"/{kind}"), **more)


def on_a_page(annotation: Dictionary) -> bytes:
    document = pikepdf.new()
    page = document.add_blank_page()
    page.obj.Annots = Array([annotation])
    return saved(document)


def clicked(what: Dictionary) -> Dictionary:
    return Dictionary(Subtype=Name.Link, Rect=Array([0, 0, 1, 1]), A=what)


def attached() -> bytes:
    document = pikepdf.new()
    document.add_blank_page()
    document.attachments["a.exe"] = PROGRAM
    return saved(document)


def hidden_in_an_object_stream() -> bytes:
    document = pikepdf.new()
    document.add_blank_page()
    document.Root.Extra = document.make_indirect(
        Dictionary(A=Array([Dictionary(B=action("JavaScript", JS=String("app.alert(1)")))]))
    )
    return saved(document, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def locked(user: str) -> bytes:
    document = pikepdf.new()
    document.add_blank_page()
    return saved(document, encryption=pikepdf.Encryption(owner="owner", user=user))


def bomb(content: bytes, *filters: str) -> bytes:
    import zlib

    document = pikepdf.new()
    document.add_blank_page()
    for _ in filters:
        content = zlib.compress(content, 9)
    stream = pikepdf.Stream(document, content)
    stream.Filter = Array([Name(f"/{one}") for one in filters])
    document.Root.Extra = document.make_indirect(stream)
    # Left packed as it is; otherwise qpdf would tidy it up.
    return saved(
        document, stream_decode_level=pikepdf.StreamDecodeLevel.none, compress_streams=False
    )


def large_picture() -> bytes:
    document = pikepdf.new()
    page = document.add_blank_page()
    stream = pikepdf.Stream(document, b"x")
    stream.Subtype, stream.Width, stream.Height = Name.Image, 60000, 60000
    page.obj.Resources = Dictionary(XObject=Dictionary(Im0=document.make_indirect(stream)))
    return saved(document)


def pdfs() -> list[Case]:
    plain = in_pdf()
    script = action("JavaScript", JS=String("app.alert(1)"))
    escaped = in_pdf(OpenAction=script).replace(b"/JavaScript", b"/J#61v#61Script")
    launch = action("Launch", F=String("cmd.exe"))
    media = Dictionary(Subtype=Name.RichMedia, Rect=Array([0, 0, 1, 1]))
    note = Dictionary(Subtype=Name.FileAttachment, Rect=Array([0, 0, 1, 1]))
    names = Dictionary(JavaScript=Dictionary(Names=Array([String("a"), script])))

    def link(**more: object) -> bytes:
        return on_a_page(clicked(action("URI", **more)))

    return [
        Case("opens-script.pdf", in_pdf(OpenAction=script), "pdf-script"),
        Case("named-script.pdf", in_pdf(Names=names), "pdf-script"),
        Case("escaped-script.pdf", escaped, "pdf-script"),
        Case("packed-script.pdf", hidden_in_an_object_stream(), "pdf-script"),
        Case("closing-script.pdf", in_pdf(AA=Dictionary(WC=script)), "pdf-script"),
        Case(
            "next-script.pdf", in_pdf(OpenAction=action("GoTo", Next=Array([script]))), "pdf-script"
        ),
        Case("launch.pdf", in_pdf(OpenAction=launch), "pdf-launch"),
        Case("launch-on-click.pdf", on_a_page(clicked(launch)), "pdf-launch"),
        Case("attachment.pdf", attached(), "pdf-attachment"),
        Case("pinned-attachment.pdf", on_a_page(note), "pdf-attachment"),
        Case(
            "other-file.pdf", in_pdf(OpenAction=action("GoToR", F=String("\\\\h\\s"))), "external"
        ),
        Case("inner-file.pdf", in_pdf(OpenAction=action("GoToE")), "pdf-attachment"),
        Case("xfa.pdf", in_pdf(AcroForm=Dictionary(XFA=String("<xdp/>"))), "pdf-form"),
        Case("submits.pdf", in_pdf(OpenAction=action("SubmitForm")), "pdf-form"),
        Case("imports.pdf", in_pdf(OpenAction=action("ImportData")), "pdf-form"),
        Case("film.pdf", on_a_page(media), "pdf-media"),
        Case("sound.pdf", in_pdf(OpenAction=action("Sound")), "pdf-media"),
        Case("script-link.pdf", link(URI=String("javascript:alert(1)")), "external"),
        Case("file-link.pdf", link(URI=String("file:///c:/windows/system32/cmd.exe")), "external"),
        Case("share-link.pdf", link(URI=String("\\\\host\\share")), "external"),
        Case("locked.pdf", locked("secret"), "encrypted"),
        Case("print-locked.pdf", locked(""), "encrypted"),
        Case("bomb.pdf", bomb(bytes(300 << 20), "FlateDecode"), "bomb"),
        Case("double-bomb.pdf", bomb(bytes(8 << 20), "FlateDecode", "FlateDecode"), "bomb"),
        Case("pixels.pdf", large_picture(), "pixels"),
        Case("with-zip.pdf", plain + packed({"a.txt": "a"}), "two-in-one"),
        Case("with-page.pdf", plain + b"<script>alert(1)</script>", "appended"),
        Case("late.pdf", b"GIF89a" + plain, "mismatch"),
        Case("cut.pdf", plain[: len(plain) // 2], "damaged"),
        Case("empty-shell.pdf", b"%PDF-1.7\n%%EOF\n", "damaged"),
    ]
