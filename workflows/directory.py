"""Who is where: the tree of units, the sections with their heads and staff, the people."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, TextChoices
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.models import Event
from core.actor import Kind
from core.models import Membership, Section, Unit, User, lineage_of
from core.refusals import NotFound
from core.roles import OF_A_SECTION, Role

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet
    from django.utils.functional import Promise

    from core.actor import Actor

    People = QuerySet[User]

PAGE = 30
TRAIL = 50


@dataclass(frozen=True, slots=True)
class Branch:
    """One unit in the tree, how deep it lies, and its sections that nobody heads."""

    unit: Unit
    depth: int
    headless: int


@dataclass(slots=True)
class Staffed:
    """A section and the people in it now."""

    section: Section
    heads: list[User] = field(default_factory=list)
    staff: list[User] = field(default_factory=list)


def tree(actor: Actor) -> list[Branch]:
    """The units an actor may see, parents before children."""
    units = list(Unit.objects.visible_to(actor).order_by("path"))
    headless = dict(
        without_head(actor)
        .order_by()
        .values_list("unit")
        .annotate(n=Count("pk"))
        .values_list("unit", "n")
    )
    highest = min((_depth(unit) for unit in units), default=0)
    return [Branch(unit, _depth(unit) - highest, headless.get(unit.pk, 0)) for unit in units]


def without_head(actor: Actor) -> QuerySet[Section]:
    """Sections where nobody could approve anything."""
    heads = Membership.objects.in_force().filter(role=Role.SECTION_HEAD, section=OuterRef("pk"))
    return Section.objects.visible_to(actor).filter(~Exists(heads))


def sections_of(unit: Unit) -> list[Staffed]:
    sections = {one.pk: Staffed(one) for one in unit.sections.order_by("pk")}
    posts = Membership.objects.in_force().filter(section__in=sections, role__in=OF_A_SECTION)
    for post in posts.select_related("user").order_by("user__name", "pk"):
        staffed = sections[post.section_id or 0]
        (staffed.heads if post.role == Role.SECTION_HEAD else staffed.staff).append(post.user)
    return list(sections.values())


def posts_of(unit: Unit) -> list[tuple[str, list[User]]]:
    """The roles people hold for the whole unit, in the order roles are known by."""
    held: dict[str, list[User]] = defaultdict(list)
    posts = Membership.objects.in_force().filter(unit=unit, section=None)
    for post in posts.select_related("user").order_by("user__name", "pk"):
        held[post.role].append(post.user)
    return [(str(role.label), held[role]) for role in Role if role in held]


def leaders(unit_path: str) -> list[User]:
    """Who may be the responsible leader of an item of a unit: the leaders of it or of one above."""
    posts = Membership.objects.in_force().filter(
        role=Role.LEADER, unit__path__in=lineage_of(unit_path)
    )
    return [post.user for post in posts.select_related("user").order_by("-unit__path", "user_id")]


def people(actor: Actor) -> People:
    """The accounts an actor may know of: posted, now or once, in a unit they see.

    Accounts without any post belong to nobody's unit; whoever is posted at a
    root of the tree sees them, so that they can be given one.
    """
    posted = Membership.objects.visible_to(actor).filter(user=OuterRef("pk"))
    known = Q(Exists(posted))
    if Unit.objects.visible_to(actor).filter(parent=None).exists():
        known |= ~Q(Exists(Membership.objects.filter(user=OuterRef("pk"))))
    return User.objects.filter(known)


class Show(TextChoices):
    """Which of the people are listed."""

    UNIT = "unit", _("Of this unit")
    ALL = "all", _("All")
    IDLE = "idle", _("Without a role")
    SHUT = "shut", _("Shut accounts")


def listed(actor: Actor, show: Show, *, unit: Unit | None = None, search: str = "") -> People:
    """The people somebody asked to see, by name, with the posts they hold now as `posts`."""
    found = people(actor)
    in_force = Membership.objects.in_force()
    match show:
        case Show.IDLE:
            found = found.filter(~Exists(in_force.filter(user=OuterRef("pk"))), is_active=True)
        case Show.SHUT:
            found = found.filter(is_active=False)
        case Show.UNIT:
            of_unit = Membership.objects.filter(user=OuterRef("pk"), unit=unit)
            found = found.filter(Exists(of_unit), is_active=True)
        case _:
            found = found.filter(is_active=True)
    if search:
        found = found.filter(Q(name__icontains=search) | Q(username__icontains=search))
    posts = in_force.select_related("unit", "section")
    return found.prefetch_related(Prefetch("memberships", posts, to_attr="posts")).order_by(
        "name", "pk"
    )


def unit_for(actor: Actor, unit_id: int) -> Unit:
    unit = Unit.objects.visible_to(actor).filter(pk=unit_id).first()
    if unit is None:
        raise NotFound
    return unit


def person_for(actor: Actor, user_id: int) -> User:
    """One person, or the same NotFound whether they are missing or merely elsewhere."""
    person = people(actor).filter(pk=user_id).first()
    if person is None:
        raise NotFound
    return person


def sections_within(actor: Actor) -> list[Section]:
    """Every section an actor may see, with its unit, in the order of the tree."""
    return list(
        Section.objects.visible_to(actor).select_related("unit").order_by("unit__path", "pk")
    )


@dataclass(frozen=True, slots=True)
class Held:
    """One role of a person, and whether it is in force or still to come."""

    post: Membership
    lasts: bool


def roles_of(person: User) -> list[Held]:
    """Everything a person was and is, the latest first."""
    today = timezone.localdate()
    posts = person.memberships.select_related("unit", "section").order_by("-starts", "-pk")
    return [Held(post, post.ends is None or post.ends >= today) for post in posts]


PERSON_EVENTS: dict[str, Promise] = {
    "person.added": _("opened the account"),
    "person.password_reset": _("gave a new one-time password"),
    "person.password_changed": _("changed the password"),
    "person.channels_chosen": _("chose how to be told"),
    "person.activated": _("opened the account again"),
    "person.deactivated": _("shut the account"),
    "person.logged_in": _("logged in"),
    "person.logged_out": _("logged out"),
    "person.login_failed": _("failed to log in"),
    "person.locked_out": _("was locked out after failures"),
    "role.granted": _("gave the role"),
    "role.ended": _("ended the role"),
    "access.refused": _("asked for something and was refused"),
    "deputy.appointed": _("appointed a deputy"),
    "deputy.recalled": _("recalled a deputy"),
    "upload.refused": _("refused a file that was handed in"),
    "derivation.again": _("had previews and texts of files tried again"),
    "job.asked": _("asked for a long task"),
    "job.finished": _("ended a long task"),
    "job.cancelled": _("stopped a long task"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """One event of a person's own chain."""

    seq: int
    at: datetime
    who: str
    told: Any
    about: str
    short: str


def trail_of(person: User) -> list[Trace]:
    """The latest of what happened to an account and what it tried, newest first."""
    events = Event.objects.filter(subject=f"person:{person.pk}").order_by("-seq")[:TRAIL]
    return [
        Trace(
            seq=event.seq,
            at=event.at,
            who=gettext("the system") if event.actor == Kind.SYSTEM else event.actor_label,
            told=PERSON_EVENTS.get(event.name, event.name),
            about=_about(event),
            short=bytes(event.hash).hex()[:8],
        )
        for event in events
    ]


def _about(event: Event) -> str:
    data = event.data
    if "role" in data:
        return str(Role(str(data["role"])).label)
    if event.name == "upload.refused":
        return f"“{data['name']}”"
    return " ".join(
        str(data[name]) for name in ("method", "path", "verb", "rule") if data.get(name)
    )


def _depth(unit: Unit) -> int:
    return unit.path.count("/")
