"""Pictures as telephones and scanners make them, drawn from seeds: no two seeds look alike.

Everything that varies is given by a seed of its own, so that the same room is drawn with other
people in it, and the same form with other handwriting.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

WIDTH, HEIGHT = 1200, 900
PAGE = (1240, 1754)
Colour = tuple[int, int, int]


def clouds(seed: int, size: tuple[int, int], *, octaves: int = 5, fade: float = 0.55) -> np.ndarray:
    """Smooth noise of several scales, from 0 to 1."""
    dice = np.random.default_rng(seed)
    width, height = size
    total, weight, sum_ = np.zeros((height, width), np.float32), 1.0, 0.0
    for octave in range(octaves):
        cells = 3 * 2**octave
        coarse = dice.random((cells, max(3, cells * width // height)), dtype=np.float32)
        layer = Image.fromarray((coarse * 255).astype(np.uint8))
        total += weight * np.asarray(layer.resize(size, Image.Resampling.BICUBIC)) / 255
        sum_ += weight
        weight *= fade
    return total / sum_


def textured(image: Image.Image, seed: int, strength: float = 40) -> Image.Image:
    """Uneven walls, leaves and tarmac."""
    grain = (clouds(seed, image.size, octaves=7, fade=0.8) - 0.5) * 2 * strength
    pixels = np.asarray(image, dtype=np.float32) + grain[..., None]
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def photographed(image: Image.Image, seed: int, *, noise: float = 5) -> Image.Image:
    """Through a lens and onto a sensor: a little blur, dark corners, noise of its own."""
    soft = image.filter(ImageFilter.GaussianBlur(0.9))
    pixels = np.asarray(soft, dtype=np.float32)
    height, width = pixels.shape[:2]
    y, x = np.ogrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    pixels *= (1 - 0.18 * (x**2 + y**2))[..., None]
    pixels += np.random.default_rng(seed).normal(0, noise, pixels.shape)
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def colour(dice: Random, low: int = 40, high: int = 220) -> Colour:
    return dice.randint(low, high), dice.randint(low, high), dice.randint(low, high)


def street(seed: int, *, moving: int | None = None, shift: int = 0) -> Image.Image:
    """Houses, a road, trees; `moving` are the cars and people of the moment."""
    dice = Random(f"street{seed}")
    image = Image.new("RGB", (WIDTH, HEIGHT), colour(dice, 150, 235))
    draw = ImageDraw.Draw(image)
    ground = dice.randint(480, 620)
    x = -dice.randint(0, 90)
    while x < WIDTH:
        wide, high = dice.randint(110, 260), dice.randint(180, 460)
        draw.rectangle((x, ground - high, x + wide, ground), fill=colour(dice, 70, 210))
        step, pane = dice.randint(36, 64), colour(dice, 20, 120)
        for left in range(x + 14, x + wide - 24, step):
            for top in range(ground - high + 18, ground - 40, dice.choice([46, 58, 70])):
                shade = pane if dice.random() < 0.75 else (245, 230, 160)
                draw.rectangle((left, top, left + step * 0.55, top + 30), fill=shade)
        x += wide + dice.randint(-8, 30)
    draw.rectangle((0, ground, WIDTH, HEIGHT), fill=(90, 90, 96))
    for _ in range(dice.randint(2, 6)):
        left, size = dice.randint(0, WIDTH), dice.randint(50, 120)
        draw.rectangle((left - 6, ground - size, left + 6, ground), fill=(80, 60, 40))
        draw.ellipse(
            (left - size, ground - 2.3 * size, left + size, ground - 0.6 * size),
            fill=(30 + dice.randint(0, 40), 90 + dice.randint(0, 60), 40),
        )
    image = textured(image, seed, 45)
    _traffic(image, Random(f"moving{seed if moving is None else moving}"), ground)
    return _shifted(image, shift)


def _traffic(image: Image.Image, dice: Random, ground: int) -> None:
    draw = ImageDraw.Draw(image)
    for _ in range(dice.randint(2, 5)):
        left, top = dice.randint(0, WIDTH - 240), dice.randint(ground + 10, HEIGHT - 130)
        draw.rounded_rectangle((left, top, left + 230, top + 70), 24, fill=colour(dice))
        draw.rectangle((left + 50, top - 36, left + 170, top + 6), fill=colour(dice, 20, 110))
        for wheel in (left + 45, left + 175):
            draw.ellipse((wheel - 22, top + 52, wheel + 22, top + 96), fill=(15, 15, 15))
    for _ in range(dice.randint(2, 6)):
        _person(draw, dice, dice.randint(20, WIDTH - 20), ground + dice.randint(30, 200), 70)


def _person(draw: ImageDraw.ImageDraw, dice: Random, x: int, y: int, size: int) -> None:
    draw.rounded_rectangle((x - size // 2, y, x + size // 2, y + 2 * size), 14, fill=colour(dice))
    skin = dice.choice([(224, 180, 150), (205, 160, 130), (236, 200, 170)])
    draw.ellipse((x - size // 3, y - size * 0.7, x + size // 3, y + size * 0.1), fill=skin)
    draw.pieslice((x - size // 3, y - size * 0.75, x + size // 3, y), 180, 360, fill=(25, 20, 20))


def meeting(seed: int, *, moving: int | None = None, shift: int = 0) -> Image.Image:
    """A room with a banner and a table; `moving` are the people who sit there and their papers."""
    dice = Random(f"room{seed}")
    image = Image.new("RGB", (WIDTH, HEIGHT), colour(dice, 150, 230))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 600, WIDTH, HEIGHT), fill=colour(dice, 90, 150))
    red = (170 + dice.randint(0, 50), dice.randint(10, 40), dice.randint(10, 40))
    draw.rectangle((120, 60, WIDTH - 120, 150), fill=red)
    writing(draw, dice, (170, 75), 56, dice.randint(9, 14), fill=(250, 230, 120))
    for _ in range(dice.randint(1, 4)):
        left = dice.randint(0, WIDTH - 200)
        draw.rectangle(
            (left, 190, left + 170, 400), fill=colour(dice), outline=(60, 50, 40), width=8
        )
    image = textured(image, seed + 1, 30)
    draw = ImageDraw.Draw(image)
    now = Random(f"people{seed if moving is None else moving}")
    seats = now.randint(4, 8)
    for seat in range(seats):
        x = 100 + (WIDTH - 200) * seat // seats + now.randint(-20, 40)
        _person(draw, now, x, 430 + now.randint(-25, 25), now.randint(85, 110))
    draw.polygon([(60, 700), (WIDTH - 60, 700), (WIDTH, HEIGHT), (0, HEIGHT)], fill=(110, 70, 45))
    for _ in range(now.randint(5, 11)):
        x, y = now.randint(60, WIDTH - 160), now.randint(710, HEIGHT - 70)
        draw.polygon([(x, y), (x + 80, y - 8), (x + 110, y + 40), (x + 20, y + 52)], fill="white")
    return _shifted(image, shift)


def field(seed: int, *, moving: int | None = None, shift: int = 0) -> Image.Image:
    """A bank of earth and water under clouds, before or after the works."""
    sky = clouds(seed, (WIDTH, HEIGHT))
    ridge = (clouds(seed + 7, (WIDTH, 8), octaves=6)[3] * 420 + 180).astype(int)
    rows = np.arange(HEIGHT)[:, None]
    land = rows > ridge[None, :]
    grain = clouds(seed + 9, (WIDTH, HEIGHT), octaves=8, fade=0.85)
    dice = Random(f"field{seed}")
    earth, air = np.array(colour(dice, 60, 150)), np.array(colour(dice, 150, 230))
    pixels = np.where(
        land[..., None], earth * (0.4 + 1.2 * grain[..., None]), air * (0.7 + 0.5 * sky[..., None])
    )
    image = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
    _traffic(image, Random(f"machines{seed if moving is None else moving}"), 600)
    return _shifted(image, shift)


def _shifted(image: Image.Image, by: int) -> Image.Image:
    """As from half a step aside: what is near moves more than what is far."""
    if not by:
        return image
    width, height = image.size
    corners = (-by, 0, -by // 3, height, width + by, height - by, width - by // 2, by)
    return image.transform((width, height), Image.Transform.QUAD, corners, Image.Resampling.BICUBIC)


PHOTOS: dict[str, Callable[..., Image.Image]] = {
    "street": street, "meeting": meeting, "field": field,
}  # fmt: skip


def writing(  # noqa: PLR0917 -- in the order one says it
    draw: ImageDraw.ImageDraw,
    dice: Random,
    at: tuple[int, int],
    size: int,
    length: int,
    fill: Colour | str = (20, 20, 20),
) -> None:
    """Signs as dense as Chinese characters: no font is needed for what is only looked at."""
    x, y = at
    for _ in range(length):
        for _stroke in range(dice.randint(4, 9)):
            a = (x + dice.random() * size * 0.85, y + dice.random() * size * 0.9)
            if dice.random() < 0.45:
                b = (min(a[0] + size * 0.5, x + size * 0.88), a[1])
            elif dice.random() < 0.6:
                b = (a[0], min(a[1] + size * 0.5, y + size * 0.92))
            else:
                b = (x + dice.random() * size * 0.85, y + dice.random() * size * 0.9)
            draw.line((a, b), fill=fill, width=max(1, size // 14))
        x += size


def paper(seed: int, *, head: int | None = None, lines: int = 26) -> Image.Image:
    """A page of writing; the same `head` is the same letterhead."""
    image = Image.new("RGB", PAGE, (252, 252, 250))
    draw = ImageDraw.Draw(image)
    dice = Random(f"head{seed if head is None else head}")
    writing(draw, dice, (240, 130), 72, 10)
    draw.line((120, 250, PAGE[0] - 120, 250), fill=(190, 30, 30), width=5)
    body = Random(f"body{seed}")
    for line in range(lines):
        length = 26 if body.random() < 0.8 else body.randint(4, 22)
        writing(draw, body, (150, 310 + line * 52), 36, length)
    return scanned(image, seed)


def form(seed: int, *, filled: int) -> Image.Image:
    """A printed table; `filled` is what somebody wrote into it."""
    image = Image.new("RGB", PAGE, (250, 250, 248))
    draw = ImageDraw.Draw(image)
    dice, hand = Random(f"form{seed}"), Random(f"hand{filled}")
    writing(draw, dice, (280, 120), 64, 11)
    for row in range(12):
        top = 240 + row * 115
        draw.rectangle((110, top, PAGE[0] - 110, top + 115), outline=(40, 40, 40), width=3)
        draw.line((360, top, 360, top + 115), fill=(40, 40, 40), width=3)
        writing(draw, dice, (130, top + 35), 40, dice.randint(3, 5))
        for line in range(hand.randint(1, 2)):
            writing(
                draw, hand, (385, top + 14 + 48 * line), 36, hand.randint(8, 18), fill=(25, 35, 110)
            )
    return scanned(image, filled)


def scanned(image: Image.Image, seed: int) -> Image.Image:
    """A little askew, a little grey."""
    dice = np.random.default_rng(seed)
    turned = image.rotate(
        dice.uniform(-0.4, 0.4), Image.Resampling.BICUBIC, fillcolor=(251, 251, 250)
    )
    pixels = np.asarray(turned, np.float32) + dice.normal(0, 3, (image.height, image.width, 1))
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def logo(seed: int) -> Image.Image:
    """A sign on white, as letterheads and covers carry it."""
    dice = Random(f"logo{seed}")
    image = Image.new("RGB", (900, 900), "white")
    draw = ImageDraw.Draw(image)
    for ring in range(3):
        radius = 330 - 90 * ring
        draw.ellipse((450 - radius, 450 - radius, 450 + radius, 450 + radius), fill=colour(dice))
    points = []
    for corner in range(10):
        reach, angle = (200, 90)[corner % 2], math.pi * corner / 5
        points.append((450 + reach * math.sin(angle), 450 - reach * math.cos(angle)))
    draw.polygon(points, fill=colour(dice))
    return image


def plain(seed: int) -> Image.Image:
    """A lens cap, a wall, an empty page."""
    shade = colour(Random(f"plain{seed}"), 5, 250)
    return photographed(Image.new("RGB", (WIDTH, HEIGHT), shade), seed, noise=3)
