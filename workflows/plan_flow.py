"""The joint review of a plan in viewflow: all parts side by side, then the one who decides."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from viewflow import this
from viewflow.workflow import flow, lock
from viewflow.workflow.models import Process

from workflows.flows import Decision


class PlanReview(flow.Flow):
    """The round's row is the lock and the plan's rows are the truth, as an item is to its review.

    See docs/adr.
    """

    process_class = Process
    lock_impl = lock.no_lock
    process_title = _("Review of the plan")

    start = flow.StartHandle().Annotation(title=_("Put forward")).Next(this.joint)
    joint = Decision(
        _("Section heads and leaders, side by side"),
        agree=this.first,
        send_back=this.returned,
        withdraw=this.withdrawn,
    )
    first = Decision(
        _("First responsible person decides"),
        agree=this.approved,
        send_back=this.returned,
        withdraw=this.withdrawn,
    )
    approved = flow.End().Annotation(title=_("Plan approved"))
    returned = flow.End().Annotation(title=_("Plan returned"))
    withdrawn = flow.End().Annotation(title=_("Plan withdrawn"))
