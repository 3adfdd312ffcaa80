"""Evidence in and out: handed in for a measure, taken back, sent to whoever may see the item."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote
from uuid import UUID

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from core.refusals import NotFound, Unmet
from evidence import intake, storage, uploads
from web.acting import actor_of, command_of, date_or_none, number_or_none, whole_number
from web.forms import text_of
from web.purposes import for_hole, for_request
from web.views.acts import after
from workflows import machine, policy, queries
from workflows.actions import proving, reading, wanting
from workflows.models import Citation

if TYPE_CHECKING:
    from io import BufferedReader

    from django.http import HttpRequest

    from core.actor import Actor

Answer = TypeVar("Answer", bound=HttpResponseBase)


def attach(request: HttpRequest, item_id: int, measure_id: int) -> HttpResponse:
    """Take in one or many files for a measure, by a plain form or one at a time by script."""
    actor = actor_of(request)
    insist_on_a_taker(actor, item_id)
    criterion_id = number_or_none(request, "criterion")
    item = proving.attach(
        item_id,
        actor=actor,
        command=command_of(request),
        measure_id=measure_id,
        criterion_id=criterion_id,
        **_handed_in(request, actor, for_hole(measure_id, criterion_id)),
    )
    place = f"#criterion-{criterion_id}" if criterion_id else f"#measure-{measure_id}"
    return after(request, item, "attach", place)


def supply(request: HttpRequest, item_id: int, asked_id: int) -> HttpResponse:
    """Take in the files that answer a request for evidence, by a plain form or by script."""
    actor = actor_of(request)
    insist_on_a_taker(actor, item_id, "supply_evidence")
    item = wanting.supply_evidence(
        item_id,
        actor=actor,
        command=command_of(request),
        request_id=asked_id,
        **_handed_in(request, actor, for_request(asked_id)),
    )
    return after(request, item, "supply_evidence", "#papers-asked")


def _handed_in(request: HttpRequest, actor: Actor, purpose: str) -> dict[str, Any]:
    """The files of a form, those that came in parts before it, and what it says of them."""
    files = [intake.receive(upload) for upload in request.FILES.getlist("files")]
    return {
        "files": files + uploads.received(_arrived(request), actor=actor, purpose=purpose),
        "again": [whole_number(text) for text in request.POST.getlist("again")],
        "claim": text_of(request, "claim", most=300),
        "pages": text_of(request, "pages", most=40),
        "formed_on": date_or_none(request, "formed_on"),
    }


def relink(request: HttpRequest, item_id: int, citation_id: int) -> HttpResponse:
    """Say otherwise what a piece proves: `target` is a measure, or one of its criteria."""
    measure, _dot, criterion = request.POST.get("target", "").partition(".")
    item = proving.relink(
        item_id,
        actor=actor_of(request),
        command=command_of(request),
        citation_id=citation_id,
        measure_id=whole_number(measure),
        criterion_id=whole_number(criterion) if criterion else None,
        claim=text_of(request, "claim", most=300),
        pages=text_of(request, "pages", most=40),
    )
    return after(request, item, "relink", f"#piece-{citation_id}")


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
    item = proving.withdraw_evidence(
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
    item = proving.replace_evidence(
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


def evidence(request: HttpRequest, citation_id: int) -> HttpResponseBase:
    """The file as it was handed in, or a copy that names who took it, as an attachment."""
    handed = reading.download(citation_id, actor=actor_of(request))
    if handed.copy:
        response: HttpResponseBase = HttpResponse(handed.copy.data)
        name, response["Content-Type"] = handed.copy.name, handed.copy.media_type
    else:
        response = FileResponse(
            kept(handed.evidence.digest), content_type=handed.evidence.media_type
        )
        name = handed.evidence.name
    response["Content-Disposition"] = f"attachment; {_named(name, handed.evidence.pk)}"
    return shut_in(response)


def kept(digest: str, start: int = 0) -> BufferedReader:
    """Kept bytes on their way out: a piece of evidence, or what was drawn under a decision."""
    try:
        return storage.opened(digest, start)
    except FileNotFoundError:
        raise NotFound(_("This file is not in its place. Tell the system administrator.")) from None


def shut_in(response: Answer) -> Answer:
    """Bytes from outside: drawn or saved, never run, shown nowhere else and kept nowhere."""
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "no-store"
    return response


def _named(name: str, pk: int) -> str:
    """The name for old programs, in plain ASCII, and for all others as it is."""
    ending = name.rpartition(".")[2]
    plain = f"evidence-{pk}.{ending}" if ending.isascii() and ending.isalnum() else ""
    fallback = plain or f"evidence-{pk}"
    return f"filename=\"{fallback}\"; filename*=UTF-8''{quote(name, safe='')}"
