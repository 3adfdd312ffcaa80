"""What each act does besides moving the item: voiding, cycles, reviews, reassigning, correcting."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation
from viewflow.workflow.models import Task

from core.refusals import NotFound, Unmet
from core.roles import Role
from tests import make
from tests.make import House
from tests.workflows import scene
from workflows import flows
from workflows.actions import (
    amendments,
    assignments,
    bulk,
    decisions,
    proving,
    reading,
    rectification,
)
from workflows.actions.amendments import Deadline, MeasureText
from workflows.actions.rectification import MeasureAccount
from workflows.models import Citation, Item, Submission
from workflows.states import Outcome, Progress, State, Track

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def at(state: str) -> tuple[House, Item]:
    house = make.house()
    return house, make.item(state, house=house)


def now(item: Item) -> Item:
    return Item.objects.get(pk=item.pk)


def submission(item: Item) -> Submission:
    found = now(item).submission
    assert found is not None
    return found


def act(item: Item, verb: str, house: House, who: str) -> Item:
    verbs = scene.verbs(heir=house.colleague.pk, file=make.paper("late.pdf"))
    actor = getattr(house, who).actor()
    return verbs[verb](item, actor, make.command(item))


# A change of content voids an approval


@pytest.mark.parametrize(
    ("verb", "who"), [("attach", "staff"), ("withdraw_evidence", "staff"), ("amend", "office")]
)
def test_a_change_after_the_approval_voids_it_and_says_whose(verb: str, who: str) -> None:
    house, item = at(State.VERIFYING)
    approved = submission(item)
    act(item, verb, house, who)
    assert now(item).state == State.IN_REVIEW
    voided = submission(item)
    assert voided.pk == approved.pk
    assert (voided.approved_by, voided.approved_at) == (None, None)
    assert voided.outcome == Outcome.OPEN
    assert voided.digest == now(item).content_digest() != approved.digest
    assert scene.last(item.subject).data["voids"] == house.head.name
    waiting = flows.open_task(voided)
    assert waiting is not None
    assert waiting.flow_task.name == "step"


def test_a_voided_approval_may_be_given_again_and_the_item_closed() -> None:
    house, item = at(State.VERIFYING)
    act(item, "attach", house, "staff")
    act(item, "approve", house, "head")
    act(item, "close", house, "closer")
    assert now(item).state == State.CLOSED


def test_an_amended_item_loses_its_approval_even_when_only_the_deadline_changed() -> None:
    house, item = at(State.VERIFYING)
    amendments.amend(
        item.pk,
        actor=house.office.actor(),
        command=make.command(item),
        deadline=Deadline(raw="立行立改", track=Track.IMMEDIATE),
        reason=scene.REASON,
    )
    assert now(item).state == State.IN_REVIEW
    assert now(item).due is None


# How reviews end and begin again


def test_a_withdrawn_submission_ends_and_the_next_one_has_the_next_number() -> None:
    house, item = at(State.IN_REVIEW)
    first = submission(item)
    act(item, "withdraw", house, "staff")
    first.refresh_from_db()
    assert first.outcome == Outcome.WITHDRAWN
    assert flows.open_task(first) is None
    act(item, "submit", house, "staff")
    assert submission(item).no == 2
    assert submission(item).process_id != first.process_id


@pytest.mark.parametrize("state", [State.IN_REVIEW, State.VERIFYING])
def test_cancelling_ends_the_review_that_is_under_way(state: str) -> None:
    house, item = at(state)
    make.take(item, "cancel", house)
    assert now(item).state == State.CANCELLED
    assert submission(item).outcome == Outcome.CANCELLED
    assert flows.open_task(submission(item)) is None
    ended = Task.objects.filter(process=submission(item).process).order_by("pk").last()
    assert ended is not None
    assert ended.flow_task.name == "cancelled"


def test_cancelling_after_a_return_leaves_the_returned_submission_as_it_is() -> None:
    house, item = at(State.IN_REVIEW)
    act(item, "send_back", house, "head")
    make.take(item, "cancel", house)
    assert submission(item).outcome == Outcome.RETURNED


def test_a_reopened_item_starts_a_new_cycle_and_the_closed_one_stays_untouched() -> None:
    house, item = at(State.CLOSED)
    before = Submission.objects.filter(item=item).values().get()
    make.take(item, "reopen", house)
    again = now(item)
    assert (again.state, again.cycle, again.submission) == (State.RECTIFYING, 2, None)
    assert again.progress == Progress.NOT_DONE
    act(item, "record_progress", house, "staff")
    act(item, "submit", house, "staff")
    assert (submission(item).cycle, submission(item).no) == (2, 2)
    act(item, "approve", house, "head")
    act(item, "close", house, "closer")
    assert Submission.objects.filter(pk=before["id"]).values().get() == before


def test_reassigning_asks_the_new_person_to_sign_for_receipt() -> None:
    house, item = at(State.RECTIFYING)
    act(item, "reassign", house, "head")
    handed = now(item)
    assert (handed.state, handed.assignee) == (State.ASSIGNED, house.colleague)
    assert handed.assignee_text == house.colleague.name
    data = scene.last(item.subject).data
    assert (data["before"], data["assignee"]) == (house.staff.name, house.colleague.name)


@pytest.mark.parametrize(
    ("heir", "reason", "rule"),
    [
        ("staff", scene.REASON, "This person is responsible already."),
        ("colleague", "short", "Give the reason in writing, at least 10 characters."),
        ("office", scene.REASON, "The responsible person must belong to a section of the item."),
    ],
)
def test_reassigning_needs_another_person_of_the_section_and_a_reason(
    heir: str, reason: str, rule: str
) -> None:
    house, item = at(State.RECTIFYING)
    before = scene.everything(item)
    with pytest.raises(Unmet) as refused:
        assignments.reassign(
            item.pk,
            actor=house.office.actor(),
            command=make.command(item),
            assignee_id=getattr(house, heir).pk,
            reason=reason,
        )
    assert str(refused.value) == rule
    assert scene.everything(item) == before


def test_the_assignee_who_left_the_section_does_not_see_the_item_any_more() -> None:
    house, item = at(State.RECTIFYING)
    house.staff.memberships.update(ends="2020-01-02")
    with pytest.raises(NotFound):
        act(item, "record_progress", house, "staff")
    assert now(item).version == item.version


# Progress and evidence


def test_recorded_progress_is_kept_measure_by_measure_and_told_as_far_as_it_changed() -> None:
    house, item = at(State.RECTIFYING)
    first, second = item.measures.all()
    account = MeasureAccount(
        measure_id=first.pk,
        account="Lamps replaced",
        rule_made="Rules on street lighting",
        loss_recovered=Decimal("1.2500"),
        people_held=2,
        similar_cases="Three other streets",
        campaign=True,
    )
    rectification.record_progress(
        item.pk,
        actor=house.staff.actor(),
        command=make.command(item),
        progress=Progress.BASICALLY_DONE,
        result=" Nearly there ",
        accounts=[account, MeasureAccount(measure_id=second.pk)],
    )
    first.refresh_from_db()
    assert (first.account, first.people_held, first.campaign) == ("Lamps replaced", 2, True)
    assert first.loss_recovered == Decimal("1.25")
    assert now(item).result == "Nearly there"
    assert scene.last(item.subject).data["measures"] == [
        {
            "no": 1,
            "account": "Lamps replaced",
            "rule_made": "Rules on street lighting",
            "loss_recovered": "1.2500",
            "people_held": 2,
            "similar_cases": "Three other streets",
            "campaign": True,
        }
    ]


def test_progress_of_a_measure_of_another_item_is_not_found() -> None:
    house, item = at(State.RECTIFYING)
    foreign = make.item().measures.all()[0]
    before = scene.everything(item)
    with pytest.raises(NotFound):
        rectification.record_progress(
            item.pk,
            actor=house.staff.actor(),
            command=make.command(item),
            progress=Progress.DONE,
            result="Done",
            accounts=[MeasureAccount(measure_id=foreign.pk, account="x")],
        )
    assert scene.everything(item) == before


def test_progress_that_is_no_progress_is_refused_as_such() -> None:
    house, item = at(State.RECTIFYING)
    before = scene.everything(item)
    with pytest.raises(Unmet):
        rectification.record_progress(
            item.pk,
            actor=house.staff.actor(),
            command=make.command(item),
            progress="closed",
            result="Done",
        )
    assert scene.everything(item) == before


def test_several_files_are_cited_for_a_measure_with_what_they_prove() -> None:
    house, item = at(State.RECTIFYING)
    second = item.measures.all()[1]
    files = [make.paper("a.pdf"), make.paper("b.pdf")]
    proving.attach(
        item.pk,
        actor=house.staff.actor(),
        command=make.command(item),
        measure_id=second.pk,
        files=files,
        claim=" The log ",
        pages=" 1 ",
        formed_on=date(2026, 5, 1),
    )
    cited = list(Citation.objects.filter(item=item).select_related("evidence"))
    assert [(c.evidence.name, c.claim, c.pages) for c in cited] == [
        ("a.pdf", "The log", "1"),
        ("b.pdf", "The log", "1"),
    ]
    assert {c.evidence.formed_on for c in cited} == {date(2026, 5, 1)}
    assert {c.evidence.received_from for c in cited} == {house.staff}
    assert scene.last(item.subject).data["files"] == [
        {"citation": c.pk, "name": c.evidence.name, "digest": c.evidence.digest} for c in cited
    ]


def test_attaching_nothing_or_to_a_foreign_measure_or_from_the_future_is_refused() -> None:
    house, item = at(State.RECTIFYING)
    own, foreign = item.measures.all()[0].pk, make.item().measures.all()[0].pk
    before = scene.everything(item)
    attempts: list[tuple[int, list[object], date | None]] = [
        (own, [], None),
        (foreign, [make.paper()], None),
        (own, [make.paper()], date(2999, 1, 1)),
    ]
    for measure, files, formed in attempts:
        with pytest.raises((Unmet, NotFound)):
            proving.attach(
                item.pk,
                actor=house.staff.actor(),
                command=make.command(item),
                measure_id=measure,
                files=files,  # type: ignore[arg-type]  # an empty list too
                formed_on=formed,
            )
    assert scene.everything(item) == before


def withdraw(item: Item, house: House, citation: int, reason: str = "") -> Item:
    return proving.withdraw_evidence(
        item.pk,
        actor=house.staff.actor(),
        command=make.command(item),
        citation_id=citation,
        reason=reason,
    )


def test_evidence_that_was_never_submitted_is_withdrawn_without_a_reason() -> None:
    house, item = at(State.RECTIFYING)
    make.prove(item, house)
    withdraw(item, house, item.citations.get().pk)
    gone = item.citations.get()
    assert gone.withdrawn_by == house.staff
    assert gone.withdrawn_at is not None
    assert list(item.citations.standing()) == []


def test_evidence_that_was_submitted_is_withdrawn_only_with_a_reason_and_stays_on_record() -> None:
    house, item = at(State.IN_REVIEW)
    act(item, "send_back", house, "head")
    proof = item.citations.get()
    before = scene.everything(item)
    with pytest.raises(Unmet) as refused:
        withdraw(item, house, proof.pk, "no good")
    assert refused.value.holes[0][0] == "reason"
    assert scene.everything(item) == before
    withdraw(item, house, proof.pk, "It shows another street.")
    proof.refresh_from_db()
    assert proof.withdrawn_reason == "It shows another street."
    assert str(proof.evidence) == str(proof) == "proof.pdf"


def test_evidence_is_withdrawn_once_and_only_from_its_own_item() -> None:
    house, item = at(State.VERIFYING)
    other = make.item(State.VERIFYING, house=house)
    for citation in (0, other.citations.get().pk):
        with pytest.raises(NotFound):
            withdraw(item, house, citation, scene.REASON)
    withdraw(item, house, item.citations.get().pk, scene.REASON)
    assert now(item).state == State.IN_REVIEW
    assert now(other).state == State.VERIFYING


def test_a_download_is_told_on_the_items_chain_before_the_bytes_leave() -> None:
    house, item = at(State.IN_REVIEW)
    proof = item.citations.get()
    handed = reading.download(proof.pk, actor=house.head.actor())
    assert (handed.evidence, handed.words) == (proof.evidence, "")
    told = scene.last(item.subject)
    assert (told.name, told.actor_label) == ("evidence.downloaded", house.head.name)
    digest = handed.evidence.digest
    assert told.data == {"citation": proof.pk, "name": "proof.pdf", "digest": digest}
    assert (now(item).trail_seq, bytes(now(item).trail_head)) == (told.seq, bytes(told.hash))


def test_a_download_by_somebody_who_does_not_see_the_item_finds_nothing() -> None:
    _house, item = at(State.IN_REVIEW)
    events = scene.told(item.subject)
    stranger = make.house().office.actor()
    with pytest.raises(NotFound):
        reading.download(item.citations.get().pk, actor=stranger)
    assert scene.told(item.subject) == events


# What the office corrects


def amend(item: Item, house: House, **changes: object) -> Item:
    words: dict[str, object] = {"reason": scene.REASON, **changes}
    return amendments.amend(
        item.pk,
        actor=house.office.actor(),
        command=make.command(item),
        **words,  # type: ignore[arg-type]  # the test's business
    )


def test_the_office_corrects_everything_of_a_draft_and_the_event_tells_before_and_after() -> None:
    house = make.house()
    item = make.item(house=house, support=(house.other_section.name,))
    first, second = item.measures.all()
    amend(
        item,
        house,
        title=" Lamps in the south ",
        deadline=Deadline(
            raw="2027年3月", track=Track.DATED, due=date(2027, 3, 31), precision="month"
        ),
        lead_section_id=house.other_section.pk,
        measures=[
            MeasureText(id=first.pk, text="Replace the lamps", criteria=make.judged_by("All lit")),
            MeasureText(id=second.pk, text=""),
            MeasureText(id=None, text="Check monthly"),
        ],
        reason="",
    )
    row = now(item)
    assert (row.title, row.due) == ("Lamps in the south", date(2027, 3, 31))
    assert row.lead_section == house.other_section
    assert list(row.other_sections.all()) == []
    assert [(m.text, m.criterion) for m in row.measures.all()] == [
        ("Replace the lamps", "All lit"),
        ("Check monthly", ""),
    ]
    changes = scene.last(item.subject).data["changes"]
    assert changes == {
        "title": ["Street lamps stay dark", "Lamps in the south"],
        "deadline": [
            ["2026年12月底前", "dated", False, "2026-12-31", "month"],
            ["2027年3月", "dated", False, "2027-03-31", "month"],
        ],
        "lead_section": [house.section.name, house.other_section.name],
        "measures": [
            ["Repair the lamps", "Replace the lamps [All lit]"],
            ["Keep a log of faults", ""],
            ["", "Check monthly"],
        ],
    }


def test_what_is_the_same_already_is_not_told_as_changed() -> None:
    house, item = at(State.ASSIGNED)
    first = item.measures.all()[0]
    same = Deadline(
        raw="2026年12月底前", track=Track.DATED, due=date(2026, 12, 31), precision="month"
    )
    amend(
        item,
        house,
        title="Lamps",
        deadline=same,
        lead_section_id=house.section.pk,
        measures=[MeasureText(id=first.pk, text="Repair the lamps")],
    )
    changes = scene.last(item.subject).data["changes"]
    assert changes == {"title": ["Street lamps stay dark", "Lamps"]}


def test_a_draft_without_a_lead_section_gets_one() -> None:
    house = make.house()
    item = make.item(house=house, lead=())
    amend(item, house, lead_section_id=house.section.pk)
    assert now(item).lead_section == house.section
    told = scene.last(item.subject).data["changes"]
    assert told == {"lead_section": ["", house.section.name]}


# Many at once


def test_assigning_a_selection_does_what_it_can_and_says_why_not_for_the_rest() -> None:
    house = make.house()
    round_ = make.round_(house)
    ready, moved, bare = (
        make.item(house=house, round_=round_),
        make.item(State.ASSIGNED, house=house, round_=round_),
        make.item(house=house, round_=round_, measures=()),
    )
    foreign = make.item()
    chosen = [(i.pk, i.version) for i in (ready, moved, bare, foreign)]
    command = make.command(ready).id
    office, said = house.office.actor(), {"assignee_id": house.staff.pk}
    rows = list(bulk.bulk("assign", chosen, actor=office, command_id=command, said=said))
    assert [row.done for row in rows] == [True, False, False, False]
    codes = [row.refusal.code for row in rows if row.refusal]
    assert codes == ["no-such-move", "unmet", "not-found"]
    assert now(ready).state == State.ASSIGNED
    again = bulk.bulk("assign", chosen[:1], actor=office, command_id=command, said=said)
    assert [row.done for row in again] == [True]
    assert now(ready).version == 1


def test_a_member_of_a_parents_office_may_close_what_a_branch_did() -> None:
    house = make.house(parent=make.unit())
    item = make.item(State.VERIFYING, house=house)
    above = make.person(Role.OFFICE, unit=house.unit.parent)
    decisions.close(
        item.pk, actor=above.actor(), command=make.command(item), effectiveness="It works."
    )
    assert now(item).state == State.CLOSED
