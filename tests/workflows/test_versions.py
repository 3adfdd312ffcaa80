"""Replacing keeps the old one, who and why; what was decided on stays as it was decided."""

from __future__ import annotations

from datetime import date

import pytest

from audit.models import Event
from core.refusals import NotFound, NotPermitted, Unmet
from evidence.models import Evidence
from tests import make
from tests.make import House
from workflows import dossier, verification
from workflows.actions import decisions, proving, rectification
from workflows.models import Citation, Exhibit, Item, Submission
from workflows.states import Outcome, State

pytestmark = pytest.mark.django_db


def at(state: State) -> tuple[House, Item]:
    house = make.house()
    return house, make.item(state, house=house)


def replace(item: Item, of: House, name: str, reason: str = make.REASON, **words: object) -> Item:
    standing = item.citations.standing().get()
    return proving.replace_evidence(
        item.pk,
        actor=of.staff.actor(),
        command=make.command(item),
        citation_id=standing.pk,
        file=make.paper(name),
        reason=reason,
        **words,  # type: ignore[arg-type]  # the caller's business
    )


def test_the_newer_file_stands_in_the_place_of_the_older_which_is_kept_with_who_and_why() -> None:
    of, item = at(State.VERIFYING)
    first = item.citations.get()
    Citation.objects.filter(pk=first.pk).update(claim="The lamps are lit", pages="1")
    item = replace(item, of, "newer.pdf", formed_on=date(2026, 4, 1))
    first.refresh_from_db()
    second = item.citations.standing().get()
    assert (first.withdrawn_by, first.withdrawn_reason) == (of.staff, make.REASON)
    assert (second.replaces, second.measure) == (first, first.measure)
    assert (second.claim, second.pages) == ("The lamps are lit", "1")
    assert second.evidence.formed_on == date(2026, 4, 1)
    assert item.state == State.IN_REVIEW  # the approval was of the older file
    event = Event.objects.get(name="item.evidence_replaced")
    told = {key: event.data[key] for key in ("measure", "citation", "name", "before", "voids")}
    assert told == {
        "measure": 1,
        "citation": second.pk,
        "name": "newer.pdf",
        "before": {"citation": first.pk, "name": "proof.pdf", "digest": first.evidence.digest},
        "voids": of.head.name,
    }
    assert verification.verify_all().breaks == []


def test_a_piece_is_shown_in_its_latest_version_with_the_earlier_ones_beneath() -> None:
    of, item = at(State.RECTIFYING)
    make.take(item, "prove", of)
    for name in ("second.pdf", "third.pdf"):
        item = replace(item, of, name, reason="")
    [proven] = [one for one in dossier.measures_of(item) if one.standing]
    [latest] = proven.standing
    names = [c.evidence.name for c in latest.earlier]
    assert (latest.version, latest.evidence.name, proven.withdrawn) == (3, "third.pdf", ())
    assert names == ["second.pdf", "proof.pdf"]


def test_once_submitted_a_reason_is_required() -> None:
    of, item = at(State.VERIFYING)
    with pytest.raises(Unmet, match="10"):
        replace(item, of, "newer.pdf", reason="too short")
    assert item.citations.count() == Evidence.objects.count() == 1
    assert not Event.objects.filter(name="item.evidence_replaced").exists()


def test_the_same_file_replaces_nothing() -> None:
    of, item = at(State.VERIFYING)
    with pytest.raises(Unmet):
        replace(item, of, "proof.pdf")
    assert item.citations.get().withdrawn_at is None


def test_only_what_stands_is_replaced_and_only_by_whom_it_belongs_to() -> None:
    of, item = at(State.RECTIFYING)
    make.take(item, "prove", of)
    words = {"file": make.paper("newer.pdf"), "reason": make.REASON}
    with pytest.raises(NotPermitted):
        proving.replace_evidence(
            item.pk,
            actor=of.head.actor(),
            command=make.command(item),
            citation_id=item.citations.get().pk,
            **words,  # type: ignore[arg-type]  # typed above
        )
    with pytest.raises(NotFound):
        proving.replace_evidence(
            item.pk,
            actor=of.staff.actor(),
            command=make.command(item),
            citation_id=0,
            **words,  # type: ignore[arg-type]  # typed above
        )
    assert item.citations.get().withdrawn_at is None


def test_what_a_decision_stood_on_stays_whatever_is_withdrawn_later() -> None:
    of, item = at(State.IN_REVIEW)
    first = item.citations.get()
    decisions.send_back(
        item.pk, actor=of.head.actor(), command=make.command(item), reason=make.REASON
    )
    item = replace(Item.objects.get(pk=item.pk), of, "newer.pdf")
    for step in ("submit", "approve", "close"):
        make.take(item, step, of)
    second = item.citations.standing().get()
    closed, returned = dossier.decided(item)
    assert (closed.outcome, returned.outcome) == (Outcome.CLOSED, Outcome.RETURNED)
    assert [one.citation for one in returned.exhibits.all()] == [first]
    assert [one.citation for one in closed.exhibits.all()] == [second]
    assert Exhibit.objects.get(submission=closed).digest == second.evidence.digest
    assert verification.verify_all().breaks == []


def test_what_was_taken_back_or_waits_was_decided_on_nothing() -> None:
    of, item = at(State.IN_REVIEW)
    rectification.withdraw(item.pk, actor=of.staff.actor(), command=make.command(item))
    assert Submission.objects.get().outcome == Outcome.WITHDRAWN
    assert not Exhibit.objects.exists()
    assert dossier.decided(item) == []
