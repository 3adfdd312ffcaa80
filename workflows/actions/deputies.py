"""Standing in for somebody (委托): appointed and recalled by that person alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import record
from core import fitting
from core.models import Membership, User
from core.refusals import Conflict, NotFound, NotPermitted, Unmet
from core.roles import OFFICERS
from workflows.models import Deputy, Duty
from workflows.notices import notify
from workflows.states import Standing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from core.actor import Actor


def appoint(
    *,
    actor: Actor,
    deputy_id: int,
    starts: date,
    ends: date,
    reason: str,
    posts: Sequence[int] = (),
    with_tray: bool = False,
) -> Deputy:
    """Let a colleague answer one's steps from a day to a day; they get word of it."""
    with transaction.atomic(durable=True):
        _insist_on_a_period(starts, ends, reason)
        person, deputy = _both(actor, deputy_id)
        _insist_on_no_chain(person, deputy, starts, ends)
        lent = _own_posts(person, posts)
        row = Deputy(
            person=person,
            deputy=deputy,
            starts=starts,
            ends=ends,
            posts=sorted(post.pk for post in lent),
            with_tray=with_tray,
            reason=reason.strip(),
            appointed_at=timezone.now(),
        )
        fitting.insist(row, "reason")
        row.save()
        told = {
            "deputyship": row.pk,
            "deputy": deputy.name,
            "starts": starts.isoformat(),
            "ends": ends.isoformat(),
            "roles": sorted({post.role for post in lent}),
            "sections": sorted({post.section_id for post in lent if post.section_id}),
            "posts": row.posts,
            "with_tray": with_tray,
            "reason": row.reason,
        }
        record.append(
            "deputy.appointed", head=record.head_of(actor.subject), actor=actor, data=told
        )
        _tell(row, "deputy", starts=told["starts"], ends=told["ends"], reason=row.reason)
    return row


def recall(deputyship_id: int, *, actor: Actor) -> Deputy:
    """Take it back; what the deputy took on and did not answer is the group's again."""
    with transaction.atomic(durable=True):
        rows = Deputy.objects.select_for_update(of=("self",)).select_related("person", "deputy")
        row = rows.filter(pk=deputyship_id, person=actor.id).first()
        if row is None:
            raise NotFound(_("There is no such deputy of yours."))
        if row.recalled_at is not None:
            raise Conflict(_("This deputy was recalled already."), then=_("Nothing is to be done."))
        row.recalled_at = timezone.now()
        row.save(update_fields=["recalled_at"])
        taken = Duty.objects.filter(person=row.deputy_id, behind=row.person_id)
        waiting = taken.filter(state__in=[Standing.OPEN, Standing.HELD])
        waiting.update(person=None, behind=None)
        told = {"deputyship": row.pk, "deputy": row.deputy.name}
        record.append("deputy.recalled", head=record.head_of(actor.subject), actor=actor, data=told)
        _tell(row, "deputy_over")
    return row


def _tell(row: Deputy, kind: str, **words: Any) -> None:
    notify(
        [row.deputy],
        kind=kind,
        key=f"deputy:{row.pk}:{kind}",
        params={"who": row.person.name, **words},
        url=f"{reverse('account')}#deputies",
    )


def _insist_on_a_period(starts: date, ends: date, reason: str) -> None:
    if ends < starts or ends < timezone.localdate():
        raise Unmet(
            _("The period is over, or ends before it starts."),
            then=_("Correct the dates."),
            holes=[("ends", _("the last day"))],
        )
    if not reason.strip():
        raise Unmet(
            _("Say why somebody stands in for you."),
            then=_("A few words, such as the business trip or the leave."),
            holes=[("reason", _("the reason"))],
        )


def _both(actor: Actor, deputy_id: int) -> tuple[User, User]:
    """The two accounts, held in one order so that two appointments cannot make a chain."""
    wanted = sorted({actor.person_id, deputy_id})
    rows = User.objects.select_for_update().filter(pk__in=wanted, is_active=True).order_by("pk")
    people = {user.pk: user for user in rows}
    if deputy_id == actor.id:
        raise Unmet(_("Nobody stands in for themselves."), then=_("Choose a colleague."))
    posts = Membership.objects.in_force().filter(user__in=wanted)
    held = {pk: {p.role for p in posts if p.user_id == pk} for pk in wanted}
    if set(people) != set(wanted) or not held[deputy_id] or not held[actor.person_id]:
        raise NotFound(_("There is no such colleague."))
    if (held[deputy_id] | held[actor.person_id]) & OFFICERS:
        raise NotPermitted(
            _("Administrators neither have deputies nor are any."), then=_("Choose a colleague.")
        )
    if not _share_a_tree(actor, deputy_id):
        raise NotFound(_("There is no such colleague."))
    return people[actor.person_id], people[deputy_id]


def _share_a_tree(actor: Actor, deputy_id: int) -> bool:
    """Whether both belong to one unit, or one to a unit above or below the other's."""
    theirs = Membership.objects.in_force().filter(user=deputy_id)
    paths = theirs.values_list("unit__path", flat=True)
    return any(
        path.startswith(post.unit_path) or post.unit_path.startswith(path)
        for path in paths
        for post in actor.posts
    )


def _insist_on_no_chain(person: User, deputy: User, starts: date, ends: date) -> None:
    lasting = Deputy.objects.lasting(starts, ends)
    if lasting.filter(person=deputy).exists() or lasting.filter(deputy=person).exists():
        raise Conflict(
            _("A deputy has no deputy: one of you stands in for, or is stood in for by, another."),
            then=_("Choose somebody else, or another period."),
        )
    if lasting.filter(person=person, deputy=deputy).exists():
        raise Conflict(
            _("This colleague is your deputy in that period already."),
            then=_("Recall that first, or choose another period."),
        )


def _own_posts(person: User, chosen: Sequence[int]) -> list[Membership]:
    """Those chosen: only what one holds oneself can be lent."""
    found = list(Membership.objects.in_force().filter(user=person, pk__in=chosen))
    if len(found) != len(set(chosen)):
        raise Unmet(
            _("Only your own posts can be lent."),
            then=_("Choose from those you hold."),
            holes=[("posts", _("the posts"))],
        )
    return found
