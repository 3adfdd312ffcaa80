"""A workbook that nobody is going to confirm is put away, and stays away."""

from __future__ import annotations

import pytest

from audit.models import Event
from core.refusals import Conflict, NotFound, NotPermitted, StaleItem
from tests import make
from workflows.actions import ledgers
from workflows.models import Batch, Item

pytestmark = pytest.mark.django_db


def told(batch: Batch) -> list[str]:
    events = Event.objects.filter(subject=batch.round.subject, name__startswith="ledger.")
    return list(events.order_by("seq").values_list("name", flat=True))


def test_a_discarded_workbook_was_never_confirmed_and_its_round_tells_of_it() -> None:
    of = make.house()
    batch = make.batch(of, make.round_(of))
    ledgers.discard(batch.pk, actor=of.office.actor(), version=0)
    batch.refresh_from_db()
    assert (batch.confirmed_at, batch.undone_at is None) == (None, False)
    assert (batch.open, batch.discarded) == (False, True)
    assert Event.objects.get(name="ledger.discarded").data == {"batch": batch.pk}


def test_nothing_can_be_done_with_a_discarded_workbook() -> None:
    of = make.house()
    batch, office = make.batch(of, make.round_(of)), of.office.actor()
    ledgers.discard(batch.pk, actor=office, version=0)
    tree = make.tree(make.line(of))
    for refused in (
        lambda: ledgers.discard(batch.pk, actor=office, version=0),
        lambda: ledgers.confirm(batch.pk, actor=office, version=0, aspects=tree),
        lambda: ledgers.correct(
            batch.pk, actor=office, version=0, draft={"a": 1}, cell="A1", text="x"
        ),
        lambda: ledgers.undo(batch.pk, actor=office),
    ):
        with pytest.raises(Conflict):
            refused()
    batch.refresh_from_db()
    assert (batch.version, batch.draft, Item.objects.count()) == (0, {}, 0)
    assert told(batch) == ["ledger.uploaded", "ledger.discarded"]


def test_a_workbook_on_the_ledger_is_undone_and_not_discarded() -> None:
    of = make.house()
    [item] = make.entered(of, make.round_(of), make.line(of))
    with pytest.raises(Conflict):
        ledgers.discard(item.batch_id or 0, actor=of.office.actor(), version=0)
    batch = Batch.objects.get()
    assert (batch.undone_at, batch.open, batch.discarded) == (None, False, False)
    assert told(batch) == ["ledger.uploaded", "ledger.confirmed"]


def test_a_workbook_that_was_corrected_meanwhile_is_not_discarded() -> None:
    of = make.house()
    batch, office = make.batch(of, make.round_(of)), of.office.actor()
    ledgers.correct(batch.pk, actor=office, version=0, draft={}, cell="A1", text="x")
    with pytest.raises(StaleItem):
        ledgers.discard(batch.pk, actor=office, version=0)
    assert Batch.objects.get().open


def test_only_the_office_discards() -> None:
    of = make.house()
    batch = make.batch(of, make.round_(of))
    for actor, refusal in (
        (of.head.actor(), NotPermitted),
        (make.house().office.actor(), NotFound),
    ):
        with pytest.raises(refusal):
            ledgers.discard(batch.pk, actor=actor, version=0)
    assert Batch.objects.get().open
    assert told(batch) == ["ledger.uploaded"]
