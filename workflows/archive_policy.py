"""Who may take items out of the house as an archive, with all their evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.refusals import NotPermitted
from core.roles import SEE_THE_UNIT, Role

if TYPE_CHECKING:
    from core.actor import Actor
    from workflows.models import Round


def refusal(round_: Round, actor: Actor) -> NotPermitted | None:
    """Why an actor may not archive this round or a part of it; None where they may.

    Who oversees the unit may; staff and section heads fetch the papers of their items one by one.
    """
    if any(actor.holds(role, unit_path=round_.unit.path) for role in SEE_THE_UNIT):
        return None
    return NotPermitted(
        _("Archives are made by whoever oversees the whole unit."),
        who=gettext(", ").join(str(role.label) for role in Role if role in SEE_THE_UNIT),
        then=_("Ask the rectification office for the archive."),
    )


def insist(round_: Round, actor: Actor) -> None:
    if refused := refusal(round_, actor):
        raise refused
