"""What the grid's rows need to look up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template

if TYPE_CHECKING:
    from core.models import User
    from workflows.models import Item

register = template.Library()


@register.filter
def of_item(choices: dict[int, list[User]], item: Item) -> list[User]:
    return choices.get(item.pk, [])
