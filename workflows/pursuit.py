"""Who runs after an item: its reminders and letters, urging, and whose list it is on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from core.refusals import NotFound
from workflows import deadlines, policy, request_policy
from workflows.models import Addressee, Letter, Reminder, Supervision, Urge
from workflows.states import ENDED

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from core.actor import Actor
    from workflows.models import Item, Round

SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Pursuit:
    may_urge: bool
    urged_today: bool
    may_supervise: bool
    supervises: bool
    reminders: list[Reminder]
    """The latest few, with their letters."""


def pursuit_of(item: Item, actor: Actor) -> Pursuit:
    may_urge = item.state in deadlines.TICKING and policy.urger(item, actor)
    may_supervise = policy.supervisor(item, actor)
    mine_today = Urge.objects.filter(person_id=actor.id, day=timezone.localdate())
    today = mine_today.filter(item=item, request=None)
    mine = Supervision.objects.filter(item=item, person_id=actor.id)
    supervises = may_supervise and mine.exists()
    return Pursuit(
        may_urge=may_urge,
        urged_today=may_urge and today.exists(),
        may_supervise=may_supervise and (supervises or item.state not in ENDED),
        supervises=supervises,
        reminders=list(item.reminders.select_related("letter", "rule")[:SHOWN]),
    )


@dataclass(frozen=True, slots=True)
class Urging:
    """Of a request: whether somebody may urge whoever decides on it, and did today."""

    may: bool
    today: bool


def urging_of_request(item: Item, actor: Actor) -> Urging:
    mine = Urge.objects.filter(request=item.request_id, person_id=actor.id)
    return Urging(
        may=request_policy.urger(item, actor),
        today=mine.filter(day=timezone.localdate()).exists(),
    )


def letters_of(round_: Round, actor: Actor) -> QuerySet[Letter]:
    """The letters of a round an actor may see, newest first: who signed, and whether they must."""
    everybody = Count("reminder__addressees")
    signed = Count("reminder__addressees", filter=Q(reminder__addressees__signed_at__isnull=False))
    waits = Addressee.objects.filter(reminder=OuterRef("reminder"), person=actor.id, signed_at=None)
    return (
        Letter.objects.visible_to(actor)
        .filter(round=round_)
        .select_related("round", "item")
        .annotate(people=everybody, signed=signed, waits=Exists(waits))
        .order_by("-no")
    )


def letter_for(actor: Actor, letter_id: int) -> Letter:
    found = Letter.objects.visible_to(actor).select_related("round__unit", "item", "reminder")
    letter = found.filter(pk=letter_id).first()
    if letter is None:
        raise NotFound
    return letter


def addressees_of(letter: Letter) -> list[Addressee]:
    return list(letter.reminder.addressees.select_related("person"))
