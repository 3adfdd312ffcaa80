"""Who may: one function answers for the button, the API and the action; its answer is a reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.actor import Actor, Kind
from core.models import Membership
from core.refusals import NotPermitted
from core.roles import Role
from workflows import holders
from workflows.states import DutyKind

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
    parts = item.unit_path.rstrip("/").split("/")
    paths = ["/".join(parts[:n]) + "/" for n in range(1, len(parts) + 1)]
    holding = Membership.objects.in_force().filter(role=Role.OFFICE, unit__path__in=paths)
    return list(holding.order_by("user_id").values_list("user__name", flat=True))


assignee = Who(
    _("the responsible staff"),
    _is_assignee,
    _assignees,
)


def _holds(*kinds: str) -> Callable[[Item, Actor], bool]:
    """Whether an open duty of one of these kinds is the actor's to answer."""

    def test(item: Item, actor: Actor) -> bool:
        duty = holders.duty_of(item, actor)
        return duty is not None and duty.kind in kinds and holders.may_answer(duty, actor)

    return test


def _added(item: Item, actor: Actor) -> bool:
    return any(d.asked_by_id == actor.id for d in holders.open_duties(item) if d.asked_by_id)


def _askers(item: Item) -> list[str]:
    return [d.asked_by.name for d in holders.open_duties(item) if d.asked_by is not None]


def _holders(item: Item) -> list[str]:
    waiting = [holders.names_of(duty) for duty in holders.open_duties(item)]
    return list(dict.fromkeys(name for names in waiting for name in names))


submitter = Who(
    _("the person who submitted it"),
    _is_submitter,
    _submitters,
)
section_head = Who(_("a head of the lead section"), _is_head, _heads)
office = Who(_("the rectification office"), _is_office, _offices)
decider = Who(
    _("whoever this step waits for"),
    _holds(DutyKind.STEP, DutyKind.BEFORE, DutyKind.AFTER),
    _holders,
)
closer = Who(_("whoever this step waits for"), _holds(DutyKind.STEP), _holders)
signer = Who(_("whoever was added as a signer"), _holds(DutyKind.BEFORE), _holders)
helper = Who(_("whoever was asked for help"), _holds(DutyKind.HELP), _holders)
adder = Who(_("whoever added them"), _added, _askers)
office_or_head = office | section_head


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
