"""A workbook into a draft; nothing here writes anywhere."""

import re

from django.utils.translation import gettext_noop as _

from ledger import headers, outline, rows
from ledger.draft import Doubt, Draft, DraftAspect, DraftProblem
from ledger.facts import Facts
from ledger.headers import Header
from ledger.numbering import Numbering
from ledger.outline import Node, Outline
from ledger.refusals import BadWorkbook
from ledger.rows import Row, RowKind
from ledger.sheet import Book, Sheet, address, load, open_book, scanned, text

_FILLED_IN = re.compile(r"附件.{0,4}|(?:填报|填表|报送|单位|日期|时间|密级|编号|联系).{0,8}[:：].*")
_ADDRESS = re.compile(r"(?:(.*)!)?([A-Z]*)(\d*)")
_WANTED = "问题、整改措施、整改时限、责任领导、责任科室"


def read(data: bytes, *, name: str, year: int | None = None) -> Draft:
    """Read the first sheet that has a ledger's header.

    `year` is taken for deadlines that name none. Raises BadWorkbook.
    """
    book = open_book(data, name)
    sheet, header, doubts = _ledger(book)
    listed = rows.classify(sheet, header)
    data_rows = [row.at for row in listed if row.kind in {RowKind.DATA, RowKind.SECTION}]
    if not any(row.kind is RowKind.DATA for row in listed):
        message = _(
            "There is nothing under the header of the sheet “%(sheet)s” in “%(name)s”."
            " Fill it in and load it again."
        )
        raise BadWorkbook(message, sheet=sheet.name, name=name)
    outline.own_the_numbers(sheet, header, listed)
    doubts += outline.lift_numbered_sections(sheet, header, listed)
    doubts += _row_doubts(sheet, listed) + _column_doubts(sheet, header, data_rows)
    doubts += _cell_doubts(sheet, header, data_rows)
    aspects, more = _aspects(sheet, header, listed, year)
    return Draft(
        aspects=aspects,
        doubts=sorted(doubts + more, key=_place),
        title=_title(sheet, header),
        sheet=sheet.name,
        header_rows=(header.first + 1, header.last + 1),
        data_rows=(data_rows[0] + 1, data_rows[-1] + 1),
    )


def _ledger(book: Book) -> tuple[Sheet, Header, list[Doubt]]:
    chosen: tuple[Sheet, Header] | None = None
    doubts: list[Doubt] = []
    if book.linked:
        message = _("This workbook draws on other workbooks; what they say was not fetched.")
        doubts.append(Doubt(message=message))
    for facts in scanned(book):
        if chosen is None:
            sheet = load(book, facts)
            header = headers.find(sheet)
            chosen = (sheet, header) if header else None
        if facts.rows and (chosen is None or facts is not chosen[0].facts):
            message = _("The sheet “%(sheet)s” was not read.")
            cell = f"{facts.name}!A1"
            doubts.append(Doubt(message=message, values={"sheet": facts.name}, cell=cell))
    if chosen is None:
        raise _no_ledger(book)
    if chosen[0].facts.hidden:
        message = _("The ledger stands on the hidden sheet “%(sheet)s”.")
        doubts.append(Doubt(message=message, values={"sheet": chosen[0].name}))
    return *chosen, doubts


def _no_ledger(book: Book) -> BadWorkbook:
    if not any(facts.rows for facts in book.sheets):
        message = _("“%(name)s” is empty. Choose the ledger workbook again.")
        return BadWorkbook(message, name=book.name)
    message = _(
        "No ledger was found in “%(name)s”: no sheet has a header row with words like %(wanted)s."
        " Check the header and load it again."
    )
    return BadWorkbook(message, name=book.name, wanted=_WANTED)


def _aspects(
    sheet: Sheet, header: Header, listed: list[Row], year: int | None
) -> tuple[list[DraftAspect], list[Doubt]]:
    found = Outline(sheet, header)
    found.walk(listed)
    numbering = Numbering(found.aspects)
    numbering.settle()
    facts = Facts(sheet, _fact_columns(header), year)
    aspects = [_aspect(node, facts) for node in found.aspects]
    doubts = found.doubts + numbering.doubts + facts.doubts
    if [node.title for node in found.aspects] == [outline.WHOLE]:
        message = _("The ledger has no aspects; all its problems were put under one.")
        doubts.append(Doubt(message=message))
    for node in found.aspects:
        if not node.below:
            message = _("The aspect “%(title)s” has no problems.")
            values = {"title": node.title}
            doubts.append(Doubt(message=message, values=values, cell=node.cell, field="title"))
    return aspects, doubts


def _fact_columns(header: Header) -> dict[str, int]:
    tree = {*headers.LEVELS, *(f"{level}_no" for level in headers.LEVELS)}
    return {name: column for name, column in header.columns.items() if name not in tree}


def _aspect(node: Node, facts: Facts) -> DraftAspect:
    facts.begin_aspect()
    problems = [
        DraftProblem(
            no=problem.no,
            title=problem.title,
            items=[facts.item(item, problem) for item in problem.below],
            row=problem.row + 1,
            cells=problem.cells,
        )
        for problem in node.below
    ]
    row = node.row + 1
    return DraftAspect(no=node.no, title=node.title, problems=problems, row=row, cells=node.cells)


def _title(sheet: Sheet, header: Header) -> str:
    for row in range(header.first):
        for _column, value in sheet.own_cells(row)[:1]:
            if not _FILLED_IN.fullmatch(text(value)):
                return text(value)
    return ""


def _row_doubts(sheet: Sheet, listed: list[Row]) -> list[Doubt]:
    unread = {
        RowKind.TOTAL: _("This row of totals was not read."),
        RowKind.STRAY: _("This line across the sheet was not read."),
    }
    doubts = [
        Doubt(message=unread[row.kind], cell=address(row.at, sheet.own_cells(row.at)[0][0]))
        for row in listed
        if row.kind in unread
    ]
    read_rows = {row.at for row in listed if row.kind in {RowKind.DATA, RowKind.SECTION}}
    if hidden := sorted(sheet.facts.hidden_rows & read_rows):
        message = _("These rows are hidden in the workbook; they were read too: %(rows)s.")
        values = {"rows": "、".join(str(row + 1) for row in hidden)}
        doubts.append(Doubt(message=message, values=values, cell=address(hidden[0], 0)))
    return doubts


def _column_doubts(sheet: Sheet, header: Header, data_rows: list[int]) -> list[Doubt]:
    doubts = []
    for column, words in header.unread:
        if any(sheet.own(row, column) != "" for row in data_rows):
            cell = address(header.last, column)
            doubts.append(_unread_column(words, column, cell))
    for name, column in header.columns.items():
        if column in sheet.facts.hidden_columns:
            message = _("This column is hidden in the workbook; it was read too.")
            doubts.append(Doubt(message=message, cell=address(header.last, column), field=name))
    return doubts


def _unread_column(words: str, column: int, cell: str) -> Doubt:
    if headers.meaning(words) == "evidence":
        message = _("The column “%(words)s” is not read: evidence is handed in as files.")
    elif words:
        message = _("The column “%(words)s” is not read.")
    else:
        message = _("The column %(letters)s has no header and is not read.")
    letters = address(0, column).rstrip("1")
    return Doubt(message=message, values={"words": words, "letters": letters}, cell=cell)


def _cell_doubts(sheet: Sheet, header: Header, data_rows: list[int]) -> list[Doubt]:
    """A formula's stored value may be anything; only a value that was typed counts."""
    fields = {column: name for name, column in header.columns.items()}
    here = set(data_rows)
    formula = _("There is a formula here. Replace it by its value.")
    fault = _("There is an error value here. Write what is meant.")
    marks = [(spot, formula) for spot in sheet.facts.formulas]
    marks += [(spot, fault) for spot in sheet.facts.faults - sheet.facts.formulas]
    return [
        Doubt(message=message, severity="error", cell=address(row, column), field=fields[column])
        for (row, column), message in marks
        if row in here and column in fields
    ]


def _place(doubt: Doubt) -> tuple[str, int, int, str]:
    found = _ADDRESS.fullmatch(doubt.cell)
    sheet, letters, row = found.groups() if found else (doubt.cell, "", "")
    return sheet or "", int(row or 0), len(letters), letters
