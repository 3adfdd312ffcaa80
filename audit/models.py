"""The event and the log over events, which nobody changes; what is owed; and long jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audit import canonical
from core.models import Deliberate

if TYPE_CHECKING:
    from core.actor import Actor


class Event(models.Model):
    """One act on one subject. `body` is what was hashed; the other columns copy it for queries.

    The database refuses UPDATE, DELETE, REPLACE, TRUNCATE, a gap and a fork (migration 0002).
    Actor and subject are values, not keys: nothing that happens to an account reaches them.
    """

    subject = models.CharField(max_length=40)
    seq = models.PositiveIntegerField()
    name = models.CharField(max_length=40)
    at = models.DateTimeField(db_index=True)
    actor = models.CharField(max_length=40)
    actor_label = models.CharField(max_length=80)
    command = models.UUIDField(null=True)
    body = models.BinaryField()
    prev = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)
    mac = models.BinaryField(max_length=32)
    key_id = models.CharField(max_length=16)
    algorithm = models.CharField(max_length=8)

    class Meta:
        ordering: ClassVar = ["subject", "seq"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subject", "seq"], name="one_event_a_step"),
            models.UniqueConstraint(
                fields=["subject", "command"],
                condition=Q(command__isnull=False),
                name="one_event_a_command",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["actor", "at"], name="event_by_actor")]

    def __str__(self) -> str:
        return f"{self.subject}#{self.seq} {self.name}"

    @property
    def data(self) -> dict[str, object]:
        """What the act said about itself; its keys are listed in docs/events.md."""
        data = canonical.decode(bytes(self.body))["data"]
        return data if isinstance(data, dict) else {}


def octets(value: object) -> bytes:
    """A column's bytes; none where SQLite was made to hold something else in it."""
    return bytes(value) if isinstance(value, bytes | memoryview) else b""


class Leaf(models.Model):
    """The place of one event in the log: the order that checkpoints are sealed over.

    The database refuses UPDATE, DELETE, REPLACE, TRUNCATE, a gap, and a hash that is not the
    event's (migration 0005).
    """

    index = models.BigIntegerField(primary_key=True)
    event = models.OneToOneField(Event, models.PROTECT, related_name="leaf")
    hash = models.BinaryField(max_length=32)

    class Meta:
        ordering: ClassVar = ["index"]

    def __str__(self) -> str:
        return f"{self.index}: event {self.event_id}"


class Reason(models.TextChoices):
    """What a checkpoint was sealed for."""

    TIME = "time", _("Half a minute had passed")
    COUNT = "count", _("A thousand events had come")
    CLOSE = "close", _("An item was closed")
    ASKED = "asked", _("Somebody asked for it")


class Checkpoint(models.Model):
    """The root over the first `size` events of the log, signed. `note` is what was signed.

    The other columns copy it, or can be told from it and the leaves. The database protects it as
    it protects events, and refuses one that does not grow or that reaches beyond the leaves.
    """

    size = models.BigIntegerField(unique=True)
    root = models.BinaryField(max_length=32)
    note = models.TextField()
    code = models.CharField(max_length=14, unique=True)
    """For paper: see docs/checkpoints.md."""
    frontier = models.BinaryField()
    """The roots of the full subtrees: what the next tree is grown from."""
    algorithm = models.CharField(max_length=8)
    sealed_at = models.DateTimeField()
    """To the second, as it was signed."""
    reason = models.CharField(max_length=8, choices=Reason.choices)

    class Meta:
        ordering: ClassVar = ["-size"]

    def __str__(self) -> str:
        return f"{self.code} over {self.size}"


class Owed(models.Model):
    """One effect owed: written with its cause, claimed by lease, paid once.

    After an event each handler owes one; a keyed effect (word to one person by one
    channel) is owed once by its key, with the event that caused it where there was one.
    """

    event = models.ForeignKey(Event, models.PROTECT, related_name="owed", null=True)
    handler = models.CharField(max_length=40)
    key = models.CharField(max_length=120, default="", db_default="")
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    paid_at = models.DateTimeField(null=True)
    parked_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["due_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["event", "handler"], condition=Q(key=""), name="an_effect_is_owed_once"
            ),
            models.UniqueConstraint(
                fields=["handler", "key"], condition=~Q(key=""), name="a_key_is_owed_once"
            ),
            models.CheckConstraint(
                condition=Q(event__isnull=False) | ~Q(key=""), name="what_is_owed_has_a_cause"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["due_at", "id"],
                condition=Q(paid_at__isnull=True, parked_at__isnull=True),
                name="owed_and_open",
            ),
            models.Index(
                fields=["parked_at"],
                condition=Q(paid_at__isnull=True, parked_at__isnull=False),
                name="owed_and_parked",
            ),
        ]

    def __str__(self) -> str:
        return (
            f"{self.handler} of {self.key}" if self.key else f"{self.handler} after {self.event_id}"
        )


class Pulse(models.Model):
    """When a part of the works last ran, so that a page can say that it stopped."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class JobState(models.TextChoices):
    QUEUED = "queued", _("Waiting for its turn")
    RUNNING = "running", _("Running")
    DONE = "done", _("Finished")
    FAILED = "failed", _("Stopped by a fault")
    CANCELLED = "cancelled", _("Cancelled by the one who asked")


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, actor: Actor) -> JobQuerySet:
        """A job is its asker's alone: its rows say what that person may see."""
        return self.filter(asked_by=actor.id)

    def open(self) -> JobQuerySet:
        return self.filter(state__in=(JobState.QUEUED, JobState.RUNNING))


class Job(Deliberate):
    """Work too long for one request: claimed by lease, done row by row, gone on with after a kill.

    It knows nothing of items: `kind` names the handler, `params` is the handler's own, and its
    outcomes are rows, so that a long job does not rewrite a growing text at every step.
    """

    kind = models.CharField(max_length=40)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="jobs")
    address = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=16)
    """In which the outcomes are worded: the asker's."""
    command = models.UUIDField()
    params = models.JSONField()
    state = models.CharField(max_length=12, choices=JobState.choices, default=JobState.QUEUED)
    total = models.PositiveIntegerField()
    done_count = models.PositiveIntegerField(default=0)
    """How many rows have their outcome; the next row is the one of this number."""
    attempts = models.PositiveSmallIntegerField(default=0)
    """How often it was begun since its last row."""
    fault = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    cancel_asked_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["asked_by", "command"], name="a_job_is_asked_once")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["lease_until", "id"],
                condition=Q(state__in=["queued", "running"]),
                name="job_to_run",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def ended(self) -> bool:
        return self.state not in {JobState.QUEUED, JobState.RUNNING}


class JobRow(models.Model):
    """What became of one row of a job; written once, with the count that says it was."""

    job = models.ForeignKey(Job, models.PROTECT, related_name="rows")
    no = models.PositiveIntegerField()
    ref = models.CharField(max_length=40)
    """What it is about, as events name their subjects: `item:12`."""
    label = models.CharField(max_length=600, blank=True)
    done = models.BooleanField()
    data = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["job_id", "no"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["job", "no"], name="a_row_has_one_outcome")
        ]

    def __str__(self) -> str:
        return f"{self.ref} of job {self.job_id}"
