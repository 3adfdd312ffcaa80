"""Workbooks in and out, as pure functions over bytes: nothing here knows the database.

    draft = read(data, name="台账.xlsx", year=2023)    # BadWorkbook when it is no ledger
    draft.aspects[0].problems[0].items[0].measures
    [doubt.cell for doubt in draft.errors]             # "error" doubts forbid confirming
    as_json(draft)                                     # the shape the command prints
    from_json(to_json(draft)) == draft                 # between upload and confirmation
    marked_copy(data, draft.doubts, name="台账.xlsx")  # the same workbook, doubts at their cells
    write(draft, title="整改台账", unit="园林中心")    # reads back as the same ledger

Every problem has at least one item; `draft.has_items` tells whether the ledger has that level.
A `dated` deadline without a date is an open question, and always comes with a doubt.
A status says what the staff reported. 已销号 in a workbook is 已完成 here: closing is the office's.
"""

from ledger.draft import Deadline, Doubt, Draft, DraftAspect, DraftItem, DraftProblem
from ledger.marked import marked_copy
from ledger.reader import read
from ledger.refusals import BadWorkbook
from ledger.shape import as_json, from_json, to_json
from ledger.writer import write

__all__ = [
    "BadWorkbook",
    "Deadline",
    "Doubt",
    "Draft",
    "DraftAspect",
    "DraftItem",
    "DraftProblem",
    "as_json",
    "from_json",
    "marked_copy",
    "read",
    "to_json",
    "write",
]
