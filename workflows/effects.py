"""What follows an event: who is told of what.

Whose turn it is now is read from the duties that stand open when the row is paid: of what was
answered, taken on or handed away meanwhile nobody is told. The table says who else hears.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from audit import sealing
from audit.models import Reason
from audit.outbox import follows
from workflows import deliveries, holders, routing, turns
from workflows.models import Duty, Item, Notice
from workflows.notices import notify, page_to_decide, request_to_decide
from workflows.states import EVENTS, ON_A_STEP, DutyKind, Standing, of_request

if TYPE_CHECKING:
    from audit.models import Event
    from core.models import User
    from workflows.turns import Turn

# Event -> the kind of notice its responsible staff gets.
TO_THE_ASSIGNEE = {
    "item.assigned": "assigned",
    "item.reassigned": "reassigned",
    "item.returned": "returned",
    "item.reopened": "reopened",
    "item.closed": "closed",
    "item.cancelled": "cancelled",
    "item.extended": "extended",
    "item.suspended": "suspended",
    "item.merged": "merged",
    "item.request_refused": "refused",
    "item.woken": "woken",
}
# These are told to whoever asked for it, too.
TO_THE_ASKER = frozenset(
    {
        *("item.extended", "item.suspended", "item.cancelled", "item.merged", "item.reopened"),
        "item.request_refused",
    }
)
# Verbs after which a duty may stand open that did not before, or stand open no more.
ON_THE_ROUTE = (
    *("submit", "withdraw", "endorse", "approve", "step_back", "hand_over", "ask_help"),
    *("give_back", "add_signer", "drop_signer", "copy_to", "move_to_current", "send_back"),
    *("close", "cancel", "agree", "refuse", "take_back_request"),
    *("ask_extension", "ask_suspension", "ask_cancel", "ask_merge", "ask_reopen"),
    *("extend", "suspend", "merge", "reopen", "give_step", "change_leaders", "back_to_leaders"),
    *(of_request(verb) for verb in ON_A_STEP if verb not in {"claim", "release"}),
)
# These do so only where an approval stood that their change of content ends.
VOIDING = ("attach", "supply_evidence", "relink", "withdraw_evidence", "replace_evidence", "amend")
# One more paper: who owes it is told of what is asked, who asked of what came of it.
TO_THE_OWER_OF_EVIDENCE = {
    "item.evidence_asked": "evidence_asked",
    "item.evidence_spared": "evidence_spared",
}
TO_THE_ASKER_OF_EVIDENCE = {
    "item.evidence_supplied": "evidence_supplied",
    "item.evidence_declined": "evidence_declined",
}
ASKING = (
    "submitted",
    "approved",
    "turn",
    "back_at",
    "handed",
    "help",
    "helped",
    "signer",
    "asked",
    "passed_on",
)
"""Kinds of notice that say: it is your turn."""


def _begins_anew(event: Event) -> bool:
    return event.name not in _VOIDING or "voids" in event.data


_HANDED_OVER = frozenset(EVENTS[v] for v in ("hand_over", of_request("hand_over"), "give_step"))
_HELPED = frozenset({EVENTS["give_back"], EVENTS[of_request("give_back")]})
_VOIDING = frozenset(EVENTS[verb] for verb in VOIDING)
_FOLLOWED = {*TO_THE_ASSIGNEE, *_VOIDING, *(EVENTS[verb] for verb in ON_THE_ROUTE)}


@follows("item.closed", name="seal")
def seal(_event: Event) -> None:
    """A close-out is under a signed root, and on its way out of the house, within seconds."""
    sealing.seal_within(Reason.CLOSE)


@follows(*sorted(_FOLLOWED), name="notices", when=_begins_anew)
def tell(event: Event) -> None:
    """Everybody whom the event concerns, each once, but for whoever did it."""
    item = Item.objects.select_related("assignee").get(pk=int(event.subject.partition(":")[2]))
    telling = _Telling(item, event)
    opened = _moved(item, event, Standing.OPEN)
    now = turns.turns(opened)
    for duty in opened:
        for turn in now[duty.pk]:
            telling.ask(duty, turn)
    asked = _asked_before(item)
    for duty in opened:
        holding = {turn.person.pk for turn in now[duty.pk]}
        names = [turn.person.name for turn in now[duty.pk] if turn.behind is None]
        kind = "handed_away" if event.name in _HANDED_OVER else "not_needed"
        for person in asked.get(duty.pk, ()):
            if person.pk not in holding:
                telling.tell(person, kind, person=", ".join(names))
    for duty in _moved(item, event, Standing.VOID):
        for person in asked.get(duty.pk, ()):
            telling.tell(person, "not_needed")
    for person in _concerned(item, event):
        telling.tell(person, TO_THE_ASSIGNEE[event.name])


@follows(*TO_THE_ASKER_OF_EVIDENCE, *TO_THE_OWER_OF_EVIDENCE, name="evidence-asked")
def tell_of_evidence(event: Event) -> None:
    """Whoever owes one more paper, or whoever asked for it, but for whoever did it."""
    item = Item.objects.select_related("assignee").get(pk=int(event.subject.partition(":")[2]))
    rows = item.evidence_requests.select_related("asked_by", "asked_behind")
    asked = rows.get(no=int(str(event.data["evidence_request"])))
    telling = _Telling(item, event)
    words = {"text": asked.text, "due": asked.due.isoformat()}
    if event.name in TO_THE_OWER_OF_EVIDENCE:
        if item.assignee is not None:
            url = f"{reverse('item', args=[item.pk])}#{asked.at}"
            telling.tell(item.assignee, TO_THE_OWER_OF_EVIDENCE[event.name], url, **words)
        return
    kind = TO_THE_ASKER_OF_EVIDENCE[event.name]
    for person in filter(None, (asked.asked_by, asked.asked_behind)):
        telling.tell(person, kind, page_to_decide(item), **words)


def _concerned(item: Item, event: Event) -> list[User]:
    """Whoever is responsible, and whoever asked for what was decided now."""
    found = []
    if event.name in TO_THE_ASKER:
        decided = item.requests.exclude(decided_at=None).select_related("asked_by")
        found += [one.asked_by for one in decided.order_by("-no")[:1]]
    if event.name in TO_THE_ASSIGNEE and item.assignee is not None:
        found.append(item.assignee)
    return found


def _moved(item: Item, event: Event, state: str) -> list[Duty]:
    """The duties that this event opened, or dropped while they waited; copies come last."""
    rows = Duty.objects.filter(item=item, state=state, since_seq=event.seq, outcome="")
    related = ("submission__route", "request", "person", "asked_by")
    found = list(rows.select_related(*related).order_by("pk"))
    for duty in found:
        duty.item = item
    return sorted(found, key=lambda duty: duty.kind == DutyKind.COPY)


def _asked_before(item: Item) -> dict[int, list[User]]:
    """Who was told that a duty is theirs, where it asked them by name: duty -> people."""
    told = Notice.objects.filter(item=item, kind__in=ASKING).select_related("person")
    found: dict[int, list[User]] = {}
    for notice in told.order_by("pk"):
        if notice.params.get("named"):
            found.setdefault(notice.params["duty"], []).append(notice.person)
    return found


@dataclass(slots=True)
class _Telling:
    """What one event has to say, to each person once."""

    item: Item
    event: Event
    told: set[int] = field(default_factory=set)

    def ask(self, duty: Duty, turn: Turn) -> None:
        kind = "copied" if duty.kind == DutyKind.COPY else _kind(duty, self.event.name)
        words: dict[str, Any] = {"duty": duty.pk, "named": duty.person_id is not None}
        if turn.behind is not None:
            words["instead_of"] = turn.behind.name
        if kind in {"copied", "help", "signer"} and duty.asked_by is not None:
            words["who"] = duty.asked_by.name
        if duty.question:
            words["reason"] = duty.question
        to_decide = duty.request is not None and duty.kind != DutyKind.COPY
        url = request_to_decide(duty.request_id) if to_decide else ""
        self.tell(turn.person, kind, url, **words)

    def tell(self, reader: User, kind: str, url: str = "", **words: Any) -> None:
        if reader.pk in self.told or self.event.actor == f"person:{reader.pk}":
            return
        self.told.add(reader.pk)
        data = self.event.data
        said = {"who": self.event.actor_label, "reason": data.get("reason") or data.get("opinion")}
        said |= {key: data.get(key) for key in ("until", "into")}
        if "behind" in data:
            said["for_whom"] = data["behind"]
        notify(
            [reader],
            kind=kind,
            key=f"event:{self.event.pk}",
            item=self.item,
            params={name: word for name, word in {**said, **words}.items() if word is not None},
            url=url,
            event=self.event,
        )


def _kind(duty: Duty, event: str) -> str:
    """In which words somebody is told that it is their turn."""
    if event in _HANDED_OVER:
        return "handed"
    if duty.kind == DutyKind.HELP:
        return "help"
    if event in _HELPED:
        return "helped"
    if duty.kind in {DutyKind.BEFORE, DutyKind.AFTER}:
        return "signer"
    if duty.on == holders.REQUEST:
        return "passed_on" if event == EVENTS["agree"] else "asked"
    at_the_office = routing.is_office(duty.matter, duty.position)
    first = {
        EVENTS["submit"]: "submitted",
        EVENTS["approve"]: "approved" if at_the_office else "turn",
        EVENTS["step_back"]: "back_at",
    }
    return first.get(event, "turn")


deliveries.register()
