"""A duty: one place in a route that waits for one person, or for one of a group."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from viewflow.workflow.models import Task

from core.models import Deliberate, Section
from core.roles import Role
from workflows.models.deputy import in_place_of
from workflows.models.item import Item
from workflows.models.request import Request
from workflows.models.submission import Submission
from workflows.states import DutyKind, Standing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.actor import Actor, Post
    from workflows.holders import Matter, On


def addressed_to(actor: Actor) -> Q:
    """The same answer as `holders.behind_whom`, asked of the database."""
    return reduce(or_, addresses(actor))


def addresses(actor: Actor) -> list[Q]:
    """The ways in which a duty may be addressed to an actor: one index answers each."""
    ways = [Q(person=actor.id, behind=None), Q(behind=actor.id), *_of_groups(actor.posts)]
    for stand in actor.stands_for:
        named = Q(person=stand.person_id, behind=None)
        lent = [named] if stand.whole else [named & fits for fits in _of_roles(stand.posts)]
        lent += _of_groups(stand.posts)
        if stand.since is not None:
            lent = [way & Q(opened_at__gte=stand.since) for way in lent]
        ways += [*lent, Q(person=actor.id, behind=stand.person_id)]
    return ways


def _of_groups(posts: Iterable[Post]) -> list[Q]:
    """What a whole group is asked that one of these posts belongs to."""
    return [Q(person=None) & fits for fits in _of_roles(posts)]


def _of_roles(posts: Iterable[Post]) -> list[Q]:
    return [_of_role(post) for post in posts]


def _of_role(post: Post) -> Q:
    if post.section_id is not None:
        return Q(role=post.role, section=post.section_id)
    return Q(role=post.role, section=None, unit_path__startswith=post.unit_path)


class Duty(Deliberate):
    """Addressed to a person, or to a group (a role in a section or unit) of which one takes it.

    Whoever answered for another stands in `decided_by`, the other in `behind`.
    """

    item = models.ForeignKey(Item, models.PROTECT, related_name="duties")
    submission = models.ForeignKey(Submission, models.PROTECT, null=True, related_name="duties")
    request = models.ForeignKey(Request, models.PROTECT, null=True, related_name="duties")
    """Either a submission or a request is decided."""
    task = models.OneToOneField(Task, models.PROTECT, null=True, related_name="duty")
    position = models.PositiveSmallIntegerField()
    """Which step of the route, from 0."""
    kind = models.CharField(max_length=8, choices=DutyKind.choices, default=DutyKind.STEP)
    state = models.CharField(max_length=8, choices=Standing.choices, default=Standing.OPEN)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="duties"
    )
    role = models.CharField(max_length=24, choices=Role.choices, blank=True)
    section = models.ForeignKey(Section, models.PROTECT, null=True, related_name="+")
    unit_path = models.CharField(max_length=255, blank=True)
    raised = models.BooleanField(default=False)
    """The one asked first submitted it or answered already, so it went up one level."""

    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    """Who added this signer, asked for this help or sent this copy."""
    question = models.TextField(blank=True)
    opened_at = models.DateTimeField()
    since_seq = models.PositiveIntegerField(default=0)
    """Which event of the item asked this of whom it asks now, or dropped it."""
    read_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=16, blank=True)
    opinion = models.TextField(blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="answered"
    )
    behind = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["opened_at", "id"]
        indexes = [
            models.Index(
                fields=["person", "opened_at", "id"], condition=Q(state="open"), name="duty_of"
            ),
            models.Index(
                fields=["section", "role", "opened_at", "id"],
                condition=Q(state="open", person__isnull=True),
                name="duty_of_section",
            ),
            models.Index(
                fields=["role", "unit_path", "opened_at", "id"],
                opclasses=["varchar_ops", "varchar_pattern_ops", "timestamptz_ops", "int8_ops"],
                condition=Q(state="open", person__isnull=True, section__isnull=True),
                name="duty_of_unit",
            ),
            # The same in the order of the queue, for who sees so many units that few rows are not
            # theirs.
            models.Index(
                fields=["role", "opened_at", "id"],
                condition=Q(state="open", person__isnull=True, section__isnull=True),
                name="duty_of_role",
            ),
            models.Index(
                fields=["person", "opened_at", "id"],
                condition=Q(state="open", kind="copy"),
                name="duty_copies",
            ),
            models.Index(fields=["decided_by", "-decided_at", "-id"], name="duty_answered"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="done", decided_at__isnull=False) | ~Q(state="done"),
                name="an_answered_duty_says_when",
            ),
            models.CheckConstraint(
                condition=Q(behind__isnull=True) | ~Q(behind=models.F("decided_by")),
                name="nobody_stands_in_for_themselves",
            ),
            models.CheckConstraint(
                condition=Q(submission__isnull=False, request__isnull=True)
                | Q(submission__isnull=True, request__isnull=False),
                name="a_duty_decides_one_matter",
            ),
        ]

    @property
    def on(self) -> On:
        """Which of the item's two matters it belongs to."""
        return "submission" if self.request_id is None else "request"

    @property
    def matter(self) -> Matter:
        """The submission or the request that is decided here."""
        matter: Matter = getattr(self, self.on)
        return matter

    @property
    def decider(self) -> str:
        """Who answered, with whom they stood in for."""
        return in_place_of(self.decided_by, self.behind)

    @property
    def void(self) -> bool:
        """Answered once, and no longer counted."""
        return self.state == Standing.VOID

    @property
    def agreed(self) -> bool:
        """Answered with yes; helpers and readers of copies say neither yes nor no."""
        return self.outcome == "approve"

    def __str__(self) -> str:
        return f"{self.item.no} {self.get_kind_display()}"
