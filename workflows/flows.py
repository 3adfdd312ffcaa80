"""Approval routes in viewflow: the tasks of a route, whatever its steps are.

The item's row is the lock and the truth; a route's tasks are the work-list
projected beside it in the same transaction, one a duty. What comes after a task
is decided by `routing`, from the route's data, and handed to the activation;
viewflow keeps who held what, when, and when the whole is over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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
    from core.actor import Actor
    from workflows.models import Submission


class DecisionActivation(ViewActivation):
    """A human decision; `onward` names the nodes that come next, as often as tasks are to open."""

    onward: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.opened: list[Task] = []
        """The tasks made after this one, in the order of `onward`."""

    @Activation.status.transition(source=STATUS.NEW, target=STATUS.STARTED)
    def take(self, actor: Actor, outcome: str) -> None:
        now = timezone.now()
        self.task.owner_id = actor.id
        self.task.assigned = self.task.started = now
        self.task.data = {"outcome": outcome}

    @Activation.status.transition(source=STATUS.DONE)
    def create_next(self) -> Iterator[Activation]:
        for name in self.onward:
            node = getattr(self.flow_class, name)
            following = node._create(self, self.task.token)  # noqa: SLF001 -- viewflow's own way
            self.opened.append(following.task)
            yield following


class Decision(flow.View):
    """A step of a route: `ways` names the nodes that may come next."""

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


class Petition(flow.Flow):
    """A request for more time, a pause, an end or a new beginning, by the steps it was asked on."""

    process_class = Process
    lock_impl = lock.no_lock  # as with a review
    process_title = _("Request")

    start = flow.StartHandle().Annotation(title=_("Asked")).Next(this.step)
    step = Decision(
        _("A step of the request"),
        approve=this.step,
        grant=this.granted,
        refuse=this.refused,
        take_back=this.taken_back,
        lapse=this.lapsed,
    )
    granted = flow.End().Annotation(title=_("Granted"))
    refused = flow.End().Annotation(title=_("Refused"))
    taken_back = flow.End().Annotation(title=_("Taken back"))
    lapsed = flow.End().Annotation(title=_("Lapsed"))


class Review(flow.Flow):
    """The review of a submission, by whatever steps its round's route has."""

    process_class = Process
    # Safe because every driver of the route holds the item's row; see docs/adr.
    lock_impl = lock.no_lock
    process_title = _("Review")

    start = flow.StartHandle().Annotation(title=_("Submitted")).Next(this.step)
    step = Decision(
        _("A step before the office"),
        approve=this.step,
        office=this.office,
        send_back=this.returned,
        withdraw=this.withdrawn,
        cancel=this.cancelled,
    )
    office = Decision(
        _("Office checks and closes"),
        close=this.closed,
        send_back=this.returned,
        void=this.step,
        cancel=this.cancelled,
    )
    closed = flow.End().Annotation(title=_("Closed"))
    returned = flow.End().Annotation(title=_("Returned"))
    withdrawn = flow.End().Annotation(title=_("Withdrawn"))
    cancelled = flow.End().Annotation(title=_("Cancelled"))


def begin(of: type[flow.Flow] = Review) -> Task:
    """Start a route; its first task is open when this returns."""
    start = of.start
    activation = start.activation_class.create(start, None, None)
    activation.execute()
    return open_tasks(activation.process)[0]


def open_tasks(process: Process) -> list[Task]:
    tasks = Task.objects.filter(process=process, finished__isnull=True)
    return list(tasks.select_related("process").order_by("pk"))


def open_task(submission: Submission) -> Task | None:
    """The first step a review waits at, or None when it has ended."""
    tasks = Task.objects.filter(process_id=submission.process_id, finished__isnull=True)
    return tasks.select_related("process").order_by("pk").first()


def execute(task: Task, outcome: str, *, actor: Actor, onward: Iterable[str]) -> list[Task]:
    """Finish a task; returns the tasks opened after it, in the order of `onward`."""
    activation = task.flow_task.activation_class(task)
    activation.onward = tuple(onward)
    activation.take(actor, outcome)
    activation.execute()
    return [opened for opened in activation.opened if opened.finished is None]


def drop(tasks: Iterable[Task]) -> None:
    """Tasks that nobody needs to answer any more."""
    now = timezone.now()
    for task in tasks:
        task.status, task.finished = STATUS.CANCELED, now
        task.save(update_fields=["status", "finished"])


def add(process: Process, node: str, *, after: Task) -> Task:
    """One more task at a node: an added signer, a helper."""
    activation = after.flow_task.activation_class(after)
    route = after.flow_task.flow_class
    return getattr(route, node)._create(activation, after.token).task  # noqa: SLF001
