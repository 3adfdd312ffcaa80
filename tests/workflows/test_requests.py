"""Requests: who answers them, what granting each kind does, and what refuses them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone, translation

from audit.models import Event
from core.actor import SYSTEM
from core.refusals import NoSuchMove, NotFound, NotPermitted
from core.roles import Role
from tests import make
from tests.workflows import scene
from tests.workflows.petition import Petition, beside, petition
from tests.workflows.review import leave
from workflows import deadlines, reviewing, turns
from workflows import requests as reads
from workflows.actions import assignments, decisions, duties, reminding, requests, routes, waking
from workflows.models import Duty, Item, Request, Submission
from workflows.models.route import How, Party, Step, Unless
from workflows.states import Outcome, State
from workflows.verification import verify_all
from workflows.worklist import Wanted, worklist

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> object:
    with translation.override("en"):
        yield


LEADERS = {"leader", "second leader"}


# Who answers


@pytest.mark.parametrize(
    ("kind", "state", "first"),
    [
        ("extend", State.ASSIGNED, {"head"}),
        ("suspend", State.RECTIFYING, {"head"}),
        ("cancel", State.VERIFYING, LEADERS),
        ("reopen", State.CLOSED, LEADERS),
    ],
)
def test_each_kind_has_its_usual_route(kind: str, state: str, first: set[str]) -> None:
    on = petition(kind, state=state, leaders=())
    assert on.waits_for() == first


def test_whoever_asked_never_answers_and_the_step_goes_one_level_up() -> None:
    on = petition("extend", who="head")
    assert on.waits_for() == {"leader"}
    assert on.refused(on.agree, "head") == "Nobody decides on their own request."
    on.agree("leader", "office")
    assert on.outcomes() == ["granted"]


def test_a_member_of_the_office_who_asked_leaves_the_last_word_to_a_colleague() -> None:
    on = petition("extend", who="office")
    on.agree("head")
    assert on.waits_for() == {"closer"}
    assert on.refused(on.agree, "office") == "Nobody decides on their own request."


def test_nobody_agrees_twice() -> None:
    on = petition("suspend")
    make.membership(on.people["head"], Role.OFFICE, unit=on.house.unit)
    on.agree("head", "leader")
    assert on.refused(on.agree, "head") == (
        "Nobody agrees twice: this person agreed at an earlier step."
    )
    assert on.waits_for() == {"office", "closer"}


def test_a_deputy_agrees_for_the_person_and_whoever_asked_does_not_as_a_deputy() -> None:
    on = petition("extend")
    make.deputy(on.people["head"], on.people["staff"], with_tray=True)
    assert on.refused(on.agree, "staff") == "Nobody decides on their own request."
    make.deputy(on.people["office"], on.people["colleague"], with_tray=True)
    on.agree("head", "colleague")
    assert on.outcomes() == ["granted"]
    assert scene.last(on.item.subject).data["behind"] == on.people["office"].name


def test_where_nobody_is_appointed_nobody_may() -> None:
    on = petition(leaders=())
    for who in LEADERS:
        leave(on.people[who])
    on.ask("cancel")
    assert on.waits_for() == set()
    assert on.refused(on.agree, "office") == (
        "Nobody may do this now: no one is a responsible leader."
    )


@pytest.mark.parametrize(
    ("how", "waves"),
    [
        (How.ALL, [{"leader", "second leader"}, {"second leader"}]),
        (How.IN_ORDER, [{"leader"}, {"second leader"}]),
        (How.RATIO, [{"leader", "second leader"}, {"second leader"}]),
    ],
)
def test_several_leaders_answer_side_by_side_in_order_or_by_a_share(
    how: str, waves: list[set[str]]
) -> None:
    steps = [Step(party=Party.LEADERS, how=how, percent=60)]
    on = petition("cancel", steps=steps, leaders=("leader", "second leader"))
    for wave, who in zip(waves, ("leader", "second leader"), strict=True):
        assert (on.waits_for(), on.now().state) == (wave, State.RECTIFYING)
        on.agree(who)
    assert (on.now().state, on.outcomes()) == (State.CANCELLED, ["granted"])


def test_any_one_of_the_leaders_suffices_and_the_other_is_dropped() -> None:
    on = petition("cancel", leaders=("leader", "second leader"))
    on.agree("second leader")
    assert on.now().state == State.CANCELLED
    assert {d.person: d.state for d in on.request.duties.all()} == {
        on.people["leader"]: "void",
        on.people["second leader"]: "done",
    }


def test_a_step_that_asks_nobody_is_left_out() -> None:
    steps = [
        Step(party=Party.SUPPORT_HEADS, how=How.ALL),
        Step(party=Party.LEADERS, unless=Unless.REPEATED),
        Step(party=Party.UNIT_HEAD),
    ]
    on = petition("cancel", steps=steps)
    assert on.waits_for() == {"leader"}


def test_a_request_is_handed_over_for_good() -> None:
    on = petition("extend")
    on.hand_over("head", "leader")
    assert on.waits_for() == {"leader"}
    assert scene.last(on.item.subject).data["person"] == "Leader one"
    name = on.people["staff"].name
    assert on.refused(on.hand_over, "leader", "staff") == (
        f"{name} submitted or asked for this, answered already, or is asked already."
    )


# Taking back, refusing, lapsing


def test_whoever_asked_takes_it_back_until_somebody_has_answered() -> None:
    on = petition("suspend")
    assert on.refused(on.take_back, "head").startswith("Only the person who asked for it")
    on.take_back()
    assert (on.outcomes(), on.now().request, on.waits_for()) == (["taken_back"], None, set())
    on.ask("suspend")
    on.agree("head")
    assert on.refused(on.take_back) == (
        "Somebody has answered already: the request can no longer be taken back."
    )


def test_a_refusal_needs_words_and_leaves_everything_as_it_is() -> None:
    on = petition("suspend")
    assert on.refused(on.refuse, "head", "no").startswith("Give the reason in writing")
    before = on.now()
    on.agree("head")
    on.refuse("leader")
    item = on.now()
    assert (item.state, item.due, item.suspended_until) == (before.state, before.due, None)
    request = on.request
    assert (request.outcome, request.opinion) == ("refused", scene.REASON)
    assert request.decided_by == on.people["leader"]
    assert not request.duties.filter(state__in=["open", "held"]).exists()


def test_one_request_is_open_at_a_time() -> None:
    on = petition("extend")
    name = on.people["staff"].name
    assert on.refused(on.ask, "suspend") == (
        f"Another request of this item waits for a decision: Extension, asked by {name}."
    )
    on.take_back()
    on.ask("suspend")
    assert [one.no for one in reads.requests_of(on.now())] == [2, 1]


@pytest.mark.parametrize("kind", ["extend", "suspend"])
def test_handing_in_lets_what_asked_for_time_lapse(kind: str) -> None:
    on = petition(kind)
    make.prove(on.item, on.house)
    on.submit()
    assert (on.outcomes(), on.now().request) == (["lapsed"], None)
    told = scene.last(on.item.subject)
    assert (told.name, told.data["lapses"]) == ("item.submitted", {"no": 1, "kind": kind})
    assert list(reviewing.duties(on.actor("head"))) == list(
        Duty.objects.filter(submission__item=on.item, state="open")
    )


def test_handing_in_leaves_a_request_to_cancel_open_and_closing_lets_it_lapse() -> None:
    on = petition("cancel")
    for step in ("prove", "submit", "approve"):
        make.take(on.item, step, on.house)
        assert on.waits_for() == {"leader"}
    make.take(on.item, "close", on.house)
    assert on.outcomes() == ["lapsed"]
    assert scene.last(on.item.subject).data["lapses"] == {"no": 1, "kind": "cancel"}
    assert on.refused(on.agree, "leader").startswith("Nobody may do this now")


def test_a_reviews_verbs_look_at_the_review_and_a_requests_at_the_request() -> None:
    on = petition("cancel", state=State.IN_REVIEW)
    with pytest.raises(NotPermitted):
        on.agree("head")
    with pytest.raises(NotPermitted):
        on.approve("leader")
    with pytest.raises(NotPermitted):
        duties.hand_over(
            on.item.pk,
            person_id=on.people["colleague"].pk,
            reason=scene.REASON,
            **on.form("leader"),
        )
    on.approve("head")
    assert (on.now().state, on.waits_for()) == (State.VERIFYING, {"leader"})
    on.agree("leader")
    assert on.now().state == State.CANCELLED


# Suspending and waking


def yesterday() -> date:
    return timezone.localdate() - timedelta(days=1)


def asleep(until: date | None = None) -> Petition:
    """A suspended item; with `until`, one whose last day is that."""
    on = petition("suspend", due=date(2026, 11, 1))
    on.agree("head", "leader", "office")
    if until is not None:
        Item.objects.filter(pk=on.item.pk).update(suspended_until=until)
    return on


def test_a_suspended_item_rests_is_not_late_and_keeps_its_date() -> None:
    on = asleep()
    item = on.now()
    assert (item.state, item.suspended_until, item.due) == (
        State.SUSPENDED,
        make.FAR_OFF,
        date(2026, 11, 1),
    )
    assert item.days_left() is None
    assert item not in Item.objects.overdue()
    assert deadlines.due_reminders(timezone.localdate()) == []
    assert reminding.remind(timezone.localdate()) == 0
    assert scene.last(item.subject).data["until"] == "2099-01-31"


def test_the_office_wakes_it_for_a_reason() -> None:
    on = asleep()
    before = on.now().due_version
    form = on.form("office")
    rule = on.refused(assignments.wake, on.item.pk, reason="", **form)
    assert rule.startswith("Give the reason in writing")
    assignments.wake(on.item.pk, reason=scene.REASON, **form)
    item = on.now()
    assert (item.state, item.suspended_until) == (State.RECTIFYING, None)
    assert item.due_version == before + 1
    assert item in Item.objects.overdue()


def test_the_clock_wakes_it_once_after_its_last_day_also_when_mornings_were_missed() -> None:
    on = asleep(until=timezone.localdate() - timedelta(days=9))
    today = timezone.localdate()
    assert reminding.morning(today) is not None
    assert on.now().state == State.RECTIFYING
    told = Event.objects.filter(subject=on.item.subject, name="item.woken")
    assert [(one.actor, one.data["reason"]) for one in told] == [("system", "")]
    assert deadlines.due_reminders(today) == []  # reminded of in the same morning
    assert waking.wake_past(today) == 0
    assert told.count() == 1


def test_on_its_last_day_it_still_rests() -> None:
    on = asleep(until=timezone.localdate())
    assert waking.wake_past(timezone.localdate()) == 0
    assert on.now().state == State.SUSPENDED


def test_whoever_is_quicker_than_the_clock_wins() -> None:
    on = asleep(until=yesterday())
    stale = on.now().version - 1
    assert not waking._wake(on.item.pk, stale)
    assert on.now().state == State.SUSPENDED


def test_the_system_wakes_what_is_past_and_decides_nothing_else() -> None:
    on = asleep()
    with pytest.raises(NotFound):
        assignments.wake(on.item.pk, actor=SYSTEM, command=make.command(on.item))
    Item.objects.filter(pk=on.item.pk).update(suspended_until=yesterday())
    for do in (requests.agree, requests.take_back):
        with pytest.raises(NotPermitted) as refused:
            do(on.item.pk, actor=SYSTEM, command=make.command(on.item))
        assert str(refused.value) == "The system does not take decisions."
    assert on.now().state == State.SUSPENDED


@pytest.mark.parametrize("until", [None, date(2026, 1, 1)])
def test_a_suspension_names_a_day_to_come(until: date | None) -> None:
    on = petition()
    assert on.refused(on.ask, "suspend", until=until) == (
        "A suspension ends on a day that is still to come."
    )


def test_a_suspension_that_came_too_late_is_not_granted() -> None:
    on = petition("suspend")
    on.agree("head", "leader")
    Request.objects.filter(pk=on.request.pk).update(proposed=yesterday())
    assert on.refused(on.agree, "office") == "A suspension ends on a day that is still to come."


# Cancelling and merging


@pytest.mark.parametrize("state", [State.IN_REVIEW, State.VERIFYING])
def test_cancelling_ends_the_review_with_the_item(state: str) -> None:
    on = petition("cancel", state=state)
    on.agree("leader")
    assert on.now().state == State.CANCELLED
    assert Submission.objects.get(item=on.item).outcome == Outcome.CANCELLED
    assert not on.item.duties.filter(state__in=["open", "held"]).exists()
    assert scene.last(on.item.subject).data["reason"] == scene.REASON


def test_a_draft_is_cancelled_at_once_and_anything_else_on_request() -> None:
    on = petition()
    with pytest.raises(NoSuchMove) as refused:
        assignments.cancel(on.item.pk, reason=scene.REASON, **on.form("office"))
    assert str(refused.value) == "Only a draft is cancelled at once."
    assert on.now().state == State.RECTIFYING
    assert make.item(State.CANCELLED).state == State.CANCELLED


def test_what_was_suspended_is_cancelled_without_waking_it() -> None:
    on = asleep()
    on.ask("cancel")
    on.agree("leader")
    assert (on.now().state, on.now().suspended_until) == (State.CANCELLED, None)


def test_a_merged_item_ends_and_the_other_one_tells_of_it() -> None:
    on = petition(state=State.IN_REVIEW)
    other = beside(on)
    proof = on.item.citations.get()
    on.ask("merge", into_id=other.pk)
    on.agree("leader")
    assert on.now().state == State.CANCELLED
    assert on.item.citations.get() == proof
    assert [one.item for one in reads.taken_in(other)] == [on.item]
    told = scene.last(on.item.subject)
    assert (told.name, told.data["into"], told.data["into_item"]) == (
        "item.merged",
        other.no,
        other.pk,
    )


def test_an_item_is_merged_into_another_open_one_of_its_round() -> None:
    on = petition()
    ended = beside(on, State.CANCELLED)
    elsewhere = make.item(State.RECTIFYING, house=on.house)
    unknown = make.item(State.RECTIFYING)
    foreign = "An item is merged into another item of the same round."
    for into, rule in [
        (on.item.pk, "An item is not merged into itself."),
        (elsewhere.pk, foreign),
        (unknown.pk, foreign),
        (None, foreign),
        (ended.pk, f"The other item, {ended.no}, has ended: nothing is merged into it."),
    ]:
        assert on.refused(on.ask, "merge", into_id=into) == rule


def test_an_item_is_not_merged_into_one_that_ended_meanwhile() -> None:
    on = petition()
    other = beside(on)
    on.ask("merge", into_id=other.pk)
    make.take(other, "cancel", on.house)
    assert on.refused(on.agree, "leader").endswith("has ended: nothing is merged into it.")


# Reopening


@pytest.mark.parametrize("who", ["office", "inspector"])
def test_a_closed_item_is_reopened_on_request_and_its_cycle_stays(who: str) -> None:
    on = petition(state=State.CLOSED)
    closed = Submission.objects.filter(item=on.item).values().get()
    on.ask("reopen", who)
    assert on.now().state == State.CLOSED
    on.agree("leader")
    item = on.now()
    assert (item.state, item.cycle, item.submission) == (State.RECTIFYING, 2, None)
    assert Submission.objects.filter(item=on.item).values().get() == closed
    told = scene.last(item.subject)
    assert (told.data["basis"], told.data["cycle"]) == (make.BASIS, 2)


@pytest.mark.parametrize(
    ("words", "hole"), [({"basis": " "}, "basis"), ({"reason": "dark"}, "reason")]
)
def test_a_reopening_names_its_basis_and_its_reason(words: dict[str, Any], hole: str) -> None:
    on = petition(state=State.CLOSED)
    with pytest.raises(Exception) as refused:
        on.ask("reopen", **words)
    assert [at for at, _words in refused.value.holes] == [hole]  # type: ignore[attr-defined]
    assert on.now().request is None


# Twice


def test_a_second_click_asks_and_grants_once() -> None:
    on = petition()
    click = {"ground": "funds", "reason": scene.REASON, "until": make.LATER, **on.form("staff")}
    for _time in range(2):
        requests.ask_extension(on.item.pk, **click)
    assert on.item.requests.count() == 1
    on.agree("head")
    click = {"opinion": "Yes.", **on.form("office")}
    for _time in range(2):
        requests.agree(on.item.pk, **click)
    assert Event.objects.filter(subject=on.item.subject, name="item.extended").count() == 1


# Reads


def test_a_request_waits_for_those_it_asks_and_is_sent_by_who_asked() -> None:
    on = petition("extend")

    def tiles(who: str, whose: str = "mine") -> dict[str, int]:
        found = worklist(on.actor(who), Wanted(whose=whose))
        assert found is not None
        return {counted.tile.key: counted.count for counted in found.tiles}

    assert (tiles("staff")["sent"], tiles("staff")["waiting"]) == (1, 0)
    assert (tiles("head")["waiting"], tiles("closer")["waiting"]) == (1, 0)
    [row] = worklist(on.actor("head"), Wanted(whose="mine", tile="waiting")).rows  # type: ignore[union-attr]
    assert row.duty is not None
    assert (row.duty.matter, row.duty.on) == (on.request, "request")
    on.agree("head")
    assert (tiles("head")["waiting"], tiles("head")["done"]) == (0, 1)
    assert list(reviewing.queue(on.actor("closer"))) == []
    on.agree("closer")
    assert tiles("staff")["sent"] == 0


def test_whoever_asked_or_agreed_finds_no_duty_of_it_waiting() -> None:
    on = petition("suspend", who="office")
    make.membership(on.people["head"], Role.OFFICE, unit=on.house.unit)
    on.agree("head", "leader")
    waits = {who: reviewing.duties(on.actor(who)).count() for who in ("head", "office", "closer")}
    assert waits == {"head": 0, "office": 0, "closer": 1}
    assert {one.pk for one in turns.people(list(on.request.duties.filter(state="open")))} == {
        on.id("closer")
    }


def test_the_record_explains_every_request() -> None:
    on = petition("extend")
    on.agree("head", "office")
    on.ask("suspend")
    on.agree("head", "leader", "closer")
    other = beside(on)
    on.ask("merge", into_id=other.pk)
    on.refuse("leader")
    assignments.wake(on.item.pk, reason=scene.REASON, **on.form("office"))
    on.ask("merge", into_id=other.pk)
    on.agree("leader")
    assert verify_all().breaks == []


# Which route


def test_each_matter_has_its_own_versions() -> None:
    on = petition()
    office, round_ = on.actor("office"), on.item.round_id
    first = routes.set_route(round_, actor=office, preset="standard")
    second = routes.set_route(round_, actor=office, preset="three_levels", matter="cancel")
    third = routes.set_route(round_, actor=office, preset="leaders", matter="cancel")
    assert [(one.matter, one.version) for one in (first, second, third)] == [
        ("review", 1),
        ("cancel", 1),
        ("cancel", 2),
    ]
    assert scene.last(f"round:{round_}").data["matter"] == "cancel"
    on.ask("cancel")
    assert on.request.steps == (Step(party=Party.LEADERS, how=How.ANY),)


@pytest.mark.parametrize(
    ("matter", "words", "rule"),
    [
        ("extend", {"preset": "leaders"}, "There is no such route."),
        ("cancel", {"preset": "leaders"}, "This is the route of the round already."),
        ("holiday", {"preset": "short"}, "There is no such route."),
        ("holiday", {"steps": [Step(party=Party.LEADERS)]}, "There is no such route."),
        (
            "extend",
            {"steps": [Step(party=Party.LEADERS)]},
            "This is not a route that can be walked.",
        ),
        ("cancel", {"steps": []}, "This is not a route that can be walked."),
        (
            "cancel",
            {"steps": [Step(party=Party.SUPPORT_HEADS)]},
            "This is not a route that can be walked.",
        ),
        (
            "cancel",
            {"steps": [Step(party=Party.HEAD, unless=Unless.ONGOING)]},
            "This is not a route that can be walked.",
        ),
        (
            "cancel",
            {"steps": [Step(party=Party.HEAD)] * 9},
            "This is not a route that can be walked.",
        ),
    ],
)
def test_a_route_of_requests_has_a_last_word_that_is_always_asked(
    matter: str, words: dict[str, Any], rule: str
) -> None:
    on = petition()
    with pytest.raises(Exception) as refused:
        routes.set_route(on.item.round_id, actor=on.actor("office"), matter=matter, **words)
    assert str(refused.value) == rule
    assert on.item.round.routes.count() == 0


def test_what_is_decided_by_a_review_is_no_request() -> None:
    on = petition(state=State.VERIFYING)
    with pytest.raises(NotPermitted):
        on.agree("closer")
    decisions.close(on.item.pk, effectiveness="It works.", **on.form("closer"))
    assert on.now().state == State.CLOSED
