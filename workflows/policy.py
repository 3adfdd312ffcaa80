"""Who may: one function answers for the button, the API and the action; its answer is a reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.actor import Actor, Kind
from core.models import Membership, lineage_of
from core.refusals import NotPermitted
from core.roles import ABOVE_THE_HEADS, Role
from workflows import holders
from workflows.states import DutyKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django.utils.functional import Promise

    from core.models import Unit
    from workflows.holders import On
    from workflows.models import Duty, Item


@dataclass(frozen=True, slots=True)
class Who:
    """A kind of person a verb belongs to: asked of an actor, said in words, listed by name."""

    words: Promise
    test: Callable[[Item, Actor], bool]
    names: Callable[[Item], list[str]]
    asked: Callable[[Item], Promise | str | None] = lambda _item: None
    """In words, where the item itself says whom: None where nobody in particular."""
    of_the_clock: bool = False
    """Whether the system may, too: of all verbs, only for waking what was suspended."""
    on: On = holders.REVIEW
    """Whose route it is about: the review's or the request's."""

    def words_for(self, item: Item) -> Promise | str:
        return self.asked(item) or self.words

    def __call__(self, item: Item, actor: Actor) -> bool:
        """Silence is no: only a person, and only one that the rule names."""
        by_itself = actor.kind is Kind.SYSTEM and self.of_the_clock
        return (actor.kind is Kind.PERSON or by_itself) and self.test(item, actor)

    def __or__(self, other: Who) -> Who:
        return Who(
            words=format_lazy("{} / {}", self.words, other.words),
            test=lambda item, actor: self(item, actor) or other(item, actor),
            names=lambda item: self.names(item) + other.names(item),
            of_the_clock=self.of_the_clock or other.of_the_clock,
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


def _is_past(item: Item, actor: Actor) -> bool:
    """Asked of the system alone: people wake an item by their post."""
    until = item.suspended_until
    return actor.kind is Kind.SYSTEM and until is not None and timezone.localdate() > until


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
    return over(item, [Role.OFFICE])


def _nobody(_item: Item) -> list[str]:
    return []


def _above(item: Item) -> list[str]:
    return over(item, sorted(ABOVE_THE_HEADS))


def over(item: Item, roles: list[Role]) -> list[str]:
    holding = Membership.objects.in_force().filter(
        role__in=roles, unit__path__in=lineage_of(item.unit_path)
    )
    return list(holding.order_by("user_id").values_list("user__name", flat=True))


assignee = Who(_("the responsible staff"), _is_assignee, _assignees)


def _holds(*kinds: str, on: On = holders.REVIEW) -> Callable[[Item, Actor], bool]:
    """Whether an open duty of one of these kinds is addressed to the actor.

    Also where it went up one level because of them: a guard says why they may not.
    """

    def test(item: Item, actor: Actor) -> bool:
        duty = holders.duty_of(item, actor, on)
        if duty is None:
            return DutyKind.STEP in kinds and holders.passed_over(item, actor, on)
        return duty.kind in kinds

    return test


def _any(_duty: Duty) -> bool:
    return True


def _is_a_groups(duty: Duty) -> bool:
    return duty.person_id is None


def _is_taken_on(duty: Duty) -> bool:
    """Whether somebody took it on from a group, so that it may go back there."""
    return duty.person_id is not None and bool(duty.role)


def holder(
    words: Promise,
    *kinds: str,
    test: Callable[[Item, Actor], bool] | None = None,
    only: Callable[[Duty], bool] = _any,
    on: On = holders.REVIEW,
) -> Who:
    """Whoever an open duty of one of these kinds is addressed to."""

    def duties(item: Item) -> list[Duty]:
        return [d for d in holders.open_duties(item, on) if d.kind in kinds and only(d)]

    def names(item: Item) -> list[str]:
        known = holders.names(item, on)
        found = [known[duty.pk] for duty in duties(item)]
        return list(dict.fromkeys(name for names in found for name in names))

    return Who(
        words,
        test or _holds(*kinds, on=on),
        names,
        lambda item: holders.asks(duties(item)),
        on=on,
    )


def helping(on: On) -> Who:
    return holder(_("whoever was asked for help"), DutyKind.HELP, on=on)


def taking(on: On) -> Who:
    """Whoever's step is still a whole group's."""
    return _whose_step(_("the group this step waits for"), _is_a_groups, on)


def keeping(on: On) -> Who:
    return _whose_step(_("whoever took this step on from its group"), _is_taken_on, on)


def _whose_step(words: Promise, only: Callable[[Duty], bool], on: On) -> Who:
    def test(item: Item, actor: Actor) -> bool:
        duty = holders.duty_of(item, actor, on)
        return duty is not None and only(duty)

    return holder(words, DutyKind.STEP, test=test, only=only, on=on)


def adding(on: On) -> Who:
    """Whoever added a signer or helper that has not answered."""

    def names(item: Item) -> list[str]:
        return [d.asked_by.name for d in holders.waiting(item, on) if d.asked_by is not None]

    def test(item: Item, actor: Actor) -> bool:
        return bool(holders.added_by(item, actor, on))

    return Who(_("whoever added them"), test, names, on=on)


submitter = Who(_("the person who submitted it"), _is_submitter, _submitters)
section_head = Who(_("a head of the lead section"), _is_head, _heads)
office = Who(_("the rectification office"), _is_office, _offices)
decider = holder(_("whoever this step waits for"), DutyKind.STEP, DutyKind.BEFORE, DutyKind.AFTER)
closer = holder(_("whoever this step waits for"), DutyKind.STEP)
signer = holder(_("whoever was added as a signer"), DutyKind.BEFORE)
helper, taker, keeper, adder = (part(holders.REVIEW) for part in (helping, taking, keeping, adding))
office_or_head = office | section_head
answerer = office | decider
clock = Who(_("the clock, after the last day"), _is_past, _nobody, of_the_clock=True)
above = Who(_("who answers for the unit"), _is_above, _above)
urger = office | section_head | above
supervisor = office | above


def sees(item: Item, actor: Actor) -> bool:
    """Whether the item is the actor's to know of: the same answer as `Item.objects.visible_to`."""
    if any(item.unit_path.startswith(path) for path in actor.unit_paths):
        return True
    if actor.kind is Kind.SYSTEM:
        return clock(item, actor)
    sections = actor.sections
    if item.lead_section_id in sections:
        return True
    if sections and item.other_sections.filter(section__in=sections).exists():
        return True
    return item.duties.filter(holders.has_a_part("", actor)).exists()


def refusal(item: Item, actor: Actor, who: Who) -> NotPermitted | None:
    """Why `actor` may not, or None if they may. Says who may by name, or that nobody may yet."""
    if who(item, actor):
        return None
    names, words = who.names(item), who.words_for(item)
    if waits := holders.held_up(item, actor, who.on):
        return _waits(item, waits, who.on)
    if not names:
        return NotPermitted(
            _("Nobody may do this now: no one is %(who)s.") % {"who": words},
            state=item.get_state_display(),
            who=words,
            then=_("Ask the office to have somebody appointed."),
        )
    return NotPermitted(
        _("Only %(who)s may do this.") % {"who": words},
        state=item.get_state_display(),
        who=gettext(", ").join(names),
        then=_("Leave it to them, or ask the office to reassign it."),
    )


def _waits(item: Item, duties: list[Duty], on: On) -> NotPermitted:
    known = holders.names(item, on)
    names = gettext(", ").join(name for duty in duties for name in known[duty.pk])
    return NotPermitted(
        _("Your step waits for somebody you asked."),
        state=item.get_state_display(),
        who=names,
        then=_("Wait for their answer, or take the request back."),
    )


def insist_on_office(actor: Actor, unit: Unit) -> None:
    """Acts on a whole round or ledger belong to the office of its unit."""
    who = _("the rectification office of %(unit)s") % {"unit": unit.name}
    _insist(actor, [Role.OFFICE], unit, words=office.words, who=who)


def insist_on_one_of(actor: Actor, roles: Sequence[Role], unit: Unit) -> None:
    """Acts that several posts of a unit may do."""
    words = gettext(", ").join(str(role.label) for role in roles)
    _insist(actor, roles, unit, words=words, who=words)


def insist_on_officer(actor: Actor, role: Role, unit: Unit) -> None:
    """Acts on accounts and roles belong to one of the three officers of the tree of units."""
    _insist(actor, [role], unit, words=role.label, who=role.label)


def _insist(
    actor: Actor, roles: Sequence[Role], unit: Unit, *, words: Promise | str, who: Promise | str
) -> None:
    if not any(actor.holds(role, unit_path=unit.path) for role in roles):
        rule = _("Only %(who)s may do this.") % {"who": words}
        raise NotPermitted(rule, who=who, then=_("Leave it to them."))
