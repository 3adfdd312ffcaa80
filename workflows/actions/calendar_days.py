"""A unit decides that it works on a day, or does not, whatever was published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from audit import record
from core import fitting
from core.models import Unit
from core.refusals import NotFound, NotPermitted, Unmet
from core.roles import Role
from workflows.models import CalendarDay

if TYPE_CHECKING:
    from datetime import date

    from core.actor import Actor

KEEPERS = (Role.OFFICE, Role.SYSTEM_OFFICER)


def may_set(actor: Actor, unit: Unit) -> bool:
    return any(actor.holds(role, unit_path=unit.path) for role in KEEPERS)


def set_day(
    *, actor: Actor, unit_id: int, day: date, working: bool | None, note: str = ""
) -> CalendarDay | None:
    """Decide a day for a unit and those below it; None takes the decision back."""
    unit = Unit.objects.visible_to(actor).filter(pk=unit_id).first()
    if unit is None:
        raise NotFound
    if not may_set(actor, unit):
        words = _("the rectification office or the system administrator")
        raise NotPermitted(
            _("Only %(who)s may do this.") % {"who": words},
            who=words,
            then=_("Leave it to them."),
        )
    with transaction.atomic(durable=True):
        # The unit's chain is held first, so two decisions on one day come one after the other.
        head = record.head_of(f"unit:{unit.pk}")
        present = CalendarDay.objects.filter(unit=unit, day=day).first()
        told = {"day": day.isoformat(), "working": working, "note": note}
        if present is None and working is None:
            raise Unmet(_("This day is as published already."), then=_("Choose another day."))
        if present is not None:
            present.delete()
        row = None
        if working is not None:
            row = CalendarDay(unit=unit, day=day, working=working, note=note)
            fitting.insist(row, "note")
            row.save()
        record.append("calendar.day_set", head=head, actor=actor, data=told)
    return row
