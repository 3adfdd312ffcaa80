"""The picture of a drawn signature, for whoever may see an item it stands under."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import FileResponse

from core.refusals import NotFound
from web.acting import actor_of
from web.views.evidence import kept, shut_in
from workflows.models import Signature

if TYPE_CHECKING:
    from django.http import HttpRequest


def signature(request: HttpRequest, signature_id: int) -> FileResponse:
    visible = Signature.objects.visible_to(actor_of(request))
    found = visible.filter(pk=signature_id).exclude(picture="").first()
    if found is None:
        raise NotFound
    response = FileResponse(kept(found.picture), content_type="image/png")
    response["Content-Disposition"] = f'inline; filename="signature-{found.pk}.png"'
    return shut_in(response)
