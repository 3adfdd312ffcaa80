"""What the drills stand on: a house with an office, a member of staff, and unassigned items."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import uuid4

from audit import record
from audit.models import Event
from core.models import Membership, Section, Unit, User
from core.roles import Role
from workflows.actions import assignments, ledgers, rounds
from workflows.actions.entries import LedgerAspect, LedgerItem, LedgerProblem
from workflows.actions.step import Command
from workflows.models import Item, Notice
from workflows.states import Track

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    office_id: int
    staff_id: int
    items: tuple[int, ...]


def lay(count: int) -> Ledger:
    unit = Unit.found("Drill bureau")
    section = Section(unit=unit, name="Works")
    section.save()
    office = _person("drill-office", Role.OFFICE, unit)
    staff = _person("drill-staff", Role.STAFF, unit, section)
    round_ = rounds.open_round(
        actor=office.actor(),
        unit_id=unit.pk,
        code="DRILL",
        title="Drill",
        feedback_date=date(2026, 3, 1),
    )
    batch = ledgers.upload(
        round_.pk, actor=office.actor(), name="drill.xlsx", digest="0" * 64, draft={}
    )
    lines = tuple(_line(no, section) for no in range(1, count + 1))
    problem = LedgerProblem(no="1", title="Drill", items=lines)
    aspects = (LedgerAspect(no="1", title="Drill", problems=(problem,)),)
    ledgers.confirm(batch.pk, actor=office.actor(), version=0, aspects=aspects)
    ids = Item.objects.filter(batch=batch).order_by("pk").values_list("pk", flat=True)
    return Ledger(office_id=office.pk, staff_id=staff.pk, items=tuple(ids))


def _person(login: str, role: Role, unit: Unit, section: Section | None = None) -> User:
    person = User(username=login, name=login, email=f"{login}@example.test")
    person.set_unusable_password()
    person.save()
    Membership(user=person, role=role, unit=unit, section=section).save()
    return person


def _line(no: int, section: Section) -> LedgerItem:
    return LedgerItem(
        no=f"1-{no}",
        title=f"Drill item {no}",
        measures=("Do it",),
        track=Track.DATED,
        deadline_raw="2026-12-31",
        due=date(2026, 12, 31),
        precision="day",
        ongoing=False,
        lead=(section.name,),
        assignee="",
    )


def assign(item_id: int, made: Ledger) -> None:
    item = Item.objects.get(pk=item_id)
    assignments.assign(
        item_id,
        actor=User.objects.get(pk=made.office_id).actor(),
        command=Command(id=uuid4(), version=item.version),
        assignee_id=made.staff_id,
    )


@contextmanager
def watch_commit(then: Callable[[], None]) -> Iterator[None]:
    """Call `then` inside the transaction that writes the next event, after it was written."""
    append = record.append

    def appended(*args: object, **kwargs: object) -> object:
        head = append(*args, **kwargs)  # type: ignore[arg-type]  # passed on as it came
        then()
        return head

    record.append = appended  # type: ignore[assignment]
    try:
        yield
    finally:
        record.append = append


def committed(made: Ledger) -> int:
    """How many of the items were assigned for good, with their event."""
    subjects = [f"item:{pk}" for pk in made.items]
    return Event.objects.filter(name="item.assigned", subject__in=subjects).count()


def announced(made: Ledger) -> int:
    return Notice.objects.filter(person=made.staff_id, item__in=made.items).count()
