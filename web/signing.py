"""What a form says to sign a decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from web.acting import text_of
from workflows.actions.signing import Signing

if TYPE_CHECKING:
    from django.http import HttpRequest


def signing_of(request: HttpRequest) -> Signing | None:
    """None where the form had no place to sign, or it was left as it was."""
    said = Signing(
        name=text_of(request, "signed_name"),
        password=request.POST.get("password", ""),
        picture=request.POST.get("drawing", ""),
        points=request.POST.get("strokes", ""),
    )
    return said if said.name or said.password else None
