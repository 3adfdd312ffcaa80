"""One address a verb: each form of the item page said to the action that does it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid5

from django.contrib import messages
from django.http import Http404
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from core.refusals import Refusal, Unmet
from ledger import deadlines
from web.acting import actor_of, command_of, number_or_none, numbers_of
from web.answers import go
from web.asking import ASKS
from web.forms import amount_of, choice_of, count_of, text_of
from web.middleware import refused
from web.saying import saying
from web.signing import signing_of
from web.views import duties, requests, wanting
from workflows import queries
from workflows.actions import (
    amendments,
    assignments,
    decisions,
    disclosures,
    leadership,
    rectification,
)
from workflows.actions.amendments import Deadline, MeasureText
from workflows.actions.disclosures import Answer
from workflows.actions.rectification import MeasureAccount
from workflows.actions.standards import CriterionText
from workflows.actions.step import Command
from workflows.models import Item, Measure
from workflows.models.disclosure import Audience
from workflows.states import VERBS, Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.http import HttpRequest, HttpResponse

VERSION = "X-Item-Version"
"""Tells the page's script which version its other forms are on now."""


@sensitive_post_parameters("password")
def act(request: HttpRequest, item_id: int, verb: str) -> HttpResponse:
    """Do one verb from its form, then go on to `next` or back to the item."""
    done = _ACTS.get(verb)
    if done is None:
        raise Http404
    if verb == "submit" and "result" in request.POST:
        return _save_and_submit(request, item_id)
    return after(request, done(request, item_id), verb)


def after(request: HttpRequest, item: Item, verb: str, anchor: str = "") -> HttpResponse:
    """Where the browser goes once `verb` is done, with a word that it was."""
    said = _("“%(verb)s”: sent, it waits for approval.") if verb in ASKS else ""
    said = said or _("“%(verb)s”: done and recorded.")
    messages.success(request, said % {"verb": VERBS[verb].button})
    to = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(to, allowed_hosts=None) or "://" in to:
        to = reverse("item", args=[item.pk]) + anchor
    response = go(request, to)
    response[VERSION] = str(item.version)
    return response


def _save_and_submit(request: HttpRequest, item_id: int) -> HttpResponse:
    """Hand in what stands on the screen: the form is saved first, then submitted.

    Saving may succeed where submitting is refused; the refusal is answered here, unlike
    everywhere else, because the form must learn which version it is on now. The second command
    follows from the first, so that a second click is still one submission.
    """
    command = command_of(request)
    saved = _record_progress(request, item_id)
    onward = Command(id=uuid5(command.id, "submit"), version=command.version + 1)
    try:
        item = rectification.submit(item_id, actor=actor_of(request), command=onward)
    except Refusal as refusal:
        response = refused(request, refusal)
        response[VERSION] = str(saved.version)
        return response
    return after(request, item, "submit")


def _assign(request: HttpRequest, item_id: int) -> Item:
    return assignments.assign(
        item_id,
        actor=actor_of(request),
        command=command_of(request),
        assignee_id=number_or_none(request, "assignee"),
    )


def _reassign(request: HttpRequest, item_id: int) -> Item:
    return assignments.reassign(
        item_id,
        actor=actor_of(request),
        command=command_of(request),
        assignee_id=number_or_none(request, "assignee"),
        reason=text_of(request, "reason"),
    )


def _record_progress(request: HttpRequest, item_id: int) -> Item:
    item = queries.item_for(actor_of(request), item_id)
    return rectification.record_progress(
        item_id,
        actor=actor_of(request),
        command=command_of(request),
        progress=choice_of(request, "progress", Progress.values),
        result=text_of(request, "result"),
        accounts=[
            _account(request, measure)
            for measure in item.measures.all()
            if f"account-{measure.pk}" in request.POST
        ],
    )


def _account(request: HttpRequest, measure: Measure) -> MeasureAccount:
    at = measure.pk
    return MeasureAccount(
        measure_id=at,
        account=text_of(request, f"account-{at}"),
        no_evidence_reason=text_of(request, f"none-{at}", most=300),
        rule_made=text_of(request, f"rule-{at}", most=200),
        loss_recovered=amount_of(request, f"loss-{at}"),
        people_held=count_of(request, f"people-{at}"),
        similar_cases=text_of(request, f"similar-{at}", most=300),
        campaign=f"campaign-{at}" in request.POST,
    )


def _approve(request: HttpRequest, item_id: int) -> Item:
    return decisions.approve(
        item_id,
        actor=actor_of(request),
        command=command_of(request),
        opinion=_words(request, "opinion"),
        signing=signing_of(request),
    )


def _send_back(request: HttpRequest, item_id: int) -> Item:
    return decisions.send_back(
        item_id,
        actor=actor_of(request),
        command=command_of(request),
        reason=_words(request, "reason"),
        straight="straight" in request.POST,
    )


def _close(request: HttpRequest, item_id: int) -> Item:
    return decisions.close(
        item_id,
        actor=actor_of(request),
        command=command_of(request),
        effectiveness=_words(request, "effectiveness"),
        signing=signing_of(request),
    )


def _amend(request: HttpRequest, item_id: int) -> Item:
    item = queries.item_for(actor_of(request), item_id)
    measures = [
        MeasureText(
            id=measure.pk,
            text=text_of(request, f"text-{measure.pk}"),
            criteria=tuple(_criteria(request, measure)),
        )
        for measure in item.measures.prefetch_related("criteria")
        if f"text-{measure.pk}" in request.POST
    ]
    added = MeasureText(
        id=None,
        text=text_of(request, "text-new"),
        criteria=(CriterionText(id=None, text=text_of(request, "criteria-new")),),
    )
    return amendments.amend(
        item_id,
        actor=actor_of(request),
        command=command_of(request),
        title=text_of(request, "title", most=500),
        deadline=_deadline(request, item),
        lead_section_id=number_or_none(request, "lead_section"),
        target=text_of(request, "target") if "target" in request.POST else None,
        remark=text_of(request, "remark") if "remark" in request.POST else None,
        measures=[*measures, added],
        reason=text_of(request, "reason"),
    )


def _change_leaders(request: HttpRequest, item_id: int) -> Item:
    return leadership.change_leaders(
        item_id,
        actor=actor_of(request),
        command=command_of(request),
        person_ids=numbers_of(request, "leaders"),
        reason=text_of(request, "reason"),
    )


def _criteria(request: HttpRequest, measure: Measure) -> Iterator[CriterionText]:
    for criterion in measure.criteria.all():
        if f"done-when-{criterion.pk}" in request.POST:
            text = text_of(request, f"done-when-{criterion.pk}", most=300)
            yield CriterionText(id=criterion.pk, text=text)
    yield CriterionText(id=None, text=text_of(request, f"criteria-{measure.pk}"))


def _deadline(request: HttpRequest, item: Item) -> Deadline | None:
    """The deadline as the ledger's grammar reads it; None when its text was left as it is."""
    raw = text_of(request, "deadline", most=120)
    if raw == item.deadline_raw:
        return None
    read, doubts = deadlines.parse(raw)
    if doubts:
        raise Unmet(
            doubts[0].text,
            state=item.get_state_display(),
            then=_("Write it so that it can be read one way only, such as 2026年12月31日前."),
            holes=[("deadline", _("the deadline"))],
        )
    return Deadline(
        raw=raw,
        track=read.kind,
        ongoing=read.ongoing,
        due=read.date,
        precision=read.precision or "",
    )


def _disclose(request: HttpRequest, item_id: int) -> Item:
    answers = [
        Answer(
            audience=audience,
            text=text_of(request, f"disclose-{audience}"),
            ground=text_of(request, f"withhold-{audience}", most=16),
        )
        for audience in Audience.values
    ]
    return disclosures.disclose(
        item_id,
        actor=actor_of(request),
        command=command_of(request),
        answers=[a for a in answers if a.text or a.ground],
    )


def _words(request: HttpRequest, name: str) -> str:
    """The decision's own field, or the one field that the review page has for all decisions."""
    return text_of(request, name) or text_of(request, "words")


_ACTS: dict[str, Callable[[HttpRequest, int], Item]] = {
    "assign": _assign,
    "accept": saying(assignments.accept),
    "reassign": _reassign,
    "cancel": saying(assignments.cancel, reason="reason"),
    "record_progress": _record_progress,
    "submit": saying(rectification.submit),
    "withdraw": saying(rectification.withdraw),
    "approve": _approve,
    "send_back": _send_back,
    "close": _close,
    "amend": _amend,
    "change_leaders": _change_leaders,
    "disclose": _disclose,
    **duties.ACTS,
    **requests.ACTS,
    **wanting.ACTS,
}
