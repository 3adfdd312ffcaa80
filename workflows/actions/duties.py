"""What else one may do with a duty: hand it over, ask for help, add signers, copy, claim."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import record
from core.models import Membership, User
from core.refusals import Conflict, NotFound, Unmet
from core.roles import OFFICERS
from workflows import flows, holders, routing
from workflows.actions import passage
from workflows.actions.decisions import answer, told_of
from workflows.actions.step import Command, Done, take
from workflows.models import Duty, Item
from workflows.models.deputy import told_behind
from workflows.states import DutyKind, Standing, of_request

if TYPE_CHECKING:
    from core.actor import Actor
    from workflows.holders import On


def hand_over(
    item_id: int,
    *,
    actor: Actor,
    command: Command,
    person_id: int,
    reason: str,
    on: On = holders.REVIEW,
) -> Item:
    """Give the step of a review, or of a request, to somebody else for good (转办)."""

    def work(item: Item) -> Done:
        duty = _held(item, actor, on)
        person = free(duty, person_id)
        told = _as_held(duty, actor)
        before = _(", ").join(holders.names_of(duty))
        passage.ask_instead(duty, person.pk)
        told |= {"before": before, "person": person.name, "reason": reason.strip()}
        return Done(data=told)

    said = {"person_id": person_id, "reason": reason}
    return _take(item_id, "hand_over", on, actor=actor, command=command, said=said, work=work)


def ask_help(
    item_id: int,
    *,
    actor: Actor,
    command: Command,
    person_id: int,
    question: str,
    on: On = holders.REVIEW,
) -> Item:
    """Let somebody look at it and give it back (委派); the step waits meanwhile."""

    def work(item: Item) -> Done:
        duty = _held(item, actor, on)
        told = _as_held(duty, actor)
        person = _add(duty, actor, DutyKind.HELP, person_id, question)
        return Done(data={**told, "person": person.name, "question": question.strip()})

    said = {"person_id": person_id, "question": question}
    return _take(item_id, "ask_help", on, actor=actor, command=command, said=said, work=work)


def give_back(
    item_id: int, *, actor: Actor, command: Command, opinion: str, on: On = holders.REVIEW
) -> Item:
    """The helper's answer; the step is again whose it was."""

    def work(item: Item) -> Done:
        duty = answer(item, actor, "give_back", opinion, on=on)
        passage.wait_on(duty, actor=actor)
        return Done(data={**told_of(duty), "opinion": duty.opinion})

    said = {"opinion": opinion}
    return _take(item_id, "give_back", on, actor=actor, command=command, said=said, work=work)


def add_signer(
    item_id: int,
    *,
    actor: Actor,
    command: Command,
    person_id: int,
    after: bool = False,
    on: On = holders.REVIEW,
) -> Item:
    """One more who must agree (加签), before oneself or after; taken back while unanswered."""

    def work(item: Item) -> Done:
        duty = _held(item, actor, on)
        if after and routing.is_office(duty.matter, duty.position):
            raise Unmet(
                _("Nobody signs after the office: closing out is the end."),
                then=_("Add the signer before you."),
            )
        kind = DutyKind.AFTER if after else DutyKind.BEFORE
        told = _as_held(duty, actor)
        person = _add(duty, actor, kind, person_id, "")
        return Done(data={**told, "person": person.name, "where": kind.value})

    said = {"person_id": person_id, "after": after}
    return _take(item_id, "add_signer", on, actor=actor, command=command, said=said, work=work)


def drop_signer(
    item_id: int, *, actor: Actor, command: Command, duty_id: int, on: On = holders.REVIEW
) -> Item:
    """Take back a signer or helper that one added, while they have not answered (减签)."""

    def work(item: Item) -> Done:
        duty = next((d for d in holders.added_by(item, actor, on) if d.pk == duty_id), None)
        if duty is None:
            raise NotFound(_("There is no such signer of yours who has not answered."))
        if duty.kind == DutyKind.AFTER and duty.parent and duty.parent.state == Standing.DONE:
            raise Conflict(
                _("You have agreed already: the signer after you decides now."),
                then=_("Ask them to answer, or to hand it over."),
            )
        passage.take_back(duty)
        return Done(data={**told_of(duty), "person": str(duty.person)})

    said = {"duty_id": duty_id}
    return _take(item_id, "drop_signer", on, actor=actor, command=command, said=said, work=work)


def copy_to(
    item_id: int,
    *,
    actor: Actor,
    command: Command,
    person_ids: tuple[int, ...],
    on: On = holders.REVIEW,
) -> Item:
    """Send copies to read (抄送); each is receipted by whoever reads it."""

    def work(item: Item) -> Done:
        duty = _held(item, actor, on)
        people = [colleague(item.unit_path, person) for person in dict.fromkeys(person_ids)]
        if not people:
            raise Unmet(_("Nobody was chosen."), then=_("Choose at least one person."))
        for person in people:
            seat = routing.Seat(person_id=person.pk)
            passage.ask(duty.matter, seat, kind=DutyKind.COPY, asked_by_id=actor.id)
        return Done(data={**_as_held(duty, actor), "people": [person.name for person in people]})

    said = {"person_ids": person_ids}
    return _take(item_id, "copy_to", on, actor=actor, command=command, said=said, work=work)


def mark_read(duty_id: int, *, actor: Actor) -> Duty:
    """The receipt of a copy (已阅): it says who read it and when; a second one changes nothing."""
    copies = Duty.objects.filter(pk=duty_id, kind=DutyKind.COPY, person__in=sorted(actor.people))
    with transaction.atomic(durable=True):
        copy = copies.first()
        if copy is None:
            raise NotFound(_("There is no such copy for you."))
        item = Item.objects.locked(copy.item_id)
        copy.refresh_from_db()
        if copy.state != Standing.OPEN:
            return copy
        copy.state, copy.outcome = Standing.DONE, "read"
        copy.read_at = copy.decided_at = timezone.now()
        copy.decided_by_id = actor.person_id
        copy.behind_id = copy.person_id if copy.person_id != actor.id else None
        copy.save(
            update_fields=["state", "outcome", "read_at", "decided_at", "decided_by", "behind"]
        )
        told = {"no": copy.matter.no, "sent_by": str(copy.asked_by)}
        told |= told_behind(copy.behind)
        head = record.append("item.copy_read", head=item.head, actor=actor, data=told)
        item.trail_seq, item.trail_head = head.seq, head.hash
        item.save(update_fields=["trail_seq", "trail_head"])
    return copy


def claim(item_id: int, *, actor: Actor, command: Command, on: On = holders.REVIEW) -> Item:
    """Take a group's duty on: the others see whose it is. One wins."""

    def work(item: Item) -> Done:
        duty = _held(item, actor, on)
        told = _as_held(duty, actor)
        duty.person_id, duty.behind_id = actor.person_id, holders.behind_whom(duty, actor)[1]
        duty.save(update_fields=["person", "behind"])
        return Done(data=told)

    return _take(item_id, "claim", on, actor=actor, command=command, work=work)


def release(item_id: int, *, actor: Actor, command: Command, on: On = holders.REVIEW) -> Item:
    """Give a claimed duty back to its group."""

    def work(item: Item) -> Done:
        duty = _held(item, actor, on)
        told = _as_held(duty, actor)
        duty.person = duty.behind = None
        duty.save(update_fields=["person", "behind"])
        return Done(data=told)

    return _take(item_id, "release", on, actor=actor, command=command, work=work)


def _take(item_id: int, verb: str, on: On, **how: Any) -> Item:
    """The same verb on a step of a request is another line of the machine."""
    return take(item_id, verb if on == holders.REVIEW else of_request(verb), **how)


def _held(item: Item, actor: Actor, on: On) -> Duty:
    duty = holders.duty_of(item, actor, on)
    if duty is None:
        raise RuntimeError(f"{actor.label} holds no duty of {item.subject}")
    return duty


def _as_held(duty: Duty, actor: Actor) -> dict[str, Any]:
    """What an event says of the step, and of whom a deputy holds it for."""
    told: dict[str, Any] = {"no": duty.matter.no, "step": duty.position}
    behind = holders.behind_whom(duty, actor)[1]
    for stand in actor.stands_for:
        if stand.person_id == behind:
            told |= {"behind": stand.name, "behind_id": f"person:{stand.person_id}"}
    return told


def _add(duty: Duty, actor: Actor, kind: DutyKind, person_id: int, question: str) -> User:
    """A duty beside the actor's; it waits for it, or after it."""
    person = free(duty, person_id)
    if duty.task is None:
        raise RuntimeError(f"duty {duty.pk} is not a step of a route")
    node = duty.matter.node_at(duty.position)
    later = kind == DutyKind.AFTER
    passage.ask(
        duty.matter,
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


def free(duty: Duty, person_id: int) -> User:
    """A colleague who neither asked for the decision, nor agreed, nor is asked already."""
    person = colleague(duty.item.unit_path, person_id)
    waiting = duty.matter.duties.filter(person=person)
    asked_already = waiting.filter(state__in=[Standing.OPEN, Standing.HELD]).exclude(
        kind=DutyKind.COPY
    )
    if person.pk in holders.answered_by(duty.matter) or asked_already.exists():
        raise Unmet(
            _("%(name)s submitted or asked for this, answered already, or is asked already.")
            % {"name": person.name},
            then=_("Choose somebody else."),
            holes=[("person", _("the person"))],
        )
    return person


def colleague(unit_path: str, person_id: int) -> User:
    """Somebody with a post in the unit who is not an administrator."""
    posts = Membership.objects.in_force().filter(user=person_id, unit__path__startswith=unit_path)
    member = posts.exclude(role__in=OFFICERS).select_related("user").first()
    if member is None:
        raise Unmet(
            _("This person has no post in the item's unit."),
            then=_("Choose a colleague of the unit."),
            holes=[("person", _("the person"))],
        )
    return member.user
