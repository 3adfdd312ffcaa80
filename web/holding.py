"""Whom a submission waits for, since when and why them: the words beside every decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.actor import Kind
from reports.timeline import read_words
from web.colleagues import colleagues
from web.diagrams import step_words
from workflows import holders, routing
from workflows.states import ON_A_STEP, VERBS, Asking, DutyKind, Standing, of_request

if TYPE_CHECKING:
    from datetime import datetime

    from core.actor import Actor
    from workflows.holders import On
    from workflows.models import Duty, Item, Request
    from workflows.models.route import Step
    from workflows.prospects import Prospect
    from workflows.queries import Entry

MORE = ("step_back", "hand_over", "ask_help", "add_signer", "drop_signer", "copy_to", "release")
"""What is folded away, so that agreeing and returning stay the two things to do."""
AGREEING = frozenset({"endorse", "approve", "close"})
GRANTING = frozenset({"agree", *Asking.values})
"""Ways to agree to a request; the last agreement is by the name of what it asks."""
_NEED_A_PERSON = frozenset({"hand_over", "ask_help", "add_signer", "copy_to"})
_STAY_HERE = ("claim", "release", "copy_to", "drop_signer")
"""After these the same decision is still to be made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One open duty: the step, who may answer it, since when, and why it came to them."""

    step: str
    names: tuple[str, ...]
    since: datetime
    why: tuple[str, ...]


def waiting(item: Item, on: On = holders.REVIEW) -> list[Waiting]:
    names = holders.names(item, on)
    return [
        Waiting(
            step=step_words(duty.matter.steps[duty.position]),
            names=tuple(names[duty.pk]),
            since=duty.opened_at,
            why=reasons(duty),
        )
        for duty in holders.open_duties(item, on)
    ]


_RAISED = {
    holders.REVIEW: gettext_lazy(
        "Raised one level: whoever was to answer here submitted this item or agreed to it already."
    ),
    holders.REQUEST: gettext_lazy(
        "Raised one level: whoever was to answer here asked for this or agreed to it already."
    ),
}


def reasons(duty: Duty) -> tuple[str, ...]:
    """Why a duty is not simply its step's: raised, added by somebody, taken on from a group."""
    said = []
    if duty.raised:
        said.append(str(_RAISED[duty.on]))
    if duty.kind != DutyKind.STEP:
        asked = {"kind": duty.get_kind_display(), "name": duty.asked_by}
        said.append(_("%(kind)s; asked by %(name)s") % asked)
    if duty.question:
        said.append(_("Question: %(text)s") % {"text": duty.question})
    if duty.person_id is not None and duty.role:
        said.append(_("taken on from the group"))
    return tuple(said)


def desk(
    item: Item, actor: Actor, can: dict[str, Prospect], on: On = holders.REVIEW
) -> dict[str, Any]:
    """What the forms of a decision need: yes in one button, and the rest folded away."""
    duty = holders.duty_of(item, actor, on)
    mine = duty is not None and holders.may_answer(duty, actor)
    ways = ways_of(can, on)
    if duty is not None and holders.names(item, on)[duty.pk] == [actor.label]:
        ways.pop("claim", None)  # nobody else would answer: there is nothing to claim
    agreeing = AGREEING if on == holders.REVIEW else GRANTING
    return {
        "agree": can.get("endorse" if item.state == "verifying" else "approve"),
        "ink": item.round.signature if mine and can.keys() & agreeing else "",
        "ways": ways,
        "more": [ways[verb].verb for verb in MORE if verb in ways],
        "staying": [ways[verb].verb for verb in _STAY_HERE if verb in ways],
        "waiting": waiting(item, on),
        "duty": duty if mine else None,
        "behind": _behind(duty, actor) if duty and mine else "",
        "earlier": _earlier(item, duty) if "step_back" in ways and duty else [],
        "added": holders.added_by(item, actor, on) if "drop_signer" in ways else [],
        "may_follow": duty is not None and not routing.is_office(duty.matter, duty.position),
        "colleagues": colleagues(item, actor) if ways.keys() & _NEED_A_PERSON else [],
    }


def ways_of(can: dict[str, Prospect], on: On) -> dict[str, Prospect]:
    """What this person may do with a step, by the name it has in reviews, whichever it is."""
    if on == holders.REVIEW:
        return {verb: can[verb] for verb in ("step_back", *ON_A_STEP) if verb in can}
    return {verb: can[name] for verb in ON_A_STEP if (name := of_request(verb)) in can}


def _behind(duty: Duty, actor: Actor) -> str:
    """The name of whom the actor would answer for."""
    person = holders.behind_whom(duty, actor)[1]
    return next((one.name for one in actor.stands_for if one.person_id == person), "")


def _earlier(item: Item, duty: Duty) -> list[tuple[int, str]]:
    route = routing.route_of(item)
    return [(place, step_words(route[place])) for place in range(duty.position)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One duty of a review: who held it, from when to when, and what came of it."""

    words: str
    who: str
    begun: datetime
    ended: datetime | None
    outcome: str
    why: tuple[str, ...] = ()
    read: str = ""
    """How much of the evidence they had opened when they agreed."""


def held(item: Item, history: list[Entry]) -> list[Held]:
    """The duties of the present submission, oldest first, the hand-in before them."""
    submission = item.submission
    if submission is None:
        return []
    handed_in = Held(
        words=_("Submitted"),
        who=submission.submitted_by.name,
        begun=submission.submitted_at,
        ended=submission.submitted_at,
        outcome="",
    )
    duties = submission.duties.select_related(
        "person", "decided_by", "behind", "section", "asked_by"
    )
    route = routing.route_of(item)
    agreed = _agreements(history, submission.no)
    return [handed_in, *(_held(duty, route, agreed) for duty in duties.order_by("pk"))]


def _agreements(history: list[Entry], no: int) -> dict[tuple[int, str], list[str]]:
    """What was read at each agreement, by step and person, the oldest first."""
    found: dict[tuple[int, str], list[str]] = {}
    for entry in reversed(history):
        if entry.verb in AGREEING and entry.data.get("no") == no:
            found.setdefault((entry.data["step"], entry.actor), []).append(read_words(entry.data))
    return found


def asked(request: Request) -> list[Held]:
    """The duties of a request, oldest first, the asking before them."""
    asking = Held(
        words=_("Request made"),
        who=request.asked_by.name,
        begun=request.asked_at,
        ended=request.asked_at,
        outcome="",
    )
    duties = request.duties.select_related("person", "decided_by", "behind", "section", "asked_by")
    return [asking, *(_held(duty, request.steps, {}) for duty in duties.order_by("pk"))]


def _held(duty: Duty, route: tuple[Step, ...], agreed: dict[tuple[int, str], list[str]]) -> Held:
    step = step_words(route[duty.position])
    kind = "" if duty.kind == DutyKind.STEP else f" · {duty.get_kind_display()}"
    return Held(
        words=step + kind,
        who=who(duty),
        begun=duty.opened_at,
        ended=duty.decided_at,
        outcome=outcome_of(duty),
        why=reasons(duty),
        read=_read(duty, agreed),
    )


def _read(duty: Duty, agreed: dict[tuple[int, str], list[str]]) -> str:
    """A person agrees at a step again only after a return to it: then in the same order."""
    if duty.outcome not in AGREEING:
        return ""
    said = agreed.get((duty.position, f"{Kind.PERSON}:{duty.decided_by_id}"), [])
    return said.pop(0) if said else ""


def who(duty: Duty) -> str:
    """Who answered, with the person they stood in for; before that, who may."""
    if duty.decided_by is None:
        return _(", ").join(holders.names_of(duty))
    return duty.decider


def outcome_of(duty: Duty) -> str:
    if duty.outcome in VERBS:
        said = str(VERBS[duty.outcome].button)
        return _("%(said)s (no longer counts)") % {"said": said} if duty.void else said
    if duty.outcome == "read":
        return _("Read")
    return "" if duty.state in {Standing.OPEN, Standing.HELD} else str(duty.get_state_display())
