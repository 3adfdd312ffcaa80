"""One more paper (补证): asked for one hole until a day; given, declined with a reason, spared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from core import fitting
from core.refusals import Conflict, NotFound, NotPermitted, Unmet
from workflows import guards, holders, policy, wanted
from workflows.actions import linking
from workflows.actions.linking import Link
from workflows.actions.step import Command, Done, take
from workflows.models import EvidenceRequest
from workflows.states import SHORTEST_REASON, Owing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from core.actor import Actor
    from evidence.intake import Received
    from workflows.models import Citation, Item

_ENDED = ("state", "ended_by", "ended_at", "reason")


def ask_evidence(
    item_id: int,
    *,
    actor: Actor,
    command: Command,
    measure_id: int,
    criterion_id: int | None = None,
    text: str,
    due: date | None,
) -> Item:
    """Ask the responsible staff for one more paper for one criterion, until a day.

    While it is owed nobody agrees to the item; in review it may be handed in for this hole only.
    """

    def work(item: Item) -> Done:
        link = Link.to(item, measure_id, criterion_id, claim="", pages="")
        _insist_on_something_new(item, link, text.strip())
        duty = holders.duty_of(item, actor)
        asked = EvidenceRequest(
            item=item,
            no=(item.evidence_requests.aggregate(last=Max("no"))["last"] or 0) + 1,
            measure=link.measure,
            criterion=link.criterion,
            text=text.strip(),
            due=_day(due),
            asked_by_id=actor.person_id,
            asked_behind_id=holders.behind_whom(duty, actor)[1] if duty else None,
            asked_at=timezone.now(),
        )
        fitting.insist(asked, "text")
        asked.save()
        return Done(data=asked.told())

    said = {"measure_id": measure_id, "criterion_id": criterion_id, "text": text, "due": due}
    return take(item_id, "ask_evidence", actor=actor, command=command, said=said, work=work)


def _insist_on_something_new(item: Item, link: Link, text: str) -> None:
    if len(text) < SHORTEST_REASON:
        raise Unmet(
            _("Say which paper is wanted, in at least %(n)s characters.") % {"n": SHORTEST_REASON},
            state=item.get_state_display(),
            then=_("Name the paper and what it is to show."),
            holes=[("wanted-text", _("which paper"))],
        )
    same = item.evidence_requests.open().filter(measure=link.measure, criterion=link.criterion)
    if same.filter(text=text).exists():
        raise Conflict(
            _("This very paper is asked for already."),
            state=item.get_state_display(),
            then=_("Wait for it, or take the first request back."),
        )


def _day(due: date | None) -> date:
    today = timezone.localdate()
    if due is not None and due >= today:
        return due
    raise Unmet(
        _("Say until when it is wanted: today or a later day."),
        then=_("Choose a day that leaves time to fetch the paper."),
        holes=[("wanted-due", _("the day"))],
    )


def supply_evidence(
    item_id: int,
    *,
    actor: Actor,
    command: Command,
    request_id: int,
    files: Sequence[Received] = (),
    again: Sequence[int] = (),
    claim: str = "",
    pages: str = "",
    formed_on: date | None = None,
) -> Item:
    """Answer a request with papers: files, and papers of the item once `again`.

    What was handed in for the same criterion since it was asked for answers it as it stands.
    """

    def work(item: Item) -> Done:
        asked = _open(item, request_id)
        if not files and not again:
            raise Unmet(_("No file was chosen."), then=_("Choose at least one file."))
        link = Link(measure=asked.measure, criterion=asked.criterion, claim=claim, pages=pages)
        given, told = [], []
        for one in again:
            citation, is_new = _again(item, one, link, asked, actor)
            given.append(citation)
            told += [{**linking.told(citation), "again": True}] if is_new else []
        for file in files:
            citation = linking.cite_file(item, file, link, actor, formed_on=formed_on)
            given.append(citation)
            told.append(linking.told(citation))
        for citation in given:
            citation.answers = asked
            citation.save(update_fields=["answers"])
        _end(asked, Owing.GIVEN, actor)
        by = [citation.pk for citation in given]
        answer = {"evidence_request": asked.no, "text": asked.text, "by": by}
        return Done(data={**link.told(), **answer, "files": told})

    said: dict[str, Any] = {
        "request_id": request_id,
        "files": tuple(files),
        "again": tuple(again),
        "claim": claim,
        "pages": pages,
        "formed_on": formed_on,
    }
    return take(item_id, "supply_evidence", actor=actor, command=command, said=said, work=work)


def _again(
    item: Item, evidence_id: int, link: Link, asked: EvidenceRequest, actor: Actor
) -> tuple[Citation, bool]:
    """A paper that stands in the item: where it stands for this already, that very citation."""
    here = item.citations.standing().filter(
        evidence=evidence_id, measure=link.measure, criterion=link.criterion
    )
    citation = here.select_related("evidence").order_by("-pk").first()
    if citation is None:
        return linking.cite_again(item, evidence_id, link, actor), True
    if citation.cited_at < asked.asked_at:
        raise Unmet(
            _("“%(name)s” was there already when the paper was asked for.")
            % {"name": citation.evidence.name},
            then=_("Hand in another one, or say why there is none and where it is shown."),
        )
    return citation, False


def decline_evidence(
    item_id: int, *, actor: Actor, command: Command, request_id: int, reason: str
) -> Item:
    """Answer a request without a paper: why there is none, or where it is shown already."""

    def work(item: Item) -> Done:
        asked = _open(item, request_id)
        _end(asked, Owing.DECLINED, actor, reason)
        return Done(data=_ended(asked))

    said = {"request_id": request_id, "reason": reason}
    return take(item_id, "decline_evidence", actor=actor, command=command, said=said, work=work)


def spare_evidence(
    item_id: int, *, actor: Actor, command: Command, request_id: int, reason: str = ""
) -> Item:
    """Take a request back; what somebody else asked for only the office does, and says why."""

    def work(item: Item) -> Done:
        asked = _open(item, request_id)
        _insist_on_asker(asked, actor, reason)
        _end(asked, Owing.SPARED, actor, reason)
        return Done(data=_ended(asked))

    said = {"request_id": request_id, "reason": reason}
    return take(item_id, "spare_evidence", actor=actor, command=command, said=said, work=work)


def _insist_on_asker(asked: EvidenceRequest, actor: Actor, reason: str) -> None:
    if wanted.is_asker(asked, actor):
        return
    if not policy.office(asked.item, actor):
        raise NotPermitted(
            _("Only whoever asked for it, or the office, takes this back."),
            who=asked.asker,
            then=_("Ask them to take it back."),
        )
    then = _("%(name)s asked for it, and reads why it is no longer wanted.")
    guards.insist_on_reason(reason, then=then % {"name": asked.asker})


def lapse(item: Item, actor: Actor, told: dict[str, Any]) -> None:
    """The item leaves the ledger: what was asked for is owed no more."""
    left = list(item.evidence_requests.open())
    for asked in left:
        _end(asked, Owing.LAPSED, actor)
    if left:
        told["evidence_lapses"] = [asked.no for asked in left]


def _open(item: Item, request_id: int) -> EvidenceRequest:
    found = item.evidence_requests.filter(pk=request_id)
    asked = found.select_related("measure", "criterion", "asked_by", "asked_behind").first()
    if asked is None:
        raise NotFound(_("Nothing of the kind was asked for here."))
    if not asked.is_open:
        raise Conflict(
            _("This was answered already: %(state)s.") % {"state": asked.get_state_display()},
            state=item.get_state_display(),
            then=_("Open the item again and look at the answer."),
        )
    asked.item = item
    return asked


def _end(asked: EvidenceRequest, state: Owing, actor: Actor, reason: str = "") -> None:
    asked.state, asked.reason = state, reason.strip()
    asked.ended_by_id, asked.ended_at = actor.person_id, timezone.now()
    fitting.insist(asked, "reason")
    asked.save(update_fields=_ENDED)


def _ended(asked: EvidenceRequest) -> dict[str, Any]:
    return {"evidence_request": asked.no, "text": asked.text, "reason": asked.reason}
