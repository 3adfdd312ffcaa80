"""The matrix of evidence and its catalogue: of an item, of a problem, of a round."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.utils import timezone

from audit import sealing
from reports import catalogue as paper
from web.acting import actor_of
from web.answers import page
from web.workbooks import XLSX, saved
from workflows import catalogue as entries
from workflows import flagged
from workflows import matrix as matrices
from workflows.actions import reading

if TYPE_CHECKING:
    from django.http import HttpRequest

    from workflows.matrix import Matrix, Sheet

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_KINDS = {"docx": (paper.docx, DOCX), "xlsx": (paper.xlsx, XLSX)}


def matrix(request: HttpRequest, scope: str, key: int) -> HttpResponse:
    """One item or problem as grids; a round as its items with their counts, and who owes what."""
    sheet = matrices.sheet(actor_of(request), scope, key)
    section = request.GET.get("section", "")
    only = "holes" in request.GET
    context = {
        "sheet": sheet,
        "chosen": [one for one in sheet.matrices if _is_asked_for(one, section, only=only)],
        "sections": _sections(sheet),
        "section": section,
        "only": only,
        "doubted": flagged.doubted(one.item.pk for one in sheet.matrices),
    }
    return page(request, "matrix/matrix.html", context)


def _is_asked_for(matrix: Matrix, section: str, *, only: bool) -> bool:
    of_section = not section or str(matrix.item.lead_section_id) == section
    return of_section and (bool(matrix.holes) or not only)


def _sections(sheet: Sheet) -> list[Any]:
    found = {one.item.lead_section for one in sheet.matrices if one.item.lead_section}
    return sorted(found, key=lambda section: section.pk)


def catalogue(request: HttpRequest, scope: str, key: int) -> HttpResponse:
    """The numbered catalogue as a page to look at and to print."""
    sheet = matrices.sheet(actor_of(request), scope, key)
    context = {"sheet": sheet, "entries": _entries(sheet), "today": timezone.localdate()}
    return page(request, "matrix/catalogue.html", context)


def catalogue_file(request: HttpRequest, scope: str, key: int, kind: str) -> HttpResponse:
    """The same as a document or a workbook; that it leaves the house is on the record."""
    if kind not in _KINDS:
        raise Http404
    write, media_type = _KINDS[kind]
    actor = actor_of(request)
    sheet = matrices.sheet(actor, scope, key)
    entries_ = _entries(sheet)
    reading.export_catalogue(sheet, actor=actor, kind=kind, pieces=len(entries_))
    data = write(entries_, title=sheet.title, day=timezone.localdate(), seal=sealing.latest())
    name = f"{sheet.round.code} {paper.TITLE}.{kind}"
    return saved(HttpResponse(data), name=name, plain=f"evidence.{kind}", kind=media_type)


def _entries(sheet: Sheet) -> list[entries.Entry]:
    return entries.entries(matrix.item for matrix in sheet.matrices)
