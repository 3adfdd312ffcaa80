"""What was found of each piece of evidence, and what became of each doubt, against the events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from audit.verify import Break, Walked
from core.actor import id_of
from workflows.models import Citation, Flag, Judgement
from workflows.models.flag import FlagState
from workflows.states import Worth

Place = tuple[str, int]
"""A chain and a number on it."""
_TURNS = {
    "flag.cleared": FlagState.CLEARED,
    "flag.reopened": FlagState.OPEN,
    "flag.sent_back": FlagState.SENT_BACK,
    "flag.came_back": FlagState.OPEN,
}


@dataclass(slots=True)
class Known:
    """What the rows say. What a chain explains is taken out; what is left nothing tells of."""

    findings: dict[Place, dict[int, tuple[Any, ...]]]
    """Under each event, by citation: who, for whom, worth and remark."""
    pieces: dict[str, dict[int, tuple[str, str, int | None]]]
    """On each item's chain, by citation: its name, what it was found to be, who withdrew it."""
    flags: dict[Place, Flag]
    """By the chain it stands on, and its key."""


def known() -> Known:
    findings: dict[Place, dict[int, tuple[Any, ...]]] = {}
    columns = ("submission__item", "seq", "citation", "person", "behind", "worth", "remark")
    for item, seq, citation, *said in Judgement.objects.told().values_list(*columns):
        findings.setdefault((f"item:{item}", seq), {})[citation] = tuple(said)
    pieces: dict[str, dict[int, tuple[str, str, int | None]]] = {}
    of_piece = ("item", "pk", "evidence__name", "judged", "withdrawn_by")
    for item, citation, *about in Citation.objects.values_list(*of_piece):
        pieces.setdefault(f"item:{item}", {})[citation] = tuple(about)
    flags = {(f"item:{flag.item_id}", flag.pk): flag for flag in Flag.objects.all()}
    return Known(findings, pieces, flags)


def unexplained(walked: Walked, rows: Known) -> Break | None:
    """The first thing on this chain that a row says otherwise."""
    return _findings(walked, rows) or _pieces(walked, rows) or _flags(walked, rows)


def _findings(walked: Walked, rows: Known) -> Break | None:
    for event in walked.events:
        told, data = event["data"].get("findings", ()), event["data"]
        kept = rows.findings.pop((walked.subject, event["seq"]), {})
        for one in told:
            by = (id_of(event["actor"]["id"]), id_of(data.get("behind_id")))
            said = (*by, one["worth"], one.get("remark", ""))
            if kept.pop(one["citation"], None) != said:
                text = _("What was found of the evidence “%(name)s” was changed or taken away.")
                return _break(walked, event, text % {"name": one["name"]})
        if kept:
            return _break(walked, event, _("More was found of the evidence than was told."))
    return None


def _pieces(walked: Walked, rows: Known) -> Break | None:
    """What the last decision found of each piece, and who withdrew it."""
    found: dict[int, tuple[str, int]] = {}
    ended: dict[int, tuple[int | None, int]] = {}
    for event in walked.events:
        data, seq = event["data"], event["seq"]
        found |= {one["citation"]: (one["worth"], seq) for one in data.get("findings", ())}
        if (piece := _withdrawn(event)) is not None:
            ended[piece] = (id_of(event["actor"]["id"]), seq)
    for citation, (name, judged, withdrawn_by) in rows.pieces.get(walked.subject, {}).items():
        worth, at = found.get(citation, ("", walked.head.seq))
        who, when = ended.get(citation, (None, walked.head.seq))
        if judged != worth:
            text = _("The row of “%(name)s” says “%(row)s”; the last decision found “%(told)s”.")
            told = {"name": name, "row": _worth(judged), "told": _worth(worth)}
            return Break(subject=walked.subject, seq=at, text=text % told)
        if withdrawn_by != who:
            text = _("Whether “%(name)s” stands is not what the events say.")
            return Break(subject=walked.subject, seq=when, text=text % {"name": name})
    return None


def _withdrawn(event: dict[str, Any]) -> int | None:
    """The citation that an event ended."""
    data: dict[str, Any] = event["data"]
    match event["name"]:
        case "item.evidence_withdrawn":
            return int(data["citation"])
        case "item.evidence_replaced":
            return int(data["before"]["citation"])
        case "item.evidence_relinked":
            return int(data["earlier"])
        case _:
            return None


def _flags(walked: Walked, rows: Known) -> Break | None:
    """Each doubt as its events leave it, against its row."""
    told: dict[int, dict[str, Any]] = {}
    last: dict[int, dict[str, Any]] = {}
    for event in walked.events:
        if event["name"].startswith("flag."):
            flag = event["data"]["flag"]
            last[flag] = event
            told.setdefault(flag, {}).update(_turn(event))
    for key, says in told.items():
        row = rows.flags.pop((walked.subject, key), None)
        if row is None:
            text = _("Doubt no. %(n)s was taken away.") % {"n": key}
            return _break(walked, last[key], text)
        is_said = _row(row)
        wrong = next((field for field, value in says.items() if is_said[field] != value), None)
        if wrong is not None:
            text = _("Doubt no. %(n)s: its row says “%(row)s”, its events lead to “%(told)s”.")
            about = {"n": key, "row": _shown(is_said[wrong]), "told": _shown(says[wrong])}
            return _break(walked, last[key], text % about)
    return None


def _turn(event: dict[str, Any]) -> dict[str, Any]:
    """What an event says of a doubt from then on."""
    name, data = event["name"], event["data"]
    if name == "flag.raised":
        first = {"rule": data["rule"], "citation": data.get("citation"), "state": FlagState.OPEN}
        marked = {"mark": data["mark"]} if "mark" in data else {}
        return {**first, "reason": "", "by": "", "over": False, **marked}
    if name == "flag.over":
        return {"over": True}
    decided = {"reason": data["reason"], "by": event["actor"]["id"]} if "reason" in data else {}
    return {"state": _TURNS[name], **decided}


def _row(flag: Flag) -> dict[str, Any]:
    return {
        "rule": flag.rule,
        "citation": flag.citation_id,
        "state": flag.state,
        "reason": flag.reason,
        "by": f"person:{flag.decided_by_id}" if flag.decided_by_id else "",
        "over": flag.over_at is not None,
        "mark": flag.mark,
    }


def untold(rows: Known, *, broken: set[str]) -> list[Break]:
    """What no event tells of, once a chain; but for chains that are broken anyhow."""
    text, doubt = (
        _("No event tells of what was found here."),
        _("No event tells of doubt no. %(n)s."),
    )
    left = {subject: Break(subject=subject, seq=seq, text=text) for subject, seq in rows.findings}
    for subject, key in rows.flags:
        left.setdefault(subject, Break(subject=subject, seq=0, text=doubt % {"n": key}))
    return [one for subject, one in left.items() if subject not in broken]


def _break(walked: Walked, event: dict[str, Any], text: str) -> Break:
    return Break(subject=walked.subject, seq=event["seq"], text=text)


def _worth(value: str) -> str:
    return str(Worth(value).label) if value in Worth.values else value or "—"


def _shown(value: object) -> str:
    return str(FlagState(value).label) if value in FlagState.values else str(value or "—")[:80]
