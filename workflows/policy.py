"""Who may: one function answers for the button, the API and the action; its answer is a reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.actor import Actor, Kind
from core.models import Membership, lineage_of
from core.refusals import NotPermitted
from core.roles import ABOVE_THE_HEADS, Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.utils.functional import Promise

    from core.models import Unit
    from workflows.models.item import Item


@dataclass(frozen=True, slots=True)
class Who:
    """A kind of person a verb belongs to: asked of an actor, said in words, listed by name."""

    words: Promise
    test: Callable[[Item, Actor], bool]
    names: Callable[[Item], list[str]]

    def __call__(self, item: Item, actor: Actor) -> bool:
        """Silence is no: only a person, and only one that the rule names."""
        return actor.kind is Kind.PERSON and self.test(item, actor)

    def __or__(self, other: Who) -> Who:
        return Who(
            words=format_lazy("{} / {}", self.words, other.words),
            test=lambda item, actor: self(item, actor) or other(item, actor),
            names=lambda item: self.names(item) + other.names(item),
        )


def _is_assignee(item: Item, actor: Actor) -> bool:
    return item.assignee_id is not None and item.assignee_id == actor.id


def _is_submitter(item: Item, actor: Actor) -> bool:
    submission = item.submission
    return submission is not None and submission.submitted_by_id == actor.id


def _is_head(item: Item, actor: Actor) -> bool:
    return actor.heads(item.lead_section_id)


def _is_office(item: Item, actor: Actor) -> bool:
    return actor.holds(Role.OFFICE, unit_path=item.unit_path)


def _is_above(item: Item, actor: Actor) -> bool:
    return any(actor.holds(role, unit_path=item.unit_path) for role in ABOVE_THE_HEADS)


def _assignees(item: Item) -> list[str]:
    return [item.assignee.name] if item.assignee else []


def _submitters(item: Item) -> list[str]:
    return [item.submission.submitted_by.name] if item.submission else []


def _heads(item: Item) -> list[str]:
    if item.lead_section_id is None:
        return []
    holding = Membership.objects.in_force().filter(
        role=Role.SECTION_HEAD, section_id=item.lead_section_id
    )
    return list(holding.order_by("user_id").values_list("user__name", flat=True))


def _offices(item: Item) -> list[str]:
    return _over(item, [Role.OFFICE])


def _above(item: Item) -> list[str]:
    return _over(item, sorted(ABOVE_THE_HEADS))


def _over(item: Item, roles: list[Role]) -> list[str]:
    holding = Membership.objects.in_force().filter(
        role__in=roles, unit__path__in=lineage_of(item.unit_path)
    )
    return list(holding.order_by("user_id").values_list("user__name", flat=True))


assignee = Who(
    _("the responsible staff"),
    _is_assignee,
    _assignees,
)
submitter = Who(
    _("the person who submitted it"),
    _is_submitter,
    _submitters,
)
section_head = Who(_("a head of the lead section"), _is_head, _heads)
office = Who(_("the rectification office"), _is_office, _offices)
office_or_head = office | section_head
above = Who(_("who answers for the unit"), _is_above, _above)
urger = office | section_head | above
supervisor = office | above


def sees(item: Item, actor: Actor) -> bool:
    """Whether the item is the actor's to know of: the same answer as `Item.objects.visible_to`."""
    if any(item.unit_path.startswith(path) for path in actor.unit_paths):
        return True
    sections = actor.sections
    return item.lead_section_id in sections or (
        bool(sections) and item.other_sections.filter(section__in=sections).exists()
    )


def refusal(item: Item, actor: Actor, who: Who) -> NotPermitted | None:
    """Why `actor` may not, or None if they may. Says who may by name, or that nobody may yet."""
    if who(item, actor):
        return None
    names = who.names(item)
    if not names:
        return NotPermitted(
            _("Nobody may do this now: no one is %(who)s.") % {"who": who.words},
            state=item.get_state_display(),
            who=who.words,
            then=_("Ask the office to have somebody appointed."),
        )
    return NotPermitted(
        _("Only %(who)s may do this.") % {"who": who.words},
        state=item.get_state_display(),
        who=gettext(", ").join(names),
        then=_("Leave it to them, or ask the office to reassign it."),
    )


def insist_on_office(actor: Actor, unit: Unit) -> None:
    """Acts on a whole round or ledger belong to the office of its unit."""
    if not actor.holds(Role.OFFICE, unit_path=unit.path):
        raise NotPermitted(
            _("Only %(who)s may do this.") % {"who": office.words},
            who=_("the rectification office of %(unit)s") % {"unit": unit.name},
            then=_("Leave it to them."),
        )


def insist_on_officer(actor: Actor, role: Role, unit: Unit) -> None:
    """Acts on accounts and roles belong to one of the three officers of the tree of units."""
    if not actor.holds(role, unit_path=unit.path):
        raise NotPermitted(
            _("Only %(who)s may do this.") % {"who": role.label},
            who=role.label,
            then=_("Leave it to them."),
        )
