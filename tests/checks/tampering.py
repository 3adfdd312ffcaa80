"""What is done to a picture before it is handed in a second time."""

from __future__ import annotations

import io
from collections.abc import Callable
from random import Random
from typing import Any

from PIL import Image, ImageDraw, ImageEnhance

from tests.checks.scenes import writing

Tampering = Callable[[Image.Image, Random], Image.Image]


def encoded(image: Image.Image, kind: str = "JPEG", **said: Any) -> bytes:
    out = io.BytesIO()
    image.convert("RGB").save(out, kind, **said)
    return out.getvalue()


def through(image: Image.Image, quality: int, kind: str = "JPEG") -> Image.Image:
    return Image.open(io.BytesIO(encoded(image, kind, quality=quality))).convert("RGB")


def saved(image: Image.Image, dice: Random) -> Image.Image:
    return through(image, dice.randint(55, 90))


def squeezed(image: Image.Image, dice: Random) -> Image.Image:
    return through(image, dice.randint(18, 35))


def resized(image: Image.Image, dice: Random) -> Image.Image:
    scale = dice.uniform(0.25, 0.8)
    return image.resize(
        (round(image.width * scale), round(image.height * scale)), Image.Resampling.LANCZOS
    )


def cropped(image: Image.Image, dice: Random) -> Image.Image:
    """A little off each side, never the same."""
    width, height = image.size
    left, right = (round(width * dice.uniform(0, 0.12)) for _ in "ab")
    top, bottom = (round(height * dice.uniform(0, 0.12)) for _ in "ab")
    return image.crop((left, top, width - right, height - bottom))


def brightened(image: Image.Image, dice: Random) -> Image.Image:
    light = ImageEnhance.Brightness(image.convert("RGB")).enhance(dice.uniform(0.75, 1.25))
    return ImageEnhance.Contrast(light).enhance(dice.uniform(0.8, 1.25))


def greyed(image: Image.Image, _dice: Random) -> Image.Image:
    return image.convert("L").convert("RGB")


def stamped(image: Image.Image, dice: Random) -> Image.Image:
    """A line of a camera app in a corner: place, day and hour."""
    image = image.convert("RGB")
    size = image.width // 26
    at = (size, image.height - 3 * size)
    writing(ImageDraw.Draw(image), dice, at, size, 9, fill=(255, 220, 60))
    return image


def on_a_telephone(image: Image.Image, dice: Random) -> Image.Image:
    """A screenshot of a viewer: the picture between black bars, a clock above, buttons below."""
    screen = Image.new("RGB", (1080, dice.randint(1920, 2340)), "black")
    inner = image.convert("RGB").resize((1080, round(1080 * image.height / image.width)))
    screen.paste(inner, (0, (screen.height - inner.height) // 2))
    draw = ImageDraw.Draw(screen)
    writing(draw, dice, (40, 24), 34, 3, fill=(240, 240, 240))
    writing(draw, dice, (820, 24), 34, 5, fill=(240, 240, 240))
    for button in range(4):
        x = 120 + 240 * button
        draw.ellipse((x, screen.height - 130, x + 70, screen.height - 60), outline="white", width=5)
    return screen


def on_a_desk(image: Image.Image, dice: Random) -> Image.Image:
    """A screenshot of a chat or a page: the picture among other things."""
    screen = Image.new("RGB", (1600, 1000), (238, 240, 243))
    draw = ImageDraw.Draw(screen)
    draw.rectangle((0, 0, 1600, 56), fill=(40, 60, 90))
    writing(draw, dice, (24, 12), 32, 12, fill=(240, 240, 240))
    draw.rectangle((0, 56, 280, 1000), fill=(225, 228, 232))
    for row in range(9):
        writing(draw, dice, (24, 90 + 92 * row), 26, dice.randint(4, 8))
    wide = dice.randint(760, 980)
    inner = image.convert("RGB").resize((wide, round(wide * image.height / image.width)))
    inner = inner.crop((0, 0, inner.width, min(inner.height, 840)))
    screen.paste(inner, (dice.randint(300, 1580 - wide), dice.randint(70, 990 - inner.height)))
    return screen


TAMPERINGS: dict[str, tuple[Tampering, ...]] = {
    "saved": (saved,),
    "squeezed": (squeezed,),
    "resized": (resized, saved),
    "cropped": (cropped, saved),
    "cropped-resized": (cropped, resized, saved),
    "brightened": (brightened, saved),
    "greyed": (greyed, saved),
    "stamped": (stamped, saved),
    "telephone": (on_a_telephone, saved),
    "desk": (on_a_desk, saved),
    "cropped-telephone": (cropped, on_a_telephone, saved),
}


def tampered(image: Image.Image, how: str, seed: int) -> Image.Image:
    dice = Random(f"{how}{seed}")
    for step in TAMPERINGS[how]:
        image = step(image, dice)
    return image
