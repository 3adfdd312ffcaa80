"""Papers that were asked for, as their rows have them, against what the events of the item say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from audit.verify import Break
from workflows.models import Citation, EvidenceRequest
from workflows.states import EVENTS, Owing

if TYPE_CHECKING:
    from audit.verify import Walked

Told = dict[str, Any]
Rows = dict[tuple[str, int], Told]
"""(chain, number of the request) -> what its row says."""

_KEPT = ("evidence_request", "measure", "criterion", "text", "due", "behind_id")
"""Names of people are not compared: they may change theirs."""
_ENDS = {
    EVENTS["supply_evidence"]: Owing.GIVEN,
    EVENTS["decline_evidence"]: Owing.DECLINED,
    EVENTS["spare_evidence"]: Owing.SPARED,
}


def known() -> Rows:
    """Every row, in the words of events."""
    given: dict[int, list[int]] = {}
    answers = Citation.objects.exclude(answers=None).order_by("pk")
    for request, citation in answers.values_list("answers", "pk"):
        given.setdefault(request, []).append(citation)
    related = ("item", "measure", "criterion", "asked_behind")
    rows = EvidenceRequest.objects.select_related(*related)
    return {
        (row.item.subject, row.no): {
            **{key: said for key, said in row.told().items() if key in _KEPT},
            "asked_by": f"person:{row.asked_by_id}",
            "state": row.state,
            "reason": row.reason,
            "by": given.get(row.pk, []),
            "ended_by": f"person:{row.ended_by_id}" if row.ended_by_id else "",
        }
        for row in rows
    }


def unexplained(walked: Walked, rows: Rows) -> Break | None:
    """Take what this chain explains out of `rows`; a Break where a row says otherwise."""
    for no, (seq, told) in _replayed(walked).items():
        if rows.pop((walked.subject, no), None) != told:
            text = _("What was asked for under no. %(no)s is not what its events say.")
            return Break(subject=walked.subject, seq=seq, text=text % {"no": no})
    return None


def _replayed(walked: Walked) -> dict[int, tuple[int, Told]]:
    """Number -> the last event that told of it, and what its row must say after it."""
    found: dict[int, tuple[int, Told]] = {}
    for event in walked.events:
        data, seq, actor = event["data"], event["seq"], event["actor"]["id"]
        if event["name"] == EVENTS["ask_evidence"]:
            found[data["evidence_request"]] = (seq, _asked(data, actor))
        elif event["name"] in _ENDS:
            no = data["evidence_request"]
            ended = {"state": _ENDS[event["name"]], "ended_by": actor}
            ended |= {"reason": data.get("reason", ""), "by": sorted(data.get("by", []))}
            found[no] = (seq, {**found.get(no, (0, {}))[1], **ended})
        for no in data.get("evidence_lapses", ()):
            lapsed = {"state": Owing.LAPSED, "ended_by": actor}
            found[no] = (seq, {**found.get(no, (0, {}))[1], **lapsed})
    return found


def _asked(data: Told, actor: str) -> Told:
    told = {key: data[key] for key in _KEPT if key in data}
    open_ = {"state": Owing.OPEN, "reason": "", "by": [], "ended_by": ""}
    return {**told, "asked_by": actor, **open_}


def untold(rows: Rows, *, broken: set[str]) -> list[Break]:
    """What rows ask for, and no event does: one break a chain."""
    first = {subject: no for subject, no in sorted(rows, reverse=True) if subject not in broken}
    text = _("No event tells of what was asked for under no. %(no)s.")
    return [Break(subject=subject, seq=0, text=text % {"no": no}) for subject, no in first.items()]
