"""What is over its time is listed; two people destroy it; a hold and another need keep it."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from audit import outbox
from audit.models import Event, Owed
from core.refusals import Conflict, NotFound, NotPermitted, Refusal, Unmet
from core.roles import Role
from evidence import destruction, fsck, storage
from evidence.models import Evidence, ExtractedText
from evidence.storage.folder import path_of
from tests import make
from tests.audit.chains import unprotected
from tests.make import House
from workflows import retention, verification
from workflows.actions import disposals, holds, indexing, reading
from workflows.models import Disposal, Hold, Item, Request, Round, Searchable, Submission
from workflows.states import State

pytestmark = pytest.mark.django_db
BASIS = "Archives rule 12, minutes of 3 March"
LONG_AGO = datetime(2010, 5, 1, tzinfo=UTC)


def old(of: House, round_: Round, name: str = "", ended: datetime = LONG_AGO) -> Item:
    """A closed item with one piece of evidence of its own bytes, ended long ago."""
    item = make.item(State.RECTIFYING, house=of, round_=round_)
    make.prove(item, of, make.paper(name or f"old-{item.pk}.pdf"))
    for step in ("submit", "approve", "close"):
        make.take(item, step, of)
    Submission.objects.filter(item=item).update(decided_at=ended)
    path = path_of(item.citations.get().evidence.digest)
    then = (timezone.now() - timedelta(days=9)).timestamp()
    os.utime(path, (then, then))
    return Item.objects.get(pk=item.pk)


@pytest.fixture
def at() -> tuple[House, Round, Item]:
    of = make.house()
    round_ = make.round_(of)
    holds.set_retention(round_.pk, actor=of.office.actor(), retention="10y")
    round_ = Round.objects.get(pk=round_.pk)
    return of, round_, old(of, round_)


def propose(of: House, round_: Round, *items: Item) -> Disposal:
    return disposals.propose(
        round_.pk, actor=of.office.actor(), items=[item.pk for item in items], basis=BASIS
    )


def refused(kind: type[Refusal], act: object, **words: object) -> None:
    before = Event.objects.count(), Disposal.objects.count(), Hold.objects.count()
    with pytest.raises(kind):
        act(**words)  # type: ignore[operator]
    assert (Event.objects.count(), Disposal.objects.count(), Hold.objects.count()) == before
    assert not Evidence.objects.filter(inspection="destroyed").exists()


# What is over its time


@pytest.mark.parametrize(
    ("term", "on", "listed"),
    [
        ("10y", date(2020, 12, 31), False),
        ("10y", date(2021, 1, 1), True),
        ("30y", date(2040, 12, 31), False),
        ("30y", date(2041, 1, 1), True),
        ("permanent", date(2999, 1, 1), False),
    ],
)
def test_an_item_is_listed_the_day_after_the_last_year_of_its_retention(
    term: str, on: date, listed: bool, at: tuple[House, Round, Item]
) -> None:
    """It ended on 1 May 2010: the ten years are 2011 to 2020."""
    _of, round_, item = at
    round_.retention = term
    assert [one.item for one in retention.over(round_, on)] == [item] * listed


def test_the_list_says_since_when_and_what_would_go(at: tuple[House, Round, Item]) -> None:
    _of, round_, item = at
    [one] = retention.over(round_)
    assert (one.ended_on, one.kept_until) == (date(2010, 5, 1), date(2020, 12, 31))
    assert [piece.name for piece in one.pieces] == [f"old-{item.pk}.pdf"]
    assert (one.needed, one.held) == ((), False)


def test_what_goes_on_or_ended_lately_is_not_listed_and_what_was_cancelled_long_ago_is() -> None:
    of = make.house()
    round_ = make.round_(of)
    Round.objects.update(retention="10y")
    round_.refresh_from_db()
    make.item(State.VERIFYING, house=of, round_=round_)
    old(of, round_, ended=timezone.now())
    left = make.item(State.RECTIFYING, house=of, round_=round_)
    make.prove(left, of)
    make.take(left, "cancel", of)
    assert retention.over(round_) == []
    Request.objects.filter(item=left).update(decided_at=LONG_AGO)
    assert [one.item for one in retention.over(round_)] == [left]


def test_the_retention_is_set_by_the_office_and_told(at: tuple[House, Round, Item]) -> None:
    of, round_, _item = at
    office, head = of.office.actor(), of.head.actor()
    refused(Conflict, holds.set_retention, round_id=round_.pk, actor=office, retention="10y")
    refused(Unmet, holds.set_retention, round_id=round_.pk, actor=office, retention="5y")
    refused(NotPermitted, holds.set_retention, round_id=round_.pk, actor=head, retention="30y")
    stranger = make.house().office.actor()
    refused(NotFound, holds.set_retention, round_id=round_.pk, actor=stranger, retention="30y")
    told = Event.objects.get(name="round.retention_set").data
    assert told == {"before": "permanent", "retention": "10y"}


# Two people


def test_two_people_destroy_and_the_rows_digests_and_record_stay(
    at: tuple[House, Round, Item],
) -> None:
    of, round_, item = at
    piece = item.citations.get().evidence
    ExtractedText.objects.create(digest=piece.digest, unit="page", pages=["Dark lamps"])
    indexing.add_pieces(item.citations.all())
    assert Searchable.objects.filter(kind="piece", item=item).exists()
    row = propose(of, round_, item)
    assert storage.intact(piece.digest)
    disposals.confirm(row.pk, actor=of.closer.actor())
    piece.refresh_from_db()
    assert piece.inspection == "destroyed"
    owed = Owed.objects.get(handler=destruction.NAME)
    assert outbox.pay(owed)
    assert not storage.exists(piece.digest)
    assert not ExtractedText.objects.exists()
    assert not Searchable.objects.filter(kind="piece").exists()
    destruction.destroy(owed.key)  # a worker that died before it said so runs it again
    with translation.override("en"), pytest.raises(Conflict) as said:
        reading.download(item.citations.get().pk, actor=of.office.actor())
    assert f"by {of.office.name} and {of.closer.name}" in str(said.value)
    assert BASIS in str(said.value)
    [on_item] = Event.objects.filter(name="item.evidence_destroyed")
    assert (on_item.subject, on_item.actor) == (item.subject, f"person:{of.closer.pk}")
    assert on_item.data["proposed_by"] == of.office.name
    files: Any = on_item.data["files"]
    assert [file["digest"] for file in files] == [piece.digest]
    assert Event.objects.get(name="disposal.confirmed").data["pieces"] == 1
    assert verification.verify_all().breaks == []
    assert not [fault for fault in fsck.check().faults if fault.at.startswith("evidence:")]
    assert retention.over(round_) == []


def test_nobody_destroys_alone_nor_without_a_post_that_may(at: tuple[House, Round, Item]) -> None:
    of, round_, item = at
    row = propose(of, round_, item)
    for person in (of.office, of.head, of.staff):
        refused(NotPermitted, disposals.confirm, disposal_id=row.pk, actor=person.actor())
    refused(NotFound, disposals.confirm, disposal_id=row.pk, actor=make.house().office.actor())
    with pytest.raises(IntegrityError), transaction.atomic():
        Disposal.objects.update(
            outcome="confirmed", decided_by=of.office, decided_at=timezone.now()
        )
    chief = make.person(Role.UNIT_HEAD, unit=of.unit)
    assert disposals.confirm(row.pk, actor=chief.actor()).outcome == "confirmed"


def test_a_proposal_names_its_basis_and_only_what_is_on_the_list(
    at: tuple[House, Round, Item],
) -> None:
    of, round_, item = at
    office = of.office.actor()
    words: dict[str, object] = {"round_id": round_.pk, "actor": office}
    refused(Unmet, disposals.propose, items=[item.pk], basis="short", **words)
    refused(Unmet, disposals.propose, items=[], basis=BASIS, **words)
    late = old(of, round_, ended=timezone.now())
    refused(Unmet, disposals.propose, items=[item.pk, late.pk], basis=BASIS, **words)
    words["actor"] = of.head.actor()
    refused(NotPermitted, disposals.propose, items=[item.pk], basis=BASIS, **words)
    propose(of, round_, item)
    with pytest.raises(Conflict):
        propose(of, round_, item)
    assert Disposal.objects.count() == 1


def test_so_many_at_once_and_no_more(
    at: tuple[House, Round, Item], monkeypatch: pytest.MonkeyPatch
) -> None:
    of, round_, item = at
    monkeypatch.setattr(disposals, "MOST", 0)
    words = {"round_id": round_.pk, "actor": of.office.actor(), "items": [item.pk]}
    refused(Unmet, disposals.propose, basis=BASIS, **words)


def test_a_proposal_is_refused_with_a_reason_or_taken_back_and_then_made_anew(
    at: tuple[House, Round, Item],
) -> None:
    of, round_, item = at
    office, second = of.office.actor(), of.closer.actor()
    row = propose(of, round_, item)
    refused(Unmet, disposals.refuse, disposal_id=row.pk, actor=second, reason="no")
    refused(NotPermitted, disposals.take_back, disposal_id=row.pk, actor=second)
    disposals.refuse(row.pk, actor=second, reason=make.REASON)
    for act in (disposals.confirm, disposals.take_back):
        refused(Conflict, act, disposal_id=row.pk, actor=office)
    again = propose(of, round_, item)
    disposals.take_back(again.pk, actor=office)
    outcomes = list(Disposal.objects.order_by("pk").values_list("outcome", "words"))
    assert outcomes == [("refused", make.REASON), ("taken_back", "")]
    assert storage.intact(item.citations.get().evidence.digest)


# What is kept all the same


def test_a_hold_on_the_item_or_the_round_keeps_everything_until_it_is_lifted(
    at: tuple[House, Round, Item],
) -> None:
    of, round_, item = at
    office = of.office.actor()
    row = propose(of, round_, item)
    for key in (item.pk, None):
        held = holds.hold(round_.pk, actor=office, reason=make.REASON, item_id=key)
        assert retention.hold_of(item) == held
        assert [one.held for one in retention.over(round_)] == [True]
        refused(Conflict, disposals.confirm, disposal_id=row.pk, actor=of.closer.actor())
        words = {"round_id": round_.pk, "actor": office, "reason": make.REASON}
        refused(Conflict, holds.hold, item_id=key, **words)
        refused(Unmet, holds.lift, hold_id=held.pk, actor=office, reason="done")
        holds.lift(held.pk, actor=office, reason=make.REASON)
        refused(Conflict, holds.lift, hold_id=held.pk, actor=office, reason=make.REASON)
    names = Event.objects.filter(name__contains="h").values_list("name", "subject")
    assert {
        ("item.held", item.subject),
        ("item.hold_lifted", item.subject),
        ("round.held", round_.subject),
        ("round.hold_lifted", round_.subject),
    } <= set(names)
    assert retention.hold_of(item) is None
    disposals.confirm(row.pk, actor=of.closer.actor())


def test_what_the_inspection_office_holds_it_alone_lifts(at: tuple[House, Round, Item]) -> None:
    of, round_, _item = at
    inspector = make.person(Role.INSPECTION_OFFICE, unit=of.unit).actor()
    held = holds.hold(round_.pk, actor=inspector, reason=make.REASON)
    office = of.office.actor()
    refused(NotPermitted, holds.lift, hold_id=held.pk, actor=office, reason=make.REASON)
    stranger = make.house().office.actor()
    refused(NotFound, holds.lift, hold_id=held.pk, actor=stranger, reason=make.REASON)
    words = {"round_id": round_.pk, "reason": make.REASON}
    refused(NotPermitted, holds.hold, actor=of.head.actor(), **words)
    refused(NotFound, holds.hold, actor=inspector, item_id=0, **words)
    holds.lift(held.pk, actor=inspector, reason=make.REASON)
    assert Hold.objects.get().lifted_reason == make.REASON


def test_what_another_item_needs_is_never_destroyed(at: tuple[House, Round, Item]) -> None:
    of, round_, item = at
    name = item.citations.get().evidence.name
    row = propose(of, round_, item)
    going_on = make.item(State.RECTIFYING, house=of, round_=round_)
    make.prove(going_on, of, make.paper(name))  # the same bytes, as evidence of today
    [one] = retention.over(round_)
    assert (one.pieces, [piece.name for piece in one.needed]) == ((), [name])
    refused(Conflict, disposals.confirm, disposal_id=row.pk, actor=of.closer.actor())
    disposals.take_back(row.pk, actor=of.office.actor())
    words = {"round_id": round_.pk, "actor": of.office.actor(), "items": [item.pk]}
    refused(Unmet, disposals.propose, basis=BASIS, **words)


def test_bytes_that_somebody_else_names_stay_though_the_evidence_is_destroyed(
    at: tuple[House, Round, Item],
) -> None:
    of, round_, item = at
    digest = item.citations.get().evidence.digest
    batch = make.batch(of, round_)
    type(batch).objects.filter(pk=batch.pk).update(digest=digest)
    row = propose(of, round_, item)
    disposals.confirm(row.pk, actor=of.closer.actor())
    assert outbox.pay(Owed.objects.get(handler=destruction.NAME))
    assert storage.intact(digest)


def test_whoever_derives_more_has_it_forgotten_too(
    at: tuple[House, Round, Item], monkeypatch: pytest.MonkeyPatch
) -> None:
    forgotten: list[str] = []
    monkeypatch.setattr(destruction, "_forgetting", [])
    destruction.forgets(forgotten.append)
    _of, _round, item = at
    destruction.destroy(f"1:{item.citations.get().evidence.digest}")
    assert forgotten == []
    destruction.destroy(f"1:{'e' * 64}")
    assert forgotten == ["e" * 64]


def test_evidence_that_is_called_destroyed_without_an_event_is_found(
    at: tuple[House, Round, Item],
) -> None:
    with unprotected():
        Evidence.objects.update(inspection="destroyed")
    [broken] = verification.verify_all().breaks
    assert broken.subject.startswith("evidence:")
    _of, _round, item = at
    with pytest.raises(Conflict):
        reading.download(item.citations.get().pk, actor=_of.office.actor())
