"""A workbook as the answer: always saved, never shown."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpResponse

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook(data: bytes, *, name: str, plain: str) -> HttpResponse:
    """`plain` is the name in ASCII, for what cannot read the true one."""
    response = HttpResponse(data, content_type=XLSX)
    ascii_name = "".join(c if c.isascii() and (c.isalnum() or c in "-_.") else "-" for c in plain)
    response["Content-Disposition"] = (
        f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(name, safe='')}"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
