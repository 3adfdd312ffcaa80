"""Answers that work for a plain form and for htmx alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers

if TYPE_CHECKING:
    from typing import Any

    from django.http import HttpRequest


def by_htmx(request: HttpRequest) -> bool:
    asked = request.headers.get("HX-Request") == "true"
    return asked and request.headers.get("HX-History-Restore-Request") != "true"


def go(request: HttpRequest, to: str) -> HttpResponse:
    """Send the browser on after a form was done; `to` is a path of ours."""
    if not by_htmx(request):
        return redirect(to)
    return HttpResponse(status=204, headers={"HX-Redirect": to})


def page(
    request: HttpRequest, template: str, context: dict[str, Any], *, part: str | None = None
) -> HttpResponse:
    """A page, or only its part (an include of the same page) where htmx asked for that."""
    chosen = part if part and by_htmx(request) else template
    response = render(request, chosen, context)
    patch_vary_headers(response, ["HX-Request"])
    return response
