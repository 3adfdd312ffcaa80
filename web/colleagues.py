"""Whom something may be handed to: the acting people of a unit, found by typing a name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from core.refusals import Unmet
from core.roles import Role
from web.acting import actor_of, text_of
from workflows import prospects, queries

if TYPE_CHECKING:
    from collections.abc import Iterable

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
    return colleagues_within(item.unit_path, actor)


def colleagues_within(unit_path: str, actor: Actor) -> list[Colleague]:
    """The same of a unit, where it is not about one item."""
    return _listed([unit_path], actor)


def stand_ins(actor: Actor) -> list[Colleague]:
    """Everybody of the actor's own units who may stand in for them."""
    return _listed(sorted({post.unit_path for post in actor.posts}), actor)


def _listed(unit_paths: Iterable[str], actor: Actor) -> list[Colleague]:
    found: dict[int, Colleague] = {}
    for post in (post for path in unit_paths for post in prospects.colleagues(path)):
        if post.user_id == actor.id or post.user_id in found:
            continue
        place = post.section.name if post.section else post.unit.name
        words = f"{post.user.name} · {place} · {Role(post.role).label}"
        if any(one.words == words for one in found.values()):
            words += f" · {post.user.username}"
        found[post.user_id] = Colleague(post.user_id, post.user.name, words)
    return list(found.values())


def person_of(request: HttpRequest, item_id: int) -> int:
    """The colleague a form about an item names."""
    actor = actor_of(request)
    return chosen(request, colleagues(queries.item_for(actor, item_id), actor))


def chosen(request: HttpRequest, known: list[Colleague]) -> int:
    """Whom a form means: by the words that were offered, or by a name that only one has."""
    said = text_of(request, "person")
    meant = [one.id for one in known if one.words == said]
    meant = meant or [one.id for one in known if one.name == said]
    if len(meant) == 1:
        return meant[0]
    raise Unmet(
        _("“%(name)s” is not one colleague of the unit.") % {"name": said[:40]},
        then=_("Type a part of the name, and choose the person from the list."),
        holes=[("person", _("the person"))],
    )
