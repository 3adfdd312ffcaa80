"""Who may ask for something, take it back, and answer it: beside what `policy` has for reviews."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from core.roles import Role
from workflows import holders, policy
from workflows.policy import Who
from workflows.states import DutyKind

if TYPE_CHECKING:
    from core.actor import Actor
    from workflows.models import Item
    from workflows.states import Asking


def _is_inspection(item: Item, actor: Actor) -> bool:
    return actor.holds(Role.INSPECTION_OFFICE, unit_path=item.unit_path)


def _is_asker(item: Item, actor: Actor) -> bool:
    return item.request is not None and item.request.asked_by_id == actor.id


def _inspectors(item: Item) -> list[str]:
    return policy.over(item, [Role.INSPECTION_OFFICE])


def _who_asked(item: Item) -> list[str]:
    return [item.request.asked_by.name] if item.request else []


rectifier = policy.assignee | policy.section_head | policy.office
inspection = Who(_("the inspection office"), _is_inspection, _inspectors)
office_or_inspection = policy.office | inspection
asker = Who(_("the person who asked for it"), _is_asker, _who_asked)
answerer = policy.holder(
    _("whoever this request waits for"),
    DutyKind.STEP,
    DutyKind.BEFORE,
    DutyKind.AFTER,
    on=holders.REQUEST,
)
helper, taker, keeper, adder = (
    part(holders.REQUEST) for part in (policy.helping, policy.taking, policy.keeping, policy.adding)
)
urger = policy.urger | asker


def granter(kind: Asking) -> Who:
    """Whoever a request of one kind waits for."""

    def test(item: Item, actor: Actor) -> bool:
        return item.request is not None and item.request.kind == kind and answerer(item, actor)

    return Who(answerer.words, test, answerer.names, answerer.asked, on=holders.REQUEST)
