"""Answers to steps, and how submissions and requests ended by them, against the item's events."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import F
from django.utils.translation import gettext as _

from audit.verify import Break
from core.actor import id_of
from workflows.models import Duty, Request, Submission
from workflows.states import EVENTS, Asking, Ending, Outcome, of_request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audit.verify import Walked


class Answer(NamedTuple):
    """Who said what to a step; to the whole submission or request where `step` is None."""

    on: str
    no: int
    step: int | None
    outcome: str
    by: int | None
    behind: int | None
    words: str


Rows = dict[str, Counter[Answer]]
"""By chain, what rows say; an answer may stand twice, where a step was returned to."""

_REQUEST, _SUBMISSION = "request", "submission"
_APPROVED = "approved"
"""In place of an outcome: who approved last what was then closed."""
_TOLD = {
    "endorse": (_SUBMISSION, "approve", "opinion"),
    "approve": (_SUBMISSION, "approve", "opinion"),
    "send_back": (_SUBMISSION, "send_back", "reason"),
    "step_back": (_SUBMISSION, "step_back", "reason"),
    "close": (_SUBMISSION, "close", "effectiveness"),
    "give_back": (_SUBMISSION, "give_back", "opinion"),
    of_request("give_back"): (_REQUEST, "give_back", "opinion"),
    "agree": (_REQUEST, "approve", "opinion"),
    "refuse": (_REQUEST, "refuse", "reason"),
    **{str(kind): (_REQUEST, "approve", "opinion") for kind in Asking},
}
_ANSWERS = {EVENTS[verb]: how for verb, how in _TOLD.items()}
"""Event -> on what it answers, how the row calls the answer, under which key the words stand."""
_ENDS = {
    EVENTS["send_back"]: Outcome.RETURNED,
    EVENTS["close"]: Outcome.CLOSED,
    EVENTS["refuse"]: Ending.REFUSED,
    **{EVENTS[str(kind)]: Ending.GRANTED for kind in Asking},
}


def known() -> Rows:
    """Every answer that a row tells of; that a copy was read is none."""
    found: Rows = {}
    for item, *said in _given():
        found.setdefault(f"item:{item}", Counter())[Answer(*said)] += 1
    return found


def _given() -> Iterator[tuple[Any, ...]]:
    said = ("position", "outcome", "decided_by", "behind", "opinion")
    answered = Duty.objects.exclude(decided_by=None).exclude(outcome="read")
    for item, submission, request, *rest in answered.values_list(
        "item", "submission__no", "request__no", *said
    ).iterator():
        on = _SUBMISSION if request is None else _REQUEST
        yield (item, on, submission if request is None else request, *rest)
    closed = Submission.objects.filter(outcome=Outcome.CLOSED)
    approved = ("approved_by", "approved_behind", "opinion")
    for item, no, *rest in closed.values_list("item", "no", *approved):
        yield (item, _SUBMISSION, no, None, _APPROVED, *rest)
    ended = ("item", "no", "outcome", "decided_by", "decided_behind")
    for matters, on, words in (
        (Submission.objects, _SUBMISSION, F("requirement")),
        (Request.objects, _REQUEST, F("opinion")),
    ):
        for item, no, *rest in matters.exclude(decided_by=None).values_list(*ended, words):
            yield (item, on, no, None, *rest)


def unexplained(walked: Walked, rows: Rows) -> Break | None:
    """Take what this chain explains out of `rows`; a Break where a row says otherwise."""
    left = rows.pop(walked.subject, Counter())
    for seq, answer in _told(walked):
        if not left[answer]:
            text = _("What was answered here is not what the rows of the review say.")
            return Break(subject=walked.subject, seq=seq, text=text)
        left[answer] -= 1
    if left.total():
        return _untold(walked.subject, walked.head.seq)
    return None


def _told(walked: Walked) -> Iterator[tuple[int, Answer]]:
    """Each answer to a step, how it ended the whole, and who had approved what was closed."""
    approval: Answer | None = None
    for event in walked.events:
        answer, seq = _answer(event), event["seq"]
        if answer is None:
            continue
        yield seq, answer
        end = _ENDS.get(event["name"])
        if end is not None:
            said = "" if end == Outcome.CLOSED else answer.words
            yield seq, answer._replace(step=None, outcome=str(end), words=said)
        if end == Outcome.CLOSED and approval is not None:
            yield seq, approval._replace(step=None, outcome=_APPROVED)
        if (answer.on, answer.outcome) == (_SUBMISSION, "approve"):
            approval = answer


def _answer(event: dict[str, Any]) -> Answer | None:
    data = event["data"]
    if event["name"] not in _ANSWERS or "step" not in data:
        return None
    on, outcome, words = _ANSWERS[event["name"]]
    by, behind = id_of(event["actor"]["id"]), id_of(data.get("behind_id"))
    return Answer(on, data["no"], data["step"], outcome, by, behind, data[words])


def untold(rows: Rows, *, broken: set[str]) -> list[Break]:
    """What rows answer on chains that were not walked."""
    return [_untold(subject, 0) for subject in sorted(rows) if subject not in broken]


def _untold(subject: str, seq: int) -> Break:
    return Break(subject=subject, seq=seq, text=_("No event tells of an answer that a row holds."))
