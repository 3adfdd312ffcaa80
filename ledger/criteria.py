"""One cell of completion criteria, and the criteria of each measure as a line of its own."""

import re
from collections.abc import Sequence

from workflows.criteria import pieces, told

_MARK = re.compile(r"\s*(\d{1,3})(?:、|[.．](?P<tight>(?=\d))?)\s*")
_Numbered = dict[int, list[str]]


def split(text: str, measures: int) -> tuple[str, ...]:
    """Numbered lines go to the measures of those numbers, any other text to every measure."""
    if not text.strip() or not measures:
        return ()
    found = _numbered(text)
    if not found or max(found) > measures:
        return (_one_line([text]),) * measures
    return tuple(_one_line(found.get(n, [])) for n in range(1, measures + 1))


def joined(criteria: Sequence[str]) -> str:
    """The cell that `split` takes apart again: once what holds for all, else line by line."""
    if not any(criteria):
        return ""
    first = criteria[0]
    if split(first, len(criteria)) == tuple(criteria):
        return first
    return "\n".join(f"{n}. {words}" for n, words in enumerate(criteria, 1) if words)


def _numbered(text: str) -> _Numbered:
    """Lines by their numbers, which go up; a line without one goes on with the line before."""
    found: _Numbered = {}
    marks = []
    for line in text.split("\n"):
        mark = _MARK.match(line)
        if mark and int(mark[1]) > max(found, default=0):
            marks.append(mark)
            found[int(mark[1])] = [line[mark.end() :]]
        elif not found:
            return {}
        else:
            found[max(found)].append(line)
    # A lone 1.5米 is a length, not the first of a list.
    return {} if len(marks) == 1 and marks[0]["tight"] is not None else found


def _one_line(lines: list[str]) -> str:
    """As the ledger keeps the criteria of a measure, and as a page shows them in one line."""
    return told(pieces("\n".join(lines)))
