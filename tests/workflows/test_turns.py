"""Word to everyone of a route: exactly those whose turn it is, each once, and who was dropped."""

from __future__ import annotations

import pytest
from django.utils import timezone

from audit import outbox
from audit.models import Owed
from core.models import User
from core.roles import Role
from tests import make
from tests.workflows import scene
from tests.workflows.review import Review, leave, review
from workflows import notices, turns
from workflows.actions import amendments, deputies, rectification, requests, routes
from workflows.models import Deputy, Duty, Notice
from workflows.models.route import How, Party, Step
from workflows.states import State

pytestmark = pytest.mark.django_db

Told = set[tuple[str, str]]


def word(on: Review) -> Told:
    """Who was told what since this was asked last; whoever is told twice fails the test."""
    outbox.sweep()
    parts = {person.pk: who for who, person in on.people.items()}
    fresh = Notice.objects.unread()
    said = [(parts[person], kind) for person, kind in fresh.values_list("person", "kind")]
    fresh.update(read_at=timezone.now())
    assert len({who for who, _kind in said}) == len(said)
    return set(said)


def begun(preset: str = "standard", *steps: Step, **words: object) -> Review:
    """A review whose submission was told of already."""
    on = review(preset, *steps, **words)  # type: ignore[arg-type]
    assert word(on) >= {("head", "submitted"), ("second head", "submitted")}
    return on


def latest(who: str, on: Review) -> Notice:
    return Notice.objects.filter(person=on.people[who]).latest("pk")


def test_each_step_of_a_route_is_told_to_those_it_asks_and_no_others() -> None:
    on = begun("three_levels")
    on.approve("head")
    assert word(on) == {("leader", "turn")}
    on.approve("leader")
    assert word(on) == {("first person", "turn")}
    on.approve("first person")
    assert word(on) == {("office", "approved"), ("closer", "approved")}
    on.close("closer")
    assert word(on) == {("staff", "closed")}


def test_the_word_of_a_turn_leads_to_the_page_where_it_is_answered() -> None:
    on = begun()
    on.approve("head")
    word(on)
    notice = latest("leader", on)
    assert notice.url == f"/review/?item={on.item.pk}"
    said = f"{on.item.no} {on.item.title} 请您审核（{on.people['head'].name} 已办理上一环节）"
    assert notices.words(notice) == said


def test_whoever_agrees_in_their_own_step_ends_it_for_those_asked_by_name() -> None:
    on = begun("standard", leaders=("leader", "second leader"))
    on.approve("head")
    assert word(on) == {("leader", "turn"), ("second leader", "turn")}
    on.approve("leader")
    told = {("office", "approved"), ("closer", "approved"), ("second leader", "not_needed")}
    assert word(on) == told


def test_of_several_one_after_another_only_the_next_is_told() -> None:
    steps = (
        Step(party=Party.HEAD),
        Step(party=Party.LEADERS, how=How.IN_ORDER),
        Step(party=Party.OFFICE),
    )
    on = begun("", *steps, leaders=("leader", "second leader"))
    on.approve("head")
    assert word(on) == {("leader", "turn")}
    on.approve("leader")
    assert word(on) == {("second leader", "turn")}


def test_who_was_never_told_of_their_turn_is_not_told_that_it_is_over() -> None:
    steps = (
        Step(party=Party.HEAD),
        Step(party=Party.LEADERS, how=How.IN_ORDER),
        Step(party=Party.OFFICE),
    )
    on = begun("", *steps, leaders=("leader", "second leader"))
    on.approve("head")
    word(on)
    on.send_back("leader")
    assert word(on) == {("staff", "returned")}


def test_a_return_to_an_earlier_step_is_told_to_whom_that_step_asks() -> None:
    on = begun()
    on.approve("head")
    word(on)
    on.step_back("leader", 0)
    assert word(on) == {("head", "back_at"), ("second head", "back_at")}
    assert latest("head", on).params["reason"] == scene.REASON


def test_a_step_that_is_handed_over_is_told_to_who_has_it_now() -> None:
    on = begun()
    on.approve("head")
    word(on)
    on.hand_over("leader", "third leader")
    assert word(on) == {("third leader", "handed")}


def test_who_was_asked_by_name_hears_that_their_deputy_handed_it_away() -> None:
    on = begun()
    make.deputy(on.people["leader"], on.people["colleague"])
    word(on)
    on.approve("head")
    assert word(on) == {("leader", "turn"), ("colleague", "turn")}
    on.hand_over("colleague", "third leader")
    assert word(on) == {("third leader", "handed"), ("leader", "handed_away")}
    said = notices.words(latest("leader", on))
    names = {who: on.people[who].name for who in ("colleague", "leader", "third leader")}
    assert f"{names['colleague']}（代{names['leader']}）" in said
    assert names["third leader"] in said


def test_a_helper_is_told_the_question_and_who_asked_hears_the_answer() -> None:
    on = begun()
    on.ask_help("head", "third leader")
    assert word(on) == {("third leader", "help")}
    notice = latest("third leader", on)
    assert (notice.params["reason"], notice.url) == ("Lit?", f"/review/?item={on.item.pk}")
    on.give_back("third leader")
    assert word(on) == {("second head", "helped"), ("head", "helped")}
    assert latest("head", on).params["reason"] == "It is lit."


def test_an_added_signer_is_told_and_told_again_when_they_are_taken_back() -> None:
    on = begun()
    on.add("head", "third leader")
    assert word(on) == {("third leader", "signer")}
    assert latest("third leader", on).params["who"] == on.people["head"].name
    on.drop("head", "third leader")
    assert word(on) == {("third leader", "not_needed"), ("second head", "turn")}
    on.add("head", "third leader")
    assert word(on) == {("third leader", "signer")}
    on.approve("third leader")
    assert word(on) == {("head", "turn"), ("second head", "turn")}


def test_a_signer_after_is_told_once_it_is_their_turn() -> None:
    on = begun()
    on.add("head", "third leader", after=True)
    assert word(on) == set()
    on.approve("head")
    assert word(on) == {("third leader", "signer")}


def test_a_copy_is_told_to_its_reader_who_is_asked_nothing() -> None:
    on = begun()
    scene.verbs(heir=on.id("colleague"), file=make.paper())["copy_to"](
        on.item, on.actor("head"), make.command(on.item)
    )
    assert word(on) == {("colleague", "copied")}
    assert latest("colleague", on).url == f"/items/{on.item.pk}/"
    on.send_back("head")
    assert word(on) == {("staff", "returned")}


def test_taking_on_and_giving_back_to_the_group_is_told_to_nobody() -> None:
    on = begun()
    on.claim("head")
    on.release("head")
    assert word(on) == set()


def test_of_what_somebody_took_on_before_the_row_was_paid_only_they_are_told() -> None:
    on = review("standard")
    on.claim("head")
    assert ("second head", "submitted") not in word(on)


def test_of_what_is_answered_before_the_row_is_paid_nobody_is_told() -> None:
    on = review("standard")
    on.approve("head")
    assert word(on) == {("leader", "turn"), ("staff", "assigned")}


def test_a_cancellation_is_told_to_whom_it_was_asked_of_by_name() -> None:
    on = begun()
    on.approve("head")
    word(on)
    by_the_first_person = [Step(party="unit_head")]
    office = on.actor("office")
    routes.set_route(on.item.round_id, actor=office, steps=by_the_first_person, matter="cancel")
    requests.ask_cancel(on.item.pk, reason=scene.REASON, **on.form("office"))
    assert word(on) == {("first person", "asked")}
    requests.agree(on.item.pk, **on.form("first person"))
    assert word(on) == {
        ("leader", "not_needed"),
        ("staff", "cancelled"),
        ("office", "cancelled"),
    }


def test_a_submission_withdrawn_before_anybody_answered_is_told_to_its_signer() -> None:
    on = begun()
    on.hand_over("head", "third leader")
    assert word(on) == {("third leader", "handed")}
    rectification.withdraw(on.item.pk, **on.form("staff"))
    assert word(on) == {("third leader", "not_needed")}


def test_a_step_gone_up_one_level_is_told_to_whom_it_asks_instead() -> None:
    on = review("standard")
    leave(on.people["second head"])
    word(on)
    on.add("head", "leader")
    assert word(on) == {("leader", "signer")}
    on.approve("leader")
    assert word(on) == {("head", "turn")}
    on.approve("head")
    assert on.stands() == (State.IN_REVIEW, 1)
    assert word(on) == {("first person", "turn")}


def test_content_that_changed_after_an_approval_is_told_to_the_first_step_again() -> None:
    on = begun("short")
    on.approve("head")
    word(on)
    amendments.amend(on.item.pk, title="Other", reason=scene.REASON, **on.form("office"))
    assert on.stands() == (State.IN_REVIEW, 0)
    assert word(on) == {("head", "turn"), ("second head", "turn")}


def test_a_change_that_ends_no_approval_owes_no_word() -> None:
    house = make.house()
    item = make.item(State.RECTIFYING, house=house)
    outbox.sweep()
    make.prove(item, house)
    assert not Owed.objects.filter(paid_at=None).exclude(handler="checks").exists()


def test_the_present_route_is_told_to_those_it_asks_first() -> None:
    on = begun("standard")
    on.approve("head")
    word(on)
    routes.set_route(on.item.round_id, actor=on.actor("office"), preset="short")
    routes.move_to_current(on.item.pk, reason=scene.REASON, **on.form("office"))
    told = {("head", "turn"), ("second head", "turn"), ("leader", "not_needed")}
    assert word(on) == told


# Deputies


def test_a_deputy_is_told_of_the_turn_of_whom_they_stand_in_for() -> None:
    on = review("standard")
    leave(on.people["second head"])
    word(on)
    make.deputy(on.people["leader"], on.people["colleague"])
    assert word(on) == {("colleague", "deputy")}
    on.approve("head")
    assert word(on) == {("leader", "turn"), ("colleague", "turn")}
    said = notices.words(latest("colleague", on))
    assert said.endswith(f"（您代{on.people['leader'].name}办理）")


def test_a_deputy_hears_of_the_appointment_and_of_the_recall() -> None:
    house = make.house()
    row = make.deputy(house.head, house.colleague)
    deputies.recall(row.pk, actor=house.head.actor())
    first, second = Notice.objects.filter(person=house.colleague).order_by("pk")
    assert notices.words(first) == (
        f"{house.head.name} 委托您代办，期限 {row.starts} 至 {row.ends}，事由：Leave"
    )
    assert notices.words(second) == f"{house.head.name} 已收回对您的委托"
    assert {first.url, second.url} == {"/account/#deputies"}


def asked(on: Review) -> list[tuple[User, User | None]]:
    [duty] = on.open()
    return [(turn.person, turn.behind) for turn in turns.turns([duty])[duty.pk]]


def test_who_may_answer_is_the_same_whether_asked_of_people_or_of_a_duty() -> None:
    on = review("standard")
    head, second, deputy = (on.people[w] for w in ("head", "second head", "colleague"))
    assert asked(on) == [(head, None), (second, None)]
    row = make.deputy(head, deputy)
    assert asked(on) == [(head, None), (second, None)]  # asked before, and the tray was not lent
    deputies.recall(row.pk, actor=head.actor())
    row = make.deputy(head, deputy, with_tray=True)
    assert asked(on) == [(head, None), (second, None), (deputy, head)]
    on.claim("colleague")
    assert asked(on) == [(head, None), (deputy, head)]
    Deputy.objects.filter(pk=row.pk).update(starts="2020-01-01", ends="2020-01-02")
    assert asked(on) == [(head, None)]


def test_nobody_who_had_their_say_has_a_turn_nor_has_their_deputy() -> None:
    on = review("short")
    make.membership(on.people["head"], Role.OFFICE, unit=on.house.unit)
    make.deputy(on.people["head"], on.people["colleague"], with_tray=True)
    on.approve("head")
    assert asked(on) == [(on.people["office"], None), (on.people["closer"], None)]
    assert turns.people(Duty.objects.filter(state="open")) == [
        on.people["office"], on.people["closer"]
    ]  # fmt: skip


def test_a_deputy_without_a_post_or_with_a_shut_account_has_no_turn() -> None:
    on = review("short")
    for who in ("colleague", "third leader"):
        make.deputy(on.people["head"], on.people[who], with_tray=True)
    leave(on.people["colleague"])
    User.objects.filter(pk=on.people["third leader"].pk).update(is_active=False)
    assert asked(on) == [(on.people["head"], None), (on.people["second head"], None)]


def test_a_duty_lifted_while_it_waited_is_told_to_the_next_level() -> None:
    on = begun()
    leave(on.people["second head"])
    on.add("head", "third leader")
    word(on)
    make.deputy(on.people["third leader"], on.people["head"], with_tray=True)
    word(on)
    on.approve("head")
    assert word(on) == {("leader", "turn")}


def test_a_copy_reaches_the_deputy_of_its_reader_too() -> None:
    on = begun()
    make.deputy(on.people["colleague"], on.people["third leader"])
    word(on)
    scene.verbs(heir=on.id("colleague"), file=make.paper())["copy_to"](
        on.item, on.actor("head"), make.command(on.item)
    )
    assert word(on) == {("colleague", "copied"), ("third leader", "copied")}
