"""Has the fingerprint of clean bytes made, in a confined process, by the worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evidence.deriving import derives
from evidence.prints.endings import ENDINGS, LONGEST_ANSWER

if TYPE_CHECKING:
    from evidence.deriving import Source

PRINTS = "prints"


@derives(PRINTS, endings=ENDINGS)
def prints(source: Source) -> None:
    # Loaded by the worker when there is something to do: what reads pictures is large.
    from evidence.prints import index  # noqa: PLC0415 -- as it says

    index.keep(source.digest, source.ask("evidence.prints.reading", longest_answer=LONGEST_ANSWER))
