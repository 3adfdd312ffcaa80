"""What is wrong with the log now, in sentences: looked at anew each time, so that it ends too."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import copies, outside, sealing, sequencer
from audit.models import Checkpoint

LATE = timedelta(minutes=5)
AHEAD = timedelta(minutes=1)
LOOKED_AT = 100
COPIES = 2
"""How many places outside are wanted."""


def alarms() -> list[str]:
    return [text for text in (_broken(), _late(), _clock(), *_outside()) if text]


def _broken() -> str:
    last = sealing.latest()
    return sealing.inconsistent(last, sequencer.length()) if last else ""


def _late() -> str:
    at = sequencer.oldest_waiting()
    if at is None or timezone.now() - at < LATE:
        return ""
    return _("Nothing was sealed since %(at)s: the worker does not run, or refuses to seal.") % {
        "at": timezone.localtime(at).strftime("%Y-%m-%d %H:%M")
    }


def _clock() -> str:
    times = list(
        Checkpoint.objects.order_by("-size").values_list("sealed_at", flat=True)[:LOOKED_AT]
    )
    ahead = bool(times) and times[0] > timezone.now() + AHEAD
    if ahead or any(later < earlier for later, earlier in pairwise(times)):
        return _("The clock was put back: seals are in order, but their times are not.")
    return ""


def _outside() -> list[str]:
    found = [copies.disagreement()]
    if settings.OUTSIDE_FOLDER and not Path(settings.OUTSIDE_FOLDER).is_dir():
        found.append(_("The folder %(path)s is not there.") % {"path": settings.OUTSIDE_FOLDER})
    found += [
        _("%(place)s: %(n)s copies did not get through.") % {"place": one.label, "n": one.parked}
        for one in outside.standing()
        if one.parked
    ]
    return found


def lacking() -> int:
    """How many more places outside should be named: no alarm, but said where seals are shown."""
    return max(0, COPIES - sum(one.is_set for one in outside.standing()))
