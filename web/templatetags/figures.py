"""Counts as links to what they count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

    from reports.figures import Tally
    from workflows.models import Round
    from workflows.states import State

register = template.Library()


def address(round_: Round, **query: Any) -> str:
    """The ledger of a round, narrowed to what a figure counts."""
    return f"{reverse('ledger')}?{urlencode({'round': round_.code, **query})}"


@register.simple_tag
def counted(number: int, round_: Round, **query: Any) -> SafeString | str:
    """A number that leads to the items it counts; nought leads nowhere."""
    if not number:
        return "0"
    return format_html('<a class="count" href="{}">{}</a>', address(round_, **query), number)


@register.filter
def in_states(tally: Tally, states: list[State]) -> list[tuple[State, int]]:
    """How many items are in each of the states, in the order asked for."""
    return [(state, tally.states[state]) for state in states]
