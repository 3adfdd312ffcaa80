"""ZIP packages (OOXML, OFD), as strictly as their own writers make them.

Entries lie one behind the other from the first byte to the directory, each as long
as it says; nothing hides between, before or behind them.
"""

from __future__ import annotations

import stat
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from evidence.inspection import foreign
from evidence.inspection.finding import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_ENTRIES = 5000
MOST_BYTES = 1 << 30
MOST_RATIO = 150
_RATIO_FROM = 1 << 20
_SLICE = 1 << 18
_LOCAL, _END = b"PK\x03\x04", b"PK\x05\x06"
_LOCAL_SIZE, _END_SIZE = 30, 22
_ENCRYPTED, _SIZES_FOLLOW = 1, 8
_DESCRIPTORS = frozenset({12, 16, 20, 24})


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    name: str
    at: int
    """Where its packed bytes begin."""
    packed: int
    size: int
    deflated: bool
    crc: int


class Package:
    """A ZIP whose rules hold; `entries` by name, folders left out."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        directory = _directory_of(file)
        with zipfile.ZipFile(file) as archive:
            infos = archive.infolist()
        if not 0 < len(infos) <= MOST_ENTRIES:
            raise Fault("bomb", str(len(infos)))
        _insist_on_names([info.orig_filename for info in infos])
        entries = _laid_out(file, infos, directory)
        if sum(entry.size for entry in entries) > MOST_BYTES:
            raise Fault("bomb")
        self.entries = {entry.name: entry for entry in entries if not entry.name.endswith("/")}

    def chunks(self, name: str) -> Iterator[bytes]:
        """Unpack one entry, never more than it says; Fault when it lied about itself."""
        entry = self.entries[name]
        total = crc = 0
        for chunk in self._unpacked(entry):
            total += len(chunk)
            if total > entry.size:
                raise Fault("zip", name)
            crc = zlib.crc32(chunk, crc)
            yield chunk
        if total != entry.size or crc != entry.crc:
            raise Fault("zip", name)

    def read(self, name: str, *, most: int = 64 << 20) -> bytes:
        if self.entries[name].size > most:
            raise Fault("heavy", name)
        return b"".join(self.chunks(name))

    def _unpacked(self, entry: Entry) -> Iterator[bytes]:
        if not entry.deflated:
            yield from self._raw(entry)
            return
        unpacking = zlib.decompressobj(-15)
        for raw in self._raw(entry):
            left = raw
            while left:
                yield unpacking.decompress(left, _SLICE)
                left = unpacking.unconsumed_tail
        # Where a slice was full just when the packed bytes ran out, the end is still to be read.
        while not unpacking.eof and (rest := unpacking.decompress(b"", _SLICE)):
            yield rest
        if not unpacking.eof or unpacking.unused_data:
            raise Fault("zip", entry.name)

    def _raw(self, entry: Entry) -> Iterator[bytes]:
        at, end = entry.at, entry.at + entry.packed
        while at < end:
            self.file.seek(at)
            raw = self.file.read(min(_SLICE, end - at))
            at += len(raw)
            yield raw


def _directory_of(file: BinaryIO) -> int:
    """Where the directory begins; it reaches up to the end record, and that to the end."""
    size = foreign.size_of(file)
    file.seek(0)
    begins = file.read(4) == _LOCAL
    file.seek(max(0, size - _END_SIZE))
    end = file.read()
    if not begins or not end.startswith(_END):
        raise Fault("damaged" if begins else "mismatch")
    length = int.from_bytes(end[12:16], "little")
    at = int.from_bytes(end[16:20], "little")
    if at + length != size - _END_SIZE:
        raise Fault("zip")
    return at


def _insist_on_names(names: list[str]) -> None:
    seen: set[str] = set()
    for name in names:
        parts = name.removesuffix("/").split("/")
        if any(part in {"", ".", ".."} for part in parts) or any(c in name for c in "\\:\x00"):
            raise Fault("zip", name)
        if any(unicodedata.category(c) in {"Cc", "Cf"} for c in name):
            raise Fault("zip", name)
        plain = unicodedata.normalize("NFKC", name).casefold()
        if plain in seen:
            raise Fault("zip", name)
        seen.add(plain)


def _laid_out(file: BinaryIO, infos: list[zipfile.ZipInfo], directory: int) -> list[Entry]:
    """The entries in the order of the file, each beginning where the last has ended."""
    entries, at = [], 0
    ordered = sorted(infos, key=lambda info: info.header_offset)
    starts = [*(info.header_offset for info in ordered[1:]), directory]
    for info, following in zip(ordered, starts, strict=True):
        if info.header_offset != at:
            raise Fault("zip", info.filename)
        entry, sizes_follow = _entry(file, info)
        gap = following - entry.at - entry.packed
        if gap and not (sizes_follow and gap in _DESCRIPTORS):
            raise Fault("zip", info.filename)
        entries.append(entry)
        at = following
    return entries


def _entry(file: BinaryIO, info: zipfile.ZipInfo) -> tuple[Entry, bool]:
    file.seek(info.header_offset)
    local = file.read(_LOCAL_SIZE)
    flags, method = (int.from_bytes(local[n : n + 2], "little") for n in (6, 8))
    packed, size = (int.from_bytes(local[n : n + 4], "little") for n in (18, 22))
    name, extra = (int.from_bytes(local[n : n + 2], "little") for n in (26, 28))
    if (flags | info.flag_bits) & _ENCRYPTED:
        raise Fault("encrypted", info.filename)
    sizes_follow = bool(flags & _SIZES_FOLLOW)
    told = (packed, size) == (info.compress_size, info.file_size)
    if not local.startswith(_LOCAL) or method != info.compress_type or not (told or sizes_follow):
        raise Fault("zip", info.filename)
    if file.read(name) != _raw_name_of(info) or method not in {0, 8}:
        raise Fault("zip", info.filename)
    if stat.S_IFMT(info.external_attr >> 16) not in {0, stat.S_IFREG, stat.S_IFDIR}:
        raise Fault("zip", info.filename)
    if info.file_size > max(_RATIO_FROM, MOST_RATIO * info.compress_size):
        raise Fault("bomb", info.filename)
    entry = Entry(
        name=info.filename,
        at=info.header_offset + _LOCAL_SIZE + name + extra,
        packed=info.compress_size,
        size=info.file_size,
        deflated=method == zipfile.ZIP_DEFLATED,
        crc=info.CRC,
    )
    return entry, sizes_follow


def _raw_name_of(info: zipfile.ZipInfo) -> bytes:
    utf8 = info.flag_bits & 0x800
    return info.orig_filename.encode("utf-8" if utf8 else "cp437")
