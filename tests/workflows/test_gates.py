"""What an item must have before it goes on; each refusal says what is missing and moves nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from core.models import Membership
from core.refusals import Refusal
from core.roles import Role
from tests import make
from tests.make import House
from tests.workflows import scene
from workflows.actions import amendments, assignments, decisions, proving, rectification, requests
from workflows.actions.amendments import Deadline, MeasureText
from workflows.actions.rectification import MeasureAccount
from workflows.models import Item, Submission
from workflows.states import Outcome, Progress, State, Track

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> object:
    with translation.override("en"):
        yield


def refused(item: Item, do: Callable[[], object]) -> dict[str, object]:
    """The refusal of an act that has to be refused, changing nothing and told once."""
    before, events = scene.everything(item), scene.told()
    with pytest.raises(Refusal) as caught:
        do()
    assert scene.everything(item) == before
    assert scene.told() == events + 1
    return caught.value.as_dict()


def at(state: str, **fields: object) -> tuple[House, Item]:
    house = make.house()
    return house, make.item(state, house=house, **fields)  # type: ignore[arg-type]  # as given


def now(item: Item) -> Item:
    return Item.objects.get(pk=item.pk)


def submission(item: Item) -> Submission:
    found = now(item).submission
    assert found is not None
    return found


# Assigning


def test_an_item_without_a_lead_section_a_person_a_date_and_measures_is_not_assigned() -> None:
    house, item = at(State.DRAFT, lead=(), assignee="", due=None, measures=())
    no = refused(
        item,
        lambda: assignments.assign(
            item.pk, actor=house.office.actor(), command=make.command(item), assignee_id=None
        ),
    )
    assert no == {
        "code": "unmet",
        "rule": "The item cannot be assigned yet.",
        "state": "Draft",
        "who": "the rectification office",
        "next": "Still missing: the lead section; the responsible person; the deadline;"
        " at least one measure.",
        "holes": [
            {"at": "assign", "text": "the lead section"},
            {"at": "assign", "text": "the responsible person"},
            {"at": "deadline", "text": "the deadline"},
            {"at": "measures", "text": "at least one measure"},
        ],
    }


@pytest.mark.parametrize("track", [Track.IMMEDIATE, Track.ONGOING])
def test_an_item_that_is_not_dated_is_assigned_without_a_date(track: Track) -> None:
    house, item = at(State.DRAFT, due=None, track=track)
    make.take(item, "assign", house)
    assert now(item).state == State.ASSIGNED


def test_an_item_goes_only_to_somebody_of_its_sections() -> None:
    house, item = at(State.DRAFT)
    stranger = make.person(Role.STAFF, section=house.other_section)
    no = refused(
        item,
        lambda: assignments.assign(
            item.pk,
            actor=house.office.actor(),
            command=make.command(item),
            assignee_id=stranger.pk,
        ),
    )
    assert no["rule"] == "The responsible person must belong to a section of the item."


def test_an_item_may_go_to_somebody_of_a_supporting_section() -> None:
    house = make.house()
    item = make.item(house=house, support=(house.other_section.name,))
    helper = make.person(Role.STAFF, section=house.other_section)
    assignments.assign(
        item.pk, actor=house.office.actor(), command=make.command(item), assignee_id=helper.pk
    )
    assert now(item).assignee == helper


# Submitting


def test_a_submission_without_proof_result_and_progress_names_the_first_gap() -> None:
    house, item = at(State.RECTIFYING)
    first, second = item.measures.all()
    no = refused(
        item,
        lambda: rectification.submit(
            item.pk, actor=house.staff.actor(), command=make.command(item)
        ),
    )
    assert no["code"] == "unmet"
    assert no["rule"] == "Every measure needs evidence, or a written reason why there is none."
    assert no["holes"] == [
        {"at": f"measure-{first.pk}", "text": "evidence for measure 1"},
        {"at": f"measure-{second.pk}", "text": "evidence for measure 2"},
    ]


def tell(item: Item, house: House, progress: str, result: str, reason: str = "On site.") -> None:
    rectification.record_progress(
        item.pk,
        actor=house.staff.actor(),
        command=make.command(item),
        progress=progress,
        result=result,
        accounts=[
            MeasureAccount(measure_id=m.pk, no_evidence_reason=reason) for m in item.measures.all()
        ],
    )


@pytest.mark.parametrize(
    ("progress", "result", "rule"),
    [
        (Progress.NOT_DONE, "Lamps repaired.", "The item still says “not done”."),
        (Progress.DONE, "", "Say what was done."),
        (Progress.BASICALLY_DONE, "  ", "Say what was done."),
    ],
)
def test_a_submission_claims_progress_and_says_what_was_done(
    progress: str, result: str, rule: str
) -> None:
    house, item = at(State.RECTIFYING)
    tell(item, house, progress, result)
    no = refused(
        item,
        lambda: rectification.submit(
            item.pk, actor=house.staff.actor(), command=make.command(item)
        ),
    )
    assert no["rule"] == rule


@pytest.mark.parametrize("progress", [Progress.DONE, Progress.BASICALLY_DONE])
def test_a_written_reason_stands_in_for_evidence(progress: str) -> None:
    house, item = at(State.RECTIFYING)
    tell(item, house, progress, "Lamps repaired.")
    make.take(item, "submit", house)
    assert now(item).state == State.IN_REVIEW
    assert submission(item).digest == now(item).content_digest()


def test_withdrawn_evidence_proves_nothing() -> None:
    house, item = at(State.RECTIFYING)
    make.prove(item, house)
    proof = item.citations.get()
    proving.withdraw_evidence(
        item.pk, actor=house.staff.actor(), command=make.command(item), citation_id=proof.pk
    )
    no = refused(
        item,
        lambda: rectification.submit(
            item.pk, actor=house.staff.actor(), command=make.command(item)
        ),
    )
    assert no["holes"] == [{"at": f"measure-{proof.measure_id}", "text": "evidence for measure 1"}]


# Deciding


@pytest.mark.parametrize("text", ["", "too short", "   nine chr   ", "一二三四五六七八九"])
@pytest.mark.parametrize("state", [State.IN_REVIEW, State.VERIFYING])
def test_a_return_carries_a_requirement_of_ten_characters(state: State, text: str) -> None:
    house, item = at(state)
    who = house.head if state == State.IN_REVIEW else house.office
    no = refused(
        item,
        lambda: decisions.send_back(
            item.pk, actor=who.actor(), command=make.command(item), reason=text
        ),
    )
    assert no["rule"] == "Give the reason in writing, at least 10 characters."
    assert no["holes"] == [{"at": "reason", "text": "the reason"}]


def test_ten_chinese_characters_are_a_reason() -> None:
    house, item = at(State.IN_REVIEW)
    decisions.send_back(
        item.pk,
        actor=house.head.actor(),
        command=make.command(item),
        reason="请补充路灯维修前后照",
    )
    back = now(item)
    assert (back.state, back.cycle) == (State.RECTIFYING, 1)
    returned = submission(item)
    assert returned.outcome == Outcome.RETURNED
    assert returned.requirement == "请补充路灯维修前后照"
    assert returned.decided_by == house.head


@pytest.mark.parametrize("note", ["", " \n"])
def test_a_close_needs_a_note_on_whether_it_works(note: str) -> None:
    house, item = at(State.VERIFYING)
    no = refused(
        item,
        lambda: decisions.close(
            item.pk, actor=house.closer.actor(), command=make.command(item), effectiveness=note
        ),
    )
    assert no["rule"] == "Closing needs a note on whether the rectification works."


def close(item: Item, house: House) -> Item:
    return decisions.close(
        item.pk,
        actor=house.closer.actor(),
        command=make.command(item),
        effectiveness="The street is lit.",
    )


def test_a_close_needs_a_result_even_when_somebody_emptied_it_behind_the_application() -> None:
    house, item = at(State.VERIFYING)
    Item.objects.filter(pk=item.pk).update(result=" ")
    assert refused(item, lambda: close(item, house))["rule"] == "Say what was done."


def test_a_close_is_of_the_content_that_was_approved_and_of_no_other() -> None:
    house, item = at(State.VERIFYING)
    Item.objects.filter(pk=item.pk).update(title="Another title")
    no = refused(item, lambda: close(item, house))
    assert no["rule"] == "The content is not what was approved."


def test_a_close_needs_an_approval_even_when_the_row_lost_it() -> None:
    house, item = at(State.VERIFYING)
    Submission.objects.filter(item=item).update(approved_by=None)
    no = refused(item, lambda: close(item, house))
    assert no["rule"] == "The content is not what was approved."


def test_a_close_keeps_the_note_and_who_decided() -> None:
    house, item = at(State.VERIFYING)
    close(item, house)
    closed = now(item)
    assert (closed.state, closed.effectiveness) == (State.CLOSED, "The street is lit.")
    decided = submission(item)
    assert (decided.outcome, decided.decided_by) == (Outcome.CLOSED, house.closer)
    assert decided.submitted_by == house.staff
    assert decided.approved_by == house.head


@pytest.mark.parametrize(
    ("reason", "basis", "hole"),
    [("again dark", "", "basis"), ("dark", make.BASIS, "reason"), ("again dark", "  ", "basis")],
)
def test_a_reopening_needs_a_reason_and_what_it_is_based_on(
    reason: str, basis: str, hole: str
) -> None:
    house, item = at(State.CLOSED)
    no = refused(
        item,
        lambda: requests.ask_reopen(
            item.pk,
            actor=house.office.actor(),
            command=make.command(item),
            reason=reason,
            basis=basis,
        ),
    )
    assert [h["at"] for h in no["holes"]] == [hole]  # type: ignore[attr-defined]


# Three different people


def test_nobody_approves_what_they_submitted_themselves() -> None:
    house = make.house()
    make.membership(house.staff, Role.SECTION_HEAD, section=house.section)
    item = make.item(State.IN_REVIEW, house=house)
    no = refused(
        item,
        lambda: decisions.approve(item.pk, actor=house.staff.actor(), command=make.command(item)),
    )
    assert no["code"] == "not-permitted"
    assert no["rule"] == "Nobody approves what they submitted themselves."
    assert no["who"] == "another head of the lead section"


def test_nobody_returns_what_they_submitted_themselves() -> None:
    house = make.house()
    make.membership(house.staff, Role.SECTION_HEAD, section=house.section)
    item = make.item(State.IN_REVIEW, house=house)
    no = refused(
        item,
        lambda: decisions.send_back(
            item.pk,
            actor=house.staff.actor(),
            command=make.command(item),
            reason="Not complete enough",
        ),
    )
    assert no["rule"] == "Nobody approves what they submitted themselves."


@pytest.mark.parametrize("part", ["staff", "head"])
def test_neither_submitter_nor_approver_closes(part: str) -> None:
    house = make.house()
    both = getattr(house, part)
    make.membership(both, Role.OFFICE, unit=house.unit)
    item = make.item(State.VERIFYING, house=house)
    no = refused(
        item,
        lambda: decisions.close(
            item.pk, actor=both.actor(), command=make.command(item), effectiveness="It works."
        ),
    )
    assert no["code"] == "not-permitted"
    assert no["rule"] == "Submitter, approver and closer are three different people."


def test_the_database_too_keeps_an_approval_from_the_submitter() -> None:
    house, item = at(State.IN_REVIEW)
    own = Submission.objects.filter(item=item)
    with pytest.raises(IntegrityError), transaction.atomic():
        own.update(approved_by=house.staff)
    assert own.get().approved_by is None


@pytest.mark.parametrize("part", ["staff", "head"])
def test_the_database_too_keeps_the_close_from_submitter_and_approver(part: str) -> None:
    house, item = at(State.VERIFYING)
    own = Submission.objects.filter(item=item)
    with pytest.raises(IntegrityError), transaction.atomic():
        own.update(outcome=Outcome.CLOSED, decided_by=getattr(house, part))
    assert own.get().outcome == Outcome.OPEN


def test_the_database_too_keeps_a_close_without_approval_or_without_a_closer() -> None:
    house, item = at(State.VERIFYING)
    own = Submission.objects.filter(item=item)
    for change in ({"approved_by": None, "decided_by": house.closer}, {"decided_by": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            own.update(outcome=Outcome.CLOSED, **change)
    assert own.get().outcome == Outcome.OPEN


def test_the_database_knows_one_open_submission_an_item() -> None:
    _house, item = at(State.IN_REVIEW)
    first = submission(item)
    make.item(State.IN_REVIEW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Submission.objects.exclude(item=item).update(item=item, no=first.no + 1)
    assert item.submissions.count() == 1


def test_without_a_section_head_nobody_may_approve_and_the_refusal_says_so() -> None:
    house, item = at(State.IN_REVIEW)
    Membership.objects.filter(user=house.head).update(ends="2020-01-02")
    no = refused(
        item,
        lambda: decisions.approve(item.pk, actor=house.office.actor(), command=make.command(item)),
    )
    assert no == {
        "code": "not-permitted",
        "rule": "Nobody may do this now: no one is a head of the lead section.",
        "state": "In review",
        "who": "a head of the lead section",
        "next": "Ask the office to have somebody appointed.",
        "holes": [],
    }


def test_a_refusal_names_who_may() -> None:
    house, item = at(State.IN_REVIEW)
    no = refused(
        item,
        lambda: decisions.approve(item.pk, actor=house.office.actor(), command=make.command(item)),
    )
    assert no == {
        "code": "not-permitted",
        "rule": "Only a head of the lead section may do this.",
        "state": "In review",
        "who": house.head.name,
        "next": "Leave it to them, or ask the office to reassign it.",
        "holes": [],
    }


def test_a_verb_of_another_state_is_refused_with_the_states_that_have_it() -> None:
    house, item = at(State.ASSIGNED)
    no = refused(
        item,
        lambda: decisions.send_back(
            item.pk, actor=house.head.actor(), command=make.command(item), reason=scene.REASON
        ),
    )
    assert no["code"] == "no-such-move"
    assert no["rule"] == "“Return” is not possible while the item is “Assigned”."
    assert no["next"] == "It is possible from: In review, Awaiting close-out."
    assert no["state"] == "Assigned"


# What the office amends


def amend(item: Item, house: House, **changes: object) -> Item:
    words: dict[str, object] = {"reason": scene.REASON, **changes}
    return amendments.amend(
        item.pk,
        actor=house.office.actor(),
        command=make.command(item),
        **words,  # type: ignore[arg-type]  # the test's business
    )


DATED = Deadline(raw="六月底前", track=Track.DATED, due=None)


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({}, "Nothing was changed."),
        ({"title": "Street lamps stay dark"}, "Nothing was changed."),
        ({"title": "  "}, "An item needs a title."),
        ({"deadline": DATED}, "A dated item needs its date."),
        ({"deadline": Deadline(raw="", track="soon")}, "There is no such class of deadline."),
        (
            {"deadline": Deadline(raw="", track=Track.ONGOING, precision="hour")},
            "There is no such class of deadline.",
        ),
        ({"measures": [MeasureText(id=None, text=" ")]}, "Nothing was changed."),
        ({"measures": [MeasureText(id=0, text="New")]}, "This item has no such measure."),
        ({"lead_section_id": 0}, "This unit has no such section."),
    ],
)
def test_an_amendment_in_draft_makes_sense(changes: dict[str, object], rule: str) -> None:
    house, item = at(State.DRAFT)
    assert refused(item, lambda: amend(item, house, **changes))["rule"] == rule


@pytest.mark.parametrize("state", [State.ASSIGNED, State.RECTIFYING, State.VERIFYING])
def test_past_draft_an_amendment_needs_a_reason(state: State) -> None:
    house, item = at(state)
    no = refused(item, lambda: amend(item, house, title="Other", reason="typo"))
    assert no["rule"] == "Give the reason in writing, at least 10 characters."


def test_a_measure_that_was_assigned_is_not_struck_out_nor_the_lead_changed() -> None:
    house, item = at(State.ASSIGNED)
    first = item.measures.all()[0]
    strike = [MeasureText(id=first.pk, text="")]
    no = refused(item, lambda: amend(item, house, measures=strike))
    assert no["rule"] == "A measure that was assigned cannot be struck out."
    lead = house.other_section.pk
    no = refused(item, lambda: amend(item, house, lead_section_id=lead))
    assert no["rule"] == "The lead section of an assigned item stays."
