"""The form of a verb that says nothing but texts, handed to the action that does it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from web.acting import actor_of, command_of
from web.forms import text_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from workflows.models import Item

    Act = Callable[[HttpRequest, int], Item]


def saying(action: Callable[..., Item], **fields: str) -> Act:
    """`fields`: what the action calls each text -> the form's name for it."""

    def act(request: HttpRequest, item_id: int) -> Item:
        texts = {name: text_of(request, field) for name, field in fields.items()}
        return action(item_id, actor=actor_of(request), command=command_of(request), **texts)

    return act
