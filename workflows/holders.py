"""Who holds what of a route: whose answer a duty waits for, and who answered. Reads only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from core.models import Membership
from workflows.states import DutyKind, Standing

if TYPE_CHECKING:
    from core.actor import Actor, Post
    from workflows.models import Duty, Item, Submission


def answered_by(submission: Submission) -> set[int]:
    """Submitted it, or agreed to it: themselves and whoever they answered for."""
    answered = {submission.submitted_by_id}
    if submission.pk is None:
        return answered
    given = submission.duties.filter(state=Standing.DONE, outcome="approve")
    for duty in given:
        answered |= {p for p in (duty.decided_by_id, duty.behind_id) if p is not None}
    return answered


def open_duties(item: Item) -> list[Duty]:
    """What the submission under decision waits for, the oldest first; read once an item."""
    kept: list[Duty] | None = item.__dict__.get("_open_duties")
    if kept is None:
        kept = []
        if item.submission is not None:
            waiting = item.submission.duties.filter(state=Standing.OPEN).exclude(kind=DutyKind.COPY)
            kept = list(waiting.select_related("person", "task", "parent").order_by("pk"))
            for duty in kept:
                duty.item, duty.submission = item, item.submission
        item.__dict__["_open_duties"] = kept
    return kept


def behind_whom(duty: Duty, actor: Actor) -> tuple[bool, int | None]:
    """(whether the duty is addressed to the actor, whom they would answer for)."""
    if duty.person_id is not None:
        if duty.person_id == actor.id:
            return True, None
        lent = any(stand.person_id == duty.person_id for stand in actor.stands_for)
        return lent, duty.person_id if lent else None
    if any(_fits(duty, post) for post in actor.posts):
        return True, None
    for stand in actor.stands_for:
        if any(_fits(duty, post) for post in stand.posts):
            return True, stand.person_id
    return False, None


def _fits(duty: Duty, post: Post) -> bool:
    if post.role != duty.role:
        return False
    if duty.section_id is not None:
        return post.section_id == duty.section_id
    return duty.unit_path.startswith(post.unit_path)


def duty_of(item: Item, actor: Actor) -> Duty | None:
    """The open duty this actor may answer: the one addressed to them by name before a group's."""
    if item.submission is None:
        return None
    mine = [d for d in open_duties(item) if behind_whom(d, actor)[0]]
    mine.sort(key=lambda d: (d.person_id != actor.id, d.person_id is None, d.pk))
    return mine[0] if mine else None


def may_answer(duty: Duty, actor: Actor) -> bool:
    """Neither they nor whom they stand in for submitted it or agreed to it already."""
    silent = answered_by(duty.submission)
    return actor.id not in silent and behind_whom(duty, actor)[1] not in silent


def names_of(duty: Duty) -> list[str]:
    """Who may answer a duty today, by name."""
    if duty.person is not None:
        return [duty.person.name]
    group = Q(role=duty.role)
    if duty.section_id is not None:
        group &= Q(section=duty.section_id)
    else:
        parts = duty.unit_path.rstrip("/").split("/")
        above = ["/".join(parts[:n]) + "/" for n in range(1, len(parts) + 1)]
        group &= Q(section=None, unit__path__in=above)
    found = (
        Membership.objects.in_force().filter(group).exclude(user__in=answered_by(duty.submission))
    )
    return list(found.order_by("user_id").values_list("user__name", flat=True).distinct())
