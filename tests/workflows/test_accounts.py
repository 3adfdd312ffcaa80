"""Accounts, roles and sections: each by the officer it belongs to, and none of them does all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone, translation

from audit.models import Event
from core.actor import Actor
from core.models import Membership, Section, Unit, User
from core.refusals import Conflict, NotFound, NotPermitted, Refusal, Unmet
from core.roles import OFFICERS, Role
from tests import make
from tests.workflows import scene
from workflows.actions import people

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@dataclass
class Place:
    """A root with the three officers, and a branch with an office and a section."""

    branch: Unit
    section: Section
    cast: dict[str, Actor]
    member: User


@pytest.fixture
def place() -> Place:
    root = make.unit()
    branch = make.unit(parent=root)
    section = make.section(branch, "Roads")
    cast: dict[str, Actor] = {
        role: make.person(role, unit=root).actor() for role in sorted(OFFICERS)
    }
    cast |= {"office": make.person(Role.OFFICE, unit=branch).actor()}
    cast |= {"head": make.person(Role.SECTION_HEAD, section=section).actor()}
    cast |= {"leader": make.person(Role.LEADER, unit=branch).actor()}
    cast |= {"foreign system_officer": make.person(Role.SYSTEM_OFFICER, unit=make.unit()).actor()}
    return Place(branch, section, cast, make.person(Role.STAFF, section=section))


def acts(place: Place) -> dict[str, Callable[[Actor], Any]]:
    member, section, unit = place.member, place.section, place.branch
    return {
        "add_section": lambda a: people.add_section(actor=a, unit_id=unit.pk, name="Parks"),
        "rename_section": lambda a: people.rename_section(
            actor=a, section_id=section.pk, name="Streets"
        ),
        "add_person": lambda a: people.add_person(
            actor=a, unit_id=unit.pk, login="li", name="Li", email="li@example.test"
        ),
        "reset_password": lambda a: people.reset_password(actor=a, user_id=member.pk),
        "set_active": lambda a: people.set_active(actor=a, user_id=member.pk, active=False),
        "grant": lambda a: people.grant(
            actor=a, user_id=member.pk, role=Role.LEADER, unit_id=unit.pk
        ),
        "end_membership": lambda a: people.end_membership(
            actor=a, membership_id=member.memberships.get().pk
        ),
    }


MAY = {
    "add_section": "office",
    "rename_section": "office",
    "add_person": "system_officer",
    "reset_password": "system_officer",
    "set_active": "system_officer",
    "grant": "security_officer",
    "end_membership": "security_officer",
}


def state_of_things() -> list[Any]:
    models = (User, Membership, Section, Unit)
    rows = [list(model._default_manager.order_by("pk").values()) for model in models]
    return [*rows, Event.objects.count()]


@pytest.mark.parametrize("act", MAY)
def test_each_act_belongs_to_one_office_alone(act: str, place: Place) -> None:
    do = acts(place)[act]
    before = state_of_things()
    for who, actor in place.cast.items():
        if who == MAY[act]:
            continue
        with pytest.raises((NotPermitted, NotFound)):
            do(actor)
        assert state_of_things() == before, who
    do(place.cast[MAY[act]])
    assert Event.objects.count() == 1


def refused(act: Callable[[], object], kind: type[Refusal]) -> str:
    before = state_of_things()
    with pytest.raises(kind) as caught:
        act()
    assert state_of_things() == before
    return str(caught.value)


# Sections


def test_a_section_is_added_and_renamed_with_its_names_told(place: Place) -> None:
    office = place.cast["office"]
    section = people.add_section(actor=office, unit_id=place.branch.pk, name=" Parks ")
    assert section.name == "Parks"
    people.rename_section(actor=office, section_id=section.pk, name="Greens")
    told = scene.last(f"unit:{place.branch.pk}")
    assert (told.name, told.data) == (
        "section.renamed",
        {"section": section.pk, "before": "Parks", "name": "Greens"},
    )


@pytest.mark.parametrize("name", ["", "  ", "Roads", " Roads ", "x" * 81])
def test_a_section_needs_a_fitting_name_of_its_own(name: str, place: Place) -> None:
    office = place.cast["office"]
    refused(lambda: people.add_section(actor=office, unit_id=place.branch.pk, name=name), Unmet)
    other = make.section(place.branch, "Parks")
    refused(lambda: people.rename_section(actor=office, section_id=other.pk, name=name), Unmet)


def test_a_section_may_keep_its_name(place: Place) -> None:
    people.rename_section(actor=place.cast["office"], section_id=place.section.pk, name="Roads")
    assert Section.objects.get(pk=place.section.pk).name == "Roads"


# Accounts


def test_a_new_account_has_no_role_and_a_password_for_one_time(place: Place) -> None:
    user, password = people.add_person(
        actor=place.cast["system_officer"], unit_id=place.branch.pk, login="li", name=" Li "
    )
    assert (user.username, user.name, user.must_change_password) == ("li", "Li", True)
    assert user.check_password(password)
    assert not user.memberships.exists()
    told = scene.last(f"person:{user.pk}")
    assert told.data == {"login": "li", "name": "Li", "unit": place.branch.pk}
    assert password.encode() not in bytes(told.body)


@pytest.mark.parametrize(
    ("login", "name", "email"),
    [("", "Li", ""), ("li", " ", ""), ("two words", "Li", ""), ("li", "Li", "nowhere")],
)
def test_an_account_needs_a_login_and_a_name(
    login: str, name: str, email: str, place: Place
) -> None:
    refused(
        lambda: people.add_person(
            actor=place.cast["system_officer"],
            unit_id=place.branch.pk,
            login=login,
            name=name,
            email=email,
        ),
        Unmet,
    )


def test_a_login_is_used_once(place: Place) -> None:
    taken = place.member.username
    refused(
        lambda: people.add_person(
            actor=place.cast["system_officer"], unit_id=place.branch.pk, login=taken, name="Li"
        ),
        Unmet,
    )


def test_one_time_passwords_pass_our_own_rules_and_do_not_repeat() -> None:
    made = {people.one_time_password() for _n in range(50)}
    assert len(made) == 50
    for password in made:
        assert len(password) == 16
        assert set(password).isdisjoint("Il1O0o")
        assert any(c.isdigit() for c in password)
        assert any(c.isupper() for c in password)
        assert any(c.islower() for c in password)


def test_a_forgotten_password_is_replaced_by_one_for_one_time(place: Place) -> None:
    user, password = people.reset_password(
        actor=place.cast["system_officer"], user_id=place.member.pk
    )
    assert user.check_password(password)
    assert User.objects.get(pk=user.pk).must_change_password
    assert scene.last(f"person:{user.pk}").name == "person.password_reset"


def test_an_account_without_a_role_belongs_to_the_officer_of_the_root(place: Place) -> None:
    fresh = make.user()
    people.reset_password(actor=place.cast["system_officer"], user_id=fresh.pk)
    refused(
        lambda: people.reset_password(actor=place.cast["foreign system_officer"], user_id=fresh.pk),
        NotPermitted,
    )


def test_an_account_that_is_not_there_is_not_found(place: Place) -> None:
    officer, guard = place.cast["system_officer"], place.cast["security_officer"]
    refused(lambda: people.reset_password(actor=officer, user_id=0), NotFound)
    refused(
        lambda: people.grant(actor=guard, user_id=0, role=Role.LEADER, unit_id=place.branch.pk),
        NotFound,
    )
    refused(lambda: people.end_membership(actor=guard, membership_id=0), NotFound)


def test_without_any_unit_there_is_nobody_to_run_accounts() -> None:
    alone = make.user()
    refused(lambda: people.reset_password(actor=alone.actor(), user_id=alone.pk), NotFound)


def test_an_account_is_shut_and_opened_again_but_never_ones_own(place: Place) -> None:
    officer = place.cast["system_officer"]
    people.set_active(actor=officer, user_id=place.member.pk, active=False)
    shut = User.objects.get(pk=place.member.pk)
    assert shut.actor().posts == frozenset()
    people.set_active(actor=officer, user_id=place.member.pk, active=True)
    names = Event.objects.filter(subject=f"person:{place.member.pk}")
    assert list(names.values_list("name", flat=True)) == ["person.deactivated", "person.activated"]
    said = refused(
        lambda: people.set_active(actor=officer, user_id=officer.id or 0, active=False),
        NotPermitted,
    )
    assert said == "Nobody shuts their own account."


# Roles


def grant(place: Place, user: User, role: str, **where: Any) -> Membership:
    words = {"unit_id": place.branch.pk, **where}
    return people.grant(actor=place.cast["security_officer"], user_id=user.pk, role=role, **words)


def test_a_role_is_given_from_today_or_between_two_days_and_told(place: Place) -> None:
    user = make.user()
    first = grant(place, user, Role.STAFF, section_id=place.section.pk)
    assert (first.starts, first.ends) == (timezone.localdate(), None)
    told = scene.last(f"person:{user.pk}")
    assert told.data == {
        "role": "staff",
        "unit": place.branch.pk,
        "section": place.section.pk,
        "membership": first.pk,
    }
    days = {"starts": date(2030, 1, 1), "ends": date(2030, 12, 31)}
    second = grant(place, user, Role.LEADER, **days)
    assert (second.starts, second.ends) == (date(2030, 1, 1), date(2030, 12, 31))


@pytest.mark.parametrize(
    ("role", "where", "kind"),
    [
        ("king", {}, Unmet),
        (Role.STAFF, {}, Unmet),
        (Role.STAFF, {"section_id": 0}, Unmet),
        (Role.LEADER, {"ends": date(2020, 1, 1)}, Unmet),
        (Role.LEADER, {"unit_id": 0}, NotFound),
    ],
)
def test_a_role_is_given_as_it_can_be_held(
    role: str, where: dict[str, Any], kind: type[Refusal], place: Place
) -> None:
    refused(lambda: grant(place, place.member, role, **where), kind)


def test_a_role_of_a_unit_names_no_section(place: Place) -> None:
    refused(lambda: grant(place, place.member, Role.LEADER, section_id=place.section.pk), Unmet)


def test_a_role_is_given_once(place: Place) -> None:
    said = refused(
        lambda: grant(place, place.member, Role.STAFF, section_id=place.section.pk), Conflict
    )
    assert said == "The person has this role already."


def test_nobody_gives_or_takes_their_own_roles(place: Place) -> None:
    guard = User.objects.get(pk=place.cast["security_officer"].id or 0)
    said = refused(lambda: grant(place, guard, Role.OFFICE), NotPermitted)
    assert said == "Nobody changes their own roles."
    own = guard.memberships.get().pk
    refused(
        lambda: people.end_membership(actor=place.cast["security_officer"], membership_id=own),
        NotPermitted,
    )


@pytest.mark.parametrize("role", sorted(OFFICERS))
def test_an_officer_is_given_nothing_else_and_nobody_else_an_office_beside(
    role: str, place: Place
) -> None:
    officer = make.person(role, unit=place.branch)
    said = refused(lambda: grant(place, officer, Role.LEADER), Conflict)
    assert said == "An administrator holds that one role and no other."
    refused(lambda: grant(place, place.member, role), Conflict)
    assert grant(place, make.user(), role).role == role


def test_an_officer_of_next_month_is_given_nothing_beside_it_today(place: Place) -> None:
    user = make.user()
    grant(place, user, Role.AUDIT_OFFICER, starts=timezone.localdate() + timedelta(days=30))
    refused(lambda: grant(place, user, Role.OFFICE), Conflict)


def test_a_role_ends_with_yesterday_and_may_be_given_again(place: Place) -> None:
    post = place.member.memberships.get()
    people.end_membership(actor=place.cast["security_officer"], membership_id=post.pk)
    post.refresh_from_db()
    assert post.ends == timezone.localdate() - timedelta(days=1)
    assert place.member.actor().roles == set()
    assert scene.last(f"person:{place.member.pk}").data == {"role": "staff", "membership": post.pk}
    grant(place, place.member, Role.STAFF, section_id=place.section.pk)
    assert place.member.actor().roles == {"staff"}


def test_a_role_that_was_given_today_can_be_ended_today(place: Place) -> None:
    post = grant(place, place.member, Role.LEADER)
    people.end_membership(actor=place.cast["security_officer"], membership_id=post.pk)
    assert "leader" not in place.member.actor().roles


# One's own password


NEW = "Autumn-wind-2027"


def test_a_person_changes_their_own_password(place: Place) -> None:
    actor = place.member.actor()
    User.objects.filter(pk=place.member.pk).update(must_change_password=True)
    people.change_password(actor=actor, old=make.PASSWORD, new=NEW)
    user = User.objects.get(pk=place.member.pk)
    assert user.check_password(NEW)
    assert not user.must_change_password
    told = scene.last(actor.subject)
    assert (told.name, told.data) == ("person.password_changed", {})


@pytest.mark.parametrize(
    ("old", "new", "at"),
    [
        ("wrong", NEW, "old"),
        (make.PASSWORD, "Short-1", "new"),
        (make.PASSWORD, "alllowercase", "new"),
        (make.PASSWORD, "1234567890", "new"),
    ],
)
def test_a_password_is_changed_only_by_who_knows_it_and_to_a_good_one(
    old: str, new: str, at: str, place: Place
) -> None:
    before = state_of_things()
    with pytest.raises(Unmet) as caught:
        people.change_password(actor=place.member.actor(), old=old, new=new)
    assert [hole for hole, _text in caught.value.holes] == [at]
    assert state_of_things() == before


def test_a_password_that_holds_ones_own_name_is_refused(place: Place) -> None:
    login = place.member.username
    refused(
        lambda: people.change_password(
            actor=place.member.actor(), old=make.PASSWORD, new=f"{login.title()}-1"
        ),
        Unmet,
    )


def test_who_is_not_there_has_no_password(place: Place) -> None:
    ghost = type(place.cast["office"])(kind=place.cast["office"].kind, id=0, label="x")
    refused(lambda: people.change_password(actor=ghost, old="", new=NEW), NotFound)
