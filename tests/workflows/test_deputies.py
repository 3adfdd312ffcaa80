"""Standing in for somebody: what is lent, for how long, what the trail says, and what it is not."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from core.models import Membership, User
from core.refusals import Conflict, NotFound, NotPermitted, Refusal, Unmet
from core.roles import Role
from tests import make
from tests.workflows import scene
from tests.workflows.review import Review, leave, review
from workflows import queries
from workflows.actions import deputies
from workflows.models import Deputy, Item
from workflows.reviewing import duties, queue
from workflows.standing_in import as_actor
from workflows.states import State

pytestmark = pytest.mark.django_db

I, V = State.IN_REVIEW, State.VERIFYING  # noqa: E741 -- as in the law


def day(days: int = 0) -> date:
    return timezone.localdate() + timedelta(days=days)


def alone(preset: str = "standard") -> Review:
    """A review whose lead section has one head."""
    on = review(preset)
    leave(on.people["second head"])
    return on


# What a deputy may


def test_a_deputy_with_the_tray_answers_and_the_trail_says_for_whom() -> None:
    on = alone()
    make.deputy(on.people["head"], on.people["colleague"], with_tray=True)
    assert on.waits_for() == {"head", "colleague"}
    on.approve("colleague")
    answered = on.item.duties.get(outcome="approve")
    assert (answered.decided_by, answered.behind) == (on.people["colleague"], on.people["head"])
    event = scene.last(on.item.subject)
    assert event.data["behind"] == on.people["head"].name
    with translation.override("zh-hans"):
        entry = queries.history(on.item)[0]
        says = f"{on.people['colleague'].name}（代{on.people['head'].name}）"
        assert entry.who == says
        assert queries.changes_since(on.now(), on.now().version - 1)[0].startswith(says)


def test_what_waited_before_stays_with_the_person_unless_the_tray_is_lent() -> None:
    on = alone()
    make.deputy(on.people["head"], on.people["colleague"])
    assert on.waits_for() == {"head"}
    on.approve("head")
    on.step_back("leader", 0)
    assert on.waits_for() == {"head", "colleague"}


def test_the_queue_of_a_deputy_holds_what_was_lent_and_no_more() -> None:
    on = alone()
    deputy, head = on.people["colleague"], on.people["head"]
    make.deputy(head, deputy)
    assert list(queue(on.actor("colleague"))) == []
    deputies.recall(Deputy.objects.get().pk, actor=head.actor())
    make.deputy(head, deputy, with_tray=True)
    assert list(queue(on.actor("colleague"))) == [on.item]


def test_a_step_asked_by_name_is_lent_too() -> None:
    on = alone()
    make.deputy(on.people["leader"], on.people["third leader"])
    on.approve("head")
    assert on.waits_for() == {"leader", "third leader"}
    assert [d.person for d in duties(on.actor("third leader"))] == [on.people["leader"]]
    on.approve("third leader")
    assert on.stands() == (V, 2)


def test_the_deputy_of_somebody_elsewhere_sees_what_is_lent() -> None:
    on = alone()
    outsider = make.person(Role.STAFF, section=make.section(on.house.unit))
    on.people["outsider"] = outsider
    assert not Item.objects.visible_to(on.actor("outsider")).exists()
    make.deputy(on.people["head"], outsider, with_tray=True)
    assert list(Item.objects.visible_to(on.actor("outsider"))) == [on.item]
    on.approve("outsider")
    assert on.stands() == (I, 1)


def test_only_the_posts_that_were_lent_count() -> None:
    on = alone()
    head = on.people["head"]
    of_office = make.membership(head, Role.OFFICE, unit=on.house.unit)
    of_section = head.memberships.get(role=Role.SECTION_HEAD)
    make.deputy(head, on.people["colleague"], posts=[of_office.pk], with_tray=True)
    assert on.waits_for() == {"head"}
    deputies.recall(Deputy.objects.get().pk, actor=head.actor())
    make.deputy(head, on.people["colleague"], posts=[of_section.pk], with_tray=True)
    assert on.waits_for() == {"head", "colleague"}
    on.claim("head")
    assert on.waits_for() == {"head", "colleague"}
    on.hand_over("head", "leader")
    on.hand_over("leader", "head")
    assert on.waits_for() == {"head"}
    assert list(duties(on.actor("colleague"))) == []


def test_a_deputy_does_only_steps_and_no_other_office_of_the_person() -> None:
    on = alone()
    make.deputy(on.people["office"], on.people["colleague"], with_tray=True)
    verbs = scene.verbs(heir=on.id("colleague"), file=make.paper("late.pdf"))
    actor = on.actor("colleague")
    on.refused(verbs["cancel"], on.item, actor, make.command(on.item))


# Separation of duties


def test_whoever_submitted_does_not_approve_as_deputy_of_the_head() -> None:
    on = alone()
    make.deputy(on.people["head"], on.people["staff"], with_tray=True)
    assert on.waits_for() == {"head"}
    assert on.refused(on.approve, "staff") == "Nobody approves what they submitted themselves."


def test_whoever_approved_does_not_close_through_their_deputy_nor_as_one() -> None:
    on = alone("short")
    make.membership(on.people["head"], Role.OFFICE, unit=on.house.unit)
    make.deputy(on.people["head"], on.people["colleague"], with_tray=True)
    on.approve("head")
    rule = "Submitter, approver and closer are three different people."
    assert on.refused(on.close, "colleague") == rule
    assert on.refused(on.close, "head") == rule


def test_the_person_behind_an_approval_does_not_close_either() -> None:
    on = alone("short")
    make.membership(on.people["head"], Role.OFFICE, unit=on.house.unit)
    make.deputy(on.people["head"], on.people["colleague"], with_tray=True)
    on.approve("colleague")
    rule = "Submitter, approver and closer are three different people."
    assert on.refused(on.close, "head") == rule
    assert on.waits_for() == {"office", "closer"}


def test_what_a_deputy_took_on_is_answered_for_the_person_behind() -> None:
    on = alone("short")
    make.deputy(on.people["head"], on.people["colleague"], with_tray=True)
    on.claim("colleague")
    assert on.waits_for() == {"head", "colleague"}
    on.approve("colleague")
    assert on.item.duties.get(outcome="approve").behind == on.people["head"]


def test_what_a_deputy_took_on_may_still_be_answered_by_the_person() -> None:
    on = alone("short")
    make.deputy(on.people["head"], on.people["colleague"], with_tray=True)
    on.claim("colleague")
    assert list(duties(on.actor("head"))) == list(duties(on.actor("colleague"))) != []
    on.approve("head")
    answered = on.item.duties.get(outcome="approve")
    assert (answered.decided_by, answered.behind) == (on.people["head"], None)


def test_a_recall_gives_back_to_the_group_what_the_deputy_took_on() -> None:
    on = alone("short")
    row = make.deputy(on.people["head"], on.people["colleague"], with_tray=True)
    on.claim("colleague")
    deputies.recall(row.pk, actor=on.people["head"].actor())
    assert on.waits_for() == {"head"}
    on.refused(on.approve, "colleague")
    told = scene.last(on.people["head"].actor().subject)
    assert (told.name, told.data["deputy"]) == ("deputy.recalled", on.people["colleague"].name)


def test_a_recall_gives_back_also_what_waits_for_a_signer_the_deputy_added() -> None:
    on = review("short")
    row = make.deputy(on.people["head"], on.people["colleague"], with_tray=True)
    on.claim("colleague")
    on.add("colleague", "leader")
    deputies.recall(row.pk, actor=on.people["head"].actor())
    on.approve("leader")
    assert on.waits_for() == {"head", "second head"}


def test_a_deputyship_that_is_over_lends_nothing_even_of_what_was_taken_on() -> None:
    on = alone("short")
    row = make.deputy(on.people["head"], on.people["colleague"], with_tray=True)
    on.claim("colleague")
    Deputy.objects.filter(pk=row.pk).update(starts=day(-9), ends=day(-1))
    assert on.waits_for() == {"head"}


# Who appoints whom


def test_an_appointment_is_told_on_the_persons_chain() -> None:
    house = make.house()
    post = house.head.memberships.get()
    row = make.deputy(house.head, house.colleague, posts=[post.pk])
    told = scene.last(house.head.actor().subject)
    assert (told.name, told.data["deputyship"]) == ("deputy.appointed", row.pk)
    assert (told.data["deputy"], told.data["roles"]) == (house.colleague.name, ["section_head"])
    assert (told.data["sections"], told.data["posts"]) == ([house.section.pk], [post.pk])
    assert list(Deputy.objects.visible_to(house.colleague.actor())) == [row]
    assert list(Deputy.objects.visible_to(house.staff.actor())) == []
    assert str(row) == f"{house.colleague.name} – {house.head.name}"


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        ({"starts": day(3), "ends": day(2)}, Unmet),
        ({"starts": day(-3), "ends": day(-1)}, Unmet),
        ({"reason": "  "}, Unmet),
        ({"posts": [0]}, Unmet),
    ],
)
def test_what_makes_no_sense_is_not_appointed(
    words: dict[str, object], refusal: type[Refusal]
) -> None:
    house = make.house()
    with pytest.raises(refusal):
        make.deputy(house.head, house.colleague, **words)
    assert not Deputy.objects.exists()


def test_the_post_of_somebody_else_cannot_be_lent() -> None:
    house = make.house()
    with pytest.raises(Unmet):
        make.deputy(house.head, house.colleague, posts=[house.office.memberships.get().pk])
    assert not Deputy.objects.exists()


def test_the_paper_names_both_of_who_approved_and_who_returned() -> None:
    on = alone()
    head, deputy = on.people["head"], on.people["colleague"]
    make.deputy(head, deputy, with_tray=True)
    on.approve("colleague")
    both = f"{deputy.name}（代{head.name}）"
    assert on.submission.approver == both
    on.step_back("leader", 0)
    assert on.submission.approved_behind is None
    on.send_back("colleague")
    assert on.submission.decider == both


def test_nobody_is_their_own_deputy() -> None:
    house = make.house()
    with pytest.raises(Unmet):
        make.deputy(house.head, house.head)
    row = make.deputy(house.head, house.colleague)
    with pytest.raises(IntegrityError), transaction.atomic():
        Deputy.objects.filter(pk=row.pk).update(deputy=house.head)


def test_administrators_have_no_deputies_and_are_none() -> None:
    house = make.house()
    officer = make.person(Role.SYSTEM_OFFICER, unit=house.unit)
    for person, deputy in ((house.head, officer), (officer, house.head)):
        with pytest.raises(NotPermitted):
            make.deputy(person, deputy)
    assert not Deputy.objects.exists()


def test_a_deputy_is_a_colleague_with_a_post_and_an_open_account() -> None:
    house = make.house()
    stranger, idle = make.house().staff, make.user()
    shut = make.person(Role.STAFF, section=house.section, is_active=False)
    for deputy in (stranger, idle, shut):
        with pytest.raises(NotFound):
            make.deputy(house.head, deputy)
    above = make.unit()
    below = make.house(parent=above)
    leader = make.person(Role.LEADER, unit=above)
    make.deputy(leader, below.head)
    make.deputy(below.office, make.person(Role.OFFICE, unit=above))


def test_a_deputy_has_no_deputy() -> None:
    house = make.house()
    make.deputy(house.head, house.colleague)
    with pytest.raises(Conflict):
        make.deputy(house.colleague, house.staff)
    with pytest.raises(Conflict):
        make.deputy(house.office, house.head)
    with pytest.raises(Conflict):
        make.deputy(house.head, house.colleague)
    make.deputy(house.colleague, house.staff, starts=day(8), ends=day(9))
    assert Deputy.objects.count() == 2


def test_only_the_person_recalls_and_only_once() -> None:
    house = make.house()
    row = make.deputy(house.head, house.colleague)
    with pytest.raises(NotFound):
        deputies.recall(row.pk, actor=house.colleague.actor())
    deputies.recall(row.pk, actor=house.head.actor())
    with pytest.raises(Conflict):
        deputies.recall(row.pk, actor=house.head.actor())
    assert as_actor(house.colleague).stands_for == ()


def test_somebody_without_posts_stands_in_for_nobody() -> None:
    house = make.house()
    make.deputy(house.head, house.colleague)
    [stand] = as_actor(house.colleague).stands_for
    assert (stand.person_id, stand.name, stand.whole) == (house.head.pk, house.head.name, True)
    Membership.objects.filter(user=house.colleague).update(ends="2020-01-02")
    assert as_actor(User.objects.get(pk=house.colleague.pk)).stands_for == ()


def test_a_deputyship_of_days_to_come_lends_nothing_yet() -> None:
    house = make.house()
    row = make.deputy(house.head, house.colleague, starts=day(1), ends=day(2))
    assert as_actor(house.colleague).stands_for == ()
    assert row.since is not None
    assert row.since > timezone.now()
