"""Units in a tree, their sections, the people, and what each person is where and when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import grams
from core.actor import Actor, Kind, Post
from core.roles import OF_A_SECTION, OFFICERS, Role

if TYPE_CHECKING:
    from datetime import date


class Deliberate(models.Model):
    """A row whose every later save says which fields it means to change."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding and kwargs.get("update_fields") is None:
            raise TypeError("Name the fields: a whole-row save undoes other people's.")
        super().save(*args, **kwargs)


def lineage_of(path: str) -> list[str]:
    """`0001/0007/` -> [`0001/`, `0001/0007/`]."""
    parts = path.rstrip("/").split("/")
    return ["/".join(parts[:n]) + "/" for n in range(1, len(parts) + 1)]


class UnitQuerySet(models.QuerySet["Unit"]):
    def visible_to(self, actor: Actor) -> UnitQuerySet:
        """The units below any post of the actor; officers run the tree they were posted at."""
        within = Q(pk__in=())
        for path in {post.unit_path for post in actor.posts}:
            within |= Q(path__startswith=path)
        return self.filter(within)


class Unit(Deliberate):
    """An organisation. `path` is the ids from the root, `0001/0007/`, so a tree is one prefix."""

    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    name = models.CharField(max_length=120)
    path = models.CharField(max_length=255, unique=True, editable=False)

    objects = UnitQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["path"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["parent", "name"], name="one_unit_of_a_name_a_parent")
        ]

    def __str__(self) -> str:
        return self.name

    def lineage(self) -> list[str]:
        """The paths of the units from the root down to this one."""
        return lineage_of(self.path)

    @classmethod
    def found(cls, name: str, *, parent: Unit | None = None) -> Unit:
        """Make a unit below `parent`; its path needs its id, so it is written in two steps."""
        unit = cls(name=name, parent=parent, path=f"new:{name}:{timezone.now().timestamp()}")
        unit.save()
        unit.path = f"{parent.path if parent else ''}{unit.pk:04d}/"
        unit.save(update_fields=["path"])
        return unit


class SectionQuerySet(models.QuerySet["Section"]):
    def visible_to(self, actor: Actor) -> SectionQuerySet:
        return self.filter(unit__in=Unit.objects.visible_to(actor))


class Section(Deliberate):
    """A 科室: the part of a unit that owns items."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="sections")
    name = models.CharField(max_length=80)

    objects = SectionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["unit_id", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit", "name"], name="one_section_of_a_name_a_unit")
        ]

    def __str__(self) -> str:
        return self.name


class User(AbstractUser):
    """A person with an account. Never deleted: deactivated, so that the record keeps its names."""

    first_name = None  # type: ignore[assignment]  # one `name`: Chinese names are not split
    last_name = None  # type: ignore[assignment]
    name = models.CharField(_("name"), max_length=80)
    initials = models.CharField(max_length=80, blank=True, editable=False)
    """Pinyin initials of the name, one word for each way to read it; kept by `save`."""
    phone = models.CharField(_("phone"), max_length=32, blank=True)
    must_change_password = models.BooleanField(default=False)

    REQUIRED_FIELDS: ClassVar = ["name"]

    class Meta:
        ordering: ClassVar = ["name", "id"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        fields = kwargs.get("update_fields")
        if fields is None or "name" in fields:
            self.initials = grams.initials_of_name(self.name)
        if fields is not None and "name" in fields:
            kwargs["update_fields"] = {*fields, "initials"}
        super().save(*args, **kwargs)

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    def actor(self, *, address: str = "", on: date | None = None) -> Actor:
        """The person as an actor, with the memberships in force on a day (today)."""
        posts = (
            Post(role=m.role, unit_id=m.unit_id, unit_path=m.unit.path, section_id=m.section_id)
            for m in self.memberships.in_force(on).select_related("unit")
        )
        return Actor(
            kind=Kind.PERSON,
            id=self.pk,
            label=self.name,
            posts=frozenset(posts) if self.is_active else frozenset(),
            address=address,
        )


class MembershipQuerySet(models.QuerySet["Membership"]):
    def in_force(self, on: date | None = None) -> MembershipQuerySet:
        day = on or timezone.localdate()
        return self.filter(Q(ends=None) | Q(ends__gte=day), starts__lte=day, user__is_active=True)

    def visible_to(self, actor: Actor) -> MembershipQuerySet:
        return self.filter(unit__in=Unit.objects.visible_to(actor))


class Membership(Deliberate):
    """One role of one person, at a unit or in a section of it, from a day to a day."""

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=24, choices=Role.choices)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="memberships")
    section = models.ForeignKey(
        Section, models.PROTECT, null=True, blank=True, related_name="memberships"
    )
    starts = models.DateField(default=timezone.localdate)
    ends = models.DateField(null=True, blank=True)
    """The last day in force; None while it lasts."""

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["user_id", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(role__in=sorted(OF_A_SECTION), section__isnull=False)
                | (~Q(role__in=sorted(OF_A_SECTION)) & Q(section__isnull=True)),
                name="section_roles_name_their_section",
            ),
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(ends__gte=models.F("starts")),
                name="a_membership_ends_after_it_starts",
            ),
            # One lasting officer's role a person: the three exclude each other.
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(role__in=sorted(OFFICERS), ends__isnull=True),
                name="nobody_is_two_officers",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "section"],
                condition=Q(ends__isnull=True, section__isnull=False),
                name="one_lasting_role_a_section",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "unit"],
                condition=Q(ends__isnull=True, section__isnull=True),
                name="one_lasting_role_a_unit",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.get_role_display()}"
