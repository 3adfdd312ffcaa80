"""The picture of a drawn signature, for whoever may see an item it stands under."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import FileResponse
from django.utils.translation import gettext_lazy as _

from core.refusals import NotFound
from evidence import storage
from web.acting import actor_of
from web.views.evidence import shut_in
from workflows.models import Signature

if TYPE_CHECKING:
    from django.http import HttpRequest


def signature(request: HttpRequest, signature_id: int) -> FileResponse:
    visible = Signature.objects.visible_to(actor_of(request))
    found = visible.filter(pk=signature_id).exclude(picture="").first()
    if found is None:
        raise NotFound
    try:
        file = storage.opened(found.picture)
    except FileNotFoundError:
        raise NotFound(
            _("The picture of this signature is not in its place. Tell the system administrator.")
        ) from None
    response = FileResponse(file, content_type="image/png")
    response["Content-Disposition"] = f'inline; filename="signature-{found.pk}.png"'
    return shut_in(response)
