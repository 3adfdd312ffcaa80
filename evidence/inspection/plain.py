"""Text: UTF-8 or GB18030 to the last byte, and no page, picture or command in disguise."""

from __future__ import annotations

import re
import unicodedata
from codecs import getincrementaldecoder
from typing import TYPE_CHECKING, BinaryIO

from evidence.inspection import foreign
from evidence.inspection.finding import Fault, Look

if TYPE_CHECKING:
    from collections.abc import Iterator

CONTROLS = frozenset(map(chr, (*range(9), 11, *range(14, 32), 127)))
_BLOCK = 1 << 18
_OVERLAP = 400
_MARKUP = re.compile(
    r"<\s*(?:!doctype|html|head|body|script|svg|iframe|object|embed|form|meta|link|style)\b"
    r"|<[a-z][^<>]{0,300}\son[a-z]+\s*=|javascript:|vbscript:|<\?(?:php|xml|=)",
    re.IGNORECASE,
)
# UTF-7 writes `<` as +ADw- and `>` as +AD4-; its mark at the start is +/v8, +/v9, +/v+ or +/v/.
_UTF7 = re.compile(r"\+AD(?:w|4|x|0)[-A-Za-z0-9+/]")
_UTF7_MARK = re.compile(r"\+/v[89+/]")
# =cmd|'/c calc'!A1, also behind a sign, a quote or a comma of the table.
_DDE = re.compile(r"(?:^|[,;\t\"])\s*[=+@-][^,;\t\r\n|]{0,80}\|[^\r\n!]{1,200}!", re.MULTILINE)
_STARTS = ("#!", "%PDF-", "{\\rtf", "MZ", "From: ", "MIME-Version:")


def look(file: BinaryIO, ending: str) -> Look:
    file.seek(0)
    if file.read(4).startswith((b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")):
        raise Fault("encoding", "UTF-16")
    foreign.insist_on_no_archive_behind(file)
    try:
        _walk(_decoded(file, "utf-8"), ending)
    except UnicodeDecodeError:
        try:
            _walk(_assigned(_decoded(file, "gb18030")), ending)
        except UnicodeDecodeError:
            raise Fault("encoding") from None
    return Look()


def _decoded(file: BinaryIO, encoding: str) -> Iterator[str]:
    decoder = getincrementaldecoder(encoding)()
    file.seek(0)
    while block := file.read(_BLOCK):
        yield decoder.decode(block)
    yield decoder.decode(b"", final=True)


def _assigned(blocks: Iterator[str]) -> Iterator[str]:
    """Bytes of another encoding sooner or later read as characters that do not exist."""
    for block in blocks:
        if any(unicodedata.category(sign) == "Cn" for sign in set(block)):
            raise Fault("encoding")
        yield block


def _walk(blocks: Iterator[str], ending: str) -> None:
    before = ""
    for number, block in enumerate(blocks):
        text = before + block
        if number == 0:
            _insist_on_a_plain_start(text.removeprefix("\ufeff"))
        _insist_on_plain(text, ending)
        before = text[-_OVERLAP:]


def _insist_on_a_plain_start(text: str) -> None:
    if text.startswith(_STARTS) or "%PDF-" in text[:1024]:
        raise Fault("mismatch")
    if _UTF7_MARK.match(text):
        raise Fault("encoding", "UTF-7")


def _insist_on_plain(text: str, ending: str) -> None:
    if CONTROLS & set(text):
        raise Fault("encoding")
    if _UTF7.search(text):
        raise Fault("encoding", "UTF-7")
    if found := _MARKUP.search(text):
        raise Fault("script", found.group()[:40])
    if foreign.EICAR.decode() in text:
        raise Fault("script", "EICAR")
    if ending == "csv" and _DDE.search(text):
        raise Fault("dde")
