"""The catalogue of evidence on paper: a document in the official geometry, and a workbook.

GB/T 9704-2012: A4, margins 37/35/28/26 mm, 22 lines of 28 characters, Chinese fonts by their names.
"""

from __future__ import annotations

import io
from datetime import date
from typing import TYPE_CHECKING, Any

import docx as python_docx
import xlsxwriter
from django.utils import translation
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from audit import seals
from reports.seals import png_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docx.document import Document
    from docx.table import Table

    from audit.models import Checkpoint
    from workflows.catalogue import Entry

TITLE = "佐证材料目录"
_COLUMNS = (
    ("编号", 20),
    ("材料名称", 46),
    ("证明事项", 54),
    ("页码", 14),
    ("备注", 22),
)
"""Each with its width in millimetres: together the 156 of the text area."""
_SHEET = (
    ("编号", 12),
    ("材料名称", 36),
    ("措施", 6),
    ("完成标准", 8),
    ("完成标准内容", 40),
    ("证明事项", 40),
    ("页码", 10),
    ("形成日期", 14),
    ("提交人", 12),
    ("状态", 10),
    ("审核意见", 10),
    ("审核人", 24),
    ("SHA-256", 68),
)


def chinese(day: date) -> str:
    """As official papers write a day: without leading zeros."""
    return f"{day.year}年{day.month}月{day.day}日"


def docx(
    entries: Sequence[Entry], *, title: str, day: date, seal: Checkpoint | None = None
) -> bytes:
    """The catalogue as a document; Word and WPS open it."""
    document = python_docx.Document()
    _lay_out(document)
    _styles(document)
    document.add_paragraph(TITLE, style="Catalogue title")
    document.add_paragraph(title, style="Catalogue subtitle")
    table = document.add_table(rows=1, cols=len(_COLUMNS), style="Table Grid")
    for cell, (words, _width) in zip(table.rows[0].cells, _COLUMNS, strict=True):
        _say(cell, words)
    for entry in entries:
        for cell, words in zip(table.add_row().cells, _row(entry), strict=True):
            _say(cell, words)
    _shape(document, table)
    document.add_paragraph(chinese(day), style="Catalogue date")
    if seal is not None:
        _seal(document, seal)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _row(entry: Entry) -> tuple[str, ...]:
    what = entry.claim or (entry.criterion.text if entry.criterion else entry.measure.text)
    return (
        entry.number,
        entry.name,
        f"{entry.shows} {what}",
        entry.pages or "全文",
        "已撤回" if entry.withdrawn else "：".join(filter(None, _found(entry))),
    )


def _seal(document: Document, seal: Checkpoint) -> None:
    """The code of the newest seal, and a picture of the address where it is checked."""
    address = seals.address(seal)
    paragraph = document.add_paragraph(style="Catalogue seal")
    paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE  # else it is cut off
    paragraph.add_run().add_picture(png_of(address), width=Mm(24))
    document.add_paragraph(_words(seal), style="Catalogue seal")
    document.add_paragraph(address, style="Catalogue seal")


def _words(seal: Checkpoint) -> str:
    with translation.override("zh-hans"):
        return seals.words(seal)


def _found(entry: Entry) -> tuple[str, str]:
    """What the last decision found of it, and who took it: 张三（代李四）."""
    with translation.override("zh-hans"):
        one = entry.verdict
        return (str(one.get_worth_display()), one.by) if one else ("", "")


def _lay_out(document: Document) -> None:
    [section] = document.sections
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    grid = OxmlElement("w:docGrid")
    grid.set(qn("w:type"), "linesAndChars")
    grid.set(qn("w:linePitch"), "579")
    grid.set(qn("w:charSpace"), "-849")
    page = document.element.body.sectPr
    for old in page.findall(qn("w:docGrid")):
        page.remove(old)
    page.append(grid)
    document.settings.odd_and_even_pages_header_footer = True
    for footer, side in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        footer.is_linked_to_previous = False
        _number(footer, side)


def _number(footer: Any, side: WD_ALIGN_PARAGRAPH) -> None:
    """— 1 —, on the outer side of the page."""
    [paragraph] = footer.paragraphs
    paragraph.alignment = side
    paragraph.add_run("— ")
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    footer.part.element.find(qn("w:p")).append(field)
    paragraph.add_run(" —")
    for run in paragraph.runs:
        run.font.size = Pt(14)


_STYLES = (
    ("Catalogue title", "方正小标宋简体", 22, WD_ALIGN_PARAGRAPH.CENTER, 28.95),
    ("Catalogue subtitle", "楷体_GB2312", 16, WD_ALIGN_PARAGRAPH.CENTER, 28.95),
    ("Catalogue cell", "仿宋_GB2312", 12, WD_ALIGN_PARAGRAPH.LEFT, 18),
    ("Catalogue date", "仿宋_GB2312", 16, WD_ALIGN_PARAGRAPH.RIGHT, 28.95),
    ("Catalogue seal", "仿宋_GB2312", 10.5, WD_ALIGN_PARAGRAPH.LEFT, 15),
)
"""Name, Chinese font, size, side and exact line, in points."""


def _styles(document: Document) -> None:
    for name, font, size, side, line in _STYLES:
        _style(document, name, font, size=size, side=side, line=line)
    for name in ("Catalogue cell", "Catalogue seal"):
        _off_the_grid(document.styles[name].element)


def _style(
    document: Document, name: str, font: str, *, size: float, side: WD_ALIGN_PARAGRAPH, line: float
) -> None:
    style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.font.name, style.font.size = "Times New Roman", Pt(size)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), font)
    shape = style.paragraph_format
    shape.alignment, shape.line_spacing_rule = side, WD_LINE_SPACING.EXACTLY
    shape.line_spacing, shape.space_before, shape.space_after = Pt(line), Pt(0), Pt(0)


def _off_the_grid(element: Any) -> None:
    """Small letters stand as close as they are: the grid of the page is for those of its size."""
    for about in (element.get_or_add_pPr(), element.get_or_add_rPr()):
        snap = OxmlElement("w:snapToGrid")
        snap.set(qn("w:val"), "0")
        about.append(snap)


def _say(cell: Any, words: str) -> None:
    cell.paragraphs[0].style = "Catalogue cell"
    cell.paragraphs[0].add_run(words)


def _shape(document: Document, table: Table) -> None:
    """Columns of their widths, and the head on every page."""
    table.autofit = False
    for column, (_words, width) in zip(table.columns, _COLUMNS, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)
    head = next(document.element.body.iter(qn("w:tr")))
    head.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def xlsx(
    entries: Sequence[Entry], *, title: str, day: date, seal: Checkpoint | None = None
) -> bytes:
    """The catalogue as a workbook; every cell is text, whatever it begins with."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet(TITLE)
    head = book.add_format({"bold": True, "border": 1, "text_wrap": True, "valign": "vcenter"})
    cell = book.add_format({"border": 1, "text_wrap": True, "valign": "top"})
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.write_string(0, 0, f"{title} {TITLE}（{chinese(day)}）")
    for column, (words, width) in enumerate(_SHEET):
        sheet.set_column(column, column, width)
        sheet.write_string(1, column, words, head)
    for line, entry in enumerate(entries, 2):
        for column, words in enumerate(_cells(entry)):
            sheet.write_string(line, column, words, cell)
    if seal is not None:
        sheet.write_string(len(entries) + 3, 0, f"{_words(seal)}　{seals.address(seal)}")
    sheet.freeze_panes(2, 1)
    sheet.repeat_rows(1)
    book.close()
    return out.getvalue()


def _cells(entry: Entry) -> tuple[str, ...]:
    formed = entry.citation.evidence.formed_on
    return (
        entry.number,
        entry.name,
        str(entry.measure.position),
        str(entry.criterion.number) if entry.criterion else "",
        entry.criterion.text if entry.criterion else "",
        entry.claim,
        entry.pages,
        chinese(formed) if formed else "",
        entry.citation.cited_by.name,
        "已撤回" if entry.withdrawn else "有效",
        *_found(entry),
        entry.digest,
    )
