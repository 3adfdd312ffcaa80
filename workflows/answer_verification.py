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
    for event in walked.events:
        for answer in _told(event):
            if not left[answer]:
                text = _("What was answered here is not what the rows of the review say.")
                return Break(subject=walked.subject, seq=event["seq"], text=text)
            left[answer] -= 1
    if left.total():
        return _untold(walked.subject, walked.head.seq)
    return None


def _told(event: dict[str, Any]) -> Iterator[Answer]:
    """The answer to a step, and to the whole where it ended by it."""
    data = event["data"]
    if event["name"] not in _ANSWERS or "step" not in data:
        return
    on, outcome, words = _ANSWERS[event["name"]]
    by, behind = id_of(event["actor"]["id"]), id_of(data.get("behind_id"))
    answer = Answer(on, data["no"], data["step"], outcome, by, behind, data[words])
    yield answer
    if (end := _ENDS.get(event["name"])) is not None:
        said = "" if end == Outcome.CLOSED else answer.words
        yield answer._replace(step=None, outcome=str(end), words=said)


def untold(rows: Rows, *, broken: set[str]) -> list[Break]:
    """What rows answer on chains that were not walked."""
    return [_untold(subject, 0) for subject in sorted(rows) if subject not in broken]


def _untold(subject: str, seq: int) -> Break:
    return Break(subject=subject, seq=seq, text=_("No event tells of an answer that a row holds."))
