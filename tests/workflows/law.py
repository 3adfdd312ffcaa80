"""The law of an item's life, typed out by hand so that it can disagree with the machine."""

from __future__ import annotations

from workflows.states import State

D, A, R, I, V, C, X = (  # noqa: E741 -- columns of a table
    State.DRAFT,
    State.ASSIGNED,
    State.RECTIFYING,
    State.IN_REVIEW,
    State.VERIFYING,
    State.CLOSED,
    State.CANCELLED,
)
OFFICE = frozenset({"office", "second member of the office", "office above"})
HEAD = frozenset({"head of the lead section"})
ASSIGNEE = frozenset({"assignee"})

# (from, verb): (to, who may). Whatever is not here, nobody may.
LAW: dict[tuple[str, str], tuple[str, frozenset[str]]] = {
    (D, "assign"): (A, OFFICE),
    (D, "amend"): (D, OFFICE),
    (D, "cancel"): (X, OFFICE),
    (A, "accept"): (R, ASSIGNEE),
    (A, "reassign"): (A, OFFICE | HEAD),
    (A, "amend"): (A, OFFICE),
    (A, "cancel"): (X, OFFICE),
    (R, "record_progress"): (R, ASSIGNEE),
    (R, "attach"): (R, ASSIGNEE),
    (R, "withdraw_evidence"): (R, ASSIGNEE),
    (R, "submit"): (I, ASSIGNEE),
    (R, "reassign"): (A, OFFICE | HEAD),
    (R, "amend"): (R, OFFICE),
    (R, "cancel"): (X, OFFICE),
    (I, "withdraw"): (R, ASSIGNEE),  # who submitted it: an item in review is not reassigned
    (I, "approve"): (V, HEAD),
    (I, "send_back"): (R, HEAD),
    (I, "cancel"): (X, OFFICE),
    (V, "attach"): (I, ASSIGNEE),
    (V, "withdraw_evidence"): (I, ASSIGNEE),
    (V, "amend"): (I, OFFICE),
    (V, "send_back"): (R, OFFICE),
    (V, "close"): (C, OFFICE),
    (V, "disclose"): (V, OFFICE),
    (V, "cancel"): (X, OFFICE),
    (C, "disclose"): (C, OFFICE),
    (C, "reopen"): (R, OFFICE),
}
EVENT = {
    "assign": "item.assigned",
    "accept": "item.accepted",
    "record_progress": "item.progress_recorded",
    "attach": "item.evidence_attached",
    "withdraw_evidence": "item.evidence_withdrawn",
    "submit": "item.submitted",
    "withdraw": "item.withdrawn",
    "approve": "item.approved",
    "send_back": "item.returned",
    "close": "item.closed",
    "reopen": "item.reopened",
    "reassign": "item.reassigned",
    "amend": "item.amended",
    "disclose": "item.disclosed",
    "cancel": "item.cancelled",
}
# The step of the review route that waits for somebody, state by state.
WAITS_AT = {I: "head", V: "office"}
