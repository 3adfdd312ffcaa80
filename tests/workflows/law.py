"""The law of an item's life, typed out by hand so that it can disagree with the machine."""

from __future__ import annotations

from workflows.states import State

D, A, R, I, V, S, C, X = (  # noqa: E741 -- columns of a table
    State.DRAFT,
    State.ASSIGNED,
    State.RECTIFYING,
    State.IN_REVIEW,
    State.VERIFYING,
    State.SUSPENDED,
    State.CLOSED,
    State.CANCELLED,
)
OFFICE = frozenset({"office", "second member of the office", "office above"})
HEAD = frozenset({"head of the lead section"})
ASSIGNEE = frozenset({"assignee"})
INSPECTION = frozenset({"inspection office above"})
# Only after somebody was added, asked for help, took the step on, or asked for something:
# the scene has none of it.
NOBODY = frozenset[str]()

# What one does with a step of a request, beside answering it.
ON_ITS_STEP = (
    "hand_over_request",
    "ask_help_request",
    "give_back_request",
    "add_signer_request",
    "drop_signer_request",
    "copy_to_request",
    "claim_request",
    "release_request",
)

# (from, verb): (to, who may). Whatever is not here, nobody may.
LAW: dict[tuple[str, str], tuple[str, frozenset[str]]] = {
    (D, "assign"): (A, OFFICE),
    (D, "amend"): (D, OFFICE),
    (D, "cancel"): (X, OFFICE),
    (A, "accept"): (R, ASSIGNEE),
    (A, "reassign"): (A, OFFICE | HEAD),
    (A, "amend"): (A, OFFICE),
    (R, "record_progress"): (R, ASSIGNEE),
    (R, "attach"): (R, ASSIGNEE),
    (R, "relink"): (R, ASSIGNEE),
    (R, "withdraw_evidence"): (R, ASSIGNEE),
    (R, "replace_evidence"): (R, ASSIGNEE),
    (R, "ask_evidence"): (R, OFFICE),
    (I, "ask_evidence"): (I, OFFICE | HEAD),
    (V, "ask_evidence"): (V, OFFICE),
    (R, "supply_evidence"): (R, ASSIGNEE),
    (I, "supply_evidence"): (I, ASSIGNEE),
    (V, "supply_evidence"): (I, ASSIGNEE),
    **{(at, "decline_evidence"): (at, ASSIGNEE) for at in (R, I, V)},
    **{(at, "spare_evidence"): (at, OFFICE) for at in (R, I, V)},
    (R, "submit"): (I, ASSIGNEE),
    (R, "reassign"): (A, OFFICE | HEAD),
    (R, "amend"): (R, OFFICE),
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
    (V, "attach"): (I, ASSIGNEE),
    (V, "relink"): (I, ASSIGNEE),
    (V, "withdraw_evidence"): (I, ASSIGNEE),
    (V, "replace_evidence"): (I, ASSIGNEE),
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
    (C, "disclose"): (C, OFFICE),
    (C, "reopen"): (R, NOBODY),
    (C, "ask_reopen"): (C, OFFICE | INSPECTION),
    (A, "ask_extension"): (A, ASSIGNEE | HEAD | OFFICE),
    (R, "ask_extension"): (R, ASSIGNEE | HEAD | OFFICE),
    (A, "extend"): (A, NOBODY),
    (R, "extend"): (R, NOBODY),
    (R, "ask_suspension"): (R, ASSIGNEE | HEAD | OFFICE),
    (R, "suspend"): (S, NOBODY),
    (S, "wake"): (R, OFFICE),
    (A, "ask_cancel"): (A, OFFICE),
    (R, "ask_cancel"): (R, OFFICE),
    (I, "ask_cancel"): (I, OFFICE),
    (V, "ask_cancel"): (V, OFFICE),
    (S, "ask_cancel"): (S, OFFICE),
    (A, "cancel"): (X, NOBODY),
    (R, "cancel"): (X, NOBODY),
    (I, "cancel"): (X, NOBODY),
    (V, "cancel"): (X, NOBODY),
    (S, "cancel"): (X, NOBODY),
    (A, "ask_merge"): (A, OFFICE),
    (R, "ask_merge"): (R, OFFICE),
    (I, "ask_merge"): (I, OFFICE),
    (V, "ask_merge"): (V, OFFICE),
    (S, "ask_merge"): (S, OFFICE),
    (A, "merge"): (X, NOBODY),
    (R, "merge"): (X, NOBODY),
    (I, "merge"): (X, NOBODY),
    (V, "merge"): (X, NOBODY),
    (S, "merge"): (X, NOBODY),
    (A, "take_back_request"): (A, NOBODY),
    (R, "take_back_request"): (R, NOBODY),
    (I, "take_back_request"): (I, NOBODY),
    (V, "take_back_request"): (V, NOBODY),
    (S, "take_back_request"): (S, NOBODY),
    (C, "take_back_request"): (C, NOBODY),
    (A, "agree"): (A, NOBODY),
    (R, "agree"): (R, NOBODY),
    (I, "agree"): (I, NOBODY),
    (V, "agree"): (V, NOBODY),
    (S, "agree"): (S, NOBODY),
    (C, "agree"): (C, NOBODY),
    (A, "refuse"): (A, NOBODY),
    (R, "refuse"): (R, NOBODY),
    (I, "refuse"): (I, NOBODY),
    (V, "refuse"): (V, NOBODY),
    (S, "refuse"): (S, NOBODY),
    (C, "refuse"): (C, NOBODY),
    **{(at, verb): (at, NOBODY) for at in (A, R, I, V, S, C) for verb in ON_ITS_STEP},
    **{(at, "give_step"): (at, OFFICE) for at in (A, R, I, V, S, C)},
    **{(at, "change_leaders"): (at, OFFICE) for at in (D, A, R, I, V, S)},
    (V, "back_to_leaders"): (I, OFFICE),
}
# Nobody does these by themselves: they happen with the last agreement to a request.
GRANTS = {"extend", "suspend", "cancel", "merge", "reopen"}
ON_WHAT_IS_ASKED = ("supply_evidence", "decline_evidence", "spare_evidence")
# Theirs, but not now: the short route has no step before its first, and is the round's already;
# every step has somebody; no further evidence is asked for.
LACKING = {(I, "step_back"): "unmet"} | dict.fromkeys(
    [
        *((I, "move_to_current"), (V, "move_to_current")),
        *((at, "give_step") for at in State),
        *((at, verb) for at in (R, I, V) for verb in ON_WHAT_IS_ASKED),
    ],
    "not-now",
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
    "give_step",
}
# What one asks, and what one does with what was asked.
OF_REQUESTS = {
    "ask_extension",
    "ask_suspension",
    "ask_cancel",
    "ask_merge",
    "ask_reopen",
    "take_back_request",
    "agree",
    "refuse",
    *ON_ITS_STEP,
}
# Played with routes, in route_life.py, and with requests, in petition_life.py.
NOT_PLAYED_SHORT = (
    OF_THE_ROUTE
    | {"ask_evidence", *ON_WHAT_IS_ASKED}
    | {"move_to_current", "change_leaders", "back_to_leaders"}
    | OF_REQUESTS
    | {"extend", "suspend", "merge", "wake"}
)
EVENT = {
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
    "give_step": "item.step_given",
    "change_leaders": "item.leaders_changed",
    "back_to_leaders": "item.back_to_leaders",
    "extend": "item.extended",
    "suspend": "item.suspended",
    "merge": "item.merged",
    "wake": "item.woken",
}
# The step of the review route that waits for somebody, state by state.
WAITS_AT = {I: "step", V: "office"}
