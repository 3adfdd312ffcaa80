"""Copies of checkpoints out of the house: what is owed to each place, once, and how it gets there.

A place is owed spans of the log, `40-52`: every checkpoint over more than 40 events and no more
than 52. The next span begins where the last one ended, whether that was delivered yet or not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit import copies, outbox
from audit.channels import Message, Recipient, callout, email, webhook
from audit.models import Checkpoint, Owed

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_IN_A_LETTER = 200
"""The newest stand for all before them; a letter over years of seals would not be taken."""
LONGEST_PAUSE = timedelta(hours=1)


class Unnamed(Exception):
    """The settings do not name this place any more, though something is owed to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    name: str
    """Stored with what is owed."""
    label: Any
    is_set: Callable[[], bool]
    send: Callable[[Sequence[Checkpoint], str], None]
    pause: Callable[[], timedelta]

    @property
    def handler(self) -> str:
        return f"copy-to-{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far one place is, as the page of the record shows it."""

    label: Any
    is_set: bool = False
    size: int = 0
    """How many events the newest checkpoint delivered there covers; 0 for none."""
    at: datetime | None = None
    open: int = 0
    parked: int = 0
    fault: str = ""


def owe() -> None:
    """Owe each place what it lacks, where its pause is over. The log is held."""
    latest = Checkpoint.objects.order_by("-size").values_list("size", flat=True).first() or 0
    for place in PLACES:
        begins = _covered(place)
        if place.is_set() and latest > begins and _rested(place):
            outbox.owe_keyed([(place.handler, f"{begins}-{latest}")])


def is_due() -> bool:
    """Whether `owe` would owe something: asked without holding the log."""
    latest = Checkpoint.objects.order_by("-size").values_list("size", flat=True).first() or 0
    return any(place.is_set() and latest > _covered(place) and _rested(place) for place in PLACES)


def _covered(place: Place) -> int:
    """Where the last span that is owed ends."""
    key = _owed(place).order_by("-id").values_list("key", flat=True).first()
    return int(key.partition("-")[2]) if key else 0


def _rested(place: Place) -> bool:
    last = _owed(place).order_by("-id").values_list("paid_at", "due_at").first()
    if last is None:
        return True
    rested: timedelta = timezone.now() - (last[0] or last[1])
    # What failed is due again within the hour; further ahead only a clock lies that was put back.
    return rested >= place.pause() or rested < -LONGEST_PAUSE


def _owed(place: Place) -> Any:
    return Owed.objects.filter(handler=place.handler).exclude(key="")


def standing() -> list[Standing]:
    return [_standing(place) for place in PLACES]


def _standing(place: Place) -> Standing:
    if not place.is_set():
        return Standing(label=place.label)
    open_rows = _owed(place).filter(paid_at=None)
    parked = open_rows.exclude(parked_at=None)
    paid = _owed(place).exclude(paid_at=None).order_by("-id").values_list("key", "paid_at").first()
    fault = open_rows.exclude(fault="").order_by("-id").values_list("fault", flat=True).first()
    return Standing(
        label=place.label,
        is_set=True,
        size=int(paid[0].partition("-")[2]) if paid else 0,
        at=paid[1] if paid else None,
        open=open_rows.count() - parked.count(),
        parked=parked.count(),
        fault=fault or "",
    )


def deliver(place: Place, key: str) -> None:
    if not place.is_set():
        raise Unnamed(_("The settings name no such place any more."))
    begins, _dash, ends = key.partition("-")
    span = Checkpoint.objects.filter(size__gt=int(begins), size__lte=int(ends)).order_by("size")
    place.send(list(span), f"{settings.LOG_ORIGIN}-{key}".replace("/", "-"))


def _into_the_folder(checkpoints: Sequence[Checkpoint], _key: str) -> None:
    for checkpoint in checkpoints:
        copies.keep(checkpoint.size, checkpoint.note)
    copies.insist()


def _by_letter(checkpoints: Sequence[Checkpoint], key: str) -> None:
    newest = checkpoints[-1]
    with translation.override(settings.LANGUAGE_CODE):
        subject = _("Record seal %(code)s over %(size)s events, %(origin)s") % {
            "code": newest.code,
            "size": newest.size,
            "origin": settings.LOG_ORIGIN,
        }
        lead = _("Keep this letter where nobody who runs the system can reach it: what is sealed"
                 " below cannot be changed any more without being seen.")  # fmt: skip
    notes = "\n".join(one.note for one in checkpoints[-MOST_IN_A_LETTER:])
    for address in settings.OUTSIDE_MAIL:
        email.send(
            Message(
                key=key,
                to=Recipient(name=address, login=address, email=address),
                subject=subject,
                text=f"{lead}\n\n{notes}",
                hint=subject,
                url=settings.SITE_URL,
            )
        )


def _to_the_receiver(checkpoints: Sequence[Checkpoint], key: str) -> None:
    notes = [one.note for one in checkpoints[-MOST_IN_A_LETTER:]]
    body = {"key": key, "origin": settings.LOG_ORIGIN, "checkpoints": notes}
    webhook.signed_post("outside", callout.encoded(body), key)


PLACES = (
    Place(
        name="folder",
        label=gettext_lazy("Folder outside"),
        is_set=lambda: bool(settings.OUTSIDE_FOLDER),
        send=_into_the_folder,
        pause=timedelta,
    ),
    Place(
        name="mail",
        label=gettext_lazy("Letters outside"),
        is_set=lambda: bool(settings.OUTSIDE_MAIL),
        send=_by_letter,
        pause=lambda: timedelta(minutes=settings.OUTSIDE_MAIL_MINUTES),
    ),
    Place(
        name="receiver",
        label=gettext_lazy("Receiver outside"),
        is_set=lambda: bool(settings.CALLOUTS["outside"]["url"]),
        send=_to_the_receiver,
        pause=timedelta,
    ),
)
HANDLERS = {place.handler: place.label for place in PLACES}
for _place in PLACES:
    outbox.delivers(_place.handler, partial(deliver, _place))
