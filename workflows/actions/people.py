"""Accounts, roles and sections, each by the officer it belongs to; none of them can do all."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import record
from core import crypto, fitting
from core.models import Membership, Section, Unit, User
from core.refusals import Conflict, NotFound, NotPermitted, Unmet
from core.roles import OF_A_SECTION, OFFICERS, Role
from workflows import policy

if TYPE_CHECKING:
    from datetime import date

    from core.actor import Actor

ALPHABET = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def one_time_password() -> str:
    """16 characters without look-alikes, of three classes, about 90 bits."""
    while True:
        password = "".join(crypto.choice(ALPHABET) for _n in range(16))
        if any(c.isdigit() for c in password) and password.lower() != password:
            return password


def add_section(*, actor: Actor, unit_id: int, name: str) -> Section:
    unit = _unit(actor, unit_id)
    policy.insist_on_office(actor, unit)
    name = name.strip()
    with transaction.atomic(durable=True):
        if not name or unit.sections.filter(name=name).exists():
            raise Unmet(
                _("The section needs a name that the unit does not have yet."),
                then=_("Write another name."),
            )
        section = Section(unit=unit, name=name)
        fitting.insist(section, "name")
        section.save()
        _tell(f"unit:{unit.pk}", "section.added", actor, {"section": section.pk, "name": name})
    return section


def rename_section(*, actor: Actor, section_id: int, name: str) -> Section:
    with transaction.atomic(durable=True):
        section = Section.objects.visible_to(actor).filter(pk=section_id).first()
        if section is None:
            raise NotFound
        policy.insist_on_office(actor, section.unit)
        before, section.name = section.name, name.strip()
        taken = section.unit.sections.filter(name=section.name).exclude(pk=section_id)
        if not section.name or taken.exists():
            raise Unmet(
                _("The section needs a name that the unit does not have yet."),
                then=_("Write another name."),
            )
        fitting.insist(section, "name")
        section.save(update_fields=["name"])
        told = {"section": section.pk, "before": before, "name": section.name}
        _tell(f"unit:{section.unit_id}", "section.renamed", actor, told)
    return section


def add_person(
    *, actor: Actor, unit_id: int, login: str, name: str, email: str = ""
) -> tuple[User, str]:
    """Open an account without any role; returns it and its one-time password, kept nowhere."""
    unit = _unit(actor, unit_id)
    policy.insist_on_officer(actor, Role.SYSTEM_OFFICER, unit)
    with transaction.atomic(durable=True):
        if not login or not name.strip() or User.objects.filter(username=login).exists():
            raise Unmet(
                _("The account needs a name, and a login that nobody has yet."),
                then=_("Choose another login."),
            )
        password = one_time_password()
        user = User(username=login, name=name.strip(), email=email, must_change_password=True)
        fitting.insist(user, "username", "name", "email")
        user.set_password(password)
        user.save()
        told = {"login": login, "name": user.name, "unit": unit.pk}
        _tell(f"person:{user.pk}", "person.added", actor, told)
    return user, password


def reset_password(*, actor: Actor, user_id: int) -> tuple[User, str]:
    """A new one-time password, for somebody who forgot theirs; ends all their sessions."""
    with transaction.atomic(durable=True):
        user = _person_of_officer(actor, user_id)
        password = one_time_password()
        user.set_password(password)
        user.must_change_password = True
        user.save(update_fields=["password", "must_change_password"])
        _tell(f"person:{user.pk}", "person.password_reset", actor, {})
    return user, password


def set_active(*, actor: Actor, user_id: int, active: bool) -> User:
    """Open or shut an account. Nobody is deleted: the record keeps their name."""
    with transaction.atomic(durable=True):
        user = _person_of_officer(actor, user_id)
        if user.pk == actor.id:
            raise NotPermitted(
                _("Nobody shuts their own account."), then=_("Ask another administrator.")
            )
        user.is_active = active
        user.save(update_fields=["is_active"])
        name = "person.activated" if active else "person.deactivated"
        _tell(f"person:{user.pk}", name, actor, {})
    return user


def grant(
    *,
    actor: Actor,
    user_id: int,
    role: str,
    unit_id: int,
    section_id: int | None = None,
    starts: date | None = None,
    ends: date | None = None,
) -> Membership:
    """Give a role, from a day to a day. Nobody grants to themselves; officers hold nothing else."""
    unit = _unit(actor, unit_id)
    policy.insist_on_officer(actor, Role.SECURITY_OFFICER, unit)
    with transaction.atomic(durable=True):
        user = User.objects.select_for_update().filter(pk=user_id).first()
        if user is None:
            raise NotFound
        if role not in Role.values:
            raise Unmet(_("There is no such role."), then=_("Choose a role from the list."))
        _insist_on_fitting(user, Role(role), unit, section_id, actor)
        starts = starts or timezone.localdate()
        if ends and ends < starts:
            raise Unmet(_("The role ends before it starts."), then=_("Correct the dates."))
        membership = Membership(
            user=user,
            role=role,
            unit=unit,
            section_id=section_id,
            starts=starts,
            ends=ends,
        )
        membership.save()
        told = {"role": role, "unit": unit.pk, "section": section_id, "membership": membership.pk}
        _tell(f"person:{user.pk}", "role.granted", actor, told)
    return membership


def end_membership(*, actor: Actor, membership_id: int) -> Membership:
    """End a role: yesterday was its last day."""
    with transaction.atomic(durable=True):
        membership = Membership.objects.visible_to(actor).filter(pk=membership_id).first()
        if membership is None:
            raise NotFound
        policy.insist_on_officer(actor, Role.SECURITY_OFFICER, membership.unit)
        if membership.user_id == actor.id:
            raise NotPermitted(
                _("Nobody changes their own roles."), then=_("Ask another administrator.")
            )
        yesterday = timezone.localdate() - timedelta(days=1)
        membership.starts = min(membership.starts, yesterday)
        membership.ends = yesterday
        membership.save(update_fields=["starts", "ends"])
        told = {"role": membership.role, "membership": membership.pk}
        _tell(f"person:{membership.user_id}", "role.ended", actor, told)
    return membership


def change_password(*, actor: Actor, old: str, new: str) -> User:
    """The person's own act. Raises Unmet with what is wrong about the new password."""
    with transaction.atomic(durable=True):
        user = User.objects.select_for_update().filter(pk=actor.person_id).first()
        if user is None:
            raise NotFound
        if not user.check_password(old):
            raise Unmet(
                _("The present password is not right."),
                then=_("Type it again, or ask the system administrator for a new one."),
                holes=[("old", _("the present password"))],
            )
        try:
            validate_password(new, user)
        except ValidationError as wrong:
            raise Unmet(
                _("The new password is too easy."),
                then=" ".join(wrong.messages),
                holes=[("new", _("the new password"))],
            ) from wrong
        user.set_password(new)
        user.must_change_password = False
        user.save(update_fields=["password", "must_change_password"])
        _tell(f"person:{user.pk}", "person.password_changed", actor, {})
    return user


def _unit(actor: Actor, unit_id: int) -> Unit:
    unit = Unit.objects.visible_to(actor).filter(pk=unit_id).first()
    if unit is None:
        raise NotFound
    return unit


def _person_of_officer(actor: Actor, user_id: int) -> User:
    """An account, for the system administrator of a unit the person is in, or of the whole tree."""
    user = User.objects.select_for_update().filter(pk=user_id).first()
    if user is None:
        raise NotFound
    membership = user.memberships.select_related("unit").order_by("-id").first()
    unit = (
        membership.unit if membership else Unit.objects.filter(parent=None).order_by("pk").first()
    )
    if unit is None:
        raise NotFound
    policy.insist_on_officer(actor, Role.SYSTEM_OFFICER, unit)
    return user


def _insist_on_fitting(
    user: User, role: Role, unit: Unit, section_id: int | None, actor: Actor
) -> None:
    if user.pk == actor.id:
        raise NotPermitted(
            _("Nobody changes their own roles."), then=_("Ask another administrator.")
        )
    lasting = user.memberships.filter(Q(ends=None) | Q(ends__gte=timezone.localdate()))
    held = set(lasting.values_list("role", flat=True))
    if held & OFFICERS or (role in OFFICERS and held):
        raise Conflict(
            _("An administrator holds that one role and no other."),
            then=_("End the other roles first, or choose somebody else."),
        )
    if role in OF_A_SECTION:
        if section_id is None or not unit.sections.filter(pk=section_id).exists():
            raise Unmet(
                _("This role belongs to a section of the unit."), then=_("Choose the section.")
            )
    elif section_id is not None:
        raise Unmet(_("This role belongs to the whole unit."), then=_("Leave the section empty."))
    if lasting.filter(role=role, unit=unit, section=section_id).exists():
        raise Conflict(_("The person has this role already."), then=_("Nothing needs to be done."))


def _tell(subject: str, name: str, actor: Actor, data: dict[str, Any]) -> None:
    record.append(name, head=record.head_of(subject), actor=actor, data=data)
