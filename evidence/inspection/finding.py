"""What a parser says of a file: a Look when it is clean, a Fault when it is not."""

from __future__ import annotations

from dataclasses import dataclass


class Fault(Exception):
    """Why a file is not taken in: `code` is stable, `about` names the place inside it."""

    def __init__(self, code: str, about: str = "") -> None:
        super().__init__(code, about)
        self.code = code
        self.about = about[:120]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    preview: bool = True
    """Whether it may be shown in a page; otherwise it is only handed out."""
    pages: int | None = None
    notes: tuple[str, ...] = ()
    """Codes of what a reader should know beforehand."""
