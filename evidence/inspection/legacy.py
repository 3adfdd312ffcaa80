"""Old Office files (OLE): taken in to be handed out only; what they carry is said."""

from __future__ import annotations

from typing import BinaryIO

import olefile

from evidence.inspection import foreign
from evidence.inspection.finding import Fault, Look

_STREAMS = {
    "doc": ("WordDocument",),
    "wps": ("WordDocument",),
    "xls": ("Workbook", "Book"),
    "et": ("Workbook", "Book"),
    "ppt": ("PowerPoint Document",),
    "dps": ("PowerPoint Document",),
}
_PROGRAMS = frozenset({"vba", "_vba_project", "_vba_project_cur", "macros"})
_EMBEDDED = frozenset({"objectpool", "\x01ole10native", "package"})
_LARGEST = 512 << 20
# [MS-PPT] VbaInfoAtom: version 2, type 0x0400, length 12; fHasMacros is its second word.
_PPT_MACROS = b"\x02\x00\x00\x04\x0c\x00\x00\x00"
# [MS-DOC] Fib.base: the bit fEncrypted. [MS-XLS] records: a sheet, a password.
_DOC_FLAGS, _DOC_ENCRYPTED = 0x0A, 0x0100
_XLS_SHEET, _XLS_PASSWORD, _XLS_MACROS = 0x0085, 0x002F, 1


def look(file: BinaryIO, ending: str) -> Look:
    foreign.insist_on_no_archive_behind(file)
    file.seek(0)
    with olefile.OleFileIO(file) as ole:
        names = {part.lower() for path in ole.listdir(storages=True) for part in path}
        if names & {"encryptedpackage", "encryptedsummary"}:
            raise Fault("encrypted")
        main = next((name for name in _STREAMS[ending] if ole.exists(name)), None)
        if main is None:
            raise Fault("mismatch")
        if ole.get_size(main) > _LARGEST:
            raise Fault("heavy")
        data = ole.openstream(main).read()
    macros = _runs(ending, data) or bool(names & _PROGRAMS)
    embedded = any(name in _EMBEDDED or name.startswith("mbd0") for name in names)
    notes = ("old", *(["macros"] if macros else []), *(["embedded"] if embedded else []))
    return Look(preview=False, notes=notes)


def _runs(ending: str, data: bytes) -> bool:
    """Whether the main stream itself tells of macros; Fault when it is under a password."""
    if ending in {"doc", "wps"}:
        if int.from_bytes(data[_DOC_FLAGS : _DOC_FLAGS + 2], "little") & _DOC_ENCRYPTED:
            raise Fault("encrypted")
        return False
    if ending in {"ppt", "dps"}:
        at = data.find(_PPT_MACROS)
        return at != -1 and data[at + 12 : at + 16] == b"\x01\x00\x00\x00"
    return _xls_runs(data)


def _xls_runs(data: bytes) -> bool:
    """Sheets of Excel 4 macros, listed among the sheets of the book."""
    at, runs = 0, False
    while at + 4 <= len(data):
        kind = int.from_bytes(data[at : at + 2], "little")
        length = int.from_bytes(data[at + 2 : at + 4], "little")
        if kind == _XLS_PASSWORD:
            raise Fault("encrypted")
        if kind == _XLS_SHEET and data[at + 9 : at + 10] == bytes([_XLS_MACROS]):
            runs = True
        at += 4 + length
    return runs
