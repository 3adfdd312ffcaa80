"""One more paper that was asked for: who takes the request back, and what it holds up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.refusals import Conflict
from workflows import policy
from workflows.guards import missing
from workflows.policy import Who
from workflows.states import UNDER_REVIEW

if TYPE_CHECKING:
    from core.actor import Actor
    from core.refusals import Refusal
    from workflows.guards import Act
    from workflows.models import Item
    from workflows.models.evidence_request import EvidenceRequestQuerySet


NAMED = ("measure", "criterion", "asked_by", "asked_behind")
"""What the words of a request name."""


def owed(item: Item) -> EvidenceRequestQuerySet:
    """What is asked for and not there, with all that its words name."""
    return item.evidence_requests.open().select_related(*NAMED)


def asked_by(actor: Actor) -> Q:
    """Of requests: asked by the actor, or by or for somebody they stand in for."""
    people = sorted(actor.people)
    return Q(asked_by__in=people) | Q(asked_behind__in=people)


def _asked_for_it(item: Item, actor: Actor) -> bool:
    return item.evidence_requests.open().filter(asked_by(actor)).exists()


def _askers(item: Item) -> list[str]:
    return [one.asker for one in owed(item)]


asker = policy.office | Who(_("whoever asked for the paper"), _asked_for_it, _askers)


def evidence_is_asked_for(act: Act) -> Refusal | None:
    """Past the item's own course only what somebody asked for is handed in."""
    if act.item.evidence_requests.open().exists():
        return None
    return Conflict(
        _("No further evidence is asked for."),
        state=act.item.get_state_display(),
        then=_("Open the item again: the request was answered or taken back."),
    )


def no_evidence_is_owed(act: Act) -> Refusal | None:
    """What was asked for is there, or it is written why not."""
    item, person = act.item, act.actor.person_id
    if item.state in UNDER_REVIEW and not item.demand_on(person).owed:
        return None
    return missing(
        _("Evidence that was asked for is still owed."),
        [(one.at, one.words) for one in owed(item)],
    )
