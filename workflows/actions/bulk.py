"""The same verb over many items: each its own transaction, each row its own outcome."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from django.utils import timezone
from django.utils.translation import gettext as _

from audit import jobs
from core.refusals import NotFound, Refusal, Unmet, Unsafe
from workflows import guards
from workflows.actions import assignments, attention, decisions, requests
from workflows.actions.signing import of_many, sign_for_many
from workflows.actions.step import Command, record_refusal
from workflows.models import Item, Opening, Round, Urge
from workflows.states import Ink

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from audit.models import Job
    from core.actor import Actor
    from workflows.actions.signing import Signing

    Verb = Callable[..., Item]

KIND = "bulk"
AT_ONCE = 20
"""So many rows are done while the person waits; more become a job of the worker."""
A_LOT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What became of one row: done, or skipped and why."""

    item_id: int
    refusal: Refusal | None

    @property
    def done(self) -> bool:
        return self.refusal is None


def _approve(
    item_id: int,
    *,
    actor: Actor,
    command: Command,
    opinion: str = "",
    signature: int | None = None,
) -> Item:
    """Only what this person had on the screen: approving many unseen would be a rubber stamp."""
    seen = Opening.objects.filter(
        person=actor.id, submission__item=item_id, version=command.version
    )
    if not seen.exists():
        raise _unseen(item_id, "approve", actor)
    signed = of_many(signature, actor=actor) if signature is not None else None
    return decisions.approve(item_id, actor=actor, command=command, opinion=opinion, signing=signed)


def _agree(
    item_id: int,
    *,
    actor: Actor,
    command: Command,
    opinion: str = "",
    signature: int | None = None,
) -> Item:
    """As with approvals: only what this person had on the screen."""
    _insist_on_having_opened(item_id, "agree", actor, command)
    signed = of_many(signature, actor=actor) if signature is not None else None
    return requests.agree(item_id, actor=actor, command=command, opinion=opinion, signing=signed)


def _refuse(item_id: int, *, actor: Actor, command: Command, reason: str) -> Item:
    _insist_on_having_opened(item_id, "refuse", actor, command)
    return requests.refuse(item_id, actor=actor, command=command, reason=reason)


def _insist_on_having_opened(item_id: int, verb: str, actor: Actor, command: Command) -> None:
    seen = Opening.objects.filter(person=actor.id, request__item=item_id, version=command.version)
    if not seen.exists():
        raise _unseen(item_id, verb, actor)


def _unseen(item_id: int, verb: str, actor: Actor) -> Unmet:
    unseen = Unmet(
        _("Not opened by you at this version."),
        then=_("Open it, read it, and decide there."),
    )
    record_refusal(item_id, verb, actor, unseen)
    return unseen


def _ask_extension(
    item_id: int, *, actor: Actor, command: Command, ground: str, reason: str, until: str
) -> Item:
    """The day is text: what a job was asked is kept as JSON."""
    day = date.fromisoformat(until)
    return requests.ask_extension(
        item_id, actor=actor, command=command, ground=ground, reason=reason, until=day
    )


def _urge(item_id: int, *, actor: Actor, command: Command, reason: str = "") -> Item:
    """An urge is one a day and moves no version: the same words again today are this urge."""
    today = timezone.localdate()
    mine = Urge.objects.filter(item=item_id, request=None, person=actor.id, day=today)
    same = mine.filter(reason=reason.strip())
    if found := Item.objects.visible_to(actor).filter(pk__in=same.values("item")).first():
        return found
    return attention.urge(item_id, actor=actor, reason=reason)


VERBS: dict[str, Verb] = {
    "assign": assignments.assign,
    "reassign": assignments.reassign,
    "approve": _approve,
    "send_back": decisions.send_back,
    "ask_extension": _ask_extension,
    "agree": _agree,
    "refuse": _refuse,
    "urge": _urge,
}
WITH_REASON = frozenset({"reassign", "send_back", "ask_extension", "refuse"})
"""Of these the reason is as long as it is for one; the others want a word that holds for all."""
SIGNED = frozenset({"approve", "agree"})
OF_WHAT_WAS_OPENED = frozenset({"approve", "agree", "refuse"})


def bulk(
    verb: str,
    rows: Iterable[tuple[int, int]],
    *,
    actor: Actor,
    command_id: UUID,
    said: dict[str, Any],
) -> Iterator[Row]:
    """Do `verb` to (item id, version) pairs. Repeating the same command repeats nothing.

    Each row's command follows from this one and the row. A record that cannot be
    kept (Unsafe) stops the rest; every other refusal is the outcome of its row.
    """
    for item_id, version in rows:
        command = Command(id=uuid5(command_id, str(item_id)), version=version)
        try:
            VERBS[verb](item_id, actor=actor, command=command, **said)
            yield Row(item_id=item_id, refusal=None)
        except Unsafe:
            raise
        except Refusal as refused:
            yield Row(item_id=item_id, refusal=refused)


def ink_for(item_ids: Iterable[int], *, actor: Actor) -> str:
    """The most that any of their rounds demands of a signature."""
    rounds = Round.objects.filter(items__in=Item.objects.visible_to(actor).filter(pk__in=item_ids))
    asked = set(rounds.values_list("signature", flat=True))
    return max(asked, key=Ink.values.index, default=Ink.NONE)


def ask(
    verb: str,
    rows: Sequence[tuple[int, int]],
    *,
    actor: Actor,
    command_id: UUID,
    said: dict[str, Any],
    signing: Signing | None = None,
) -> Job:
    """Do it to a few rows now, or have the worker do it to many; either way a job tells how.

    Where a round demands it the form is signed once, before the job, which keeps no password.
    """
    if verb not in VERBS:
        raise NotFound
    _insist_on_a_word(verb, said)
    chosen = [list(row) for row in dict(rows).items()]
    if verb in SIGNED and ink_for([pk for pk, _version in chosen], actor=actor) != Ink.NONE:
        signature = sign_for_many(verb, actor=actor, command_id=command_id, signing=signing)
        said = {**said, "signature": signature.pk}
    return jobs.ask(
        KIND,
        actor=actor,
        command_id=command_id,
        params={"verb": verb, "rows": chosen, "said": said},
        total=len(chosen),
        at_once=len(chosen) <= AT_ONCE,
    )


def _insist_on_a_word(verb: str, said: dict[str, Any]) -> None:
    """Years later somebody asks why so many were decided with one click."""
    if verb in WITH_REASON:
        guards.insist_on_reason(said.get("reason", ""))
        return
    kept_as = "opinion" if verb in SIGNED else "reason"
    if not said.get(kept_as, "").strip():
        raise Unmet(
            _("What is done to many at once says why, in a word that holds for all of them."),
            then=_("Write it; it stands in the record of each of them."),
            holes=[(kept_as, _("the reason"))],
        )


@jobs.job(KIND)
def run(job: Job, actor: Actor) -> Iterator[jobs.Told]:
    left = iter(job.params["rows"][job.done_count :])
    while some := [(item_id, version) for item_id, version in islice(left, A_LOT)]:
        visible = Item.objects.visible_to(actor).filter(pk__in=[item_id for item_id, _v in some])
        labels = {pk: f"{no} {title}" for pk, no, title in visible.values_list("pk", "no", "title")}
        rows = bulk(
            job.params["verb"],
            some,
            actor=actor,
            command_id=job.command,
            said=job.params["said"],
        )
        yield from (_told(row, labels.get(row.item_id, "")) for row in rows)


def _told(row: Row, label: str) -> jobs.Told:
    why = row.refusal.as_dict() if row.refusal else {}
    kept = {name: str(why[name]) for name in ("rule", "state", "who", "next") if why.get(name)}
    return jobs.Told(ref=f"item:{row.item_id}", label=label, done=row.done, data=kept)
