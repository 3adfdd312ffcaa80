"""What was opened before it was agreed to: noted once, shown, kept with the approval, a gate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from audit.models import Event
from core.models import User
from core.refusals import Conflict, NotFound, NotPermitted, Refusal, StaleItem
from core.roles import Role
from evidence.models import Derivation
from evidence.storage.folder import path_of
from tests import make
from tests.make import House
from tests.workflows import scene
from workflows import dossier, prospects
from workflows.actions import bulk, decisions, duties, proving, reading, rectification, rounds
from workflows.actions.rectification import MeasureAccount
from workflows.models import EvidenceRead, Item, Round
from workflows.standing_in import as_actor
from workflows.states import State

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> object:
    with translation.override("en"):
        yield


def demanding(of: House) -> Round:
    """A round whose decisions need all evidence read."""
    round_ = make.round_(of)
    return rounds.set_demands(round_.pk, actor=of.office.actor(), must_read=True)


def scene_of(state: State = State.IN_REVIEW, *, gate: bool = True) -> tuple[House, Item]:
    """An item with three pieces of evidence for its first measure, in review or further on."""
    of = make.house()
    round_ = demanding(of) if gate else make.round_(of)
    item = make.item(State.RECTIFYING, house=of, round_=round_)
    make.prove(item, of)
    for name in ("second.pdf", "third.pdf"):
        attach(item, of, name)
    make.take(item, "submit", of)
    if state == State.VERIFYING:
        read(item, of.head)
        make.take(item, "approve", of)
    return of, Item.objects.get(pk=item.pk)


def attach(item: Item, of: House, name: str, content: bytes = b"") -> None:
    proving.attach(
        item.pk,
        actor=of.staff.actor(),
        command=make.command(item),
        measure_id=item.measures.all()[0].pk,
        files=[make.paper(name, content)],
    )


def withdraw(item: Item, of: House, name: str) -> None:
    proving.withdraw_evidence(
        item.pk,
        actor=of.staff.actor(),
        command=make.command(item),
        citation_id=item.citations.standing().get(evidence__name=name).pk,
        reason=make.REASON,
    )


def read(item: Item, who: User, *names: str) -> None:
    """Open the pieces of these names; all that stand when none is named."""
    pieces = item.citations.standing()
    for piece in pieces.filter(evidence__name__in=names) if names else pieces:
        reading.download(piece.pk, actor=as_actor(who))


def approve(item: Item, who: User) -> Item:
    return decisions.approve(item.pk, actor=as_actor(who), command=make.command(item))


def close(item: Item, who: User) -> Item:
    return decisions.close(
        item.pk, actor=as_actor(who), command=make.command(item), effectiveness="It works."
    )


def refused(item: Item, do: Callable[[], object]) -> dict[str, Any]:
    before, events = scene.everything(item), scene.told()
    with pytest.raises(Refusal) as caught:
        do()
    assert scene.everything(item) == before
    assert scene.told() == events + 1
    return caught.value.as_dict()


def opened(item: Item, who: User) -> list[str]:
    return [
        piece.evidence.name for piece in item.citations.all() if piece.pk in readings(item, who)
    ]


def readings(item: Item, who: User) -> dict[int, int]:
    return dossier.read_by(item, who.actor(), dossier.cited(dossier.measures_of(item)))


RULE = "This round demands that every piece of evidence is read before it is agreed to."


# The row


def test_opening_a_piece_under_review_is_a_row_with_its_version_noted_once() -> None:
    of, item = scene_of()
    piece = item.citations.get(evidence__name="second.pdf")
    for _time in range(3):
        reading.download(piece.pk, actor=of.head.actor())
    row = EvidenceRead.objects.get()
    assert (row.person, row.item, row.submission, row.citation, row.digest) == (
        of.head,
        item,
        item.submission,
        piece,
        piece.evidence.digest,
    )
    assert str(row) == f"second.pdf by {of.head.pk}"
    assert Event.objects.filter(name="evidence.downloaded").count() == 3


def urgent() -> set[str]:
    return set(Derivation.objects.filter(urgent=True).values_list("digest", flat=True))


def test_what_is_handed_in_or_looked_at_is_derived_from_first() -> None:
    of = make.house()
    item = make.item(State.RECTIFYING, house=of)
    make.prove(item, of)
    attach(item, of, "second.pdf", b"%PDF-1.7 second")
    piece = item.citations.get(evidence__name="second.pdf")
    reading.download(piece.pk, actor=of.staff.actor())
    assert urgent() == set()
    reading.view(piece.pk, actor=of.staff.actor())
    assert urgent() == {piece.evidence.digest}
    make.take(item, "submit", of)
    assert urgent() == set(item.citations.values_list("evidence__digest", flat=True))
    assert len(urgent()) == 2


def test_what_is_opened_while_nothing_is_submitted_is_no_reading_of_a_submission() -> None:
    of = make.house()
    item = make.item(State.RECTIFYING, house=of)
    make.prove(item, of)
    read(item, of.head)
    make.take(item, "submit", of)
    decisions.send_back(
        item.pk, actor=of.head.actor(), command=make.command(item), reason=make.REASON
    )
    read(item, of.head)
    assert not EvidenceRead.objects.exists()


def test_a_withdrawn_piece_and_one_whose_bytes_are_gone_are_not_read() -> None:
    of, item = scene_of(State.VERIFYING)
    EvidenceRead.objects.all().delete()
    gone = item.citations.get(evidence__name="second.pdf")
    withdraw(item, of, "second.pdf")
    reading.download(gone.pk, actor=of.closer.actor())
    lost = item.citations.get(evidence__name="third.pdf")
    path = path_of(lost.evidence.digest)
    kept = path.read_bytes()
    path.unlink()
    reading.download(lost.pk, actor=of.closer.actor())
    assert not EvidenceRead.objects.exists()
    path.write_bytes(kept)


# Kept with the approval


def test_how_much_was_read_is_kept_with_the_approval_for_ever() -> None:
    of, item = scene_of(gate=False)
    read(item, of.head, "second.pdf", "third.pdf")
    approve(item, of.head)
    first = item.citations.get(evidence__name="proof.pdf")
    told = scene.last(item.subject).data
    assert (told["read"], told["cited"]) == (2, 3)
    assert told["unread"] == [{"citation": first.pk, "name": "proof.pdf"}]
    reading.download(first.pk, actor=of.head.actor())
    assert Event.objects.get(subject=item.subject, name="item.approved").data == told
    read(item, of.closer)
    close(item, of.closer)
    told = scene.last(item.subject).data
    assert (told["read"], told["cited"], "unread" in told) == (3, 3, False)


def test_an_item_without_any_evidence_is_agreed_to_with_nothing_to_read() -> None:
    of = make.house()
    item = make.item(State.RECTIFYING, house=of, round_=demanding(of))
    rectification.record_progress(
        item.pk,
        actor=of.staff.actor(),
        command=make.command(item),
        progress="done",
        result="Told.",
        accounts=[
            MeasureAccount(measure_id=m.pk, no_evidence_reason="Elsewhere.")
            for m in item.measures.all()
        ],
    )
    make.take(item, "submit", of)
    approve(item, of.head)
    told = scene.last(item.subject).data
    assert (told["read"], told["cited"]) == (0, 0)


def test_where_nothing_is_demanded_an_approval_costs_one_query_for_its_round_and_readings() -> None:
    of = make.house()
    make.item(State.CLOSED, house=of)
    item = make.item(State.IN_REVIEW, house=of)
    actor, command = of.head.actor(), make.command(item)
    with CaptureQueriesContext(connection) as caught:
        decisions.approve(item.pk, actor=actor, command=command)
    asked = [q["sql"] for q in caught if '"workflows_round"' in q["sql"]]
    assert len(asked) == 1
    assert "workflows_evidenceread" in asked[0]
    assert len(caught) == 21


# The gate


def test_a_round_that_demands_it_lets_nobody_approve_what_they_did_not_open() -> None:
    of, item = scene_of()
    read(item, of.head, "second.pdf")
    pieces = {c.evidence.name: c.pk for c in item.citations.all()}
    no = refused(item, lambda: approve(item, of.head))
    assert no == {
        "code": "unmet",
        "rule": RULE,
        "state": "In review",
        "who": "a head of the lead section",
        "next": "Open what you have not read yet, then decide:"
        " measure 1: proof.pdf; measure 1: third.pdf.",
        "holes": [
            {"at": f"piece-{pieces['proof.pdf']}", "text": "measure 1: proof.pdf"},
            {"at": f"piece-{pieces['third.pdf']}", "text": "measure 1: third.pdf"},
        ],
    }
    read(item, of.head)
    assert approve(item, of.head).state == State.VERIFYING


def test_what_a_colleague_read_is_not_read_by_me() -> None:
    of, item = scene_of(State.VERIFYING)
    read(item, of.office)
    assert refused(item, lambda: close(item, of.closer))["rule"] == RULE
    read(item, of.closer)
    assert close(item, of.closer).state == State.CLOSED


def test_an_added_signer_reads_for_themselves() -> None:
    of, item = scene_of(State.VERIFYING)
    duties.add_signer(
        item.pk, actor=of.office.actor(), command=make.command(item), person_id=of.colleague.pk
    )
    assert refused(item, lambda: approve(item, of.colleague))["rule"] == RULE
    read(item, of.colleague)
    approve(item, of.colleague)
    assert scene.last(item.subject).name == "item.endorsed"
    assert scene.last(item.subject).data["read"] == 3


def test_a_deputy_reads_for_themselves_whatever_the_other_has_read() -> None:
    of, item = scene_of()
    deputy = make.person(Role.STAFF, section=of.section, name="Deputy")
    make.deputy(of.head, deputy, with_tray=True)
    read(item, of.head)
    assert refused(item, lambda: approve(item, deputy))["rule"] == RULE
    read(item, deputy)
    approve(item, deputy)
    assert scene.last(item.subject).data["behind"] == of.head.name


def test_returning_needs_no_reading() -> None:
    of, item = scene_of()
    decisions.send_back(
        item.pk, actor=of.head.actor(), command=make.command(item), reason=make.REASON
    )
    assert Item.objects.get(pk=item.pk).state == State.RECTIFYING


def test_the_button_knows_before_the_form_is_sent() -> None:
    of, item = scene_of()

    def found() -> prospects.Prospect:
        now = Item.objects.get(pk=item.pk)
        return next(p for p in prospects.prospects(now, of.head.actor()) if p.verb == "approve")

    assert (found().ready, found().lacks_reading) == (False, True)
    read(item, of.head)
    assert (found().ready, found().lacks_reading) == (True, False)


def test_evidence_that_was_exchanged_after_it_was_read_is_unread_again_for_everybody() -> None:
    of, item = scene_of(State.VERIFYING)
    read(item, of.closer)
    form = make.command(item)
    attach(item, of, "second.pdf", make.pdf("another street"))
    # The closer's page is of before the exchange; a fresh one finds nothing approved.
    with pytest.raises(StaleItem):
        decisions.close(item.pk, actor=of.closer.actor(), command=form, effectiveness="It works.")
    no = refused(item, lambda: approve(item, of.head))
    assert [hole["text"] for hole in no["holes"]] == ["measure 1: second.pdf"]
    read(item, of.head, "second.pdf")
    approve(item, of.head)
    assert refused(item, lambda: close(item, of.closer))["rule"] == RULE
    read(item, of.closer, "second.pdf")
    assert close(item, of.closer).state == State.CLOSED


def test_a_piece_that_was_withdrawn_no_longer_counts() -> None:
    of, item = scene_of(State.VERIFYING)
    read(item, of.head)
    withdraw(item, of, "third.pdf")
    approve(item, of.head)
    told = scene.last(item.subject).data
    assert (told["read"], told["cited"]) == (2, 2)


def test_what_was_read_at_an_earlier_submission_counts_while_it_is_the_same_bytes() -> None:
    of, item = scene_of()
    read(item, of.head)
    decisions.send_back(
        item.pk, actor=of.head.actor(), command=make.command(item), reason=make.REASON
    )
    withdraw(item, of, "second.pdf")
    attach(item, of, "renamed.pdf", make.pdf("second.pdf"))
    attach(item, of, "new.pdf")
    make.take(item, "submit", of)
    item = Item.objects.get(pk=item.pk)
    assert opened(item, of.head) == ["proof.pdf", "third.pdf", "renamed.pdf"]
    assert set(readings(item, of.head).values()) == {1}
    no = refused(item, lambda: approve(item, of.head))
    assert [hole["text"] for hole in no["holes"]] == ["measure 1: new.pdf"]
    read(item, of.head)
    assert set(readings(item, of.head).values()) == {2}
    assert approve(item, of.head).state == State.VERIFYING


def test_many_at_once_obey_the_gate_row_by_row() -> None:
    of = make.house()
    round_ = demanding(of)
    done, not_done = (make.item(State.IN_REVIEW, house=of, round_=round_) for _ in range(2))
    head = of.head.actor()
    for item in (done, not_done):
        reading.open_submission(item, actor=head)
    read(done, of.head)
    rows = [(item.pk, item.version) for item in (done, not_done)]
    job = bulk.ask("approve", rows, actor=head, command_id=uuid4(), said={"opinion": "Read."})
    assert [(row.done, row.data.get("rule"), row.data.get("next")) for row in job.rows.all()] == [
        (True, None, None),
        (False, RULE, "Open what you have not read yet, then decide: measure 1: proof.pdf."),
    ]
    assert Item.objects.get(pk=not_done.pk).state == State.IN_REVIEW


# What a round demands


def test_the_demand_is_the_offices_to_set_and_an_event_says_from_what_to_what() -> None:
    of = make.house()
    round_ = make.round_(of)
    rounds.set_demands(round_.pk, actor=of.office.actor(), must_read=True)
    assert Round.objects.get(pk=round_.pk).must_read
    event = scene.last(round_.subject)
    assert (event.name, event.data) == (
        "round.demands_set",
        {
            "must_read": True,
            "signature": "none",
            "before": {"must_read": False, "signature": "none"},
        },
    )


def test_nobody_else_sets_it_and_the_same_again_is_refused() -> None:
    of = make.house()
    round_ = demanding(of)
    events = scene.told()
    for who, why in ((of.head, NotPermitted), (make.house().office, NotFound)):
        with pytest.raises(why):
            rounds.set_demands(round_.pk, actor=who.actor(), must_read=False)
    with pytest.raises(Conflict):
        rounds.set_demands(round_.pk, actor=of.office.actor(), must_read=True)
    assert Round.objects.get(pk=round_.pk).must_read
    assert scene.told() == events


def test_it_holds_at_once_for_what_is_in_review_and_no_longer_once_it_is_lifted() -> None:
    of, item = scene_of(gate=False)
    rounds.set_demands(item.round_id, actor=of.office.actor(), must_read=True)
    assert refused(item, lambda: approve(item, of.head))["rule"] == RULE
    rounds.set_demands(item.round_id, actor=of.office.actor(), must_read=False)
    assert approve(item, of.head).state == State.VERIFYING
