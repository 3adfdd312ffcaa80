"""One generator a contender: each `next` is one verb on one item, committed when it returns."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import date
from types import SimpleNamespace
from uuid import uuid4

from django.db import transaction
from viewflow.workflow.models import Process

from bench.flows import Stock
from bench.models import HistoryItem
from core.actor import Actor
from core.models import Membership, Section, Unit, User
from core.roles import Role
from workflows.actions import assignments, decisions, ledgers, rectification, rounds, routes
from workflows.actions.entries import LedgerAspect, LedgerItem, LedgerProblem
from workflows.actions.step import Command
from workflows.models import Item

REASON = "somebody else has the time for it"
_number = itertools.count()


def _person(unit: Unit, role: Role, section: Section | None = None) -> User:
    user = User(username=uuid4().hex, name=f"{role} {next(_number)}")
    user.save()
    Membership(user=user, role=role, unit=unit, section=section).save()
    return user


class House:
    """A unit of this client's own, with everybody an item meets."""

    def __init__(self, items: int, *, preset: str = "") -> None:
        tag = uuid4().hex[:12]
        self.unit = Unit.found(tag)
        self.section = Section(unit=self.unit, name=tag)
        self.section.save()
        self.office = _person(self.unit, Role.OFFICE).actor()
        self.closer = _person(self.unit, Role.OFFICE).actor()
        self.head = _person(self.unit, Role.SECTION_HEAD, self.section).actor()
        self.leader = _person(self.unit, Role.LEADER).actor()
        self.staff = [_person(self.unit, Role.STAFF, self.section).actor() for _n in range(2)]
        self.items = self._load(tag, items, preset)

    def _load(self, tag: str, items: int, preset: str) -> list[int]:
        lines = tuple(
            LedgerItem(
                no=str(n),
                title=f"item {n}",
                measures=("one measure",),
                track="dated",
                deadline_raw="2026-12-31",
                due=date(2026, 12, 31),
                precision="day",
                ongoing=False,
                lead=(tag,),
            )
            for n in range(items)
        )
        aspect = LedgerAspect(
            no="1", title="one", problems=(LedgerProblem(no="1", title="one", items=lines),)
        )
        round_ = rounds.open_round(
            actor=self.office,
            unit_id=self.unit.pk,
            code=tag,
            title=tag,
            feedback_date=date(2026, 9, 1),
        )
        if preset:
            routes.set_route(round_.pk, actor=self.office, preset=preset)
        batch = ledgers.upload(round_.pk, actor=self.office, name="x", digest="0" * 64, draft={})
        ledgers.confirm(batch.pk, actor=self.office, version=0, aspects=[aspect])
        return list(Item.objects.filter(round=round_).values_list("pk", flat=True))


def ours(items: int) -> Iterator[None]:
    """All of a verb: lock, version, policy, guards, chain, MAC, owed row, commit."""
    house = House(items)
    first, second = house.staff
    versions = {item_id: itertools.count() for item_id in house.items}
    for item_id, version in versions.items():
        assignments.assign(
            item_id, actor=house.office, command=_command(version), assignee_id=first.id
        )
    while True:
        for item_id, version in versions.items():
            assignments.accept(item_id, actor=first, command=_command(version))
            yield
            rectification.record_progress(
                item_id, actor=first, command=_command(version), progress="done", result="all done"
            )
            yield
            assignments.reassign(
                item_id,
                actor=house.office,
                command=_command(version),
                assignee_id=second.id,
                reason=REASON,
            )
            yield
        first, second = second, first


def ours_life(items: int) -> Iterator[None]:
    """Whole lives, the review route with viewflow's tasks included."""
    house = House(items)
    staff = house.staff[0]
    for item_id in house.items:
        version = itertools.count()
        assignments.assign(
            item_id, actor=house.office, command=_command(version), assignee_id=staff.id
        )
        yield
        assignments.accept(item_id, actor=staff, command=_command(version))
        yield
        measure_id = Item.objects.get(pk=item_id).measures.get().pk
        rectification.record_progress(
            item_id,
            actor=staff,
            command=_command(version),
            progress="done",
            result="all done",
            accounts=[
                rectification.MeasureAccount(measure_id=measure_id, no_evidence_reason="none")
            ],
        )
        yield
        rectification.submit(item_id, actor=staff, command=_command(version))
        yield
        decisions.approve(item_id, actor=house.head, command=_command(version))
        yield
        decisions.close(
            item_id, actor=house.closer, command=_command(version), effectiveness="it works"
        )
        yield


def ours_decision(items: int) -> Iterator[None]:
    """One approval in the middle of a route: the leader's, between the head's and the office's."""
    house = House(items, preset="standard")
    staff = house.staff[0]
    versions = {item_id: itertools.count() for item_id in house.items}
    for item_id, version in versions.items():
        _hand_in(item_id, version, house, staff)
        decisions.approve(item_id, actor=house.head, command=_command(version))
    for item_id, version in versions.items():
        decisions.approve(item_id, actor=house.leader, command=_command(version))
        yield


def _hand_in(item_id: int, version: Iterator[int], house: House, staff: Actor) -> None:
    assignments.assign(
        item_id, actor=house.office, command=_command(version), assignee_id=staff.person_id
    )
    assignments.accept(item_id, actor=staff, command=_command(version))
    measure_id = Item.objects.get(pk=item_id).measures.get().pk
    account = rectification.MeasureAccount(measure_id=measure_id, no_evidence_reason="none")
    rectification.record_progress(
        item_id,
        actor=staff,
        command=_command(version),
        progress="done",
        result="all done",
        accounts=[account],
    )
    rectification.submit(item_id, actor=staff, command=_command(version))


def _command(version: Iterator[int]) -> Command:
    return Command(id=uuid4(), version=next(version))


def viewflow(items: int) -> Iterator[None]:
    """Stock steps: task.activation(), assign, start, execute, as its documents show."""
    user = User(username=uuid4().hex, name="clerk")
    user.save()
    request = SimpleNamespace(user=user)
    while True:
        start = Stock.start.activation_class.create(Stock.start, None, None)
        start.execute()
        process = start.process
        yield
        for _step in range(3):
            _stock_step(process, user, request)
            yield


def viewflow_decision(items: int) -> Iterator[None]:
    """The same step in stock viewflow: the task in the middle of three, of processes under way."""
    user = User(username=uuid4().hex, name="clerk")
    user.save()
    request = SimpleNamespace(user=user)
    under_way = []
    for _n in range(items):
        start = Stock.start.activation_class.create(Stock.start, None, None)
        start.execute()
        _stock_step(start.process, user, request)
        under_way.append(start.process)
    for process in under_way:
        _stock_step(process, user, request)
        yield


def _stock_step(process: Process, user: User, request: SimpleNamespace) -> None:
    with transaction.atomic():
        task = process.task_set.filter(finished__isnull=True).get()
        with task.activation() as activation:
            activation.assign(user)
            activation.start(request)
            activation.execute()


def fsm_history(items: int) -> Iterator[None]:
    """Lock, transition, save; the history row follows the save."""
    user = User(username=uuid4().hex, name="clerk")
    user.save()
    rows = [HistoryItem._default_manager.create(title=f"item {n}") for n in range(items)]
    for row in rows:
        row.assign()
        row.save()
    for row in itertools.cycle(rows):
        for verb in ("accept", "record_progress", "reassign"):
            with transaction.atomic():
                item = HistoryItem._default_manager.select_for_update().get(pk=row.pk)
                getattr(item, verb)()
                item.assignee = user
                item.save()
            yield


CONTENDERS: dict[str, Callable[[int], Iterator[None]]] = {
    "ours": ours,
    "ours_life": ours_life,
    "ours_decision": ours_decision,
    "viewflow": viewflow,
    "viewflow_decision": viewflow_decision,
    "fsm_history": fsm_history,
}
