"""The pages for what went wrong before any view could answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from core.refusals import Unmet
from web.middleware import refused

if TYPE_CHECKING:
    from django.http import HttpRequest


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def malformed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "400.html", status=400)


def broken(_request: HttpRequest) -> HttpResponse:
    """Needs no database, session or built static files: any of them may be what broke."""
    return HttpResponse(render_to_string("500.html"), status=500)


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's secret is missing or old (CSRF): nothing was done, and this says what to do."""
    response = refused(
        request,
        Unmet(
            _("This form is no longer valid: it was open too long, or cookies are switched off."),
            then=_("Open the page again and send the form from there. Nothing was changed."),
        ),
    )
    response.status_code = 403
    return response
