"""One write, in order: lock, repeated?, version, policy, guards, fields, event, owed, commit."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit import record
from audit.models import Event
from core import prepared
from core.actor import Actor, Kind
from core.refusals import Conflict, NotFound, NotPermitted, Refusal, StaleItem, Unsafe
from workflows import holders, machine, policy, queries
from workflows.actions import indexing, passage
from workflows.guards import Act
from workflows.models import Item
from workflows.models.submission import APPROVED
from workflows.states import EVENTS, Asking

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from workflows.machine import Move
    from workflows.models import Submission


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What a form carries: its own id, and the version of the item it was drawn from."""

    id: UUID
    version: int


@dataclass(slots=True)
class Done:
    """What the work of a verb did: which fields of the item it set, and what the event tells."""

    fields: set[str] = field(default_factory=set)
    data: dict[str, Any] = field(default_factory=dict)


# One button, several ways on: which events the same click may have led to.
_LIKEWISE = {
    "approve": ("item.endorsed",),
    "change_leaders": (EVENTS["back_to_leaders"],),
    "agree": tuple(EVENTS[kind] for kind in Asking),
}


def take(
    item_id: int,
    verb: str,
    *,
    actor: Actor,
    command: Command,
    said: dict[str, Any] | None = None,
    work: Callable[[Item], Done] | None = None,
    choose: Callable[[Act], str] | None = None,
) -> Item:
    """Do `verb` to an item, or raise a Refusal that was recorded and changed nothing else.

    `choose` may name another verb once the row is held: one button, two ways on.
    """
    try:
        with transaction.atomic(durable=True):
            item = Item.objects.locked(item_id)
            if not policy.sees(item, actor):
                raise NotFound
            act = Act(item=item, actor=actor, said=said or {})
            if _is_repeated(act, verb, command):
                return item
            verb = choose(act) if choose else verb
            move = insist(act, verb)
            done = work(item) if work else Done()
            _move(item, move, done, actor)
            _write(act, move, done, command)
            return item
    except Unsafe:
        raise
    except Refusal as refused:
        record_refusal(item_id, verb, actor, refused)
        raise
    except IntegrityError as clash:
        if not Event.objects.filter(subject=f"item:{item_id}", command=command.id).exists():
            raise
        conflict = used_already("")
        record_refusal(item_id, verb, actor, conflict)
        raise conflict from clash


def insist(act: Act, verb: str) -> Move:
    """The move this verb is, when the machine has it, policy allows it and every guard is met."""
    move = machine.move_of(act.item, verb)
    if act.actor.kind is not Kind.PERSON and not move.who.of_the_clock:
        raise NotPermitted(_("The system does not take decisions."))
    if refused := policy.refusal(act.item, act.actor, move.who):
        raise refused
    for guard in move.guards:
        if unmet := guard(act):
            unmet.state = unmet.state or act.item.get_state_display()
            unmet.who = unmet.who or move.who.words_for(act.item)
            raise unmet
    return move


def _is_repeated(act: Act, verb: str, command: Command) -> bool:
    """Whether this very command was done already; StaleItem if something else was.

    Every act moves the version on, so a command on the present version is new,
    or its id is taken and the database refuses the event.
    """
    item = act.item
    if item.version == command.version:
        return False
    earlier = Event.objects.filter(subject=item.subject, command=command.id).first()
    if earlier is None:
        raise StaleItem(
            queries.changes_since(item, command.version), state=item.get_state_display()
        )
    told = (earlier.name, earlier.actor, earlier.data.get("form"))
    names = {EVENTS[verb], *_LIKEWISE.get(verb, ())}
    if told[0] not in names or told[1:] != (act.actor.subject, form_of(act.said)):
        raise used_already(item.get_state_display())
    return True


def form_of(said: dict[str, Any]) -> str:
    """16 hex digits that stand for all the form said: a second click says the same."""
    return hashlib.sha256(repr(sorted(said.items())).encode()).hexdigest()[:16]


def used_already(state: str) -> Conflict:
    return Conflict(
        _("This form was used already, for something else."),
        state=state,
        then=_("Open the item again and decide there."),
    )


def _move(item: Item, move: Move, done: Done, actor: Actor) -> None:
    submission = item.submission
    if move.changes_content and submission is not None:
        if move.voids_approval or holders.approvals(submission):
            done.data["voids"] = _(", ").join(passage.begin_again(submission, actor=actor))
            submission.unapprove()
        submission.digest = item.content_digest()
        submission.save(update_fields=["digest", "position", *APPROVED])
    getattr(item, move.verb)()


def _write(act: Act, move: Move, done: Done, command: Command) -> None:
    item = act.item
    item.version += 1
    told = {
        "from": move.source,
        "to": move.target,
        "version": item.version,
        "form": form_of(act.said),
    }
    head = record.append(
        EVENTS[move.verb],
        head=item.head,
        actor=act.actor,
        command=command.id,
        data={**told, **done.data},
    )
    item.trail_seq, item.trail_head = head.seq, head.hash
    prepared.update(item, {"state", "version", "trail_seq", "trail_head", *done.fields})
    indexing.follow(item, move.verb)


def submission_of(item: Item) -> Submission:
    """The submission under decision; states under review have one."""
    if item.submission is None:
        raise RuntimeError(f"{item.subject} is under review without a submission")
    return item.submission


def record_refusal(item_id: int, verb: str, actor: Actor, refused: Refusal) -> None:
    """A refused attempt is an event too: on the item's chain, or on the actor's own."""
    data = {"verb": verb, "code": refused.code, "rule": str(refused)}
    with suppress(Unsafe), transaction.atomic():
        item = None if isinstance(refused, NotFound) else Item.objects.locked(item_id)
        if item is None:
            record.note(
                "access.refused",
                subject=actor.subject,
                actor=actor,
                data={**data, "item": item_id},
            )
            return
        head = record.append("item.refused", head=item.head, actor=actor, data=data)
        item.trail_seq, item.trail_head = head.seq, head.hash
        item.save(update_fields=["trail_seq", "trail_head"])
