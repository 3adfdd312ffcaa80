"""PDF: every object is looked at, however it is packed; nothing in it may act on its own."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any, BinaryIO

import pikepdf

from evidence.inspection import foreign, pictures
from evidence.inspection.finding import Fault, Look

if TYPE_CHECKING:
    from collections.abc import Iterator

_TAIL = 2048
_SPACE = b"\x00\t\n\f\r "
_LARGEST_STREAM = 256 << 20
# Deflate never does better than this.
_BEST_RATIO = 1032
_SLICE = 1 << 20
# Keys that may not stand in any dictionary of the file, whatever refers to it.
_KEYS = {
    "/JS": "pdf-script",
    "/JavaScript": "pdf-script",
    "/XFA": "pdf-form",
    "/EF": "pdf-attachment",
    "/RichMediaContent": "pdf-media",
    "/3DD": "pdf-media",
}
# Kinds of action that do more than turn a page or follow a link that a person clicked.
_ACTIONS = {
    "/JavaScript": "pdf-script",
    "/Launch": "pdf-launch",
    "/ImportData": "pdf-form",
    "/SubmitForm": "pdf-form",
    "/GoToE": "pdf-attachment",
    "/GoToR": "external",
    "/Rendition": "pdf-media",
    "/RichMediaExecute": "pdf-media",
    "/Movie": "pdf-media",
    "/Sound": "pdf-media",
}
_TYPES = {
    "/EmbeddedFile": "pdf-attachment",
    "/FileAttachment": "pdf-attachment",
    "/RichMedia": "pdf-media",
    "/Movie": "pdf-media",
    "/Sound": "pdf-media",
    "/3D": "pdf-media",
}
_LINKS = ("http:", "https:", "mailto:", "tel:", "#")


def look(file: BinaryIO, ending: str) -> Look:
    _insist_on_one_end(file)
    file.seek(0)
    try:
        pdf = pikepdf.open(file)
    except pikepdf.PasswordError:
        raise Fault("encrypted") from None
    with pdf:
        if pdf.is_encrypted:
            raise Fault("encrypted")
        for thing in pdf.objects:
            for part in _parts(thing):
                _insist_on_harmless(part)
        if not (pages := len(pdf.pages)):
            raise Fault("damaged")
        return Look(pages=pages)


def _insist_on_one_end(file: BinaryIO) -> None:
    """It begins at the first byte, and behind its last mark nothing follows."""
    size = foreign.size_of(file)
    file.seek(0)
    if file.read(5) != b"%PDF-":
        raise Fault("mismatch")
    foreign.insist_on_no_archive_behind(file)
    file.seek(max(0, size - _TAIL))
    _before, mark, after = file.read().rpartition(b"%%EOF")
    if not mark:
        raise Fault("damaged")
    if after.strip(_SPACE):
        raise Fault("appended")


def _parts(thing: Any) -> Iterator[Any]:
    """The dictionaries and streams of one object; what it refers to is an object of its own."""
    waiting = [thing]
    while waiting:
        part = waiting.pop()
        if isinstance(part, pikepdf.Array):
            inner = list(part)
        elif isinstance(part, (pikepdf.Dictionary, pikepdf.Stream)):
            yield part
            inner = [value for _key, value in part.items()]
        else:
            continue
        waiting += [one for one in inner if not getattr(one, "is_indirect", True)]


def _insist_on_harmless(part: Any) -> None:
    for key, code in _KEYS.items():
        if key in part:
            raise Fault(code, key)
    for key, table in (("/S", _ACTIONS), ("/Type", _TYPES), ("/Subtype", _TYPES)):
        if code := table.get(_name(part, key), ""):
            raise Fault(code, _name(part, key))
    if isinstance(target := part.get("/URI"), pikepdf.String):
        _insist_on_a_link(str(target))
    if isinstance(part, pikepdf.Stream):
        _insist_on_a_bounded_stream(part)


def _name(part: Any, key: str) -> str:
    value = part.get(key)
    return str(value) if isinstance(value, pikepdf.Name) else ""


def _insist_on_a_link(target: str) -> None:
    plain = target.strip().lower()
    if ":" in plain.split("/", 1)[0] and not plain.startswith(_LINKS):
        raise Fault("external", target)
    if plain.startswith(("\\\\", "//")):
        raise Fault("external", target)


def _insist_on_a_bounded_stream(stream: pikepdf.Stream) -> None:
    if "/F" in stream:
        raise Fault("external", "/F")
    filters = stream.get("/Filter", pikepdf.Array([]))
    names = [str(one) for one in filters] if isinstance(filters, pikepdf.Array) else [str(filters)]
    if names.count("/FlateDecode") > 1:
        raise Fault("bomb")
    if stream.get("/Subtype") == "/Image":
        _insist_on_bounded_pixels(stream)
    elif names == ["/FlateDecode"]:
        _insist_on_bounded_text(stream.read_raw_bytes())


def _insist_on_bounded_pixels(stream: pikepdf.Stream) -> None:
    width, height = stream.get("/Width", 0), stream.get("/Height", 0)
    if not (isinstance(width, int) and isinstance(height, int)):
        raise Fault("damaged")
    if width * height > pictures.MOST_PIXELS:
        raise Fault("pixels", f"{width} x {height}")


def _insist_on_bounded_text(raw: bytes) -> None:
    """Unpack what could be too much, a little at a time, and keep none of it."""
    if len(raw) * _BEST_RATIO < _LARGEST_STREAM:
        return
    unpacking, total = zlib.decompressobj(), 0
    while raw and not unpacking.eof:
        total += len(unpacking.decompress(raw, _SLICE))
        raw = unpacking.unconsumed_tail
        if total > _LARGEST_STREAM:
            raise Fault("bomb")
