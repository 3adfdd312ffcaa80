"""The states of an item, the verbs between them, and the words for both. All stored: literals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import Promise


class State(TextChoices):
    DRAFT = "draft", _("Draft")
    ASSIGNED = "assigned", _("Assigned")
    RECTIFYING = "rectifying", _("Rectifying")
    IN_REVIEW = "in_review", _("In review")
    VERIFYING = "verifying", _("Awaiting close-out")
    SUSPENDED = "suspended", _("Suspended")
    CLOSED = "closed", _("Closed")
    CANCELLED = "cancelled", _("Cancelled")


ENDED = frozenset({State.CLOSED, State.CANCELLED})
OPEN = frozenset(State) - ENDED
UNDER_REVIEW = frozenset({State.IN_REVIEW, State.VERIFYING})
# A suspended item waits for a day of its own: until then it is not late.
RUNNING = OPEN - {State.SUSPENDED}


class Progress(TextChoices):
    """What the staff says; `closed` is what the office decided, and another field."""

    NOT_DONE = "not_done", _("Not done")
    BASICALLY_DONE = "basically_done", _("Basically done")
    DONE = "done", _("Done")


class Ink(TextChoices):
    """How a round has its decisions signed."""

    NONE = "none", _("No signature")
    TYPED = "typed", _("Typed name and password")
    DRAWN = "drawn", _("Typed name, password and drawn signature")


class Watermark(TextChoices):
    """Where a round has the reader's name put across evidence."""

    NONE = "none", _("No watermark")
    VIEW = "view", _("On the pages shown here")
    COPIES = "copies", _("On the pages shown here and on every copy handed out")


class Track(TextChoices):
    """The class of a deadline."""

    IMMEDIATE = "immediate", _("At once")
    DATED = "dated", _("By a date")
    ONGOING = "ongoing", _("Ongoing")


class Precision(TextChoices):
    DAY = "day", _("day")
    MONTH = "month", _("month")
    QUARTER = "quarter", _("quarter")
    HALF = "half", _("half-year")
    YEAR = "year", _("year")


class Outcome(TextChoices):
    """How a submission ended."""

    OPEN = "open", _("Waiting for a decision")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    RETURNED = "returned", _("Returned")
    CLOSED = "closed", _("Closed")
    CANCELLED = "cancelled", _("Cancelled")


class Asking(TextChoices):
    """What a request asks for; stored as the verb that grants it."""

    EXTEND = "extend", _("Extension")
    SUSPEND = "suspend", _("Suspension")
    CANCEL = "cancel", _("Cancellation")
    MERGE = "merge", _("Merger")
    REOPEN = "reopen", _("Reopening")


class Ground(TextChoices):
    """Why more time is asked for."""

    POLICY = "policy", _("Policies or rules were changed")
    FUNDS = "funds", _("Funds are not in place")
    OTHER_UNIT = "other_unit", _("Depends on another unit's part")
    FORCE_MAJEURE = "force_majeure", _("Force of nature")
    WORKS = "works", _("Building works take longer")
    OTHER = "other", _("Another reason")


class Owing(TextChoices):
    """How it stands with one more paper that was asked for."""

    OPEN = "open", _("owed")
    GIVEN = "given", _("handed in")
    DECLINED = "declined", _("there is none")
    SPARED = "spared", _("no longer wanted")
    LAPSED = "lapsed", _("lapsed with the item")


class Worth(TextChoices):
    """What a reviewer finds of one piece of evidence for what it is to prove."""

    ACCEPTED = "accepted", _("Accepted")
    NOT_ENOUGH = "not_enough", _("Not enough")
    WRONG = "wrong", _("Does not correspond")


class Ending(TextChoices):
    """How a request ended."""

    OPEN = "open", _("Waiting for a decision")
    GRANTED = "granted", _("Granted")
    REFUSED = "refused", _("Refused")
    TAKEN_BACK = "taken_back", _("Taken back")
    LAPSED = "lapsed", _("Lapsed")


class DutyKind(TextChoices):
    STEP = "step", _("Step of the route")
    HELP = "help", _("Help, which goes back to who asked")
    BEFORE = "before", _("Added signer, before")
    AFTER = "after", _("Added signer, after")
    COPY = "copy", _("Copy to read")


class Standing(TextChoices):
    OPEN = "open", _("Waiting")
    HELD = "held", _("Held up by another")
    DONE = "done", _("Answered")
    VOID = "void", _("No longer needed")


@dataclass(frozen=True, slots=True)
class Words:
    """How a verb is shown: on its button, and in the timeline after the person's name."""

    button: Promise
    told: Promise


VERBS: dict[str, Words] = {
    "assign": Words(_("Assign"), _("assigned the item")),
    "accept": Words(_("Sign for receipt"), _("signed for receipt")),
    "record_progress": Words(_("Save progress"), _("recorded progress")),
    "attach": Words(_("Add evidence"), _("handed in evidence")),
    "relink": Words(_("Change what it proves"), _("changed what evidence proves")),
    "withdraw_evidence": Words(_("Withdraw evidence"), _("withdrew evidence")),
    "replace_evidence": Words(_("Replace evidence"), _("replaced evidence")),
    "ask_evidence": Words(_("Ask for one more paper"), _("asked for one more paper")),
    "supply_evidence": Words(_("Hand in what was asked for"), _("handed in what was asked for")),
    "decline_evidence": Words(
        _("There is no such paper"), _("answered that there is no such paper")
    ),
    "spare_evidence": Words(_("No longer wanted"), _("no longer wants the paper")),
    "submit": Words(_("Submit for review"), _("submitted for review")),
    "withdraw": Words(_("Withdraw submission"), _("withdrew the submission")),
    "endorse": Words(_("Approve"), _("approved, others follow")),
    "approve": Words(_("Approve"), _("approved")),
    "step_back": Words(_("Return to an earlier step"), _("returned it to an earlier step")),
    "hand_over": Words(_("Hand over"), _("handed the step over")),
    "ask_help": Words(_("Ask for help"), _("asked for help")),
    "give_back": Words(_("Give back"), _("helped and gave it back")),
    "add_signer": Words(_("Add a signer"), _("added a signer")),
    "drop_signer": Words(_("Take the signer back"), _("took an added signer back")),
    "copy_to": Words(_("Send a copy"), _("sent a copy")),
    "claim": Words(_("Claim"), _("claimed the step")),
    "release": Words(_("Give the claim back"), _("gave the claim back to the group")),
    "move_to_current": Words(
        _("Move to the present route"), _("moved it to the present route of the round")
    ),
    "send_back": Words(_("Return"), _("returned the item")),
    "close": Words(_("Close out"), _("closed out the item")),
    "reopen": Words(_("Reopen"), _("reopened the item")),
    "reassign": Words(_("Reassign"), _("reassigned the item")),
    "amend": Words(_("Amend"), _("amended the item")),
    "change_leaders": Words(
        _("Change the responsible leaders"), _("changed the responsible leaders")
    ),
    "back_to_leaders": Words(
        _("Change the responsible leaders"),
        _("changed the responsible leaders, who are asked anew"),
    ),
    "give_step": Words(_("Give the step to"), _("gave away a step nobody could answer")),
    "disclose": Words(_("Decide on disclosure"), _("decided on disclosure")),
    "cancel": Words(_("Cancel item"), _("cancelled the item")),
    "ask_extension": Words(_("Ask for an extension"), _("asked for an extension")),
    "ask_suspension": Words(_("Ask for a suspension"), _("asked for a suspension")),
    "ask_cancel": Words(_("Ask for cancellation"), _("asked to cancel the item")),
    "ask_merge": Words(_("Ask for a merger"), _("asked to merge the item into another")),
    "ask_reopen": Words(_("Ask for reopening"), _("asked to reopen the item")),
    "take_back_request": Words(_("Take the request back"), _("took the request back")),
    "agree": Words(_("Agree"), _("agreed to the request, others follow")),
    "refuse": Words(_("Refuse"), _("refused the request")),
    "hand_over_request": Words(_("Hand over"), _("handed the request over")),
    "ask_help_request": Words(_("Ask for help"), _("asked for help with the request")),
    "give_back_request": Words(_("Give back"), _("helped with the request and gave it back")),
    "add_signer_request": Words(_("Add a signer"), _("added a signer to the request")),
    "drop_signer_request": Words(
        _("Take the signer back"), _("took an added signer of the request back")
    ),
    "copy_to_request": Words(_("Send a copy"), _("sent a copy of the request")),
    "claim_request": Words(_("Claim"), _("claimed the request")),
    "release_request": Words(
        _("Give the claim back"), _("gave the claim of the request back to the group")
    ),
    "extend": Words(_("Grant the extension"), _("extended the deadline")),
    "suspend": Words(_("Grant the suspension"), _("suspended the item")),
    "merge": Words(_("Grant the merger"), _("merged the item into another")),
    "wake": Words(_("Take up again"), _("took the item up again")),
}
EVENTS: dict[str, str] = {
    "assign": "item.assigned",
    "accept": "item.accepted",
    "record_progress": "item.progress_recorded",
    "attach": "item.evidence_attached",
    "relink": "item.evidence_relinked",
    "withdraw_evidence": "item.evidence_withdrawn",
    "replace_evidence": "item.evidence_replaced",
    "ask_evidence": "item.evidence_asked",
    "supply_evidence": "item.evidence_supplied",
    "decline_evidence": "item.evidence_declined",
    "spare_evidence": "item.evidence_spared",
    "submit": "item.submitted",
    "withdraw": "item.withdrawn",
    "endorse": "item.endorsed",
    "approve": "item.approved",
    "step_back": "item.stepped_back",
    "hand_over": "item.handed_over",
    "ask_help": "item.help_asked",
    "give_back": "item.given_back",
    "add_signer": "item.signer_added",
    "drop_signer": "item.signer_dropped",
    "copy_to": "item.copied",
    "claim": "item.claimed",
    "release": "item.released",
    "move_to_current": "item.route_changed",
    "send_back": "item.returned",
    "close": "item.closed",
    "reopen": "item.reopened",
    "reassign": "item.reassigned",
    "amend": "item.amended",
    "change_leaders": "item.leaders_changed",
    "back_to_leaders": "item.back_to_leaders",
    "give_step": "item.step_given",
    "disclose": "item.disclosed",
    "cancel": "item.cancelled",
    "ask_extension": "item.extension_asked",
    "ask_suspension": "item.suspension_asked",
    "ask_cancel": "item.cancellation_asked",
    "ask_merge": "item.merger_asked",
    "ask_reopen": "item.reopening_asked",
    "take_back_request": "item.request_taken_back",
    "agree": "item.request_agreed",
    "refuse": "item.request_refused",
    "hand_over_request": "item.request_handed_over",
    "ask_help_request": "item.request_help_asked",
    "give_back_request": "item.request_given_back",
    "add_signer_request": "item.request_signer_added",
    "drop_signer_request": "item.request_signer_dropped",
    "copy_to_request": "item.request_copied",
    "claim_request": "item.request_claimed",
    "release_request": "item.request_released",
    "extend": "item.extended",
    "suspend": "item.suspended",
    "merge": "item.merged",
    "wake": "item.woken",
}
ON_A_STEP = (
    *("hand_over", "ask_help", "give_back", "add_signer", "drop_signer"),
    *("copy_to", "claim", "release"),
)
"""What one may do with a step beside answering it; `of_request` names the same of a request's."""


def of_request(verb: str) -> str:
    return f"{verb}_request"


# These say why in writing; the office reads the reason years later.
SHORTEST_REASON = 10
