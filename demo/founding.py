"""Before there is anybody to act: the tree of units and the three officers, who admit the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from audit import record
from core.actor import SYSTEM, Actor
from core.models import Membership, Section, Unit, User
from core.roles import OFFICERS, Role
from workflows.actions import people as acts

if TYPE_CHECKING:
    from demo.content import People, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """Somebody with an account, and the one-time password that is kept nowhere in the database."""

    person: Person
    password: str


def found(content: People) -> list[Admitted]:
    """Make the units and everybody in them; what exists already stays, passwords are new."""
    with transaction.atomic(durable=True):
        _plant(content)
        officers = [_appoint(p) for p in content["people"] if role_of(p) in OFFICERS]
    system, security = _officer(Role.SYSTEM_OFFICER), _officer(Role.SECURITY_OFFICER)
    others = [p for p in content["people"] if role_of(p) not in OFFICERS]
    return [_admit(p, system=system, security=security) for p in others] + officers


def role_of(person: Person) -> Role:
    return Role(person["memberships"][0]["role"])


def _plant(content: People) -> None:
    for wanted in content["units"]:
        if Unit.objects.filter(name=wanted["name"]).exists():
            continue
        parent = Unit.objects.get(name=wanted["parent"]) if wanted["parent"] else None
        unit = Unit.found(wanted["name"], parent=parent)
        for name in wanted["sections"]:
            section = Section(unit=unit, name=name)
            section.save()
            told = {"section": section.pk, "name": name}
            _tell(f"unit:{unit.pk}", "section.added", told)


def _appoint(person: Person) -> Admitted:
    """An officer, as the system's own act: nobody is there yet who could admit them."""
    password = acts.one_time_password()
    user = User.objects.filter(username=person["login"]).first()
    if user is None:
        unit = Unit.objects.get(name=person["memberships"][0]["unit"])
        user = User(username=person["login"], name=person["name"])
        user.set_password(password)
        user.save()
        membership = Membership(user=user, role=role_of(person), unit=unit)
        membership.save()
        told = {"login": user.username, "name": user.name, "unit": unit.pk}
        _tell(f"person:{user.pk}", "person.added", told)
        told = {"role": role_of(person), "unit": unit.pk, "membership": membership.pk}
        _tell(f"person:{user.pk}", "role.granted", {**told, "section": None})
    else:
        user.set_password(password)
        user.save(update_fields=["password"])
        _tell(f"person:{user.pk}", "person.password_reset", {})
    return Admitted(person=person, password=password)


def _admit(person: Person, *, system: Actor, security: Actor) -> Admitted:
    user = User.objects.filter(username=person["login"]).first()
    if user is None:
        unit = Unit.objects.get(name=person["memberships"][0]["unit"])
        user, password = acts.add_person(
            actor=system, unit_id=unit.pk, login=person["login"], name=person["name"]
        )
    else:
        user, password = acts.reset_password(actor=system, user_id=user.pk)
    # Whoever tries the demonstration comes in with the password that was printed.
    user.must_change_password = False
    user.save(update_fields=["must_change_password"])
    if not user.memberships.exists():
        _grant(user, person, security)
    return Admitted(person=person, password=password)


def _grant(user: User, person: Person, security: Actor) -> None:
    for post in person["memberships"]:
        unit = Unit.objects.get(name=post["unit"])
        section = unit.sections.get(name=post["section"]) if post["section"] else None
        acts.grant(
            actor=security,
            user_id=user.pk,
            role=post["role"],
            unit_id=unit.pk,
            section_id=section.pk if section else None,
        )


def _officer(role: Role) -> Actor:
    return Membership.objects.in_force().select_related("user").filter(role=role)[0].user.actor()


def _tell(subject: str, name: str, data: dict[str, object]) -> None:
    record.append(name, head=record.head_of(subject), actor=SYSTEM, data=data)
