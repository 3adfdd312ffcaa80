"""A second labelled folder, by other means than the first: other noise, shapes, sizes and tools.

Thresholds were set on the first one; what they are worth is seen here.

    .venv/bin/python -m tests.checks.strangers DIR [SEED [HOW_MANY]]
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from tests.checks.labelled import DIFFERENT, SAME, TEXT, Folder

Pixels = np.ndarray[Any, Any]
FONT = cv2.FONT_HERSHEY_DUPLEX


def rust(dice: np.random.Generator, height: int, width: int, steepness: float) -> Pixels:
    """Noise whose power falls with its frequency, as in bark, asphalt and cloud."""
    y = np.fft.fftfreq(height)[:, None]
    x = np.fft.fftfreq(width)[None, :]
    power = 1 / np.maximum(np.hypot(x, y), 1 / max(height, width)) ** steepness
    turned = np.exp(2j * np.pi * dice.random((height, width)))
    field = np.fft.ifft2(power * turned).real
    spread: Pixels = (field - field.min()) / (field.max() - field.min())
    return spread


def yard(seed: int, things: int, *, height: int = 810, width: int = 1440) -> Pixels:
    """Ground and wall of a place by `seed`; what stands about in it by `things`."""
    place, now = np.random.default_rng(seed), np.random.default_rng(10_000 + things)
    ground = rust(place, height, width, 1.4)
    tint = place.uniform(0.4, 1.0, 3)
    image = (ground[..., None] * 170 + 50) * tint
    for _ in range(14):
        centre = place.integers(0, [width, height // 2])
        corners = centre + place.integers(-170, 170, (place.integers(3, 7), 2))
        cv2.fillPoly(image, [corners.astype(np.int32)], place.uniform(20, 235, 3).tolist())
    for _ in range(9):
        a, b = place.integers(0, [width, height], (2, 2))
        cv2.line(image, a.tolist(), b.tolist(), place.uniform(0, 255, 3).tolist(), 4)
    for _ in range(int(now.integers(7, 12))):
        centre = now.integers([60, height // 3], [width - 60, height - 60])
        axes = now.integers(35, 120, 2)
        shade = now.uniform(0, 255, 3)
        cv2.ellipse(image, centre.tolist(), axes.tolist(), float(now.integers(180)), 0, 360,
                    shade.tolist(), -1)  # fmt: skip
        cv2.circle(image, (centre - axes // 3).tolist(), int(axes.min() // 3),
                   (255 - shade).tolist(), -1)  # fmt: skip
    return image


def shot(image: Pixels, seed: int) -> Pixels:
    """Blurred a little, lit unevenly, with grain."""
    dice = np.random.default_rng(seed)
    width = image.shape[1]
    light = np.linspace(dice.uniform(0.8, 1), dice.uniform(0.8, 1), width)[None, :, None]
    soft = cv2.GaussianBlur(image.astype(np.float32), (0, 0), 1.1) * light
    return np.clip(soft + dice.normal(0, 6, soft.shape), 0, 255).astype(np.uint8)


def sheet(seed: int, *, title: int, rows: int = 30) -> Pixels:
    """A typed page in another alphabet; pages of one `title` share their head."""
    page = np.full((1600, 1130, 3), 247, np.uint8)
    head, body = np.random.default_rng(title), np.random.default_rng(50_000 + seed)
    cv2.putText(page, words(head, 3).upper(), (120, 150), FONT, 1.7, (20, 20, 20), 3)
    for row in range(rows):
        line = words(body, int(body.integers(3, 8)))
        cv2.putText(page, line, (90, 240 + row * 44), FONT, 0.85, (30, 30, 30), 1, cv2.LINE_AA)
    return page


def words(dice: np.random.Generator, many: int) -> str:
    letters = "abcdefghiklmnoprstuvw"
    return " ".join("".join(dice.choice(list(letters), dice.integers(3, 9))) for _ in range(many))


# --- what is done to a picture ---


def smaller(image: Pixels, dice: np.random.Generator) -> Pixels:
    share = dice.uniform(0.3, 0.7)
    return cv2.resize(image, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)


def trimmed(image: Pixels, dice: np.random.Generator) -> Pixels:
    height, width = image.shape[:2]
    t, b, left, right = (dice.uniform(0.02, 0.14, 4) * [height, height, width, width]).astype(int)
    return image[t : height - b, left : width - right]


def relit(image: Pixels, dice: np.random.Generator) -> Pixels:
    lit: Pixels = (255 * (image / 255.0) ** dice.uniform(0.7, 1.4)).astype(np.uint8)
    return lit


def signed(image: Pixels, dice: np.random.Generator) -> Pixels:
    """A watermark across it, half seen through."""
    over = image.copy()
    scale = image.shape[1] / 900
    cv2.putText(over, words(dice, 2), (20, image.shape[0] // 2), FONT, scale, (255, 255, 255), 3)
    seen_through: Pixels = cv2.addWeighted(over, 0.45, image, 0.55, 0)
    return seen_through


def in_a_window(image: Pixels, dice: np.random.Generator) -> Pixels:
    """As somebody's screen shows it, with a frame, a bar and other windows behind."""
    desk: Pixels = (rust(dice, 900, 1600, 1.8)[..., None] * np.array([190, 120, 60])).astype(
        np.uint8
    )
    wide = int(dice.integers(820, 1100))
    inner = cv2.resize(image, (wide, wide * image.shape[0] // image.shape[1]))[:780]
    y, x = int(dice.integers(50, 890 - inner.shape[0])), int(dice.integers(10, 1590 - wide))
    cv2.rectangle(desk, (x - 6, y - 40), (x + wide + 6, y + inner.shape[0] + 6), (240,) * 3, -1)
    cv2.putText(desk, words(dice, 3), (x, y - 12), FONT, 0.7, (60, 60, 60), 1)
    desk[y : y + inner.shape[0], x : x + wide] = inner
    return desk


Doing = Callable[[Pixels, np.random.Generator], Pixels]
DOINGS: dict[str, tuple[Doing, ...]] = {
    "kept": (), "smaller": (smaller,), "trimmed": (trimmed,), "relit": (relit,),
    "signed": (signed,), "window": (in_a_window,), "trimmed-smaller": (trimmed, smaller),
    "trimmed-window": (trimmed, in_a_window), "relit-trimmed": (relit, trimmed),
}  # fmt: skip


def done(image: Pixels, how: str, seed: int) -> Pixels:
    dice = np.random.default_rng(seed)
    for step in DOINGS[how]:
        image = step(image, dice)
    return image


def encoded(image: Pixels, ending: str, quality: int) -> bytes:
    flag = cv2.IMWRITE_WEBP_QUALITY if ending == "webp" else cv2.IMWRITE_JPEG_QUALITY
    return bytes(cv2.imencode(f".{ending}", image, [flag, quality])[1])


# --- texts ---

PARTS = (
    "针对{a}，{b}牵头开展了{c}，先后{d}。", "{b}组织人员对{a}进行了{c}，{d}。",
    "截至目前，{a}方面{d}，{b}已形成{c}报告。",
    "为防止反弹，{b}把{a}列入{c}范围，{d}。",
)  # fmt: skip
A = "食堂账目 公章管理 临聘人员工资 工程尾款 档案库房 值班室 会议费 接待标准 车辆维修 印刷费 水电分摊 招牌审批 扬尘治理 摊点管理 路灯节能".split()  # noqa: SIM905, E501 -- a list of words
B = "计财处 机关党委 综合办 执法大队 园林所 审计组 纪检组 后勤中心 信息中心 法务专员".split()  # noqa: SIM905 -- the same
C = "专项清查 交叉检查 回头看 台账核对 现场抽检 流程再造 集中整治 问卷测评".split()  # noqa: SIM905 -- the same
D = "退回款项{n}万元 约谈{n}人 补齐手续{n}份 废止旧规{n}项 新签协议{n}份 走访群众{n}户 更换设备{n}台 公示结果{n}次".split()  # noqa: SIM905, E501 -- the same


def report(seed: int) -> list[str]:
    dice = np.random.default_rng(seed)
    return [
        str(dice.choice(PARTS)).format(
            a=dice.choice(A), b=dice.choice(B), c=dice.choice(C),
            d=str(dice.choice(D)).format(n=dice.integers(2, 90)),
        )
        for _ in range(9)
    ]  # fmt: skip


def texts(at: Folder, seed: int) -> None:
    own = report(seed)
    dice = np.random.default_rng(seed)
    first = at.put(f"report/{seed}.txt", "\n".join(own).encode("gb18030"))
    changed = ["".join(str(dice.integers(10, 99)) if c.isdigit() else c for c in s) for s in own]
    swapped = [*own[1:4], own[0], *own[4:]]
    grown = [*own, report(seed + 900)[0]]
    for name, lines in (("numbers", changed), ("swapped", swapped), ("grown", grown)):
        at.pair(first, at.put(f"report/{seed}-{name}.txt", "\n".join(lines).encode()), TEXT)
    other = at.put(f"report/{seed}-other.txt", "\n".join(report(seed + 500)).encode())
    at.pair(first, other, DIFFERENT)


def pictures(at: Folder, seed: int) -> None:
    size = {"height": (810, 1080, 600)[seed % 3], "width": (1440, 1440, 900)[seed % 3]}
    original = shot(yard(seed, seed, **size), seed)
    first = at.put(f"yard/{seed}.jpg", encoded(original, "jpg", 92))
    for how in DOINGS:
        ending = ("jpg", "webp")[(seed + len(how)) % 2]
        again = encoded(done(original, how, seed), ending, 72)
        at.pair(first, at.put(f"yard/{seed}-{how}.{ending}", again), SAME)
    later = shot(yard(seed, seed + 500, **size), seed + 7)
    at.pair(first, at.put(f"yard/{seed}-later.jpg", encoded(later, "jpg", 88)), DIFFERENT)
    elsewhere = shot(yard(seed + 500, seed, **size), seed + 8)
    at.pair(first, at.put(f"yard/{seed}-elsewhere.jpg", encoded(elsewhere, "jpg", 88)), DIFFERENT)
    page = sheet(seed, title=seed % 4)
    typed = at.put(f"sheet/{seed}.png", bytes(cv2.imencode(".png", page)[1]))
    how = ("smaller", "trimmed", "kept", "relit")[seed % 4]
    handled = encoded(done(page, how, seed), "jpg", 60)
    at.pair(typed, at.put(f"sheet/{seed}-{how}.jpg", handled), SAME)
    other = sheet(seed + 500, title=seed % 4)
    at.pair(typed, at.put(f"sheet/{seed}-other.jpg", encoded(other, "jpg", 80)), DIFFERENT)


def make(root: Path, seed: int = 1, many: int = 12) -> None:
    at = Folder(root)
    for n in range(seed, seed + many):
        pictures(at, n)
        texts(at, n)
    at.finish()


if __name__ == "__main__":
    make(Path(sys.argv[1]), *map(int, sys.argv[2:4]))
