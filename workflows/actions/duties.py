"""What else one may do with a duty: hand it over, ask for help, add signers, copy, claim."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from core.models import Membership, User
from core.refusals import Conflict, NotFound, Unmet
from core.roles import OFFICERS
from workflows import flows, holders, routing
from workflows.actions.decisions import answer
from workflows.actions.step import Command, Done, take
from workflows.models import Duty, Item
from workflows.states import DutyKind, Standing

if TYPE_CHECKING:
    from core.actor import Actor


def hand_over(item_id: int, *, actor: Actor, command: Command, person_id: int, reason: str) -> Item:
    """Give the step to somebody else for good (转办)."""

    def work(item: Item) -> Done:
        duty = _held(item, actor)
        person = _free(item, duty, person_id)
        before = _(", ").join(holders.names_of(duty))
        duty.person, duty.opened_at = person, timezone.now()
        duty.role, duty.section, duty.unit_path = "", None, ""
        duty.save(update_fields=["person", "opened_at", "role", "section", "unit_path"])
        return Done(data={"before": before, "person": person.name, "reason": reason.strip()})

    said = {"person_id": person_id, "reason": reason}
    return take(item_id, "hand_over", actor=actor, command=command, said=said, work=work)


def ask_help(
    item_id: int, *, actor: Actor, command: Command, person_id: int, question: str
) -> Item:
    """Let somebody look at it and give it back (委派); the step waits meanwhile."""

    def work(item: Item) -> Done:
        person = _add(item, actor, DutyKind.HELP, person_id, question)
        return Done(data={"person": person.name, "question": question.strip()})

    said = {"person_id": person_id, "question": question}
    return take(item_id, "ask_help", actor=actor, command=command, said=said, work=work)


def give_back(item_id: int, *, actor: Actor, command: Command, opinion: str) -> Item:
    """The helper's answer; the step is again whose it was."""

    def work(item: Item) -> Done:
        duty = answer(item, actor, "give_back", opinion)
        routing.wait_on(duty, actor=actor)
        return Done(data={"opinion": duty.opinion})

    said = {"opinion": opinion}
    return take(item_id, "give_back", actor=actor, command=command, said=said, work=work)


def add_signer(
    item_id: int, *, actor: Actor, command: Command, person_id: int, after: bool = False
) -> Item:
    """One more who must agree (加签), before oneself or after; taken back while unanswered."""

    def work(item: Item) -> Done:
        duty = _held(item, actor)
        if after and routing.is_office(duty.submission, duty.position):
            raise Unmet(
                _("Nobody signs after the office: closing out is the end."),
                then=_("Add the signer before you."),
            )
        kind = DutyKind.AFTER if after else DutyKind.BEFORE
        person = _add(item, actor, kind, person_id, "")
        return Done(data={"person": person.name, "where": kind.value})

    said = {"person_id": person_id, "after": after}
    return take(item_id, "add_signer", actor=actor, command=command, said=said, work=work)


def drop_signer(item_id: int, *, actor: Actor, command: Command, duty_id: int) -> Item:
    """Take back a signer or helper that one added, while they have not answered (减签)."""

    def work(item: Item) -> Done:
        waiting = [Standing.OPEN, Standing.HELD]
        duty = item.duties.filter(pk=duty_id, asked_by=actor.id, state__in=waiting).first()
        if duty is None:
            raise NotFound(_("There is no such signer of yours who has not answered."))
        duty.state = Standing.VOID
        duty.save(update_fields=["state"])
        flows.drop([duty.task] if duty.task else [])
        if duty.parent is not None and duty.parent.state == Standing.HELD:
            duty.parent.state = Standing.OPEN
            duty.parent.save(update_fields=["state"])
        return Done(data={"person": str(duty.person)})

    said = {"duty_id": duty_id}
    return take(item_id, "drop_signer", actor=actor, command=command, said=said, work=work)


def copy_to(item_id: int, *, actor: Actor, command: Command, person_ids: tuple[int, ...]) -> Item:
    """Send copies to read (抄送); each is receipted by whoever reads it."""

    def work(item: Item) -> Done:
        duty = _held(item, actor)
        people = [_colleague(item, person) for person in dict.fromkeys(person_ids)]
        if not people:
            raise Unmet(_("Nobody was chosen."), then=_("Choose at least one person."))
        for person in people:
            seat = routing.Seat(person_id=person.pk)
            routing.asked(duty.submission, seat, kind=DutyKind.COPY, asked_by_id=actor.id)
        return Done(data={"people": [person.name for person in people]})

    said = {"person_ids": person_ids}
    return take(item_id, "copy_to", actor=actor, command=command, said=said, work=work)


def claim(item_id: int, *, actor: Actor, command: Command) -> Item:
    """Take a group's duty on: the others see whose it is. One wins."""

    def work(item: Item) -> Done:
        duty = _held(item, actor)
        if duty.person_id is not None:
            raise Conflict(
                _("This step is somebody's already: %(name)s.") % {"name": duty.person},
                then=_("Leave it to them, or ask them to release it."),
            )
        duty.person_id = actor.person_id
        duty.save(update_fields=["person"])
        return Done()

    return take(item_id, "claim", actor=actor, command=command, work=work)


def release(item_id: int, *, actor: Actor, command: Command) -> Item:
    """Give a claimed duty back to its group."""

    def work(item: Item) -> Done:
        duty = _held(item, actor)
        if duty.person_id is None or not duty.role:
            raise Conflict(
                _("This step was not taken on from a group."), then=_("Hand it over instead.")
            )
        duty.person = None
        duty.save(update_fields=["person"])
        return Done()

    return take(item_id, "release", actor=actor, command=command, work=work)


def _held(item: Item, actor: Actor) -> Duty:
    duty = holders.duty_of(item, actor)
    if duty is None:
        raise RuntimeError(f"{actor.label} holds no duty of {item.subject}")
    return duty


def _add(item: Item, actor: Actor, kind: DutyKind, person_id: int, question: str) -> User:
    """A duty beside the actor's; it waits for it, or after it."""
    duty = _held(item, actor)
    person = _free(item, duty, person_id)
    if duty.task is None:
        raise RuntimeError(f"duty {duty.pk} is not a step of a route")
    node = "office" if routing.is_office(duty.submission, duty.position) else "step"
    later = kind == DutyKind.AFTER
    routing.asked(
        duty.submission,
        routing.Seat(person_id=person.pk),
        task=flows.add(duty.task.process, node, after=duty.task),
        kind=kind,
        parent=duty,
        asked_by_id=actor.id,
        question=question.strip(),
        state=Standing.HELD if later else Standing.OPEN,
    )
    if not later:
        duty.state = Standing.HELD
        duty.save(update_fields=["state"])
    return person


def _free(item: Item, duty: Duty, person_id: int) -> User:
    """A colleague who neither submitted the item, nor agreed to it, nor is asked already."""
    person = _colleague(item, person_id)
    waiting = item.duties.filter(submission=duty.submission, person=person)
    asked_already = waiting.filter(state__in=[Standing.OPEN, Standing.HELD]).exclude(
        kind=DutyKind.COPY
    )
    if person.pk in holders.answered_by(duty.submission) or asked_already.exists():
        raise Unmet(
            _("%(name)s submitted this item, answered already, or is asked already.")
            % {"name": person.name},
            then=_("Choose somebody else."),
            holes=[("person", _("the person"))],
        )
    return person


def _colleague(item: Item, person_id: int) -> User:
    """Somebody with a post in the item's unit who is not an administrator."""
    posts = Membership.objects.in_force().filter(
        user=person_id, unit__path__startswith=item.unit_path
    )
    member = posts.exclude(role__in=OFFICERS).select_related("user").first()
    if member is None:
        raise Unmet(
            _("This person has no post in the item's unit."),
            then=_("Choose a colleague of the unit."),
            holes=[("person", _("the person"))],
        )
    return member.user
