"""Whom a step may be handed to: the acting people of the item's unit, found by typing a name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from core.refusals import Unmet
from core.roles import Role
from web.acting import actor_of, text_of
from workflows import prospects, queries

if TYPE_CHECKING:
    from django.http import HttpRequest

    from core.actor import Actor
    from workflows.models import Item


@dataclass(frozen=True, slots=True)
class Colleague:
    id: int
    name: str
    words: str
    """Name, place and role: what is offered for choosing, each only once."""


def colleagues(item: Item, actor: Actor) -> list[Colleague]:
    """Everybody of the item's unit who may be asked, but the actor."""
    found: dict[int, Colleague] = {}
    for post in prospects.colleagues(item.unit_path):
        if post.user_id == actor.id or post.user_id in found:
            continue
        place = post.section.name if post.section else post.unit.name
        words = f"{post.user.name} · {place} · {Role(post.role).label}"
        if any(one.words == words for one in found.values()):
            words += f" · {post.user.username}"
        found[post.user_id] = Colleague(post.user_id, post.user.name, words)
    return list(found.values())


def person_of(request: HttpRequest, item_id: int) -> int:
    """The colleague a form names: by the words it was offered, or by a name that only one has."""
    actor = actor_of(request)
    said = text_of(request, "person")
    known = colleagues(queries.item_for(actor, item_id), actor)
    meant = [one.id for one in known if one.words == said]
    meant = meant or [one.id for one in known if one.name == said]
    if len(meant) == 1:
        return meant[0]
    raise Unmet(
        _("“%(name)s” is not one colleague of the unit.") % {"name": said[:40]},
        then=_("Type a part of the name, and choose the person from the list."),
        holes=[("person", _("the person"))],
    )
