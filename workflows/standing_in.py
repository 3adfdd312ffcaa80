"""Who acts, with those they stand in for today: core knows accounts, deputies are ours."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from core.actor import Actor, Post, Stand
from core.models import Membership
from core.roles import OFFICERS
from workflows.models import Deputy

if TYPE_CHECKING:
    from core.models import User


def as_actor(user: User, *, address: str = "") -> Actor:
    """The person as an actor, with what was lent to them today."""
    actor = user.actor(address=address)
    lent = list(Deputy.objects.in_force().filter(deputy=user).select_related("person"))
    if not lent or not actor.posts:
        return actor
    people = [one.person_id for one in lent]
    posts = list(Membership.objects.in_force().filter(user__in=people).select_related("unit"))
    return replace(actor, stands_for=tuple(stand(one, posts) for one in lent))


def stand(one: Deputy, posts: list[Membership]) -> Stand:
    return Stand(
        person_id=one.person_id,
        name=one.person.name,
        posts=frozenset(_post(m) for m in posts if m.user_id == one.person_id and _lends(one, m)),
        whole=one.whole,
        since=one.since,
    )


def _lends(one: Deputy, post: Membership) -> bool:
    return post.role not in OFFICERS and (one.whole or post.pk in one.posts)


def _post(m: Membership) -> Post:
    return Post(role=m.role, unit_id=m.unit_id, unit_path=m.unit.path, section_id=m.section_id)
