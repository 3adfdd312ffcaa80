"""Every address there is, with ids of rows that exist, and what a request wrote."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from uuid import uuid4

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from audit import sealing
from audit.models import Event, Owed, Reason
from core.actor import SYSTEM
from core.models import User
from core.roles import OF_A_SECTION, Role
from ledger import intake
from tests import make
from tests.ledger.books import PLAIN_HEADER, PLAIN_ROW, book
from tests.make import House
from workflows.actions import deputies, duties, holds, plans, wanting
from workflows.models import Disposal, Notice
from workflows.states import State

WRITE = re.compile(r'^(?:INSERT INTO|UPDATE|DELETE FROM) "(\w+)"', re.IGNORECASE)


def patterns() -> dict[str, URLPattern]:
    """Every named address of the product, however deep it is included."""
    return {str(pattern.name): pattern for pattern in _within(get_resolver().url_patterns)}


def _within(entries: Iterable[object]) -> Iterator[URLPattern]:
    for entry in entries:
        if isinstance(entry, URLPattern):
            yield entry
        else:
            yield from _within(entry.url_patterns)  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Place:
    """One row of each kind, for the ids that addresses hold. A new kind of id is named here."""

    house: House
    ids: dict[str, object]

    def url(self, name: str) -> str:
        wanted = patterns()[name].pattern.converters
        return reverse(name, kwargs={key: self.ids[key] for key in wanted})


def place() -> Place:
    house = make.house()
    round_ = make.round_(house)
    criteria = ("All are lit", "An entry a week")
    item = make.item(State.IN_REVIEW, house=house, round_=round_, criteria=criteria)
    plan = plans.put_forward(round_.pk, actor=house.office.actor(), command_id=uuid4())
    draft = intake.understood(book(PLAIN_HEADER, PLAIN_ROW), name="a.xlsx", round_=round_)
    batch = intake.keep(
        draft,
        book(PLAIN_HEADER, PLAIN_ROW),
        name="a.xlsx",
        round_=round_,
        actor=house.office.actor(),
    )
    notice = Notice.objects.create(person=house.colleague, key="a", kind="assigned", item=item)
    owed = Owed.objects.create(
        handler="by-email", key=str(notice.pk), due_at=timezone.now(), parked_at=timezone.now()
    )
    membership = house.colleague.memberships.get()
    copied = (house.office.pk,)
    duties.copy_to(item.pk, actor=house.head.actor(), command=make.command(item), person_ids=copied)
    asked = make.item(State.RECTIFYING, house=house, round_=round_)
    make.ask(asked, "extend", house)
    lent = deputies.appoint(
        actor=house.closer.actor(),
        deputy_id=house.office.pk,
        starts=date(2026, 1, 1),
        ends=date(2099, 12, 31),
        reason="Business trip",
    )
    sealed = sealing.seal(Reason.TIME, SYSTEM)
    held = holds.hold(round_.pk, actor=house.office.actor(), reason=make.REASON)
    disposal = Disposal.objects.create(
        round=round_, basis=make.REASON, proposed_by=house.office, proposed_at=timezone.now()
    )
    wanting.ask_evidence(
        item.pk,
        actor=house.head.actor(),
        command=make.command(item),
        measure_id=item.measures.all()[0].pk,
        criterion_id=item.measures.all()[0].criteria.all()[0].pk,
        text="The minutes, signed",
        due=make.FAR_OFF,
    )
    ids: dict[str, object] = {
        "asked_id": item.evidence_requests.get().pk,
        "size": sealed.size if sealed else 0,
        "hold_id": held.pk,
        "disposal_id": disposal.pk,
        "deputyship_id": lent.pk,
        "duty_id": item.duties.get(kind="copy").pk,
        "round_id": round_.pk,
        "plan_id": plan.pk,
        "item_id": item.pk,
        "request_id": asked.requests.get().pk,
        "measure_id": item.measures.all()[0].pk,
        "citation_id": item.citations.all()[0].pk,
        "verb": "approve",
        "no": 1,
        "batch_id": batch.pk,
        "notice_id": notice.pk,
        "owed_id": owed.pk,
        "user_id": house.colleague.pk,
        "membership_id": membership.pk,
        "unit_id": house.unit.pk,
        "section_id": house.section.pk,
        "job_id": 0,
        "signature_id": 0,
        "scope": "item",
        "key": item.pk,
        "kind": "docx",
        "flag_id": make.flag(item).pk,
        "side": "own",
        "upload_id": make.upload(asked, house).pk,
        "letter_id": make.letter(house, round_).pk,
    }
    return Place(house, ids)


def somebody(role: Role | None, house: House) -> User:
    """One person of each role at the house; None has an account and no role."""
    if role is None:
        return make.user()
    if role in OF_A_SECTION:
        return make.person(role, section=house.section)
    return make.person(role, unit=house.unit)


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@dataclass(slots=True)
class Written:
    """The tables that a request wrote to, but for sessions, and the events it left."""

    tables: set[str] = field(default_factory=set)
    events: list[str] = field(default_factory=list)


@contextmanager
def watched() -> Iterator[Written]:
    written = Written()
    last = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    with CaptureQueriesContext(connection) as queries:
        yield written
    found = (WRITE.match(query["sql"]) for query in queries)
    written.tables = {match[1] for match in found if match} - {"django_session"}
    written.events = list(
        Event.objects.filter(pk__gt=last).order_by("pk").values_list("name", flat=True)
    )
