"""A deputy (委托): who answers the steps of somebody else, from a day to a day."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from core.models import Deliberate

if TYPE_CHECKING:
    from datetime import date

    from core.actor import Actor
    from core.models import User


def in_place_of(deputy: object, behind: object) -> str:
    """Who acted, and for whom where they did it as a deputy: 张三（代李四）."""
    if not behind:
        return str(deputy)
    return _("%(deputy)s (for %(name)s)") % {"deputy": deputy, "name": behind}


def told_behind(person: User | None) -> dict[str, str]:
    """What an event says of whom a deputy acted for: nothing where nobody is behind."""
    return {} if person is None else {"behind": person.name, "behind_id": f"person:{person.pk}"}


class DeputyQuerySet(models.QuerySet["Deputy"]):
    def in_force(self, on: date | None = None) -> DeputyQuerySet:
        day = on or timezone.localdate()
        return self.filter(starts__lte=day, ends__gte=day, recalled_at=None, person__is_active=True)

    def lasting(self, starts: date, ends: date) -> DeputyQuerySet:
        """Those that overlap a period."""
        return self.filter(starts__lte=ends, ends__gte=starts, recalled_at=None)

    def visible_to(self, actor: Actor) -> DeputyQuerySet:
        """One's own: those appointed, and those one stands in for."""
        return self.filter(Q(person=actor.id) | Q(deputy=actor.id))


class Deputy(Deliberate):
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="deputies")
    deputy = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="stands_in")
    starts = models.DateField()
    ends = models.DateField()
    """The last day in force."""
    posts = models.JSONField(default=list)
    """Only the steps of these posts (memberships) are lent; empty for all."""
    with_tray = models.BooleanField(default=False)
    """Also what waited for the person before the deputyship began."""
    reason = models.CharField(max_length=300)
    appointed_at = models.DateTimeField()
    recalled_at = models.DateTimeField(null=True)

    objects = DeputyQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-starts", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(person=F("deputy")), name="nobody_is_their_own_deputy"
            ),
            models.CheckConstraint(
                condition=Q(ends__gte=F("starts")), name="a_deputyship_ends_after_it_starts"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["deputy", "starts", "ends"],
                condition=Q(recalled_at=None),
                name="deputy_in_force",
            )
        ]

    def __str__(self) -> str:
        return f"{self.deputy} – {self.person}"

    @property
    def whole(self) -> bool:
        """Everything of the person is lent, also what is addressed to them by name."""
        return not self.posts

    @property
    def since(self) -> datetime | None:
        """What was asked before then stays with the person; None when the tray was lent too."""
        if self.with_tray:
            return None
        midnight = timezone.make_aware(datetime.combine(self.starts, time.min))
        return max(midnight, self.appointed_at)
