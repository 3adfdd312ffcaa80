"""Evidence to look at in the page: its pages as pictures, its text, film and sound.

Opening a piece is recorded; what its page then loads, it loads with a token that opening gave.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.core import signing
from django.http import FileResponse, HttpResponse
from django.utils.translation import gettext as _

from core.refusals import NotFound
from evidence import deriving, previews, storage, watermark
from evidence.models import PreviewPage
from web.acting import actor_of
from web.answers import by_htmx, page
from web.views.evidence import kept, shut_in
from workflows import dossier, flagged
from workflows.actions import reading
from workflows.states import Worth

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from core.actor import Actor
    from workflows.actions.reading import Handed
    from workflows.models import Citation

SALT = "evidence-opened"
HOURS = 12
"""For as long as a session lasts at most."""
_RANGE = re.compile(r"bytes=(\d{1,18})-(\d{0,18})")


def view(request: HttpRequest, citation_id: int) -> HttpResponse:
    """A piece of evidence, however it can be looked at; or why it cannot."""
    actor = actor_of(request)
    citation = reading.citation_for(citation_id, actor=actor)
    look = previews.look_at(citation.evidence)
    context = {
        "c": citation,
        "look": look,
        "item": citation.item,
        "place": dossier.place_of(citation),
        "links": dossier.links_of(citation) if by_htmx(request) else [],
        "beside": by_htmx(request),
        "worths": Worth,
        "doubts": flagged.by_piece(flagged.of_item(citation.item)),
    }
    if look.is_shown:
        handed = reading.view(citation_id, actor=actor)
        context |= {"token": token_of(citation, actor), "words": handed.words}
    return page(request, "evidence/page.html", context, part="evidence/viewer.html")


def sheet(request: HttpRequest, citation_id: int, no: int) -> HttpResponseBase:
    """One page as a picture."""
    return _picture(_opened(request, citation_id), no)


def image(request: HttpRequest, citation_id: int) -> HttpResponseBase:
    """A picture beside the words it proves; that it was shown is recorded like any view."""
    actor = actor_of(request)
    evidence = reading.citation_for(citation_id, actor=actor).evidence
    if evidence.ending not in previews.PICTURES:
        raise NotFound
    deriving.ensure(evidence.digest, "preview")
    if not PreviewPage.objects.filter(digest=evidence.digest).exists():
        raise NotFound(_("This picture cannot be shown; download it instead."))
    return _picture(reading.view(citation_id, actor=actor), 1)


def media(request: HttpRequest, citation_id: int) -> HttpResponseBase:
    """Film or sound for the browser to play, from where it asks on."""
    evidence = _opened(request, citation_id).evidence
    if evidence.ending not in previews.FILM | previews.SOUND:
        raise NotFound
    asked = _RANGE.fullmatch(request.headers.get("Range", ""))
    start = int(asked[1]) if asked else 0
    if start >= evidence.size:
        refused = HttpResponse(status=416)
        refused["Content-Range"] = f"bytes */{evidence.size}"
        return refused
    response = FileResponse(kept(evidence.digest, start), content_type=evidence.media_type)
    response["Accept-Ranges"] = "bytes"
    response["Content-Length"] = str(evidence.size - start)
    if asked:
        response.status_code = 206
        response["Content-Range"] = f"bytes {start}-{evidence.size - 1}/{evidence.size}"
    return shut_in(response)


def token_of(citation: Citation, actor: Actor) -> str:
    """That this person has opened this piece, in these bytes."""
    said = [citation.pk, citation.evidence.digest, actor.person_id]
    return signing.dumps(said, salt=SALT)


def _opened(request: HttpRequest, citation_id: int) -> Handed:
    """What the actor may still see, and has opened; without the token it is not there."""
    actor = actor_of(request)
    citation = reading.citation_for(citation_id, actor=actor)
    try:
        said = signing.loads(request.GET.get("t", ""), salt=SALT, max_age=HOURS * 3600)
    except signing.BadSignature:
        said = None
    if said != [citation.pk, citation.evidence.digest, actor.person_id]:
        raise NotFound(_("Open the evidence first; what it shows is loaded from there."))
    return reading.shown(citation, actor=actor)


def _picture(handed: Handed, no: int) -> HttpResponseBase:
    row = PreviewPage.objects.filter(digest=handed.evidence.digest, no=no).first()
    if row is None:
        raise NotFound
    jpeg = storage.whole(row.picture)
    if handed.words:
        jpeg = watermark.marked(jpeg, handed.words)
    response = HttpResponse(jpeg, content_type="image/jpeg")
    response["Content-Disposition"] = f"inline; filename=page-{no}.jpg"
    return shut_in(response)
