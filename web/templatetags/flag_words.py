"""A flag in words, where a page lists them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template

from reports import flag_words

if TYPE_CHECKING:
    from workflows.models import Flag

register = template.Library()


@register.filter
def sentence(flag: Flag) -> str:
    return flag_words.sentence(flag)


@register.filter
def on_piece(doubts: dict[int, list[Flag]], citation_id: int) -> list[Flag]:
    """What is doubted of a piece."""
    return doubts.get(citation_id, [])


@register.filter
def about(flag: Flag) -> str:
    return flag_words.about(flag)
