"""Containers written by hand, so that each rule of them can be broken one at a time."""

from __future__ import annotations

import io
import itertools
import struct
import zipfile
import zlib
from dataclasses import dataclass

SECTOR = 512


@dataclass
class Member:
    """One entry of a ZIP with every word about it open to a lie."""

    name: str
    content: bytes = b"<a/>"
    size: int | None = None
    packed: bytes | None = None
    local_name: str | None = None
    mode: int = 0
    flags: int = 0x800
    at: int | None = None
    """Where the directory says it begins."""
    crc: int | None = None
    method: int = 8


def zipped(
    members: list[Member], *, before: bytes = b"", between: bytes = b"", behind: bytes = b""
) -> bytes:
    out, directory = bytearray(before), bytearray()
    for member in members:
        squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
        packed = squeeze.compress(member.content) + squeeze.flush()
        packed = member.packed if member.packed is not None else packed
        if member.method == 0:
            packed = member.content
        size = len(member.content) if member.size is None else member.size
        crc = zlib.crc32(member.content) if member.crc is None else member.crc
        at = len(out) if member.at is None else member.at
        name = member.name.encode()
        local = (member.local_name or member.name).encode()
        told = (member.flags, member.method, 0, 33, crc, len(packed), size)
        if member.at is None:
            out += (
                struct.pack("<4sHHHHHLLLHH", b"PK\3\4", 20, *told, len(local), 0) + local + packed
            )
            out += between
        directory += struct.pack("<4sHHHHHHLLLHH", b"PK\1\2", 0x314, 20, *told, len(name), 0)
        directory += struct.pack("<HHHLL", 0, 0, 0, member.mode << 16, at) + name
    start = len(out)
    out += directory
    count = len(members)
    out += struct.pack("<4sHHHHLLH", b"PK\5\6", 0, 0, count, count, len(directory), start, 0)
    return bytes(out + behind)


def entries(package: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def packed(parts: dict[str, bytes | str]) -> bytes:
    """An ordinary ZIP of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 5, 1, 8, 0, 0)), content, 8)
    return out.getvalue()


def changed(package: bytes, parts: dict[str, bytes | str]) -> bytes:
    """The package with these parts put in, or put in the place of its own."""
    return packed({**entries(package), **parts})


def ole(streams: dict[str, bytes]) -> bytes:
    """A compound file of these streams, `storage/stream` for one in a storage ([MS-CFB], v3)."""
    names = sorted({n.split("/")[0] for n in streams if "/" in n})
    tree: list[tuple[str, int, bytes, list[int]]] = [("Root Entry", 5, b"", [])]
    for storage in names:
        tree[0][3].append(len(tree))
        tree.append((storage, 1, b"", []))
    for path, content in streams.items():
        storage, _, name = path.rpartition("/")
        parent = 1 + names.index(storage) if storage else 0
        tree[parent][3].append(len(tree))
        tree.append((name, 2, content.ljust(4096, b"\0"), []))
    return _laid_out(tree)


def _laid_out(tree: list[tuple[str, int, bytes, list[int]]]) -> bytes:
    """Streams first, then the directory; the table of sectors comes last."""
    body = bytearray()
    chains: list[int] = []
    starts: dict[int, int] = {}
    for number, (_name, kind, content, _children) in enumerate(tree):
        if kind == 2:
            whole = content + b"\0" * (-len(content) % SECTOR)
            starts[number] = len(chains)
            sectors = len(whole) // SECTOR
            chains += [*range(len(chains) + 1, len(chains) + sectors), 0xFFFFFFFE]
            body += whole
    directory = bytearray()
    siblings = {a: b for *_x, kids in tree for a, b in itertools.pairwise(kids)}
    for number, (name, kind, content, children) in enumerate(tree):
        wide = (name + "\0").encode("utf-16-le")
        directory += wide.ljust(64, b"\0") + struct.pack("<HBB", len(wide), kind, 1)
        left, right, child = 0xFFFFFFFF, siblings.get(number, 0xFFFFFFFF), 0xFFFFFFFF
        child = children[0] if children else child
        directory += struct.pack("<LLL", left, right, child) + bytes(36)
        start = starts.get(number, 0xFFFFFFFE)
        directory += struct.pack("<LQ", start, len(content))
    directory += b"\0" * (-len(directory) % SECTOR)
    first_directory, sectors = len(chains), len(directory) // SECTOR
    chains += [*range(first_directory + 1, first_directory + sectors), 0xFFFFFFFE]
    body += directory
    tables = 1
    while tables * 128 < len(chains) + tables:
        tables += 1
    first_table = len(chains)
    chains += [0xFFFFFFFD] * tables
    chains += [0xFFFFFFFF] * (tables * 128 - len(chains))
    body += struct.pack(f"<{len(chains)}L", *chains)
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<HHHHHHLL", 0x3E, 3, 0xFFFE, 9, 6, 0, 0, 0)
    head += struct.pack(
        "<LLLLLLLLL", tables, first_directory, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0, first_table
    )
    head += struct.pack(
        "<108L", *range(first_table + 1, first_table + tables), *[0xFFFFFFFF] * (109 - tables)
    )
    return bytes(head + body)


def box(kind: bytes, *bodies: bytes) -> bytes:
    body = b"".join(bodies)
    return struct.pack(">L", 8 + len(body)) + kind + body


def film(brand: bytes, handler: bytes, media: bytes, *others: bytes) -> bytes:
    """A film or recording of one track; `others` are further brands."""
    track = box(b"trak", box(b"mdia", box(b"hdlr", bytes(8) + handler + bytes(12) + b"\0")))
    return (
        box(b"ftyp", brand, bytes(4), brand, *others)
        + box(b"mdat", media)
        + box(b"moov", box(b"mvhd", bytes(100)), track)
    )


def mp3(frames: int, fill: int = 0) -> bytes:
    """Frames of 128 kbit/s at 44.1 kHz: 417 bytes each."""
    return (b"\xff\xfb\x90\x00" + bytes([fill]) * 413) * frames
