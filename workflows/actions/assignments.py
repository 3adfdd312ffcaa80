"""Whose the item is: assign, accept, reassign, cancel."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from core.models import Membership
from core.prepared import Reading
from core.refusals import Unmet
from core.roles import OF_A_SECTION
from workflows.actions import passage
from workflows.actions.step import Command, Done, take
from workflows.models import Item
from workflows.states import Outcome

if TYPE_CHECKING:
    from core.actor import Actor

_OWNED = frozenset({"assignee", "assignee_text", "due_version"})
_MEMBER = Reading(
    lambda person, section, item, day: (
        Membership.objects.in_force(day)
        .filter(Q(section=section) | Q(section__supports__item=item))
        .filter(user=person, role__in=sorted(OF_A_SECTION))
        .values_list("user_id", "user__name")[:1]
    ),
    -1,
    -2,
    -3,
    date(1, 2, 3),
)


def assign(item_id: int, *, actor: Actor, command: Command, assignee_id: int | None) -> Item:
    """Hand a draft item to the person responsible; without `assignee_id` the one it has."""

    def work(item: Item) -> Done:
        item.assignee_id, item.assignee_text = _entrusted(item, assignee_id or item.assignee_id)
        item.due_version += 1
        return Done(set(_OWNED), {"assignee": item.assignee_text})

    said = {"assignee_id": assignee_id}
    return take(item_id, "assign", actor=actor, command=command, said=said, work=work)


def accept(item_id: int, *, actor: Actor, command: Command) -> Item:
    """Sign for receipt (签收); the clock of the item runs from its deadline, not from here."""
    return take(item_id, "accept", actor=actor, command=command)


def reassign(
    item_id: int, *, actor: Actor, command: Command, assignee_id: int | None, reason: str
) -> Item:
    """Hand the item to somebody else, who signs for it anew."""

    def work(item: Item) -> Done:
        before = item.assignee_text
        item.assignee_id, item.assignee_text = _entrusted(item, assignee_id)
        told = {"before": before, "assignee": item.assignee_text, "reason": reason.strip()}
        item.due_version += 1
        return Done(set(_OWNED), told)

    said = {"assignee_id": assignee_id, "reason": reason}
    return take(item_id, "reassign", actor=actor, command=command, said=said, work=work)


def cancel(item_id: int, *, actor: Actor, command: Command, reason: str) -> Item:
    """Take the item off the ledger without closing it out; a review under way ends with it."""

    def work(item: Item) -> Done:
        if item.submission is not None and item.submission.outcome == Outcome.OPEN:
            passage.end(None, item.submission, "cancel", actor=actor)
            item.submission.outcome = Outcome.CANCELLED
            item.submission.save(update_fields=["outcome"])
        return Done(data={"reason": reason.strip()})

    said = {"reason": reason}
    return take(item_id, "cancel", actor=actor, command=command, said=said, work=work)


def _entrusted(item: Item, person_id: int | None) -> tuple[int, str]:
    """Id and name of the person, if a section that leads or supports the item has them."""
    member = None
    if person_id is not None:
        member = _MEMBER.first(person_id, item.lead_section_id, item.pk, timezone.localdate())
    if member is None:
        raise Unmet(
            _("The responsible person must belong to a section of the item."),
            state=item.get_state_display(),
            then=_("Choose somebody from the lead section or a supporting one."),
            holes=[("assignee", _("the responsible person"))],
        )
    return member[0], member[1]
