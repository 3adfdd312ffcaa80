"""What a form said, read field by field; what does not fit is refused with its place."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from core.refusals import Unmet
from web import acting

if TYPE_CHECKING:
    from django.http import HttpRequest

LONGEST_TEXT = 20_000


def text_of(request: HttpRequest, name: str, *, most: int = LONGEST_TEXT) -> str:
    """A text without its outer blanks, its lines ended the one way; Unmet when too long."""
    text = acting.text_of(request, name).replace("\r\n", "\n")
    if len(text) > most:
        raise Unmet(
            _("This text has %(n)s characters; %(most)s is the most.")
            % {"n": len(text), "most": most},
            then=_("Say it shorter, or hand the long text in as a file."),
            holes=[(name, text[:20])],
        )
    return text


def amount_of(request: HttpRequest, name: str) -> Decimal:
    """An amount in 万元, at most four places behind the point; nothing said is none."""
    text = text_of(request, name, most=20) or "0"
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal(-1)
    if not (amount.is_finite() and 0 <= amount < Decimal(10**8)):
        raise Unmet(
            _("“%(text)s” is not an amount.") % {"text": text},
            then=_("Write a number in units of 10,000 yuan, such as 12.5."),
            holes=[(name, _("the amount"))],
        )
    return amount.quantize(Decimal("0.0001"))


def count_of(request: HttpRequest, name: str) -> int:
    text = text_of(request, name, most=20) or "0"
    if not (text.isascii() and text.isdigit() and int(text) <= 32767):  # noqa: PLR2004 -- smallint
        raise Unmet(
            _("“%(text)s” is not a number of people.") % {"text": text},
            then=_("Write a whole number, such as 3."),
            holes=[(name, _("the number of people"))],
        )
    return int(text)


def choice_of(request: HttpRequest, name: str, known: list[str]) -> str:
    """One of the choices the page offered."""
    chosen = request.POST.get(name, "")
    if chosen not in known:
        raise Unmet(
            _("The form came back incomplete."),
            then=_("Open the page again and send the form from there."),
        )
    return chosen
