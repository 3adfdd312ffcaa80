"""What does not belong into a file of its kind: an archive behind it, a script within."""

from __future__ import annotations

import os
from typing import BinaryIO

from evidence.inspection.finding import Fault

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ARCHIVES = (b"PK\x03\x04", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c")
OPENINGS = (*ARCHIVES, OLE, b"MZ", b"\x7fELF", b"\x1f\x8b\x08", b"BZh", b"\xfd7zXZ\x00", b"#!")
"""How an archive, an old Office file or a program begins."""
SCRIPTS = (b"<?php", b"<script", b"<iframe", b"<html", b"<!doctype html", b"javascript:")
# What every virus scanner reports so that people can try it; split, lest one report this file.
EICAR = b"EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE"
BLOCK = 1 << 20
_END_OF_ZIP = b"PK\x05\x06"
_LONGEST_ZIP_END = 22 + 0xFFFF
_PDF_WITHIN = 1024


def size_of(file: BinaryIO) -> int:
    return file.seek(0, os.SEEK_END)


def insist_on_one_kind(file: BinaryIO) -> None:
    """Fault when the same bytes also open as an archive, a PDF or a page with a script."""
    insist_on_no_archive_behind(file)
    file.seek(0)
    if b"%PDF-" in file.read(_PDF_WITHIN):
        raise Fault("two-in-one", "PDF")
    marks = (*SCRIPTS, EICAR.lower())
    keep = max(map(len, marks)) - 1
    file.seek(0)
    before = b""
    while block := file.read(BLOCK):
        window = before + block.lower()
        if found := next((mark for mark in marks if mark in window), None):
            raise Fault("script", found.decode())
        before = window[-keep:]


def insist_on_no_archive_behind(file: BinaryIO) -> None:
    """A ZIP is found from its end: its last record must not close this file."""
    size = size_of(file)
    file.seek(max(0, size - _LONGEST_ZIP_END))
    tail = file.read().rstrip(b"\x00")
    at = tail.find(_END_OF_ZIP)
    while at != -1:
        comment = int.from_bytes(tail[at + 20 : at + 22], "little")
        # Its comment length may itself have ended in the zeros cut off above.
        if at + 22 + comment >= len(tail):
            raise Fault("two-in-one", "ZIP")
        at = tail.find(_END_OF_ZIP, at + 4)
