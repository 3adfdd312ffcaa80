"""An .xlsx is a zip archive of XML: everything that can be wrong with it, before it is read."""

import io
import re
import zipfile
import zlib
from xml.parsers import expat

from django.utils.translation import gettext_noop as _

from ledger.refusals import BadWorkbook

MEGABYTE = 1 << 20
MAX_FILE = 32 * MEGABYTE
MAX_UNPACKED = 64 * MEGABYTE
MAX_PARTS = 2000
_MAX_DIRECTORY = MEGABYTE
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_END_RECORD = b"PK\x05\x06"
_END_LENGTH = 22
_ENCRYPTED_FLAG = 1
_CHUNK = 1 << 16

_NOT_A_WORKBOOK = _(
    "“%(name)s” is not an Excel workbook. Open it in Excel or WPS, save it as .xlsx and load that."
)
_TOO_BIG = _(
    "“%(name)s” holds more than a ledger can: over %(limit)s MB when unpacked."
    " Copy the ledger sheet into a new workbook, without pictures, and load that."
)
_DAMAGED = _(
    "“%(name)s” is damaged and cannot be read."
    " Open it in Excel or WPS, save it again and load that."
)


def damaged(name: str) -> BadWorkbook:
    return BadWorkbook(_DAMAGED, name=name)


def repacked(data: bytes, name: str) -> bytes:
    """Give the same archive, stored uncompressed, from parts that were measured while unpacking.

    Whatever opens the result cannot be surprised: sizes are true, and no part has a DTD.
    """
    _refuse_other_formats(data, name)
    try:
        return _measured(data, name)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        ValueError,
        OSError,
    ) as e:
        raise damaged(name) from e


def _refuse_other_formats(data: bytes, name: str) -> None:
    if not data:
        raise BadWorkbook(_("“%(name)s” is empty. Choose the ledger workbook again."), name=name)
    if data.startswith(_OLE):
        raise _ole(data, name)
    if len(data) > MAX_FILE:
        raise too_big(name)
    if not data.startswith(b"PK"):
        raise BadWorkbook(_NOT_A_WORKBOOK, name=name)
    end = data.rfind(_END_RECORD, -_END_LENGTH - 0xFFFF)
    directory = data[end + 12 : end + 16] if end >= 0 else b""
    if int.from_bytes(directory, "little") > _MAX_DIRECTORY:
        raise too_big(name)


def _ole(data: bytes, name: str) -> BadWorkbook:
    if _ENCRYPTED in data:
        return _locked(name)
    return BadWorkbook(
        _("“%(name)s” is in the old .xls or .et format. Save it as .xlsx and load that."), name=name
    )


def _locked(name: str) -> BadWorkbook:
    return BadWorkbook(
        _("“%(name)s” is protected with a password. Remove the password, save and load it again."),
        name=name,
    )


def too_big(name: str) -> BadWorkbook:
    return BadWorkbook(_TOO_BIG, name=name, limit=MAX_UNPACKED // MEGABYTE)


def _measured(data: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {part.filename: part for part in archive.infolist()}
        _refuse_parts(list(parts.values()), name)
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as copy:
            for part in parts.values():
                content = archive.read(part)
                if part.filename.endswith((".xml", ".rels", ".vml")):
                    _refuse_dtd(content, name)
                copy.writestr(part.filename, content)
    return packed.getvalue()


def _refuse_parts(parts: list[zipfile.ZipInfo], name: str) -> None:
    if any(part.flag_bits & _ENCRYPTED_FLAG for part in parts):
        raise _locked(name)
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise too_big(name)
    if not any(re.fullmatch(r"xl/workbook\w*\.xml", part.filename) for part in parts):
        raise BadWorkbook(_NOT_A_WORKBOOK, name=name)


class _RootReached(Exception):
    pass


def _refuse_dtd(content: bytes, name: str) -> None:
    """A workbook has no document type; where there is one, it is there to do harm."""

    def doctype(*_about: object) -> None:
        raise damaged(name)

    def root(*_about: object) -> None:
        raise _RootReached

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = root
    try:
        for at in range(0, len(content), _CHUNK):
            parser.Parse(content[at : at + _CHUNK], False)  # noqa: FBT003 positional only
    except _RootReached:
        return
    except (expat.ExpatError, LookupError) as e:
        raise damaged(name) from e
