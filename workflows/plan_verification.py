"""The plans of the rounds against their chains: the frozen content, and how each version ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from audit.verify import Break, Walked
from workflows.models import Plan
from workflows.models.plan import PlanState

if TYPE_CHECKING:
    from collections.abc import Iterable

Known = dict[tuple[str, int], Plan]
"""By the chain they are told on, and their version."""
_ENDS = {
    "plan.returned": PlanState.RETURNED,
    "plan.withdrawn": PlanState.WITHDRAWN,
    "plan.approved": PlanState.APPROVED,
}


def known() -> Known:
    plans = Plan.objects.select_related("round").order_by("pk")
    return {(plan.round.subject, plan.version): plan for plan in plans}


def unexplained(walked: Walked, plans: Known) -> Break | None:
    """Take the plans this chain tells of out of `plans`; the first it does not explain."""
    told = _told(walked.events)
    for version, (seq, digest, state) in told.items():
        plan = plans.pop((walked.subject, version), None)
        if plan is None or not plan.intact or plan.digest != digest:
            text = _("Version %(n)s of the plan is not what was put forward.")
        elif plan.state != state:
            text = _("Version %(n)s of the plan did not end as its row says.")
        else:
            continue
        return Break(subject=walked.subject, seq=seq, text=text % {"n": version})
    return None


def _told(events: Iterable[dict[str, Any]]) -> dict[int, tuple[int, str, str]]:
    """(seq, digest, state) of each version, as the last event about it leaves it."""
    told: dict[int, tuple[int, str, str]] = {}
    for event in events:
        name, data = event["name"], event["data"]
        if name == "plan.put_forward":
            told[data["plan"]] = (event["seq"], data["digest"], PlanState.UNDER_REVIEW)
        elif name in _ENDS:
            told[data["plan"]] = (event["seq"], data["digest"], _ENDS[name])
            earlier = told.get(data.get("supersedes"))
            if earlier:
                told[data["supersedes"]] = (*earlier[:2], PlanState.SUPERSEDED)
    return told


def untold(plans: Known, *, broken: set[str]) -> list[Break]:
    """Those that no event tells of, but for chains that are broken anyhow."""
    text = _("No event tells of version %(n)s of the plan.")
    return [
        Break(subject=subject, seq=0, text=text % {"n": version})
        for subject, version in plans
        if subject not in broken
    ]
