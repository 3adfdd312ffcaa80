"""What every decision reads of a matter, by statements compiled once: it, and its duties."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.apps import apps

from core.prepared import Objects, Reading
from workflows.states import DutyKind, Standing

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet

    from workflows.holders import Matter
    from workflows.models import Duty, Item, Submission

Statement = TypeVar("Statement", bound=Reading)


def _of_each(
    kind: Callable[..., Statement], build: Callable[[QuerySet[Duty, Duty]], QuerySet[Any, Any]]
) -> dict[str, Statement]:
    """One statement for the duties of a submission and one for those of a request."""

    def of(on: str) -> Statement:
        def duties(pk: int) -> QuerySet[Any, Any]:
            return build(apps.get_model("workflows", "Duty")._default_manager.filter(**{on: pk}))

        return kind(duties, -1)

    return {on: of(on) for on in ("submission", "request")}


def _decided(pk: int) -> QuerySet[Submission, Submission]:
    rows = apps.get_model("workflows", "Submission")._default_manager.filter(pk=pk)
    return rows.select_related("route")


_DECIDED: Objects[Submission] = Objects(_decided, -1)
_COUNTED: dict[str, Objects[Duty]] = _of_each(
    Objects,
    lambda rows: (
        rows.exclude(state=Standing.VOID)
        .exclude(kind=DutyKind.COPY)
        .order_by("pk")
        .select_related("person", "section", "task__process", "parent", "asked_by")
    ),
)
_WAITING: dict[str, Objects[Duty]] = _of_each(
    Objects,
    lambda rows: (
        rows.filter(state__in=[Standing.OPEN, Standing.HELD])
        .exclude(kind=DutyKind.COPY)
        .order_by("pk")
        .select_related("task")
    ),
)
_AGREED: dict[str, Reading] = _of_each(
    Reading,
    lambda rows: rows.filter(state=Standing.DONE, outcome="approve").values_list(
        "decided_by", "behind"
    ),
)


def submission_of(item: Item) -> Submission | None:
    """The item's submission with its route, read once."""
    field = item._meta.get_field("submission")
    if item.submission_id is not None and not field.is_cached(item):
        item.submission = _DECIDED.found(item.submission_id)[0]
    return item.submission


def counted(matter: Matter) -> list[Duty]:
    """Every duty that still counts, copies aside, the oldest first, with whom it asks."""
    return _COUNTED[matter.on].found(matter.pk)


def waiting(matter: Matter) -> list[Duty]:
    """The duties that nobody answered yet, copies aside, the oldest first, with their tasks."""
    found = _WAITING[matter.on].found(matter.pk)
    for duty in found:
        duty.item = matter.item
        setattr(duty, matter.on, matter)
    return found


def who_agreed(matter: Matter) -> set[int]:
    """Whose yes stands: of those who gave it, and of those they gave it for."""
    return {person for given in _AGREED[matter.on].all(matter.pk) for person in given if person}
