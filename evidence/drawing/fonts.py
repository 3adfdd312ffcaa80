"""A font of this machine that has Chinese signs; without one, words are drawn as far as they go."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

# In the order of liking; Debian's, Windows' and the national systems' own places.
_FILES = (
    "NotoSansCJK-Regular.ttc",
    "NotoSansCJKsc-Regular.otf",
    "SourceHanSansCN-Regular.otf",
    "wqy-microhei.ttc",
    "wqy-zenhei.ttc",
    "msyh.ttc",
    "simsun.ttc",
    "NotoSerifCJK-Regular.ttc",
    "FandolHei-Regular.otf",
    "FandolSong-Regular.otf",
)
_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "/usr/share/texmf/fonts")


@lru_cache(maxsize=1)
def chinese() -> Path | None:
    """The file of a font with Chinese signs, or None where the machine has none."""
    found = {
        path.name: path
        for folder in _FOLDERS
        for path in Path(folder).rglob("*")
        if path.name in _FILES
    }
    return next((found[name] for name in _FILES if name in found), None)


@lru_cache(maxsize=64)
def font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    path = chinese()
    return ImageFont.truetype(str(path), size) if path else ImageFont.load_default(size)
