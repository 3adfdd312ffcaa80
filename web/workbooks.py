"""A workbook or an archive as the answer: always saved, never shown."""

from __future__ import annotations

from typing import TypeVar
from urllib.parse import quote

from django.http import HttpResponse
from django.http.response import HttpResponseBase

ZIP = "application/zip"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Answer = TypeVar("Answer", bound=HttpResponseBase)


def workbook(data: bytes, *, name: str, plain: str) -> HttpResponse:
    """`plain` is the name in ASCII, for what cannot read the true one."""
    return as_workbook(HttpResponse(data), name=name, plain=plain)


def as_workbook(response: Answer, *, name: str, plain: str) -> Answer:
    """The same answer, said to be a workbook of that name."""
    return saved(response, name=name, plain=plain, kind=XLSX)


def saved(response: Answer, *, name: str, plain: str, kind: str) -> Answer:
    """The same answer, to be saved under a name as a file of a kind."""
    ascii_name = "".join(c if c.isascii() and (c.isalnum() or c in "-_.") else "-" for c in plain)
    response["Content-Type"] = kind
    response["Content-Disposition"] = (
        f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(name, safe='')}"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
