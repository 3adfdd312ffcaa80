"""Recordings: WAV by its chunks, MP3 frame by frame, both to the very end."""

from __future__ import annotations

from typing import BinaryIO

from evidence.inspection import foreign
from evidence.inspection.finding import Fault, Look

_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
_BITS = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_BITS_2 = (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_FEWEST_FRAMES = 3
_BEHIND = (b"TAG", b"APETAGEX", b"LYRICSBEGIN")


def look(file: BinaryIO, ending: str) -> Look:
    foreign.insist_on_one_kind(file)
    file.seek(0)
    if ending == "wav":
        _walk_wav(file)
    else:
        _walk_mp3(file.read())
    return Look()


def _walk_wav(file: BinaryIO) -> None:
    size = foreign.size_of(file)
    file.seek(4)
    told = file.read(4)
    end = int.from_bytes(told, "little") + 8
    if told[:2] == b"/*":
        raise Fault("script", "/*")
    if end > size:
        raise Fault("damaged")
    if size - end > 1:
        raise Fault("appended")
    kinds, at = [], 12
    while at + 8 <= end:
        file.seek(at)
        head = file.read(8)
        kinds.append(head[:4])
        length = int.from_bytes(head[4:], "little")
        at += 8 + length + length % 2
    if at > end + 1 or not {b"fmt ", b"data"} <= set(kinds):
        raise Fault("damaged")


def _walk_mp3(data: bytes) -> None:
    at = _after_id3(data)
    frames = 0
    while length := _frame(data[at : at + 4]):
        frames += 1
        at += length
    rest = data[at:].lstrip(b"\x00")
    if frames < _FEWEST_FRAMES:
        raise Fault("mismatch")
    if rest and not rest.startswith(_BEHIND):
        raise Fault("appended")


def _after_id3(data: bytes) -> int:
    """Where the tag before the sound ends; its size is told in bytes of seven bits."""
    if not data.startswith(b"ID3"):
        return 0
    size = sum(
        (byte & 0x7F) << shift for byte, shift in zip(data[6:10], (21, 14, 7, 0), strict=True)
    )
    at = 10 + size
    return at + len(data[at:]) - len(data[at:].lstrip(b"\x00"))


def _frame(head: bytes) -> int:
    """The length of the layer III frame with this head; 0 where there is none."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:  # noqa: PLR2004 -- MPEG's bits
        return 0
    version, bits, rate = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3
    if version not in _RATES or not 0 < bits <= len(_BITS) or rate == 3:  # noqa: PLR2004
        return 0
    samples, table = (144, _BITS) if version == 3 else (72, _BITS_2)  # noqa: PLR2004
    return samples * 1000 * table[bits - 1] // _RATES[version][rate] + (head[2] >> 1 & 1)
