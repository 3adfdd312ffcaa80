"""A reviewer says of each piece whether it proves what it is cited for, and decides with that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import fitting
from core.refusals import Conflict, NotFound, Unmet
from workflows import guards, holders, policy
from workflows.actions.step import submission_of
from workflows.guards import Act
from workflows.models import Citation, Item, Judgement
from workflows.models.judgement import WANTING, is_any_found
from workflows.states import UNDER_REVIEW, Worth

if TYPE_CHECKING:
    from core.actor import Actor
    from workflows.models import Duty


def judge(citation_id: int, *, actor: Actor, worth: str, remark: str = "") -> Citation:
    """Find a piece accepted, not enough or wrong; with nothing said the note is taken back.

    It may be changed until the reviewer decides: what a decision was taken with stays, and is only
    followed by another finding. What is wanting says why.
    """
    citation = Citation.objects.visible_to(actor).standing().filter(pk=citation_id).first()
    if citation is None:
        raise NotFound(_("There is no such evidence here."))
    with transaction.atomic(durable=True):
        item = Item.objects.locked(citation.item_id)
        _insist(item, actor)
        mine = Judgement.objects.filter(
            submission=item.submission_id, citation=citation, person=actor.person_id, seq=None
        )
        mine.delete()
        if worth:
            _write(item, citation, actor, worth, remark.strip())
    return citation


def _insist(item: Item, actor: Actor) -> None:
    """Whoever holds the step, and had no part in what it judges."""
    if item.state not in UNDER_REVIEW:
        raise Conflict(
            _("Evidence is judged while its item is under review."),
            state=item.get_state_display(),
            then=_("Wait until it is submitted."),
        )
    if refusal := policy.refusal(item, actor, policy.decider):
        raise refusal
    if unmet := guards.had_no_part_in_it(Act(item=item, actor=actor)):
        raise unmet


def _write(item: Item, citation: Citation, actor: Actor, worth: str, remark: str) -> None:
    if worth not in Worth.values:
        raise Unmet(_("There is no such finding."), then=_("Choose accepted, not enough or wrong."))
    if worth in WANTING and not remark:
        raise Unmet(
            _("Say what is wanting of “%(name)s”.") % {"name": citation.evidence.name},
            state=item.get_state_display(),
            then=_("Write a remark, so that the staff knows what to hand in instead."),
            holes=[(f"remark-{citation.pk}", _("the remark"))],
        )
    duty = holders.duty_of(item, actor)
    finding = Judgement(
        submission=submission_of(item),
        citation=citation,
        person_id=actor.person_id,
        behind_id=holders.behind_whom(duty, actor)[1] if duty else None,
        worth=worth,
        remark=remark,
        at=timezone.now(),
    )
    fitting.insist(finding, "remark")
    finding.save()


def told(duty: Duty) -> dict[str, Any]:
    """What the decider found, for the event of the decision; each is kept under it and noted.

    What they found at an earlier decision and say again now is told again.
    """
    if duty.submission_id is None or not is_any_found(duty.submission_id):
        return {}
    mine = Judgement.objects.of_standing(duty.submission_id).filter(person=duty.decided_by_id)
    found = {one.citation_id: one for one in mine.select_related("citation__evidence")}
    for one in found.values():
        _keep(one, duty)
    return {"findings": [one.told() for one in found.values()]} if found else {}


def _keep(finding: Judgement, duty: Duty) -> None:
    if finding.seq is not None:
        finding.pk, finding._state.adding = None, True
    finding.seq, finding.behind_id = duty.item.trail_seq + 1, duty.behind_id
    finding.save(update_fields=None if finding._state.adding else ["seq", "behind"])
    Citation.objects.filter(pk=finding.citation_id).update(judged=finding.worth)
