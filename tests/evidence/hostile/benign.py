"""Three hundred honest files, under the names people give them; the same for the same seed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from tests.evidence.hostile import papers

MAKERS: list[tuple[str, int, Callable[[Random], bytes]]] = [
    ("jpg", 30, lambda rng: papers.picture("JPEG", rng)),
    ("jpeg", 6, papers.two_pictures),
    ("jpg", 6, papers.moving_picture),
    ("png", 20, lambda rng: papers.picture("PNG", rng)),
    ("gif", 10, lambda rng: papers.picture("GIF", rng)),
    ("webp", 10, lambda rng: papers.picture("WEBP", rng)),
    ("bmp", 8, lambda rng: papers.picture("BMP", rng)),
    ("tif", 5, lambda rng: papers.picture("TIFF", rng)),
    ("tiff", 5, lambda rng: papers.picture("TIFF", rng)),
    ("heic", 1, lambda _rng: papers.HEIC),
    ("pdf", 45, papers.pdf),
    ("docx", 30, papers.word),
    ("xlsx", 22, papers.sheet),
    ("xlsx", 8, papers.other_sheet),
    ("pptx", 12, papers.slides),
    ("ofd", 14, papers.ofd),
    ("txt", 12, papers.text),
    ("csv", 10, papers.table),
    ("md", 6, papers.markdown),
    ("mp4", 6, papers.mp4),
    ("mov", 6, papers.mov),
    ("m4a", 4, papers.m4a),
    ("wav", 4, papers.wav),
    ("mp3", 6, papers.recording),
    ("doc", 4, papers.old_word),
    ("wps", 2, papers.old_word),
    ("xls", 3, papers.old_sheet),
    ("et", 1, papers.old_sheet),
    ("ppt", 3, papers.old_slides),
    ("dps", 1, papers.old_slides),
]
OLD = frozenset({"doc", "wps", "xls", "et", "ppt", "dps"})
# Names as they are found on desks.
NAMES = (
    "{n}-关于{w}的{w}报告",
    "附件{n}：{w}（最终版）（改）",
    "微信图片_20260501{n:04}",
    "{w} {w} v{n}.2",
    "2026.05.{n:02} {w}",
    "〔2026〕{n}号 {w}",
    "扫描全能王 2026-5-1 9.30_{n}",
    "{w}&{w}, part {n} (copy)",
    "．．．{w}　{n}",
    "IMG_{n:04} – {w} №{n}",
)


@dataclass(frozen=True)
class Honest:
    name: str
    content: bytes
    shown: bool
    """Whether it may be shown in a page; old Office files may not."""


def files(seed: int = 20260501) -> list[Honest]:
    rng = Random(seed)
    found = []
    for ending, count, make in MAKERS:
        for _ in range(count):
            words = {"n": rng.randint(1, 31), "w": rng.choice(papers.WORDS)}
            name = rng.choice(NAMES).format(**words)
            shouted = ending.upper() if rng.random() < 0.2 else ending
            found.append(Honest(f"{name}.{shouted}", make(rng), ending not in OLD))
    return found
