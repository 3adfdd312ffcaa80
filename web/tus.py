"""The words of tus 1.0.0 (tus.io): what its headers say, and what every answer to it carries."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from functools import wraps
from typing import TYPE_CHECKING

from django.http import HttpResponse, JsonResponse, UnreadablePostError
from django.utils.http import http_date
from django.utils.translation import gettext_lazy as _

from core.refusals import NotPermitted, Refusal, Unmet
from evidence import uploads
from evidence.uploads import Checksum
from web.middleware import note_refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from django.http import HttpRequest
    from django.utils.functional import Promise

    from evidence.models import Upload

    View = Callable[..., HttpResponse]

VERSION = "1.0.0"
EXTENSIONS = "creation,checksum,expiration,termination"
PART = "application/offset+octet-stream"
CHUNK = 1 << 20
PATIENCE = 30.0
"""Seconds that a connection may be silent in the middle of a part."""
_WORDS = {460: "Checksum Mismatch"}
_NUMBER = re.compile(r"[0-9]{1,18}")
_KEY = re.compile(r"[!-+\--~]{1,40}")


def spoken(view: View) -> View:
    """Insist on our version of tus, and answer refusals as a program reads them."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            _insist_on_version(request)
            response = view(request, *args, **kwargs)
        except Refusal as refusal:
            response = _refused(request, refusal)
        response["Tus-Resumable"] = VERSION
        response["Cache-Control"] = "no-store"
        return response

    return answer


def _insist_on_version(request: HttpRequest) -> None:
    if "X-HTTP-Method-Override" in request.headers:
        raise malformed(_("A request is what it says it is: methods are not overridden here."))
    if request.method in {"GET", "OPTIONS"}:
        return
    if request.headers.get("Tus-Resumable") != VERSION:
        raise malformed(_("Only tus 1.0.0 is spoken here."), status=412)


def _refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    if isinstance(refusal, NotPermitted):
        note_refused(request, refusal)
    response = JsonResponse(refusal.as_dict(), status=refusal.status)
    response.reason_phrase = _WORDS.get(refusal.status, response.reason_phrase)
    if refusal.status == 412:  # noqa: PLR2004 -- tus asks for the version we do speak
        response["Tus-Version"] = VERSION
    return response


def malformed(rule: str | Promise, *, status: int = 400) -> Unmet:
    """What a person only sees whose browser or program speaks tus in another way than we do."""
    refusal = Unmet(
        rule, then=_("Load the page again. If it stays so, tell the system administrator.")
    )
    refusal.status = status
    return refusal


def number_of(request: HttpRequest, header: str) -> int:
    text = request.headers.get(header, "")
    if not _NUMBER.fullmatch(text):
        raise malformed(_("%(header)s must be a whole number.") % {"header": header})
    return int(text)


def metadata_of(request: HttpRequest) -> dict[str, str]:
    """`key base64,key base64`; texts in UTF-8."""
    found: dict[str, str] = {}
    said = request.headers.get("Upload-Metadata", "")
    for pair in said.split(",") if said else ():
        key, _space, text = pair.strip().partition(" ")
        try:
            value = base64.b64decode(text, validate=True).decode()
        except (binascii.Error, ValueError):
            raise _unreadable() from None
        if not _KEY.fullmatch(key) or key in found:
            raise _unreadable()
        found[key] = value
    return found


def _unreadable() -> Unmet:
    return malformed(_("Upload-Metadata must be words with values in Base64, each word once."))


def checksum_of(request: HttpRequest) -> Checksum | None:
    """What the sender says the bytes of this part are, where it says so."""
    said = request.headers.get("Upload-Checksum")
    if said is None:
        return None
    algorithm, _space, text = said.partition(" ")
    if algorithm not in uploads.ALGORITHMS:
        raise malformed(_("Checksums are sha1 or sha256."))
    try:
        digest = base64.b64decode(text, validate=True)
    except binascii.Error:
        digest = b""
    if len(digest) != hashlib.new(algorithm, usedforsecurity=False).digest_size:
        raise malformed(_("Upload-Checksum must be a name and a digest in Base64."))
    return Checksum(algorithm, digest)


def length_of_part(request: HttpRequest) -> int:
    if request.content_type != PART:
        raise malformed(_("A part of a file is sent as %(kind)s.") % {"kind": PART}, status=415)
    text = request.META.get("CONTENT_LENGTH", "")
    if not _NUMBER.fullmatch(text):
        # Without it the server would read nothing, and believe that nothing was sent.
        raise malformed(_("A part of a file must say its length."), status=411)
    return int(text)


def part_of(request: HttpRequest) -> Iterator[bytes]:
    """The bytes of a part as they come; fewer where the connection breaks off or falls silent."""
    line = request.META.get("gunicorn.socket")
    before = line.gettimeout() if line else None
    if line:
        # Or whoever lost the network would hold the file for as long as TCP believes in them.
        line.settimeout(PATIENCE)
    try:
        while chunk := request.read(CHUNK):
            yield chunk
    except UnreadablePostError:
        return
    finally:
        if line:
            line.settimeout(before)


def standing(response: HttpResponse, upload: Upload) -> HttpResponse:
    """How far it is, and until when it is kept."""
    response["Upload-Offset"] = str(upload.offset)
    response["Upload-Expires"] = http_date(upload.expires_at.timestamp())
    return response
