"""Requests (申请): more time, a pause, an end or a new beginning; asked, agreed to, refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from core import fitting
from core.refusals import NotFound, Unmet
from workflows import flows, holders, request_guards, routing
from workflows.actions import granting, passage
from workflows.actions.decisions import answer, sign, told_of
from workflows.actions.signing import proven, saying
from workflows.actions.step import Command, Done, take
from workflows.models import Item, Request
from workflows.models.route import as_data
from workflows.states import Asking, Ending, Ground

if TYPE_CHECKING:
    from datetime import date

    from core.actor import Actor
    from workflows.actions.signing import Signing
    from workflows.guards import Act, Signed


def ask_extension(
    item_id: int, *, actor: Actor, command: Command, ground: str, reason: str, until: date | None
) -> Item:
    """Ask for a later date (延期); until it is granted the present one counts."""

    def work(item: Item) -> Done:
        if ground not in Ground.values:
            raise Unmet(
                _("There is no such ground."),
                then=_("Choose one of the list."),
                holes=[("ground", _("the ground"))],
            )
        if misfit := request_guards.misfit(item, until):
            raise misfit
        return _ask(item, actor, Asking.EXTEND, reason, ground=ground, proposed=until)

    said = {"ground": ground, "reason": reason, "until": until}
    return take(item_id, "ask_extension", actor=actor, command=command, said=said, work=work)


def ask_suspension(
    item_id: int, *, actor: Actor, command: Command, reason: str, until: date | None
) -> Item:
    """Ask to let the item rest (暂缓) until a day; the clock takes it up again after it."""

    def work(item: Item) -> Done:
        if past := request_guards.past(item, until):
            raise past
        return _ask(item, actor, Asking.SUSPEND, reason, proposed=until)

    said = {"reason": reason, "until": until}
    return take(item_id, "ask_suspension", actor=actor, command=command, said=said, work=work)


def ask_cancel(item_id: int, *, actor: Actor, command: Command, reason: str) -> Item:
    """Ask to take an item off the ledger that was assigned already."""

    def work(item: Item) -> Done:
        return _ask(item, actor, Asking.CANCEL, reason)

    said = {"reason": reason}
    return take(item_id, "ask_cancel", actor=actor, command=command, said=said, work=work)


def ask_merge(
    item_id: int, *, actor: Actor, command: Command, into_id: int | None, reason: str
) -> Item:
    """Ask to let another item of the round stand for this one, too (合并)."""

    def work(item: Item) -> Done:
        into = Item.objects.visible_to(actor).filter(pk=into_id or 0).first()
        if no_home := request_guards.no_home(item, into):
            raise no_home
        return _ask(item, actor, Asking.MERGE, reason, into=into)

    said = {"into_id": into_id, "reason": reason}
    return take(item_id, "ask_merge", actor=actor, command=command, said=said, work=work)


def ask_reopen(item_id: int, *, actor: Actor, command: Command, reason: str, basis: str) -> Item:
    """Ask to begin a closed item anew (重启), because what was closed came back."""

    def work(item: Item) -> Done:
        return _ask(item, actor, Asking.REOPEN, reason, basis=basis.strip())

    said = {"reason": reason, "basis": basis}
    return take(item_id, "ask_reopen", actor=actor, command=command, said=said, work=work)


def _ask(item: Item, actor: Actor, kind: Asking, reason: str, **words: Any) -> Done:
    first = flows.begin(flows.Petition)
    request = Request(
        item=item,
        no=item.requests.count() + 1,
        cycle=item.cycle,
        kind=kind,
        process=first.process,
        data=as_data(routing.steps_to_ask(item, kind)),
        asked_by_id=actor.person_id,
        asked_at=timezone.now(),
        reason=reason.strip(),
        **words,
    )
    if "basis" in words:
        fitting.insist(request, "basis")
    request.position = routing.next_position(request, 0)
    request.save()
    passage.begin(request, first)
    item.request = request
    return Done({"request"}, _told_of_asking(request))


def _told_of_asking(request: Request) -> dict[str, Any]:
    told: dict[str, Any] = {"no": request.no, "reason": request.reason, "steps": request.data}
    if request.ground:
        told["ground"] = request.ground
    if request.proposed is not None:
        told["until"] = request.proposed.isoformat()
    if request.into is not None:
        told |= {"into": request.into.no, "into_item": request.into.pk}
    if request.basis:
        told["basis"] = request.basis
    return told


def take_back(item_id: int, *, actor: Actor, command: Command) -> Item:
    """Take one's request back before anybody has acted on it."""

    def work(item: Item) -> Done:
        request = request_of(item)
        passage.end(None, request, "take_back", actor=actor)
        granting.decide(request, Ending.TAKEN_BACK)
        item.request = None
        return Done({"request"}, {"no": request.no, "kind": request.kind})

    return take(item_id, "take_back_request", actor=actor, command=command, work=work)


def agree(
    item_id: int,
    *,
    actor: Actor,
    command: Command,
    opinion: str = "",
    signing: Signing | Signed | None = None,
) -> Item:
    """Agree at one's step; with the last agreement what was asked for happens."""
    signed = proven(item_id, "agree", actor=actor, signing=signing)

    def work(item: Item) -> Done:
        request = request_of(item)
        duty = answer(item, actor, "approve", opinion, on=holders.REQUEST)
        told = {**told_of(duty), "kind": request.kind, "opinion": duty.opinion}
        told |= sign(signed, "agree", duty, actor=actor, command=command)
        if routing.is_granted(duty, by=actor):
            return granting.grant(duty, told, actor=actor)
        if routing.is_agreed(duty, by=actor):
            passage.pass_on(duty, actor=actor)
            request.save(update_fields=["position"])
        else:
            passage.wait_on(duty, actor=actor)
        return Done(data=told)

    def agree_or_grant(act: Act) -> str:
        duty = holders.duty_of(act.item, act.actor, holders.REQUEST)
        if duty is None or not routing.is_granted(duty, by=act.actor):
            return "agree"
        return request_of(act.item).kind

    said = {"opinion": opinion, **saying(signed)}
    return take(
        item_id,
        "agree",
        actor=actor,
        command=command,
        said=said,
        work=work,
        choose=agree_or_grant,
    )


def refuse(item_id: int, *, actor: Actor, command: Command, reason: str) -> Item:
    """Refuse a request in writing; everything stays as it is."""

    def work(item: Item) -> Done:
        request = request_of(item)
        duty = answer(item, actor, "refuse", reason, on=holders.REQUEST)
        passage.end(duty, request, "refuse", actor=actor)
        granting.decide(request, Ending.REFUSED, by=duty)
        item.request = None
        return Done({"request"}, {**told_of(duty), "kind": request.kind, "reason": duty.opinion})

    said = {"reason": reason}
    return take(item_id, "refuse", actor=actor, command=command, said=said, work=work)


def request_of(item: Item) -> Request:
    """The request under decision; the verbs of requests belong to whoever has a part in one."""
    if item.request is None:
        raise NotFound(_("This item has no open request."))
    return item.request
