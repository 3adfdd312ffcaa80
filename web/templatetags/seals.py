"""The seal at the foot of what is printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template

from reports import seals

if TYPE_CHECKING:
    from workflows.models import Item

register = template.Library()


@register.inclusion_tag("parts/seal.html")
def seal_mark(item: Item | None = None) -> dict[str, Any]:
    """Of an item also how many of its acts are sealed so far."""
    if item is None:
        return {"mark": seals.mark()}
    return {"mark": seals.mark(item.subject, item.trail_seq)}
