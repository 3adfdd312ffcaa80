"""What is asked of an item, what was, and what its page may ask: the words beside every request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from core.refusals import Unmet
from web import holding
from web.acting import actor_of, text_of
from web.diagrams import step_words
from workflows import holders, pursuit, requests, routing
from workflows.models import Duty, Item
from workflows.models.route import Party
from workflows.signed import signatures_under
from workflows.states import OPEN, Asking, DutyKind, Ending, Ground, Standing, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from django.http import HttpRequest

    from core.actor import Actor
    from workflows.models import Request, Signature
    from workflows.models.route import Step
    from workflows.prospects import Prospect

ASKS = ("ask_extension", "ask_suspension", "ask_cancel", "ask_merge", "ask_reopen")
OFFERED = 500
"""So many items are offered to merge into; any other of the round is named by its number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """One answer to a request: at which step, whose, when and in what words."""

    step: str
    who: str
    at: datetime
    outcome: str
    words: str
    signature: Signature | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A request with the answers it got, and whether its reader may see the item it goes into."""

    request: Request
    opinions: tuple[Opinion, ...]
    into_seen: bool

    @property
    def days(self) -> int | None:
        """How many days more an extension gives."""
        asked, before = self.request.proposed, self.request.before or self.request.item.due
        if self.request.kind != Asking.EXTEND or asked is None or before is None:
            return None
        return (asked - before).days

    @property
    def granted(self) -> bool:
        return self.request.outcome == Ending.GRANTED


def told(item: Item, actor: Actor) -> list[Told]:
    """Everything that was ever asked of an item, the latest first."""
    given = Duty.objects.filter(state=Standing.DONE).exclude(kind=DutyKind.COPY)
    given = given.select_related("decided_by", "behind").order_by("decided_at", "pk")
    asked = requests.requests_of(item)
    rows = list(asked.prefetch_related(Prefetch("duties", given), "signed_acts__signature"))
    seen = _seen(actor, [row.into_id for row in rows if row.into_id is not None])
    return [
        Told(request=row, opinions=tuple(_opinions(row)), into_seen=row.into_id in seen)
        for row in rows
    ]


def _opinions(request: Request) -> Iterable[Opinion]:
    signed = signatures_under(request)
    for duty in request.duties.all():
        if duty.decided_at is not None:
            yield Opinion(
                step=str(Party(request.steps[duty.position].party).label),
                who=holding.who(duty),
                at=duty.decided_at,
                outcome=holding.outcome_of(duty),
                words=duty.opinion,
                signature=signed.get(duty.decided_by_id or 0) if duty.agreed else None,
            )


def _seen(actor: Actor, keys: list[int]) -> set[int]:
    if not keys:
        return set()
    return set(Item.objects.visible_to(actor).filter(pk__in=keys).values_list("pk", flat=True))


def page_of(item: Item, actor: Actor, can: dict[str, Prospect]) -> dict[str, Any]:
    """For the item's page: the open request, the earlier ones, and the forms that ask."""
    asked = told(item, actor)
    pending = next((one for one in asked if one.request.pk == item.request_id), None)
    ways = holding.ways_of(can, holders.REQUEST)
    asked_of = holders.duty_of(item, actor, holders.REQUEST) if pending else None
    merged = list(requests.taken_in(item))
    return {
        "pending": pending,
        "pending_waits": holding.waiting(item, holders.REQUEST) if pending else [],
        "pending_mine": asked_of is not None and holders.may_answer(asked_of, actor),
        "pending_ways": ways,
        "pending_added": holders.added_by(item, actor, holders.REQUEST) if ways else [],
        "pending_urge": pursuit.urging_of_request(item, actor) if pending else None,
        "again": _again(asked),
        "past": [one for one in asked if one is not pending],
        "extended": extensions_in(asked),
        "resting": _last(asked, Asking.SUSPEND) if item.state == State.SUSPENDED else None,
        "merged_away": _last(asked, Asking.MERGE) if item.state == State.CANCELLED else None,
        "merged_in": merged,
        "merged_seen": _seen(actor, [one.item_id for one in merged]),
        "asks": [verb for verb in ASKS if verb in can],
        "grounds_of_delay": Ground.choices,
        "allowance": allowance(item) if "ask_extension" in can else None,
        "deciders": {verb: steps_said(_to_ask(item, verb)) for verb in ASKS if verb in can},
        "others": others(item, actor) if "ask_merge" in can else [],
    }


def _again(asked: Sequence[Told]) -> dict[str, Request]:
    """What was refused last, by the verb that asks it once more: to be mended, not typed anew.

    Nobody changes a request that others answered already; a mended one is another.
    """
    latest = next(iter(asked), None)
    if latest is None or latest.request.outcome != Ending.REFUSED:
        return {}
    return {ASKS[list(Asking).index(Asking(latest.request.kind))]: latest.request}


def extensions_in(asked: Iterable[Told]) -> int:
    """How often the deadline was moved."""
    return sum(one.granted and one.request.kind == Asking.EXTEND for one in asked)


def _last(asked: Sequence[Told], kind: Asking) -> Told | None:
    return next((o for o in asked if o.granted and o.request.kind == kind), None)


_KINDS = dict(zip(ASKS, Asking, strict=True))


def _to_ask(item: Item, verb: str) -> tuple[Step, ...]:
    return routing.steps_to_ask(item, _KINDS[verb])


def steps_said(steps: Iterable[Step]) -> str:
    return " → ".join(step_words(step) for step in steps)


def allowance(item: Item) -> dict[str, Any]:
    """What the rules leave of an item's extensions; which one is asked for next."""
    left = requests.allowance(item)
    return {"used": left.used, "most": left.most, "latest": left.latest, "left": left.left}


def others(item: Item, actor: Actor) -> list[Item]:
    """Items of the round that this one may be merged into."""
    of_the_round = Item.objects.visible_to(actor).filter(round=item.round_id, state__in=OPEN)
    going_on = of_the_round.exclude(pk=item.pk).only("no", "title")
    return list(going_on.order_by("position", "pk")[:OFFERED])


def item_named(request: HttpRequest, item: Item) -> int:
    """The item of the round a form names: by its number, its title, or both as offered."""
    said = text_of(request, "into")
    words = said.split()
    numbers = [" ".join(words[:n]) for n in range(1, len(words) + 1)]
    items = Item.objects.visible_to(actor_of(request)).filter(round=item.round_id)
    by_number = items.filter(no__in=numbers).values_list("pk", "no", "title")
    found = [pk for pk, no, title in by_number if said in {no, f"{no} {title}"}]
    found = found or list(items.filter(title=said).values_list("pk", flat=True)[:2])
    if len(found) == 1:
        return found[0]
    raise Unmet(
        _("“%(text)s” is not one item of this round.") % {"text": said[:40]},
        state=item.get_state_display(),
        then=_("Type its number or a part of its title, and choose it from the list."),
        holes=[("into", _("the item that goes on"))],
    )
