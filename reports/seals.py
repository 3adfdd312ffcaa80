"""The seal on printed paper: its code, and a picture of the address where it is checked."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import segno

from audit import sealing, seals

if TYPE_CHECKING:
    from audit.models import Checkpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    checkpoint: Checkpoint
    address: str
    picture: str
    """A data: address of an SVG; nothing is loaded for it."""
    reaches: int = 0
    """Up to which of its acts the paper's own chain is sealed; 0 where the paper has none."""
    acts: int = 0


def mark(subject: str = "", acts: int = 0) -> Mark | None:
    """The newest seal; None while nothing was sealed. With a chain also how far it is covered."""
    checkpoint = sealing.latest()
    if checkpoint is None:
        return None
    address = seals.address(checkpoint)
    return Mark(
        checkpoint=checkpoint,
        address=address,
        picture=picture_of(address),
        reaches=seals.reaches(subject, checkpoint) if subject else 0,
        acts=acts,
    )


@lru_cache(maxsize=64)
def picture_of(address: str) -> str:
    """A QR code as a data: address; a quarter of it may be smudged."""
    return _code(address).svg_data_uri(border=2, unit="", omitsize=True)


def png_of(address: str) -> io.BytesIO:
    """The same as a file, for papers that are no pages."""
    out = io.BytesIO()
    _code(address).save(out, kind="png", scale=8, border=2)
    out.seek(0)
    return out


def _code(address: str) -> segno.QRCode:
    return segno.make(address, error="q", micro=False)
