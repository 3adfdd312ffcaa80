"""A folder of files with labels: what was tampered with, and what honestly looks alike.

.venv/bin/python -m tests.checks.labelled DIR [SEED [HOW_MANY]]
"""

from __future__ import annotations

import csv
import io
import sys
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from PIL import Image

from tests.checks import minutes, scenes, tampering
from tests.checks.tampering import encoded

SAME, TEXT, BYTES, DIFFERENT = "same_picture", "same_text", "same_bytes", "different"
FEEDBACK = "2026-03-01"


class Folder:
    """Writes files and what is true of them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.pairs: list[tuple[str, str, str]] = []
        self.flags: list[tuple[str, str, str, str]] = []

    def put(self, name: str, data: bytes) -> str:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return name

    def photo(self, name: str, image: Image.Image, quality: int = 90, **said: Any) -> str:
        return self.put(name, encoded(image, quality=quality, **said))

    def pair(self, one: str, other: str, label: str) -> None:
        self.pairs.append((one, other, label))

    def flag(self, file: str, flag: str, claimed: str = "") -> None:
        """`flag` is empty where the file is honest."""
        self.flags.append((file, flag, FEEDBACK, claimed))

    def finish(self) -> None:
        with (self.root / "labels.csv").open("w", newline="", encoding="utf-8") as out:
            csv.writer(out).writerows([("file_a", "file_b", "label"), *self.pairs])
        with (self.root / "flags.csv").open("w", newline="", encoding="utf-8") as out:
            head = ("file", "flag", "feedback_date", "claimed_date")
            csv.writer(out).writerows([head, *self.flags])


def photo(kind: str, seed: int, lens: int, **said: int) -> Image.Image:
    return scenes.photographed(scenes.PHOTOS[kind](seed, **said), lens)


def pictures(at: Folder, seed: int) -> None:
    """One original of each kind, each in one tampered form of its turn, and its honest twins."""
    hows = list(tampering.TAMPERINGS)
    for kind in scenes.PHOTOS:
        original = photo(kind, seed, seed)
        first = at.photo(f"{kind}/{seed}.jpg", original)
        for turn in range(3):
            how = hows[(seed * 3 + turn + len(kind)) % len(hows)]
            again = at.photo(
                f"{kind}/{seed}-{how}.jpg", tampering.tampered(original, how, seed), 82
            )
            at.pair(first, again, SAME)
        other = at.photo(
            f"{kind}/{seed}-later.jpg", photo(kind, seed, seed + 500, moving=seed + 500)
        )
        aside = photo(kind, seed, seed + 700, moving=seed + 700, shift=24)
        at.pair(first, other, DIFFERENT)
        at.pair(first, at.photo(f"{kind}/{seed}-aside.jpg", aside), DIFFERENT)
    streets, rooms = f"street/{seed}.jpg", f"meeting/{seed}.jpg"
    at.pair(streets, rooms, DIFFERENT)
    at.pair(streets, f"street/{seed}-later.jpg", DIFFERENT)


def meetings(at: Folder, seed: int) -> None:
    """Two meetings in one room, and one of them twice: from a telephone, and on a desk."""
    original = photo("meeting", seed, seed)
    first = at.photo(f"room/{seed}.jpg", original)
    for how in ("cropped", "telephone", "desk"):
        again = at.photo(f"room/{seed}-{how}.jpg", tampering.tampered(original, how, seed), 80)
        at.pair(first, again, SAME)
    report = minutes.with_picture(encoded(original, quality=75), minutes.account(seed + 900))
    at.pair(first, at.put(f"room/{seed}.docx", report), SAME)
    other = photo("meeting", seed, seed + 500, moving=seed + 500)
    at.pair(first, at.photo(f"room/{seed}-other.jpg", other), DIFFERENT)


def scans(at: Folder, seed: int) -> None:
    hows = ("saved", "resized", "cropped", "squeezed", "telephone", "greyed")
    page, filled = scenes.paper(seed), scenes.form(seed, filled=seed)
    for kind, image in (("paper", page), ("form", filled)):
        first = at.photo(f"{kind}/{seed}.jpg", image)
        how = hows[(seed + len(kind)) % len(hows)]
        again = at.photo(f"{kind}/{seed}-{how}.jpg", tampering.tampered(image, how, seed), 80)
        at.pair(first, again, SAME)
    other_form = at.photo(f"form/{seed}-other.jpg", scenes.form(seed, filled=seed + 500))
    other_page = at.photo(f"paper/{seed}-other.jpg", scenes.paper(seed + 500, head=seed))
    at.pair(f"form/{seed}.jpg", other_form, DIFFERENT)
    at.pair(f"paper/{seed}.jpg", other_page, DIFFERENT)
    within = io.BytesIO()
    page.convert("L").save(within, "PDF", resolution=150)
    at.pair(f"paper/{seed}.jpg", at.put(f"paper/{seed}.pdf", within.getvalue()), SAME)
    plain = [at.photo(f"plain/{seed + n}.jpg", scenes.plain(seed + n)) for n in (0, 1000)]
    at.pair(plain[0], plain[1], DIFFERENT)
    for name in plain:
        at.flag(name, "blank_pages")


def texts(at: Folder, seed: int) -> None:
    text = minutes.minutes(seed)
    first = at.put(f"minutes/{seed}.docx", minutes.as_docx(text))
    at.pair(first, at.put(f"minutes/{seed}-copy.docx", (at.root / first).read_bytes()), BYTES)
    for turn, how in enumerate(minutes.TAMPERINGS):
        again = minutes.tampered(text, how, seed)
        name = f"minutes/{seed}-{how}"
        if (seed + turn) % 3:
            again_at = at.put(f"{name}.docx", minutes.as_docx(again))
        else:
            again_at = at.put(f"{name}.txt", again.encode())
        at.pair(first, again_at, TEXT)
    other = at.put(f"minutes/{seed}-other.docx", minutes.as_docx(minutes.minutes(seed + 500)))
    at.pair(first, other, DIFFERENT)
    short = at.put(f"account/{seed}.txt", minutes.account(seed).encode())
    again = minutes.renumbered(minutes.account(seed), Random(seed))
    at.pair(short, at.put(f"account/{seed}-again.txt", again.encode()), TEXT)
    at.pair(
        short, at.put(f"account/{seed}-other.txt", minutes.account(seed + 500).encode()), DIFFERENT
    )
    table = at.put(f"minutes/{seed}.xlsx", minutes.as_xlsx(text))
    at.pair(first, table, TEXT)


def exif(taken: str, software: str = "") -> Image.Exif:
    said = Image.Exif()
    said.get_ifd(0x8769)[0x9003] = taken
    if software:
        said[0x0131] = software.encode()  # as such programs write it, whatever the standard says
    return said


EDITORS = (
    "Adobe Photoshop 25.0 (Windows)",
    "美图秀秀",
    "PicsArt",
    "GIMP 2.10.34",
    "醒图",
    "Snapseed 2.0",
)
CAMERAS = ("HUAWEI Mate 60", "16.5.1", "MIUI Camera", "Ver.1.00", "HDR+ 1.0.540104767", "")


def marks(at: Folder, seed: int) -> None:
    dice = Random(f"marks{seed}")
    taken = f"2026:0{dice.randint(4, 9)}:1{dice.randint(0, 9)} 10:2{dice.randint(0, 9)}:31"
    day = taken[:10].replace(":", "-")
    image = photo("street", seed + 2000, seed).resize((600, 450))

    def shot(name: str, flag: str, when: str, software: str = "", claimed: str = "") -> None:
        said = exif(when, software or CAMERAS[seed % len(CAMERAS)])
        at.flag(at.photo(f"marks/{seed}-{name}.jpg", image, exif=said), flag, claimed or day)

    shot("honest", "", taken)
    shot("early", "taken_before", "2025:11:02 09:00:00", claimed="2025-11-02")
    shot("整改前", "", "2025:11:02 09:00:00", claimed="2025-11-02")
    shot("late", "taken_after", taken, claimed="2026-03-20")
    shot("edited", "edited", taken, EDITORS[seed % len(EDITORS)])
    before = minutes.as_docx(minutes.minutes(seed + 3000, held="2025年12月5日"))
    at.flag(at.put(f"marks/{seed}-会议纪要.docx", before), "meeting_before", "")
    held = minutes.minutes(seed + 3500, held="2026年4月8日")
    prompt = minutes.as_docx(held, created=datetime(2026, 4, 10, 3, tzinfo=UTC))
    at.flag(at.put(f"marks/{seed}-prompt.docx", prompt), "", "2026-04-08")
    years = minutes.as_docx(held + " ", created=datetime(2026, 9, 20, 3, tzinfo=UTC))
    at.flag(at.put(f"marks/{seed}-years.docx", years), "made_after", "2026-04-08")
    gap = dice.choice(
        ["××单位", "XX局", "[请填写整改措施]", "20XX年", "（此处填写完成情况）", "某某单位"]
    )
    unfilled = minutes.account(seed + 4000) + f"由{gap}负责落实。"
    at.flag(at.put(f"marks/{seed}-open.txt", unfilled.encode()), "placeholder")
    fine = minutes.account(seed + 4500) + "李××同志列席，型号为 XXL-20，共 20 人参加。"
    at.flag(at.put(f"marks/{seed}-fine.txt", fine.encode()), "")


def make(root: Path, seed: int = 1, many: int = 12) -> None:
    at = Folder(root)
    for n in range(seed, seed + many):
        for part in (pictures, meetings, scans, texts, marks):
            part(at, n)
    at.finish()


if __name__ == "__main__":
    make(Path(sys.argv[1]), *map(int, sys.argv[2:4]))
