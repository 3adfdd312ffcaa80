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
# Only after somebody was added, asked for help, or took the step on: the scene has none of it.
NOBODY = frozenset[str]()

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
    (I, "endorse"): (I, HEAD),
    (I, "approve"): (V, HEAD),
    (I, "send_back"): (R, HEAD),
    (I, "step_back"): (I, HEAD),
    (I, "hand_over"): (I, HEAD),
    (I, "ask_help"): (I, HEAD),
    (I, "give_back"): (I, NOBODY),
    (I, "add_signer"): (I, HEAD),
    (I, "drop_signer"): (I, NOBODY),
    (I, "copy_to"): (I, HEAD),
    (I, "claim"): (I, HEAD),
    (I, "release"): (I, NOBODY),
    (I, "move_to_current"): (I, OFFICE),
    (I, "cancel"): (X, OFFICE),
    (V, "attach"): (I, ASSIGNEE),
    (V, "withdraw_evidence"): (I, ASSIGNEE),
    (V, "amend"): (I, OFFICE),
    (V, "send_back"): (R, OFFICE),
    (V, "endorse"): (V, NOBODY),
    (V, "step_back"): (I, OFFICE),
    (V, "hand_over"): (V, OFFICE),
    (V, "ask_help"): (V, OFFICE),
    (V, "give_back"): (V, NOBODY),
    (V, "add_signer"): (V, OFFICE),
    (V, "drop_signer"): (V, NOBODY),
    (V, "copy_to"): (V, OFFICE),
    (V, "claim"): (V, OFFICE),
    (V, "release"): (V, NOBODY),
    (V, "move_to_current"): (I, OFFICE),
    (V, "close"): (C, OFFICE),
    (V, "disclose"): (V, OFFICE),
    (V, "cancel"): (X, OFFICE),
    (C, "disclose"): (C, OFFICE),
    (C, "reopen"): (R, OFFICE),
}
# Theirs, but not now: the short route has no step before its first, and is the round's already.
LACKING = {(I, "step_back"): "unmet"} | dict.fromkeys(
    [(I, "move_to_current"), (V, "move_to_current")], "not-now"
)
# What one does with a step of the route; the rest moves the item from state to state.
OF_THE_ROUTE = {
    "endorse",
    "step_back",
    "hand_over",
    "ask_help",
    "give_back",
    "add_signer",
    "drop_signer",
    "copy_to",
    "claim",
    "release",
}
# Played with routes, in route_life.py.
NOT_PLAYED_SHORT = OF_THE_ROUTE | {"move_to_current"}
EVENT = {
    "assign": "item.assigned",
    "accept": "item.accepted",
    "record_progress": "item.progress_recorded",
    "attach": "item.evidence_attached",
    "withdraw_evidence": "item.evidence_withdrawn",
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
    "disclose": "item.disclosed",
    "cancel": "item.cancelled",
}
# The step of the review route that waits for somebody, state by state.
WAITS_AT = {I: "step", V: "office"}
