"""A workbook on its way in: loaded, previewed with its doubts, corrected, then entered or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from core.refusals import NotFound, Unmet
from evidence import storage
from evidence.kinds import clean_name
from ledger import BadWorkbook, entering, from_json, intake, marked_copy, to_json
from ledger.container import MAX_FILE
from ledger.corrections import cell_of, corrected
from ledger.outlook import Outlook, outlook
from web import preview as screens
from web.acting import actor_of, command_id_of, number_of
from web.answers import go, page
from web.rounds import current_round, round_context
from web.workbooks import workbook
from workflows import policy
from workflows.actions import ledgers, reading
from workflows.models import Batch
from workflows.states import State

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from workflows.models import Round

_LONGEST_TEXT = 20_000
_MOVED = Q(items__version__gt=0) | ~Q(items__state=State.DRAFT)


def imports(request: HttpRequest) -> HttpResponse:
    actor, round_ = actor_of(request), current_round(request)
    batches = (
        Batch.objects.visible_to(actor)
        .filter(round=round_)
        .select_related("uploaded_by")
        .annotate(
            on_ledger=Count("items"),
            moved=Count("items", filter=Q(items__isnull=False) & _MOVED),
        )
        .defer("draft")
        .order_by("-pk")
    )
    limit = MAX_FILE // 2**20
    context = {**round_context(request), "batches": batches, "limit": limit}
    return page(request, "imports/imports.html", context)


def upload(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    round_ = _round_of_form(request)
    file = request.FILES.get("workbook")
    if not isinstance(file, UploadedFile) or not file.name:
        raise Unmet(_("No workbook was chosen."), then=_("Choose an .xlsx file, then load it."))
    if (file.size or 0) > MAX_FILE:
        raise Unmet(
            _("“%(name)s” has more than %(limit)s MB.")
            % {"name": clean_name(file.name), "limit": MAX_FILE // 2**20},
            then=_("Copy the ledger sheet into a new workbook, without pictures, and load that."),
        )
    name, data = clean_name(file.name), file.read()
    draft = intake.understood(data, name=name, round_=round_)
    batch = intake.keep(draft, data, name=name, round_=round_, actor=actor)
    return go(request, reverse("import_preview", args=[batch.pk]))


def _round_of_form(request: HttpRequest) -> Round:
    """The round the form was drawn for, whatever another tab is looking at by now."""
    actor = actor_of(request)
    round_ = _rounds(request).get(request.POST.get("round", ""))
    if round_ is None:
        raise NotFound
    policy.insist_on_office(actor, round_.unit)
    return round_


def _rounds(request: HttpRequest) -> dict[str, Round]:
    return {one.code: one for one in round_context(request)["rounds"] or []}  # type: ignore[union-attr]


def _batch(request: HttpRequest, batch_id: int) -> Batch:
    actor = actor_of(request)
    found = Batch.objects.visible_to(actor).select_related("round__unit", "uploaded_by")
    batch = found.filter(pk=batch_id).first()
    if batch is None:
        raise NotFound
    policy.insist_on_office(actor, batch.round.unit)
    return batch


def preview(request: HttpRequest, batch_id: int) -> HttpResponse:
    """`?edit=0.1.2:deadline` opens that field's form; `?show=doubts` leaves the rest out."""
    batch = _batch(request, batch_id)
    seen = _outlook(batch)
    edited = screens.place_of(request.GET.get("edit", "")) if batch.open else None
    tree = screens.Tree(seen, edited).preview()
    context: dict[str, Any] = {
        "batch": batch,
        "open": batch.open,
        "seen": seen,
        "preview": tree,
        "counts": screens.counts(seen.draft.aspects),
        "stated": intake.stated(seen.draft),
        "only_doubts": request.GET.get("show") == "doubts",
        "on_ledger": batch.items.count(),
    }
    return page(request, "imports/preview.html", context)


def _outlook(batch: Batch) -> Outlook:
    """Once decided, only what the workbook itself raised is of interest."""
    draft = from_json(batch.draft)
    return outlook(draft, batch.round) if batch.open else Outlook(draft, batch.round)


def correct(request: HttpRequest, batch_id: int) -> HttpResponse:
    batch = _batch(request, batch_id)
    place = screens.place_of(request.POST.get("place", ""))
    if place is None:
        raise NotFound(_("This draft has no such field."))
    text = request.POST.get("text", "").replace("\x00", "")[:_LONGEST_TEXT]
    draft = from_json(batch.draft)
    cell = cell_of(draft, place)
    draft = corrected(draft, place, text, year=batch.round.feedback_date.year)
    batch = ledgers.correct(
        batch.pk,
        actor=actor_of(request),
        version=number_of(request, "version"),
        draft=to_json(draft),
        cell=cell or place.field,
        text=text,
    )
    # The version makes it another address, so that the browser loads it and then scrolls.
    to = reverse("import_preview", args=[batch.pk])
    return go(request, f"{to}?v={batch.version}#{place.anchor}")


def marked(request: HttpRequest, batch_id: int) -> HttpResponse:
    """The workbook as it was loaded, every doubt at its cell; that it leaves is on the record."""
    batch = _batch(request, batch_id)
    if not storage.intact(batch.digest):
        raise NotFound(_("The bytes of this workbook are not in the storage any more."))
    try:
        doubts = _outlook(batch).doubts
        copy = marked_copy(storage.whole(batch.digest), doubts, name=batch.name)
    except BadWorkbook as bad:
        raise Unmet(str(bad)) from bad
    reading.export_doubts(batch, actor=actor_of(request), doubts=len(doubts))
    stem = batch.name.rpartition(".")[0] or batch.name
    name = _("%(name)s with doubts.xlsx") % {"name": stem}
    return workbook(copy, name=name, plain=f"doubts-{batch.round.code}-{batch.pk}.xlsx")


def confirm(request: HttpRequest, batch_id: int) -> HttpResponse:
    batch, actor = _batch(request, batch_id), actor_of(request)
    version, accepted = number_of(request, "version"), request.POST.get("accepted") == "yes"
    if entering.items_in(batch) > entering.AT_ONCE:
        job = entering.ask_to_confirm(
            batch,
            actor=actor,
            command_id=command_id_of(request),
            version=version,
            accepted=accepted,
        )
        return go(request, reverse("job", args=[job.pk], query={"from": "import"}))
    _confirmed, entered, unchanged = intake.enter(
        batch, actor=actor, version=version, accepted=accepted
    )
    told = _("%(entered)s items entered, %(unchanged)s unchanged.")
    messages.success(request, told % {"entered": entered, "unchanged": unchanged})
    return go(request, f"{reverse('ledger')}?round={batch.round.code}")


def discard(request: HttpRequest, batch_id: int) -> HttpResponse:
    batch = ledgers.discard(
        _batch(request, batch_id).pk,
        actor=actor_of(request),
        version=number_of(request, "version"),
    )
    messages.success(request, _("“%(name)s” was discarded.") % {"name": batch.name})
    return go(request, reverse("imports", query={"round": batch.round.code}))


def undo(request: HttpRequest, batch_id: int) -> HttpResponse:
    batch, actor = _batch(request, batch_id), actor_of(request)
    if batch.items.count() > entering.AT_ONCE:
        job = entering.ask_to_undo(batch, actor=actor, command_id=command_id_of(request))
        return go(request, reverse("job", args=[job.pk], query={"from": "import"}))
    batch = ledgers.undo(batch.pk, actor=actor)
    messages.success(request, _("“%(name)s” is off the ledger again.") % {"name": batch.name})
    return go(request, reverse("imports"))
