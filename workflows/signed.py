"""Which signature stands under whose answer, for the papers that show it. Reads only."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workflows.models import Plan, Request, Signature


def signatures_under(matter: Request | Plan) -> dict[int, Signature]:
    """By the person who gave it; the latest, where somebody was asked anew."""
    acts = matter.signed_acts.all()
    return {act.signature.person_id: act.signature for act in sorted(acts, key=lambda a: a.seq)}
