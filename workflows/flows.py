"""Approval routes: who decides in which order. Driven from actions only; viewflow keeps the tasks.

The item's row is the lock and the truth; a route's tasks are the work-list
projected beside it in the same transaction. Every outcome of a step is an
edge, also the ones that go back, so the drawn route shows all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from viewflow import this
from viewflow.workflow import flow, lock
from viewflow.workflow.activation import Activation
from viewflow.workflow.base import Edge
from viewflow.workflow.models import Process, Task
from viewflow.workflow.nodes.view import ViewActivation
from viewflow.workflow.status import STATUS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.actor import Actor
    from workflows.models import Submission


class DecisionActivation(ViewActivation):
    """A human decision that routes on its outcome: one row where View + If would be two."""

    @Activation.status.transition(source=STATUS.NEW, target=STATUS.STARTED)
    def take(self, actor: Actor, outcome: str) -> None:
        now = timezone.now()
        self.task.owner_id = actor.id
        self.task.assigned = self.task.started = now
        self.task.data = {"outcome": outcome}

    @Activation.status.transition(source=STATUS.DONE)
    def create_next(self) -> Iterator[Activation]:
        node = self.flow_task.ways[self.task.data["outcome"]]
        yield node._create(self, self.task.token)  # noqa: SLF001 -- viewflow's own way


class Decision(flow.View):
    """A step of a route: `ways` maps each outcome to the node it leads to."""

    activation_class = DecisionActivation

    def __init__(self, title: Any, **ways: Any) -> None:
        super().__init__(view=None)
        self.task_title = title
        self.ways = ways

    def _resolve(self, instance: Any) -> None:
        super()._resolve(instance)
        self.ways = {outcome: this.resolve(instance, to) for outcome, to in self.ways.items()}

    def _outgoing(self) -> Iterator[Edge]:
        for outcome, node in self.ways.items():
            yield Edge(src=self, dst=node, edge_class="cond_true", label=outcome)


class SectionThenOffice(flow.Flow):
    """The short route: a head of the lead section, then the office."""

    process_class = Process
    # Safe because every driver of the route holds the item's row; see docs/adr.
    lock_impl = lock.no_lock
    process_title = _("Review: section head, then the office")

    start = flow.StartHandle().Annotation(title=_("Submitted")).Next(this.head)
    head = Decision(
        _("Section head reviews"),
        approve=this.office,
        send_back=this.returned,
        withdraw=this.withdrawn,
        cancel=this.cancelled,
    )
    office = Decision(
        _("Office checks and closes"),
        close=this.closed,
        send_back=this.returned,
        void=this.head,
        cancel=this.cancelled,
    )
    closed = flow.End().Annotation(title=_("Closed"))
    returned = flow.End().Annotation(title=_("Returned"))
    withdrawn = flow.End().Annotation(title=_("Withdrawn"))
    cancelled = flow.End().Annotation(title=_("Cancelled"))


def begin() -> Process:
    """Start a review; its first task is open when this returns."""
    start = SectionThenOffice.start
    activation = start.activation_class.create(start, None, None)
    activation.execute()
    return activation.process


def open_task(submission: Submission) -> Task | None:
    """The step a review waits at, or None when it has ended."""
    tasks = Task.objects.filter(process_id=submission.process_id, finished__isnull=True)
    return tasks.select_related("process").order_by("pk").first()


def decide(submission: Submission, outcome: str, *, actor: Actor) -> None:
    """Take the open step of a review with an outcome; the next step is open when this returns."""
    task = open_task(submission)
    if task is None:
        raise RuntimeError(f"submission {submission.pk} is decided but its item is not")
    activation = task.flow_task.activation_class(task)
    activation.take(actor, outcome)
    activation.execute()
