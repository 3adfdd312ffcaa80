"""Which pages of a paper are meant: 1-3,7, checked against how many it has."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from core.refusals import Unmet

_SIGNS = str.maketrans("，、；;－—–~～至０１２３４５６７８９", ",,,,------0123456789")
_SPAN = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?")


def understood(text: str, *, of: int | None, name: str) -> str:
    """The pages in one way of writing, in ascending order; Unmet when they are not there.

    `of` is how many pages the paper called `name` has; None where nobody could count them.
    """
    plain = re.sub(r"\s+|第|页", "", text.translate(_SIGNS)).strip(",")
    if not plain:
        return ""
    spans = [_span(part, text) for part in plain.split(",") if part]
    last = max(end for _start, end in spans)
    if of is not None and last > of:
        raise Unmet(
            _("“%(name)s” has %(of)s pages; there is no page %(last)s.")
            % {"name": name, "of": of, "last": last},
            then=_("Look at the paper and write the pages it has."),
            holes=[("pages", _("the pages"))],
        )
    return ",".join(f"{a}-{b}" if a != b else str(a) for a, b in _joined(spans))


def _span(part: str, text: str) -> tuple[int, int]:
    found = _SPAN.fullmatch(part)
    start = int(found[1]) if found else 0
    end = int(found[2] or start) if found else 0
    if not 1 <= start <= end:
        raise Unmet(
            _("“%(text)s” does not say which pages.") % {"text": text[:40]},
            then=_("Write pages such as 1-3,7."),
            holes=[("pages", _("the pages"))],
        )
    return start, end


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """In order, with what touches or overlaps put together."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found
