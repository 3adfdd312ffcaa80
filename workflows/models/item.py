"""The item: the row that is the lock and the truth, and the machine that may move it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django_fsm import FSMField

from audit.chain import GENESIS, Head
from core.models import Deliberate, Section
from workflows import guards, machine, policy, wanted
from workflows import request_guards as asked
from workflows import request_policy as askers
from workflows.models.batch import Batch
from workflows.models.content import digest_of_content
from workflows.models.item_query import ItemQuerySet
from workflows.models.lists import INDEXES
from workflows.models.reading import demand_on
from workflows.models.round import Problem, Round
from workflows.states import RUNNING, Asking, Precision, Progress, State, Track

if TYPE_CHECKING:
    from datetime import date

    from workflows.models.measure import Gap
    from workflows.models.reading import Demand

verb, stays = machine.verb, machine.stays
OWED = [State.ASSIGNED, State.RECTIFYING]
UNDER_WAY = [*OWED, State.IN_REVIEW, State.VERIFYING, State.SUSPENDED]
PROVING = [State.RECTIFYING, State.IN_REVIEW, State.VERIFYING]
"""Where one more paper may be asked for."""
ASKED_OF = [*UNDER_WAY, State.CLOSED]
"""Where a request may wait for a decision."""


class Item(Deliberate):
    """A 具体问题 on the ledger. Moved only by workflows.actions; saved only by named fields."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="items")
    problem = models.ForeignKey(Problem, models.PROTECT, related_name="items")
    unit_path = models.CharField(max_length=255, db_index=True, editable=False)
    no = models.CharField(max_length=24)
    position = models.PositiveIntegerField()
    title = models.CharField(max_length=500)

    lead_section = models.ForeignKey(Section, models.PROTECT, null=True, related_name="items")
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="items"
    )
    assignee_text = models.CharField(max_length=120, blank=True)
    """Who the ledger names, while no account of that name is responsible."""

    track = models.CharField(max_length=12, choices=Track.choices, default=Track.DATED)
    ongoing = models.BooleanField(default=False)
    deadline_raw = models.CharField(max_length=120, blank=True)
    due = models.DateField(null=True)
    first_due = models.DateField(null=True, editable=False)
    """The date it was assigned with: whatever is extended later, this stays."""
    precision = models.CharField(max_length=8, choices=Precision.choices, blank=True)
    due_version = models.PositiveIntegerField(default=0)
    """Grows with each change of date, class or owner: reminders of the earlier one fall silent."""

    state = FSMField(default=State.DRAFT, choices=State.choices, protected=True)
    version = models.PositiveIntegerField(default=0)
    cycle = models.PositiveSmallIntegerField(default=1)
    progress = models.CharField(max_length=16, choices=Progress.choices, default=Progress.NOT_DONE)
    status_raw = models.CharField(max_length=120, blank=True)
    result = models.TextField(blank=True)
    effectiveness = models.TextField(blank=True)
    submission = models.ForeignKey("Submission", models.PROTECT, null=True, related_name="+")
    """The submission that is being decided, or was decided last, in this cycle."""
    request = models.ForeignKey("Request", models.PROTECT, null=True, related_name="+")
    """The request that waits for a decision; None once it has one."""
    suspended_until = models.DateField(null=True)
    """The last day of a suspension; the clock takes the item up again after it."""
    target = models.TextField(blank=True)
    """What the rectification is to reach (整改目标), as the ledger has it."""
    remark = models.TextField(blank=True)

    batch = models.ForeignKey(Batch, models.PROTECT, null=True, related_name="items")
    trail_seq = models.PositiveIntegerField(default=0)
    trail_head = models.BinaryField(max_length=32, default=GENESIS)

    objects = ItemQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["round_id", "position", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["round", "no"], name="an_item_number_is_used_once"),
            models.CheckConstraint(
                condition=Q(state__in=sorted(State)), name="a_state_the_machine_has"
            ),
        ]
        indexes = INDEXES

    def __str__(self) -> str:
        return f"{self.no} {self.title}"

    # The machine. One line a verb: from where, to where, who, and on what conditions.
    # fmt: off
    @verb(state, State.DRAFT, State.ASSIGNED, policy.office, guards.item_is_ready_to_assign)
    def assign(self) -> None: ...
    @verb(state, State.ASSIGNED, State.RECTIFYING, policy.assignee)
    def accept(self) -> None: ...
    @verb(state, State.RECTIFYING, State.RECTIFYING, policy.assignee)
    def record_progress(self) -> None: ...
    @verb(state, State.VERIFYING, State.IN_REVIEW, policy.assignee)
    @verb(state, State.RECTIFYING, State.RECTIFYING, policy.assignee)
    def attach(self) -> None: ...
    @verb(state, State.VERIFYING, State.IN_REVIEW, policy.assignee)
    @verb(state, State.RECTIFYING, State.RECTIFYING, policy.assignee)
    def relink(self) -> None: ...
    @verb(state, State.VERIFYING, State.IN_REVIEW, policy.assignee)
    @verb(state, State.RECTIFYING, State.RECTIFYING, policy.assignee)
    def withdraw_evidence(self) -> None: ...
    @verb(state, State.VERIFYING, State.IN_REVIEW, policy.assignee)
    @verb(state, State.RECTIFYING, State.RECTIFYING, policy.assignee)
    def replace_evidence(self) -> None: ...
    @stays(state, PROVING, policy.answerer)
    def ask_evidence(self) -> None: ...
    @verb(state, State.VERIFYING, State.IN_REVIEW, policy.assignee, wanted.evidence_is_asked_for)
    @stays(state, [State.RECTIFYING, State.IN_REVIEW], policy.assignee, wanted.evidence_is_asked_for)  # noqa: E501
    def supply_evidence(self) -> None: ...
    @stays(state, PROVING, policy.assignee, wanted.evidence_is_asked_for, guards.reason_is_written)
    def decline_evidence(self) -> None: ...
    @stays(state, PROVING, wanted.asker, wanted.evidence_is_asked_for)
    def spare_evidence(self) -> None: ...
    @verb(state, State.RECTIFYING, State.IN_REVIEW, policy.assignee, guards.every_measure_is_proven, guards.progress_is_claimed, guards.result_is_told, wanted.no_evidence_is_owed)  # noqa: E501
    def submit(self) -> None: ...
    @verb(state, State.IN_REVIEW, State.RECTIFYING, policy.submitter, guards.nobody_has_answered)
    def withdraw(self) -> None: ...
    @verb(state, State.IN_REVIEW, State.IN_REVIEW, policy.decider, guards.had_no_part_in_it, guards.every_measure_is_proven, guards.evidence_was_read, guards.nothing_is_found_wanting, wanted.no_evidence_is_owed, guards.flags_are_answered, guards.is_signed)  # noqa: E501
    @verb(state, State.VERIFYING, State.VERIFYING, policy.signer, guards.had_no_part_in_it, guards.evidence_was_read, guards.nothing_is_found_wanting, wanted.no_evidence_is_owed, guards.flags_are_answered, guards.is_signed)  # noqa: E501
    def endorse(self) -> None: ...
    @verb(state, State.IN_REVIEW, State.VERIFYING, policy.decider, guards.had_no_part_in_it, guards.every_measure_is_proven, guards.evidence_was_read, guards.nothing_is_found_wanting, wanted.no_evidence_is_owed, guards.flags_are_answered, guards.is_signed)  # noqa: E501
    def approve(self) -> None: ...
    @verb(state, State.IN_REVIEW, State.RECTIFYING, policy.decider, guards.had_no_part_in_it, guards.reason_is_written)  # noqa: E501
    @verb(state, State.VERIFYING, State.RECTIFYING, policy.decider, guards.had_no_part_in_it, guards.reason_is_written)  # noqa: E501
    def send_back(self) -> None: ...
    @verb(state, State.IN_REVIEW, State.IN_REVIEW, policy.decider, guards.had_no_part_in_it, guards.reason_is_written)  # noqa: E501
    @verb(state, State.VERIFYING, State.IN_REVIEW, policy.decider, guards.had_no_part_in_it, guards.reason_is_written)  # noqa: E501
    def step_back(self) -> None: ...
    @verb(state, State.IN_REVIEW, State.IN_REVIEW, policy.decider, guards.had_no_part_in_it, guards.reason_is_written)  # noqa: E501
    @verb(state, State.VERIFYING, State.VERIFYING, policy.decider, guards.had_no_part_in_it, guards.reason_is_written)  # noqa: E501
    def hand_over(self) -> None: ...
    @verb(state, State.IN_REVIEW, State.IN_REVIEW, policy.decider, guards.had_no_part_in_it)
    @verb(state, State.VERIFYING, State.VERIFYING, policy.decider, guards.had_no_part_in_it)
    def ask_help(self) -> None: ...
    @verb(state, State.IN_REVIEW, State.IN_REVIEW, policy.helper)
    @verb(state, State.VERIFYING, State.VERIFYING, policy.helper)
    def give_back(self) -> None: ...
    @verb(state, State.IN_REVIEW, State.IN_REVIEW, policy.decider, guards.had_no_part_in_it)
    @verb(state, State.VERIFYING, State.VERIFYING, policy.decider, guards.had_no_part_in_it)
    def add_signer(self) -> None: ...
    @verb(state, State.IN_REVIEW, State.IN_REVIEW, policy.adder)
    @verb(state, State.VERIFYING, State.VERIFYING, policy.adder)
    def drop_signer(self) -> None: ...
    @verb(state, State.IN_REVIEW, State.IN_REVIEW, policy.decider, guards.had_no_part_in_it)
    @verb(state, State.VERIFYING, State.VERIFYING, policy.decider, guards.had_no_part_in_it)
    def copy_to(self) -> None: ...
    @verb(state, State.IN_REVIEW, State.IN_REVIEW, policy.taker, guards.had_no_part_in_it)
    @verb(state, State.VERIFYING, State.VERIFYING, policy.taker, guards.had_no_part_in_it)
    def claim(self) -> None: ...
    @verb(state, State.IN_REVIEW, State.IN_REVIEW, policy.keeper)
    @verb(state, State.VERIFYING, State.VERIFYING, policy.keeper)
    def release(self) -> None: ...
    @verb(state, State.VERIFYING, State.CLOSED, policy.closer, guards.had_no_part_in_it, guards.result_is_told, guards.effectiveness_is_noted, guards.every_measure_is_proven, guards.approval_stands, guards.evidence_was_read, guards.nothing_is_found_wanting, wanted.no_evidence_is_owed, guards.flags_are_answered, guards.is_signed)  # noqa: E501
    def close(self) -> None: ...
    @verb(state, State.CLOSED, State.RECTIFYING, askers.granter(Asking.REOPEN), asked.had_no_part_in_the_request, guards.is_signed)  # noqa: E501
    def reopen(self) -> None: ...
    @verb(state, [State.ASSIGNED, State.RECTIFYING], State.ASSIGNED, policy.office_or_head, guards.new_person_is_another, guards.reason_is_written)  # noqa: E501
    def reassign(self) -> None: ...
    @verb(state, State.DRAFT, State.DRAFT, policy.office)
    @verb(state, State.ASSIGNED, State.ASSIGNED, policy.office, guards.reason_is_written)
    @verb(state, State.RECTIFYING, State.RECTIFYING, policy.office, guards.reason_is_written)
    @verb(state, State.VERIFYING, State.IN_REVIEW, policy.office, guards.reason_is_written)
    def amend(self) -> None: ...
    @stays(state, [State.DRAFT, *UNDER_WAY], policy.office, guards.reason_is_written)
    def change_leaders(self) -> None: ...
    @verb(state, State.VERIFYING, State.IN_REVIEW, policy.office, guards.reason_is_written)
    def back_to_leaders(self) -> None: ...
    @stays(state, ASKED_OF, policy.office, guards.reason_is_written)
    def give_step(self) -> None: ...
    @verb(state, [State.IN_REVIEW, State.VERIFYING], State.IN_REVIEW, policy.office, guards.reason_is_written)  # noqa: E501
    def move_to_current(self) -> None: ...
    @verb(state, State.VERIFYING, State.VERIFYING, policy.office)
    @verb(state, State.CLOSED, State.CLOSED, policy.office)
    def disclose(self) -> None: ...
    @verb(state, State.DRAFT, State.CANCELLED, policy.office, guards.reason_is_written)
    @verb(state, UNDER_WAY, State.CANCELLED, askers.granter(Asking.CANCEL), asked.had_no_part_in_the_request, guards.is_signed)  # noqa: E501
    def cancel(self) -> None: ...
    @verb(state, UNDER_WAY, State.CANCELLED, askers.granter(Asking.MERGE), asked.had_no_part_in_the_request, asked.other_item_goes_on, guards.is_signed)  # noqa: E501
    def merge(self) -> None: ...
    @stays(state, OWED, askers.rectifier, guards.reason_is_written, asked.no_request_is_open, asked.may_be_extended)  # noqa: E501
    def ask_extension(self) -> None: ...
    @stays(state, OWED, askers.granter(Asking.EXTEND), asked.had_no_part_in_the_request, asked.extension_still_fits, guards.is_signed)  # noqa: E501
    def extend(self) -> None: ...
    @stays(state, [State.RECTIFYING], askers.rectifier, guards.reason_is_written, asked.no_request_is_open)  # noqa: E501
    def ask_suspension(self) -> None: ...
    @verb(state, State.RECTIFYING, State.SUSPENDED, askers.granter(Asking.SUSPEND), asked.had_no_part_in_the_request, asked.pause_is_ahead, guards.is_signed)  # noqa: E501
    def suspend(self) -> None: ...
    @verb(state, State.SUSPENDED, State.RECTIFYING, policy.office | policy.clock, asked.reason_is_written_by_people)  # noqa: E501
    def wake(self) -> None: ...
    @stays(state, UNDER_WAY, policy.office, guards.reason_is_written, asked.no_request_is_open)
    def ask_cancel(self) -> None: ...
    @stays(state, UNDER_WAY, policy.office, guards.reason_is_written, asked.no_request_is_open)
    def ask_merge(self) -> None: ...
    @stays(state, [State.CLOSED], askers.office_or_inspection, guards.reason_is_written, guards.basis_is_given, asked.no_request_is_open)  # noqa: E501
    def ask_reopen(self) -> None: ...
    @stays(state, ASKED_OF, askers.asker, asked.nobody_has_answered_it)
    def take_back_request(self) -> None: ...
    @stays(state, ASKED_OF, askers.answerer, asked.had_no_part_in_the_request, guards.is_signed)
    def agree(self) -> None: ...
    @stays(state, ASKED_OF, askers.answerer, asked.had_no_part_in_the_request, guards.reason_is_written)  # noqa: E501
    def refuse(self) -> None: ...
    @stays(state, ASKED_OF, askers.answerer, asked.had_no_part_in_the_request, guards.reason_is_written)  # noqa: E501
    def hand_over_request(self) -> None: ...
    @stays(state, ASKED_OF, askers.answerer, asked.had_no_part_in_the_request)
    def ask_help_request(self) -> None: ...
    @stays(state, ASKED_OF, askers.helper)
    def give_back_request(self) -> None: ...
    @stays(state, ASKED_OF, askers.answerer, asked.had_no_part_in_the_request)
    def add_signer_request(self) -> None: ...
    @stays(state, ASKED_OF, askers.adder)
    def drop_signer_request(self) -> None: ...
    @stays(state, ASKED_OF, askers.answerer, asked.had_no_part_in_the_request)
    def copy_to_request(self) -> None: ...
    @stays(state, ASKED_OF, askers.taker, asked.had_no_part_in_the_request)
    def claim_request(self) -> None: ...
    @stays(state, ASKED_OF, askers.keeper)
    def release_request(self) -> None: ...
    # fmt: on

    @property
    def subject(self) -> str:
        """How events name this item."""
        return f"item:{self.pk}"

    @property
    def head(self) -> Head:
        return Head(subject=self.subject, seq=self.trail_seq, hash=bytes(self.trail_head))

    def gaps(self) -> list[Gap]:
        """Where its evidence is missing."""
        return self.measures.model.gaps_of(self.pk)

    def content_digest(self) -> str:
        """What an approval is an approval of: 64 hex digits over text, measures and evidence."""
        return digest_of_content(self)

    def demand_on(self, person_id: int) -> Demand:
        """What deciding on it demands of a person; asked once for each version of the item."""
        kept: dict[tuple[int, int], Demand] = self.__dict__.setdefault("_demands", {})
        key = (person_id, self.version)
        if key not in kept:
            kept[key] = demand_on(self.pk, person_id)
        return kept[key]

    def days_left(self, on: date | None = None) -> int | None:
        """Days to the deadline, negative past it; None without one, at rest or once ended."""
        if self.due is None or self.state not in RUNNING:
            return None
        return (self.due - (on or timezone.localdate())).days
