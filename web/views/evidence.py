"""Evidence in and out: handed in for a measure, taken back, sent to whoever may see the item."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote
from uuid import UUID

from django.http import FileResponse
from django.utils.translation import gettext_lazy as _

from core.refusals import NotFound, Unmet
from evidence import intake, storage, uploads
from web.acting import actor_of, command_of, date_or_none
from web.forms import text_of
from web.views.acts import after
from workflows import machine, policy, queries
from workflows.actions import reading, rectification
from workflows.models import Citation

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from core.actor import Actor
    from evidence.models import Evidence

SHOWN = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp", "image/bmp"})
"""What every browser draws and none runs; all else is only handed out as a file."""


def attach(request: HttpRequest, item_id: int, measure_id: int) -> HttpResponse:
    """Take in one or many files for a measure, by a plain form or one at a time by script."""
    actor = actor_of(request)
    insist_on_a_taker(actor, item_id)
    files = [intake.receive(upload) for upload in request.FILES.getlist("files")]
    files += uploads.received(_arrived(request), actor=actor, purpose=purpose_of(measure_id))
    item = rectification.attach(
        item_id,
        actor=actor,
        command=command_of(request),
        measure_id=measure_id,
        files=files,
        claim=text_of(request, "claim", most=300),
        pages=text_of(request, "pages", most=40),
        formed_on=date_or_none(request, "formed_on"),
    )
    return after(request, item, "attach", f"#measure-{measure_id}")


def purpose_of(measure_id: int) -> str:
    """What an upload for a measure says that it is for."""
    return f"measure:{measure_id}"


def _arrived(request: HttpRequest) -> list[UUID]:
    """Which files that came in parts the form names."""
    try:
        return [UUID(text) for text in request.POST.getlist("uploads")]
    except ValueError:
        raise Unmet(
            _("The form came back incomplete."),
            then=_("Open the page again and send the form from there."),
        ) from None


def insist_on_a_taker(actor: Actor, item_id: int, verb: str = "attach") -> None:
    """Keep no bytes of somebody who may not hand them in; the action asks again, and records."""
    item = queries.item_for(actor, item_id)
    if policy_refusal := policy.refusal(item, actor, machine.move_of(item, verb).who):
        raise policy_refusal


def withdraw_evidence(request: HttpRequest, item_id: int, citation_id: int) -> HttpResponse:
    actor = actor_of(request)
    citation = _citation(actor, item_id, citation_id)
    item = rectification.withdraw_evidence(
        item_id,
        actor=actor,
        command=command_of(request),
        citation_id=citation_id,
        reason=text_of(request, "reason", most=300),
    )
    return after(request, item, "withdraw_evidence", f"#measure-{citation.measure_id}")


def replace_evidence(request: HttpRequest, item_id: int, citation_id: int) -> HttpResponse:
    """A newer version of one piece; the page shows it with the older ones beneath."""
    actor = actor_of(request)
    citation = _citation(actor, item_id, citation_id)
    insist_on_a_taker(actor, item_id, "replace_evidence")
    upload = request.FILES.get("file")
    if upload is None:
        raise Unmet(
            _("No file was chosen."),
            then=_("Choose the newer file."),
            holes=[("file", _("the newer file"))],
        )
    item = rectification.replace_evidence(
        item_id,
        actor=actor,
        command=command_of(request),
        citation_id=citation_id,
        file=intake.receive(upload),
        reason=text_of(request, "reason", most=300),
        formed_on=date_or_none(request, "formed_on"),
    )
    return after(request, item, "replace_evidence", f"#measure-{citation.measure_id}")


def _citation(actor: Actor, item_id: int, citation_id: int) -> Citation:
    found = Citation.objects.visible_to(actor).filter(pk=citation_id, item=item_id).first()
    if found is None:
        raise NotFound
    return found


def evidence(request: HttpRequest, citation_id: int) -> FileResponse:
    """The file as it was handed in, as an attachment."""
    return _sent(reading.download(citation_id, actor=actor_of(request)), "attachment")


def evidence_image(request: HttpRequest, citation_id: int) -> FileResponse:
    """A picture to look at in the page; only of the kinds that every browser merely draws."""
    visible = Citation.objects.visible_to(actor_of(request))
    if not visible.filter(pk=citation_id, evidence__media_type__in=SHOWN).exists():
        raise NotFound
    return _sent(reading.download(citation_id, actor=actor_of(request)), "inline")


def _sent(evidence: Evidence, disposition: str) -> FileResponse:
    try:
        file = storage.opened(evidence.digest)
    except FileNotFoundError:
        raise NotFound(
            _("The file of this evidence is not in its place. Tell the system administrator.")
        ) from None
    response = FileResponse(file, content_type=evidence.media_type)
    response["Content-Disposition"] = f"{disposition}; {_named(evidence)}"
    return shut_in(response)


def shut_in(response: FileResponse) -> FileResponse:
    """Bytes from outside: drawn or saved, never run, shown nowhere else and kept nowhere."""
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "no-store"
    return response


def _named(evidence: Evidence) -> str:
    """The name for old programs, in plain ASCII, and for all others as it is."""
    ending = evidence.name.rpartition(".")[2]
    plain = f"evidence-{evidence.pk}.{ending}" if ending.isascii() and ending.isalnum() else ""
    fallback = plain or f"evidence-{evidence.pk}"
    return f"filename=\"{fallback}\"; filename*=UTF-8''{quote(evidence.name, safe='')}"
