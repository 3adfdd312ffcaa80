"""Files that come in parts, by tus: begun for a measure, continued, looked after, given up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.refusals import NotFound
from evidence import kinds, uploads
from evidence.inspection.verdict import State
from evidence.models import Upload
from web import tus
from web.acting import actor_of
from web.purposes import aim_of, for_hole, for_request
from web.views.evidence import insist_on_a_taker

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

    from workflows.models import Item

_LONGEST_METADATA = 2000


@tus.spoken
def begin(request: HttpRequest) -> HttpResponse:
    """OPTIONS: what is spoken here. POST: room for a file that is to come."""
    if request.method == "OPTIONS":
        return _spoken_here()
    told = tus.metadata_of(request)
    raw = request.headers.get("Upload-Metadata", "")
    if "Upload-Length" not in request.headers or "Upload-Defer-Length" in request.headers:
        raise tus.malformed(_("A file must say its length before it comes."))
    if "Upload-Concat" in request.headers:
        raise tus.malformed(_("A file comes as one upload, not put together from several."))
    if len(raw) > _LONGEST_METADATA:
        raise tus.malformed(_("Upload-Metadata is too long."))
    purpose = told.get("for", "")
    aim = aim_of(purpose)
    if aim is None:
        raise NotFound
    insist_on_a_taker(actor_of(request), aim.item_id, aim.verb)
    upload = uploads.begin(
        actor=actor_of(request),
        name=_name(told),
        size=tus.number_of(request, "Upload-Length"),
        purpose=purpose,
        fingerprint=told.get("fingerprint", "")[:80],
        metadata=raw,
    )
    response = HttpResponse(status=201)
    response["Location"] = reverse("upload", args=[upload.pk])
    return tus.standing(response, upload)


def _name(told: dict[str, str]) -> str:
    """Out of a folder the whole path is what the file is called; alone its own name."""
    if path := told.get("path"):
        return kinds.name_in_folder(path)
    return kinds.clean_name(told.get("filename", ""))


def _spoken_here() -> HttpResponse:
    response = HttpResponse(status=204)
    response["Tus-Version"] = tus.VERSION
    response["Tus-Extension"] = tus.EXTENSIONS
    response["Tus-Checksum-Algorithm"] = ",".join(uploads.ALGORITHMS)
    response["Tus-Max-Size"] = str(max(settings.EVIDENCE_LARGEST, settings.FORM_LARGEST))
    return response


@tus.spoken
def upload(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """One's own upload: HEAD and PATCH as tus has them, DELETE, and GET for the page."""
    found = _own(request, upload_id)
    match request.method:
        case "PATCH":
            return _take_part(request, found)
        case "DELETE":
            uploads.discard(found)
            return HttpResponse(status=204)
        case "HEAD":
            response = tus.standing(HttpResponse(), found)
            response["Upload-Length"] = str(found.size)
            response["Upload-Metadata"] = found.metadata
            return response
        case _:
            return JsonResponse(_told(found))


def _take_part(request: HttpRequest, found: Upload) -> HttpResponse:
    length = tus.length_of_part(request)
    taken = uploads.receive(
        found,
        at=tus.number_of(request, "Upload-Offset"),
        length=length,
        chunks=tus.part_of(request),
        checksum=tus.checksum_of(request),
    )
    return tus.standing(HttpResponse(status=204), taken)


def _told(upload: Upload) -> dict[str, object]:
    told: dict[str, object] = {
        "state": upload.inspection,
        "offset": upload.offset,
        "size": upload.size,
        "name": upload.name,
        "words": State(upload.inspection).label,
        "next": "",
    }
    if upload.inspection == State.REFUSED or upload.finding:
        refusal = upload.refusal()
        told |= {"words": str(refusal), "next": str(refusal.then)}
    return told


def drop(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """Leave an upload out by a plain form, then back to where it was to be handed in."""
    found = _own(request, upload_id)
    aim = aim_of(found.purpose)
    uploads.discard(found)
    if aim is None:
        return redirect("home")
    return redirect(reverse("item", args=[aim.item_id]) + aim.place)


def _own(request: HttpRequest, upload_id: UUID) -> Upload:
    waiting = Upload.objects.visible_to(actor_of(request)).waiting()
    found = waiting.filter(pk=upload_id).first()
    if found is None:
        raise uploads.not_there()
    return found


def arrived(request: HttpRequest, item: Item) -> dict[str, list[Upload]]:
    """What waits to be handed in for an item by whoever looks at it, by what it is for."""
    pairs = item.measures.values_list("pk", "criteria")
    wanted = {for_hole(*pair) for pair in pairs} | {for_hole(pk) for pk, _criterion in pairs}
    asked = item.evidence_requests.open().values_list("pk", flat=True)
    wanted |= {for_request(pk) for pk in asked}
    waiting = Upload.objects.visible_to(actor_of(request)).waiting()
    found: dict[str, list[Upload]] = {}
    for one in waiting.filter(purpose__in=wanted).order_by("begun_at", "pk"):
        found.setdefault(one.purpose, []).append(one)
    return found
