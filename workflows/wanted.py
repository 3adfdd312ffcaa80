"""One more paper that was asked for: who takes the request back, and what it holds up."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
    from workflows.models import EvidenceRequest, Item


NAMED = ("measure", "criterion", "asked_by", "asked_behind")
"""What the words of a request name."""


def asked_of(item: Item) -> list[EvidenceRequest]:
    """Every request for evidence, by its day; read once for each version of the item."""
    kept: dict[int, list[EvidenceRequest]] = item.__dict__.setdefault("_papers_asked", {})
    if item.version not in kept:
        rows = item.evidence_requests.select_related(*NAMED, "ended_by")
        kept[item.version] = list(rows.prefetch_related("given__evidence").order_by("due", "no"))
    return kept[item.version]


def owed(item: Item) -> list[EvidenceRequest]:
    """What is asked for and not there."""
    return [one for one in asked_of(item) if one.is_open]


def is_asker(asked: EvidenceRequest, actor: Actor) -> bool:
    """Whether the actor asked for it, or for or as somebody they stand in for."""
    return bool({asked.asked_by_id, asked.asked_behind_id} & actor.people)


def _asked_for_it(item: Item, actor: Actor) -> bool:
    return any(is_asker(one, actor) for one in owed(item))


def _askers(item: Item) -> list[str]:
    return [one.asker for one in owed(item)]


asker = policy.office | Who(_("whoever asked for the paper"), _asked_for_it, _askers)


def evidence_is_asked_for(act: Act) -> Refusal | None:
    """Past the item's own course only what somebody asked for is handed in."""
    if owed(act.item):
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
