"""Extensions: how often, how far, who decides, and what a grant changes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import translation

from core.refusals import Conflict, NotFound, NotPermitted, Unmet
from tests import make
from tests.workflows import scene
from tests.workflows.petition import Petition, petition
from workflows import extensions, requests
from workflows.actions import amendments, rounds, routes
from workflows.actions.amendments import Deadline
from workflows.extensions import ExtensionRule
from workflows.models import Item, Round
from workflows.states import State, Track

pytestmark = pytest.mark.django_db

DUE = date(2026, 12, 31)
WIDE: dict[str, ExtensionRule] = dict.fromkeys(Track, ExtensionRule(times=9, days=900))


@pytest.fixture(autouse=True)
def _english() -> object:
    with translation.override("en"):
        yield


def rule(on: Petition, rules: dict[str, ExtensionRule]) -> None:
    rounds.set_extension_rules(on.item.round_id, actor=on.actor("office"), rules=rules)


def extended(on: Petition, until: date, *whos: str) -> None:
    on.ask("extend", until=until)
    on.agree(*whos)


@pytest.mark.parametrize("state", [State.ASSIGNED, State.RECTIFYING])
def test_the_last_agreement_moves_the_date_and_nothing_that_was_written(state: str) -> None:
    on = petition("extend", state=state)
    before = on.now()
    on.agree("head")
    assert (on.now().due, on.now().state, on.request.position) == (DUE, state, 1)
    on.agree("office")
    item = on.now()
    assert (item.due, item.first_due, item.state) == (make.LATER, DUE, state)
    assert (item.deadline_raw, item.precision) == ("2026年12月底前", "day")
    assert item.due_version == before.due_version + 1
    assert (on.outcomes(), item.request) == (["granted"], None)
    request = on.request
    assert (request.before, request.proposed, request.decided_by) == (
        DUE,
        make.LATER,
        on.people["office"],
    )
    told = scene.last(item.subject)
    assert told.name == "item.extended"
    assert {key: told.data[key] for key in ("no", "kind", "before", "until", "opinion")} == {
        "no": 1,
        "kind": "extend",
        "before": "2026-12-31",
        "until": "2027-01-31",
        "opinion": "Granted.",
    }


def test_until_it_is_granted_the_item_is_as_late_as_before() -> None:
    on = petition("extend", due=date(2026, 11, 1), until=date(2026, 12, 1))
    assert on.now() in Item.objects.overdue()
    on.agree("head")
    assert on.now() in Item.objects.overdue()
    on.agree("closer")
    assert on.now() not in Item.objects.overdue()


def test_each_further_extension_asks_one_level_higher() -> None:
    on = petition()
    rule(on, WIDE)
    ladder = [
        ("head", "office"),
        ("head", "leader", "office"),
        ("head", "leader", "first person", "closer"),
        ("head", "leader", "first person", "office"),
    ]
    for month, whos in enumerate(ladder, 1):
        on.ask("extend", until=date(2027, month, 15))
        for who in whos:
            assert who in on.waits_for()
            on.agree(who)
        assert on.now().due == date(2027, month, 15)
    assert on.outcomes() == ["granted"] * 4


def test_the_rounds_own_route_is_the_first_level() -> None:
    on = petition("extend", preset="standard")
    on.agree("head", "leader", "office")
    on.ask("extend", until=date(2027, 2, 28))
    on.agree("head", "leader")
    assert on.waits_for() == {"first person"}


def test_a_changed_route_is_for_what_is_asked_afterwards() -> None:
    on = petition("extend")
    routes.set_route(
        on.item.round_id, actor=on.actor("office"), preset="three_levels", matter="extend"
    )
    on.agree("head", "office")
    assert on.now().due == make.LATER


@pytest.mark.parametrize(
    ("words", "rule_said"),
    [
        ({"until": DUE}, "The new date must be later than the present one, 31 December 2026."),
        ({"until": None}, "An extension names its new date."),
        (
            {"until": date(2027, 4, 1)},
            "At most until 31 March 2027: 90 days beyond the first date.",
        ),
        ({"ground": "weather"}, "There is no such ground."),
        ({"reason": "too short"}, "Give the reason in writing, at least 10 characters."),
    ],
)
def test_an_extension_that_does_not_fit_is_not_asked(words: dict[str, Any], rule_said: str) -> None:
    on = petition()
    assert on.refused(on.ask, "extend", **words) == rule_said


def test_the_last_day_of_the_cap_may_be_asked_for() -> None:
    on = petition("extend", until=date(2027, 3, 31))
    on.agree("head", "office")
    assert on.now().due == date(2027, 3, 31)


def test_an_item_without_a_date_is_not_extended() -> None:
    on = petition()
    Item.objects.filter(pk=on.item.pk).update(due=None, first_due=None)
    assert on.refused(on.ask, "extend") == "An item without a date cannot be extended."


def test_extensions_are_counted_and_the_cap_is_counted_from_the_first_date() -> None:
    on = petition()
    extended(on, date(2027, 1, 31), "head", "office")
    assert on.refused(on.ask, "extend", until=date(2027, 4, 1)) == (
        "At most until 31 March 2027: 90 days beyond the first date."
    )
    extended(on, date(2027, 3, 31), "head", "leader", "office")
    assert on.refused(on.ask, "extend", until=date(2027, 4, 30)) == (
        "The extensions of this item are used up: at most 2 for “By a date”."
    )


def test_what_was_refused_or_taken_back_is_not_counted() -> None:
    on = petition("extend")
    on.take_back()
    on.ask("extend")
    on.refuse("head")
    assert on.outcomes() == ["taken_back", "refused"]
    assert requests.allowance(on.now()).used == 0


def test_the_rules_are_asked_again_at_the_grant() -> None:
    on = petition("extend")
    on.agree("head")
    rule(on, {**extensions.PRESETS, Track.DATED: ExtensionRule(times=0, days=0)})
    assert on.refused(on.agree, "office") == (
        "The extensions of this item are used up: at most 0 for “By a date”."
    )
    assert on.now().due == DUE
    on.refuse("office")
    assert on.outcomes() == ["refused"]


def test_a_date_that_the_office_moved_meanwhile_is_not_moved_back() -> None:
    on = petition("extend")
    on.agree("head")
    amendments.amend(
        on.item.pk,
        deadline=Deadline(raw="3月底", track="dated", due=date(2027, 3, 31), precision="month"),
        reason=scene.REASON,
        **on.form("office"),
    )
    assert on.refused(on.agree, "closer").startswith("The new date must be later")
    assert on.now().due == date(2027, 3, 31)


def test_the_first_date_is_that_of_the_assignment_for_ever() -> None:
    on = petition(state=State.DRAFT)
    assert on.now().first_due is None
    make.take(on.item, "assign", on.house)
    assert on.now().first_due == DUE
    amendments.amend(
        on.item.pk,
        deadline=Deadline(raw="1月底", track="dated", due=make.LATER, precision="month"),
        reason=scene.REASON,
        **on.form("office"),
    )
    assert (on.now().due, on.now().first_due) == (make.LATER, DUE)


def test_an_assigned_item_that_had_no_date_keeps_the_first_it_gets() -> None:
    house = make.house()
    item = make.item(State.ASSIGNED, house=house, track=Track.IMMEDIATE, due=None)
    for day in (date(2026, 12, 1), date(2026, 12, 20)):
        amendments.amend(
            item.pk,
            actor=house.office.actor(),
            command=make.command(item),
            deadline=Deadline(raw="12月", track="immediate", due=day, precision="day"),
            reason=scene.REASON,
        )
    now = Item.objects.get(pk=item.pk)
    assert (now.due, now.first_due) == (date(2026, 12, 20), date(2026, 12, 1))


def test_a_reopened_item_is_counted_anew_from_the_date_its_cycle_began_with() -> None:
    on = petition()
    extended(on, make.LATER, "head", "office")
    for step in ("prove", "submit", "approve", "close", "reopen"):
        make.take(on.item, step, on.house)
    left = requests.allowance(on.now())
    assert (left.used, left.left, left.latest) == (0, 2, make.LATER + timedelta(days=90))
    extended(on, date(2027, 2, 28), "head", "office")
    assert requests.allowance(on.now()).latest == make.LATER + timedelta(days=90)
    assert on.now().first_due == DUE


def test_the_allowance_says_what_is_left_and_who_decides_next() -> None:
    on = petition()
    left = requests.allowance(on.now())
    assert (left.used, left.most, left.left, left.latest) == (0, 2, 2, date(2027, 3, 31))
    assert [step.party for step in left.steps] == ["head", "office"]
    extended(on, make.LATER, "head", "office")
    left = requests.allowance(on.now())
    assert (left.used, left.left) == (1, 1)
    assert [step.party for step in left.steps] == ["head", "leaders", "office"]


# The rules of a round


def test_the_office_sets_the_rules_of_its_round_once() -> None:
    on = petition()
    rules: dict[str, ExtensionRule] = {
        **extensions.PRESETS,
        Track.ONGOING: ExtensionRule(times=1, days=10),
    }
    rule(on, rules)
    round_ = Round.objects.get(pk=on.item.round_id)
    assert round_.extension_rules["ongoing"] == {"times": 1, "days": 10}
    told = scene.last(round_.subject)
    assert told.name == "round.extensions_set"
    assert told.data["before"] == extensions.presets()
    with pytest.raises(Conflict):
        rule(on, rules)


@pytest.mark.parametrize(
    "wrong",
    [
        ExtensionRule(times=-1, days=10),
        ExtensionRule(times=10, days=10),
        ExtensionRule(times=1, days=-1),
        ExtensionRule(times=1, days=1831),
    ],
)
def test_rules_that_cannot_be_followed_are_refused(wrong: ExtensionRule) -> None:
    on = petition()
    with pytest.raises(Unmet) as refused:
        rule(on, {**extensions.PRESETS, Track.DATED: wrong})
    assert [at for at, _words in refused.value.holes] == ["rule-dated"]
    assert Round.objects.get(pk=on.item.round_id).extension_rules == extensions.presets()


def test_a_rule_for_each_class_is_needed() -> None:
    on = petition()
    with pytest.raises(Unmet):
        rule(on, {Track.DATED: ExtensionRule(times=1, days=1)})


def test_only_the_office_of_the_unit_sets_the_rules_and_others_do_not_know_the_round() -> None:
    on = petition()
    for actor, refusal in [
        (on.actor("head"), NotPermitted),
        (make.house().office.actor(), NotFound),
    ]:
        with pytest.raises(refusal):
            rounds.set_extension_rules(on.item.round_id, actor=actor, rules=WIDE)
    assert Round.objects.get(pk=on.item.round_id).extension_rules == extensions.presets()
