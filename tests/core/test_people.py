"""Units in a tree, memberships with their dates, and the actor they make of a person."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from core.actor import SYSTEM, Kind, Post, nobody
from core.models import Membership, Section, Unit
from core.passwords import ThreeClassesValidator
from core.roles import OFFICERS, Role
from tests import make

pytestmark = pytest.mark.django_db
JUNE = date(2026, 6, 15)


# Units


def test_the_path_of_a_unit_is_its_ids_from_the_root() -> None:
    root = make.unit("City")
    branch = make.unit("Bureau", parent=root)
    leaf = make.unit("Station", parent=branch)
    assert root.path == f"{root.pk:04d}/"
    assert leaf.path == f"{root.pk:04d}/{branch.pk:04d}/{leaf.pk:04d}/"
    assert Unit.objects.get(pk=leaf.pk).path == leaf.path
    assert str(leaf) == "Station"


def test_a_name_is_used_once_below_a_parent() -> None:
    root = make.unit()
    make.unit("Bureau", parent=root)
    make.unit("Bureau", parent=make.unit())
    with pytest.raises(IntegrityError), transaction.atomic():
        make.unit("Bureau", parent=root)
    section = make.section(root, "Roads")
    assert str(section) == "Roads"
    with pytest.raises(IntegrityError), transaction.atomic():
        make.section(root, "Roads")


def test_saving_a_row_again_names_the_fields() -> None:
    unit = make.unit()
    unit.name = "Other"
    with pytest.raises(TypeError, match="Name the fields"):
        unit.save()
    unit.save(update_fields=["name"])
    assert Unit.objects.get(pk=unit.pk).name == "Other"


# Memberships


@pytest.mark.parametrize(
    ("starts", "ends", "in_force"),
    [
        (date(2026, 1, 1), None, True),
        (JUNE, None, True),
        (date(2026, 6, 16), None, False),
        (date(2026, 1, 1), JUNE, True),
        (JUNE, JUNE, True),
        (date(2026, 1, 1), date(2026, 6, 14), False),
        (date(2026, 7, 1), date(2026, 8, 1), False),
    ],
)
def test_a_membership_is_in_force_from_its_first_day_to_its_last(
    starts: date, ends: date | None, in_force: bool
) -> None:
    person = make.user()
    make.membership(person, Role.OFFICE, unit=make.unit(), starts=starts, ends=ends)
    assert Membership.objects.in_force(JUNE).exists() is in_force
    assert person.actor(on=JUNE).roles == ({"office"} if in_force else set())


def test_today_is_the_day_unless_another_is_named() -> None:
    person = make.person(Role.OFFICE, unit=make.unit())
    assert person.actor().roles == {"office"}
    assert person.actor(on=date(2019, 12, 31)).roles == set()


def test_a_shut_account_holds_nothing() -> None:
    person = make.person(Role.OFFICE, unit=make.unit())
    person.is_active = False
    person.save(update_fields=["is_active"])
    assert person.actor().posts == frozenset()
    assert not Membership.objects.in_force().exists()


def test_a_membership_reads_as_person_and_role() -> None:
    person = make.person(Role.OFFICE, unit=make.unit(), name="李工")
    assert str(person.memberships.get()) == "李工 整改办"
    assert (str(person), person.get_full_name(), person.get_short_name()) == ("李工",) * 3


@pytest.mark.parametrize("role", [Role.STAFF, Role.SECTION_HEAD])
def test_a_role_of_a_section_names_it_and_a_role_of_a_unit_does_not(role: str) -> None:
    section = make.section()
    person = make.user()
    wrong = [(role, None), (Role.OFFICE, section)]
    for held, at in wrong:
        row = Membership(user=person, role=held, unit=section.unit, section=at)
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save()
    assert not person.memberships.exists()


def test_a_membership_does_not_end_before_it_starts() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make.membership(
            make.user(), Role.OFFICE, unit=make.unit(), starts=JUNE, ends=date(2026, 6, 14)
        )


@pytest.mark.parametrize("role", [Role.STAFF, Role.OFFICE])
def test_a_lasting_role_is_held_once(role: str) -> None:
    section, person = make.section(), make.user()
    make.membership(person, role, section=section)
    with pytest.raises(IntegrityError), transaction.atomic():
        make.membership(person, role, section=section)
    make.membership(person, role, section=section, ends=date(2021, 1, 1))


@pytest.mark.parametrize("first", sorted(OFFICERS))
@pytest.mark.parametrize("second", sorted(OFFICERS))
def test_the_database_keeps_the_three_officers_apart(first: str, second: str) -> None:
    person = make.person(first, unit=make.unit())
    with pytest.raises(IntegrityError), transaction.atomic():
        make.membership(person, second, unit=make.unit())
    assert person.memberships.count() == 1


# Actors


def test_an_actor_carries_all_posts_of_the_day_and_where_they_act_from() -> None:
    section, person = make.section(), make.user("王")
    make.membership(person, Role.STAFF, section=section)
    make.membership(person, Role.LEADER, unit=section.unit)
    make.membership(person, Role.OFFICE, unit=section.unit, ends=date(2021, 1, 1))
    actor = person.actor(address="192.0.2.5")
    unit = section.unit
    assert actor.posts == {
        Post(role="staff", unit_id=unit.pk, unit_path=unit.path, section_id=section.pk),
        Post(role="leader", unit_id=unit.pk, unit_path=unit.path),
    }
    assert (actor.kind, actor.id, actor.label) == (Kind.PERSON, person.pk, "王")
    assert (actor.address, actor.subject) == ("192.0.2.5", f"person:{person.pk}")


def test_a_role_holds_at_its_unit_and_below_and_nowhere_else() -> None:
    root = make.unit()
    branch, sister = make.unit(parent=root), make.unit(parent=root)
    leaf = make.unit(parent=branch)
    actor = make.person(Role.OFFICE, unit=branch).actor()
    assert actor.holds(Role.OFFICE, unit_path=branch.path)
    assert actor.holds(Role.OFFICE, unit_path=leaf.path)
    assert not actor.holds(Role.OFFICE, unit_path=root.path)
    assert not actor.holds(Role.OFFICE, unit_path=sister.path)
    assert not actor.holds(Role.AUDITOR, unit_path=branch.path)


def test_a_unit_whose_number_begins_like_another_is_not_below_it() -> None:
    post = Post(role="office", unit_id=1, unit_path="0001/")
    actor = make.user().actor()
    actor = type(actor)(kind=actor.kind, id=actor.id, label="x", posts=frozenset({post}))
    assert actor.holds(Role.OFFICE, unit_path="0001/0012/")
    assert not actor.holds(Role.OFFICE, unit_path="00012/")


def test_heads_and_staff_belong_to_their_sections() -> None:
    section, other = make.section(), make.section()
    head = make.person(Role.SECTION_HEAD, section=section)
    make.membership(head, Role.STAFF, section=other)
    actor = head.actor()
    assert actor.heads(section.pk)
    assert not actor.heads(other.pk)
    assert not actor.heads(None)
    assert actor.sections == {section.pk, other.pk}
    assert actor.unit_paths == ()


@pytest.mark.parametrize(
    ("role", "sees"),
    [
        (Role.LEADER, True),
        (Role.UNIT_HEAD, True),
        (Role.OFFICE, True),
        (Role.INSPECTION_OFFICE, True),
        (Role.AUDITOR, True),
        (Role.AUDIT_OFFICER, True),
        (Role.SYSTEM_OFFICER, False),
        (Role.SECURITY_OFFICER, False),
    ],
)
def test_who_sees_a_whole_unit(role: str, sees: bool) -> None:
    unit = make.unit()
    assert make.person(role, unit=unit).actor().unit_paths == ((unit.path,) if sees else ())


def test_the_system_and_nobody_are_actors_without_posts() -> None:
    assert (SYSTEM.subject, SYSTEM.roles) == ("system", frozenset())
    stranger = nobody("192.0.2.1")
    assert (stranger.subject, stranger.address, stranger.roles) == (
        "nobody",
        "192.0.2.1",
        frozenset(),
    )


# Who sees which units, sections and memberships


def test_units_sections_and_memberships_are_seen_below_ones_posts() -> None:
    root = make.unit()
    branch, sister = make.unit(parent=root), make.unit(parent=root)
    inside, outside = make.section(branch), make.section(sister)
    actor = make.person(Role.SECURITY_OFFICER, unit=branch).actor()
    make.person(Role.STAFF, section=outside)
    member = make.person(Role.STAFF, section=inside)
    assert list(Unit.objects.visible_to(actor)) == [branch]
    assert list(Section.objects.visible_to(actor)) == [inside]
    assert set(Membership.objects.visible_to(actor).values_list("user", flat=True)) == {
        member.pk,
        actor.id,
    }


def test_the_system_sees_no_unit() -> None:
    make.section()
    assert not Unit.objects.visible_to(SYSTEM).exists()
    assert not Section.objects.visible_to(SYSTEM).exists()


# Passwords


@pytest.mark.parametrize(
    "password", ["Spring2026", "spring-2026", "SPRING-2026", "Spring-rain", "春Ab1"]
)
def test_a_password_of_three_classes_is_taken(password: str) -> None:
    ThreeClassesValidator().validate(password)


@pytest.mark.parametrize("password", ["", "springrain", "Springrain", "spring2026", "20262026--"])
def test_a_password_of_fewer_classes_is_refused_in_words(password: str) -> None:
    with pytest.raises(ValidationError) as refused:
        ThreeClassesValidator().validate(password)
    assert refused.value.code == "too_few_classes"
    assert refused.value.messages == [ThreeClassesValidator().get_help_text()]
