"""Whose the item is: assign, accept, reassign, cancel, take up again."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from core.models import Membership
from core.prepared import Reading
from core.refusals import NoSuchMove, Unmet
from core.roles import OF_A_SECTION
from workflows.actions.step import Command, Done, take
from workflows.models import Item
from workflows.states import State

if TYPE_CHECKING:
    from core.actor import Actor
    from workflows.guards import Act

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


def assign(
    item_id: int, *, actor: Actor, command: Command, assignee_id: int | None, reason: str = ""
) -> Item:
    """Hand a draft item to the person responsible; without `assignee_id` the one it has."""

    def work(item: Item) -> Done:
        item.assignee_id, item.assignee_text = _entrusted(item, assignee_id or item.assignee_id)
        item.due_version += 1
        item.first_due = item.due
        why = {"reason": reason.strip()} if reason.strip() else {}
        return Done({*_OWNED, "first_due"}, {"assignee": item.assignee_text, **why})

    said = {"assignee_id": assignee_id, "reason": reason}
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
    """Take a draft off the ledger; what was assigned is cancelled on request."""

    def draft_only(act: Act) -> str:
        if act.item.state != State.DRAFT:
            raise NoSuchMove(
                _("Only a draft is cancelled at once."),
                state=act.item.get_state_display(),
                then=_("Ask for its cancellation: the responsible leader decides."),
            )
        return "cancel"

    return take(
        item_id,
        "cancel",
        actor=actor,
        command=command,
        said={"reason": reason},
        work=lambda _item: Done(data={"reason": reason.strip()}),
        choose=draft_only,
    )


def wake(item_id: int, *, actor: Actor, command: Command, reason: str = "") -> Item:
    """Take a suspended item up again: the office for a reason, the clock after the last day."""

    def work(item: Item) -> Done:
        told = {"until": str(item.suspended_until), "reason": reason.strip()}
        item.suspended_until = None
        item.due_version += 1
        return Done({"suspended_until", "due_version"}, told)

    said = {"reason": reason}
    return take(item_id, "wake", actor=actor, command=command, said=said, work=work)


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
