"""Many items at once: few now, many by the worker, approvals only of what was opened."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import translation

from audit import jobs
from audit.models import Event, Job
from core.actor import Actor
from core.refusals import NotFound, Unmet, Unsafe
from tests import make
from tests.make import House
from workflows import queries, reviewing
from workflows.actions import attention, bulk, reading
from workflows.models import Item, Opening, Round, Submission
from workflows.states import State

pytestmark = pytest.mark.django_db


def scene(count: int = 2, state: State = State.DRAFT) -> tuple[House, Round, list[Item]]:
    of = make.house()
    round_ = make.round_(of)
    return of, round_, [make.item(state, house=of, round_=round_) for _ in range(count)]


def pairs(*items: Item) -> list[tuple[int, int]]:
    return [(item.pk, Item.objects.get(pk=item.pk).version) for item in items]


def states(*items: Item) -> list[str]:
    return [Item.objects.get(pk=item.pk).state for item in items]


WORD = "Agreed in the meeting of the office."


def ask(
    verb: str, *items: Item, actor: Actor, command: UUID | None = None, **said: Any
) -> tuple[Job, list[tuple[bool, str]]]:
    said = {"opinion" if verb in bulk.SIGNED else "reason": WORD} | said
    with translation.override("zh-hans"):
        job = bulk.ask(
            verb, pairs(*items), actor=actor, command_id=command or uuid4(), said=said
        )  # fmt: skip
    return job, [(row.done, str(row.data.get("rule", ""))) for row in job.rows.all()]


def test_a_few_are_done_at_once_each_with_its_outcome() -> None:
    of, round_, [ready, other] = scene()
    moved = make.item(State.ASSIGNED, house=of, round_=round_)
    foreign = make.item()
    job, outcomes = ask(
        "assign", ready, moved, other, foreign, actor=of.office.actor(), assignee_id=of.staff.pk
    )
    assert (job.state, job.total, [done for done, _why in outcomes]) == (
        "done",
        4,
        [True, False, True, False],
    )
    assert states(ready, other, foreign) == ["assigned", "assigned", "draft"]
    labels = list(job.rows.values_list("label", flat=True))
    assert labels[0] == f"{ready.no} {ready.title}"
    assert labels[3] == ""  # what one may not know of has no name


def test_the_same_form_again_is_the_same_job_and_does_nothing_more() -> None:
    of, _round, items = scene()
    rows, command, said = pairs(*items), uuid4(), {"assignee_id": of.staff.pk, "reason": WORD}
    words: dict[str, Any] = {"actor": of.office.actor(), "command_id": command, "said": said}
    first = bulk.ask("assign", rows, **words)
    assert bulk.ask("assign", rows, **words) == first
    assert Event.objects.filter(name="item.assigned").count() == 2


def test_an_item_named_twice_is_one_row() -> None:
    of, _round, [item] = scene(1)
    job, outcomes = ask("assign", item, item, actor=of.office.actor(), assignee_id=None)
    assert (job.total, [done for done, _why in outcomes]) == (1, [True])


def test_many_become_a_job_of_the_worker() -> None:
    of = make.house()
    items = make.entered(of, make.round_(of), *(make.line(of) for _ in range(21)))
    job, outcomes = ask("assign", *items, actor=of.office.actor(), assignee_id=None)
    assert (job.state, outcomes) == ("queued", [])
    assert set(states(*items)) == {"draft"}
    jobs.sweep()
    assert set(states(*items)) == {"assigned"}
    assert job.rows.filter(done=True).count() == 21


def test_the_worker_acts_with_the_roles_the_asker_has_by_then() -> None:
    of = make.house()
    items = make.entered(of, make.round_(of), *(make.line(of) for _ in range(21)))
    job, _outcomes = ask("assign", *items, actor=of.office.actor(), assignee_id=None)
    of.office.memberships.all().delete()
    jobs.sweep()
    assert set(states(*items)) == {"draft"}
    assert job.rows.filter(done=False).count() == 21


def test_a_row_that_was_done_before_the_kill_is_not_done_again() -> None:
    of, _round, [first, second] = scene()
    rows, command = pairs(first, second), uuid4()
    done = bulk.bulk(
        "assign",
        rows[:1],
        actor=of.office.actor(),
        command_id=command,
        said={"assignee_id": of.staff.pk, "reason": WORD},
    )
    assert [row.done for row in done] == [True]  # and the worker is killed here
    job = bulk.ask(
        "assign",
        rows,
        actor=of.office.actor(),
        command_id=command,
        said={"assignee_id": of.staff.pk, "reason": WORD},
    )
    assert job.rows.filter(done=True).count() == 2
    assert Event.objects.filter(name="item.assigned", subject=first.subject).count() == 1


@pytest.mark.parametrize(
    ("verb", "word"),
    [("assign", "reason"), ("urge", "reason"), ("approve", "opinion"), ("agree", "opinion")],
)
def test_nothing_is_done_to_many_without_a_word_for_all(verb: str, word: str) -> None:
    of, _round, items = scene(2, State.IN_REVIEW)
    before, blank = Event.objects.count(), {word: "  "}
    with pytest.raises(Unmet) as refused:
        bulk.ask(verb, pairs(*items), actor=of.head.actor(), command_id=uuid4(), said=blank)
    assert [name for name, _words in refused.value.holes] == [word]
    assert (Event.objects.count(), Job.objects.count()) == (before, 0)


def test_the_word_stands_in_the_record_of_each_that_was_assigned() -> None:
    of, _round, items = scene()
    ask("assign", *items, actor=of.office.actor(), assignee_id=of.staff.pk, reason=" By decree 7. ")
    told = [event.data["reason"] for event in Event.objects.filter(name="item.assigned")]
    assert told == ["By decree 7."] * 2
    assert queries.history(items[0])[0].reason == "By decree 7."


@pytest.mark.parametrize("verb", ["send_back", "reassign"])
def test_a_verb_that_needs_a_reason_is_refused_whole_without_one(verb: str) -> None:
    of, _round, items = scene(state=State.IN_REVIEW)
    with pytest.raises(Unmet):
        ask(verb, *items, actor=of.head.actor(), reason="too short")
    assert (states(*items), Job.objects.count()) == (["in_review"] * 2, 0)


def test_a_verb_that_is_not_for_many_is_not_there() -> None:
    of, _round, items = scene()
    with pytest.raises(NotFound):
        ask("cancel", *items, actor=of.office.actor(), reason=make.REASON)
    assert states(*items) == ["draft", "draft"]


def test_one_reason_returns_all_of_them() -> None:
    of, _round, items = scene(state=State.IN_REVIEW)
    job, _outcomes = ask("send_back", *items, actor=of.head.actor(), reason=make.REASON)
    assert job.rows.filter(done=True).count() == 2
    written = Submission.objects.filter(item__in=[i.pk for i in items])
    assert {one.requirement for one in written} == {make.REASON}


def test_one_person_takes_over_all_of_them() -> None:
    of, _round, items = scene(state=State.RECTIFYING)
    ask("reassign", *items, actor=of.head.actor(), assignee_id=of.colleague.pk, reason=make.REASON)
    assert states(*items) == ["assigned", "assigned"]
    assert {item.assignee for item in Item.objects.filter(pk__in=[i.pk for i in items])} == {
        of.colleague
    }


def test_only_what_was_opened_at_this_version_is_approved_with_others() -> None:
    of, _round, [seen, unseen, seen_before] = scene(3, State.IN_REVIEW)
    head = of.head.actor()
    reading.open_submission(seen, actor=head)
    reading.open_submission(seen_before, actor=head)
    Opening.objects.filter(submission=seen_before.submission_id).update(version=0)
    _job, outcomes = ask("approve", seen, unseen, seen_before, actor=head, opinion="Seen.")
    assert outcomes == [
        (True, ""),
        (False, "您尚未打开过该事项的当前版本。"),
        (False, "您尚未打开过该事项的当前版本。"),
    ]
    assert states(seen, unseen, seen_before) == ["verifying", "in_review", "in_review"]
    refused = Event.objects.filter(name="item.refused", subject=unseen.subject).get()
    assert refused.data["verb"] == "approve"


def test_what_another_opened_is_not_opened_by_me() -> None:
    of, _round, [item] = scene(1, State.IN_REVIEW)
    reading.open_submission(item, actor=of.office.actor())
    _job, outcomes = ask("approve", item, actor=of.head.actor())
    assert [done for done, _why in outcomes] == [False]
    assert reviewing.opened(of.head.actor(), [item]) == set()
    assert reviewing.opened(of.office.actor(), [item]) == {item.pk}


def test_an_opening_is_noted_once_and_only_of_a_submission() -> None:
    of, _round, [item] = scene(1, State.IN_REVIEW)
    for _view in range(3):
        reading.open_submission(item, actor=of.head.actor())
    assert str(Opening.objects.get()) == f"{item.submission} at {item.version} by {of.head.pk}"
    reading.open_submission(make.item(), actor=of.head.actor())
    assert Opening.objects.count() == 1


def test_a_record_that_cannot_be_kept_stops_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    of, _round, items = scene()

    def unsafe(*_args: object, **_words: object) -> Item:
        raise Unsafe("No triggers.")

    monkeypatch.setitem(bulk.VERBS, "assign", unsafe)
    job, outcomes = ask("assign", *items, actor=of.office.actor(), assignee_id=None)
    job.refresh_from_db()
    assert (outcomes, job.state, job.fault) == ([], "running", "Unsafe: No triggers.")


def test_an_urge_that_a_kill_left_without_its_outcome_is_not_urged_again() -> None:
    of, _round, [item] = scene(1, State.RECTIFYING)
    attention.urge(item.pk, actor=of.office.actor(), reason="Soon.")
    _job, outcomes = ask("urge", item, actor=of.office.actor(), reason="Soon.")
    assert outcomes == [(True, "")]
    _job, outcomes = ask("urge", item, actor=of.office.actor(), reason="Sooner.")
    assert [done for done, _why in outcomes] == [False]
    assert Event.objects.filter(name="item.urged").count() == 1
