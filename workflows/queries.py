"""Reads with a name: what changed, an item for an actor, its history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from audit.models import Event
from core.actor import Kind
from core.refusals import NotFound
from workflows.models import Item
from workflows.models.deputy import in_place_of
from workflows.states import EVENTS, VERBS

if TYPE_CHECKING:
    from datetime import datetime

    from core.actor import Actor

_WRITTEN = ("reason", "opinion", "effectiveness")
VERB_OF = {event: verb for verb, event in EVENTS.items()}
OTHER_EVENTS = {
    "item.created": _("entered the item on the ledger"),
    "item.refused": _("tried and was refused"),
    "item.unloaded": _("took the item off again with its workbook"),
    "item.reminded": _("sent a reminder"),
    "item.letter_signed": _("signed for a letter"),
    "item.urged": _("urged the item on"),
    "item.supervised": _("supervises the item"),
    "item.supervision_ended": _("no longer supervises the item"),
    "item.copy_read": _("read the copy"),
    "evidence.viewed": _("looked at evidence"),
    "evidence.downloaded": _("downloaded evidence"),
    "flag.raised": _("noticed something doubtful"),
    "flag.cleared": _("cleared a doubt"),
    "flag.reopened": _("wants a doubt looked at again"),
    "flag.sent_back": _("let a doubt go back with the item"),
    "flag.came_back": _("found a doubt handed in again"),
    "flag.over": _("found a doubt gone with its words"),
    "item.held": _("put the item under legal hold"),
    "item.hold_lifted": _("lifted the legal hold"),
    "item.evidence_destroyed": _("had evidence destroyed at the end of its retention"),
}


def item_for(actor: Actor, item_id: int) -> Item:
    """One item, or the same NotFound whether it is missing or merely not theirs."""
    item = (
        Item.objects.visible_to(actor)
        .select_related(
            "round", "problem__aspect", "lead_section", "assignee", "submission", "request"
        )
        .filter(pk=item_id)
        .first()
    )
    if item is None:
        raise NotFound
    return item


def changes_since(item: Item, version: int) -> list[str]:
    """What was done to an item after `version`, newest first, one sentence an act."""
    missed = max(item.version - version, 0)
    done = Event.objects.filter(subject=item.subject, name__in=EVENTS.values())
    return [_sentence(event) for event in done.order_by("-seq")[: min(missed, 20)]]


def _sentence(event: Event) -> str:
    told = VERBS[VERB_OF[event.name]].told
    at = date_format(timezone.localtime(event.at), "SHORT_DATETIME_FORMAT")
    return f"{_who(event)} {told} ({at})"


def _who(event: Event) -> str:
    """Who acted, and for whom a deputy did: 张三（代李四）."""
    return in_place_of(event.actor_label, event.data.get("behind"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One act in an item's timeline."""

    seq: int
    at: datetime
    name: str
    verb: str
    """The verb's stored name; empty for what is not a verb of the item (created, refused)."""
    who: Any
    actor: str
    """How events name whoever acted: `person:7`."""
    told: Any
    data: dict[str, Any]
    short: str
    """The first eight hex digits of the event's hash."""

    @property
    def reason(self) -> str:
        """What was written with the act: a requirement, a reason, an opinion, a note.

        Of an attempt that was refused, the rule in words; what others call a rule is a code.
        """
        keys = ("rule",) if self.name == "item.refused" else _WRITTEN
        return next((str(self.data[key]) for key in keys if self.data.get(key)), "")


def history(item: Item, *, refusals: bool = True) -> list[Entry]:
    """The item's events, newest first, one entry an act."""
    events = Event.objects.filter(subject=item.subject)
    if not refusals:
        events = events.exclude(name="item.refused")
    return [_entry(event) for event in events.order_by("-seq")]


def _entry(event: Event) -> Entry:
    verb = VERB_OF.get(event.name, "")
    return Entry(
        seq=event.seq,
        at=event.at,
        name=event.name,
        verb=verb,
        who=_("the system") if event.actor == Kind.SYSTEM else _who(event),
        actor=event.actor,
        told=VERBS[verb].told if verb else OTHER_EVENTS[event.name],
        data=event.data,
        short=bytes(event.hash).hex()[:8],
    )
