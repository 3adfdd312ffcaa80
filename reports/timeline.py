"""An item's history in words: one line an act, what it was about beneath, noise folded away."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from reports import evidence_words, flag_words, letter_words, request_words
from reports.lasting import ends
from workflows.models.disclosure import Audience, Ground
from workflows.states import VERBS, Asking, Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from workflows.queries import Entry

REFUSED, VIEWED, SENT = "item.refused", "evidence.viewed", "evidence.downloaded"
_NOISE = frozenset({REFUSED, VIEWED, SENT})


@dataclass(frozen=True, slots=True)
class Act:
    """An entry of the history, and what it was about in sentences."""

    entry: Entry
    about: tuple[str, ...]
    seal: str = ""
    """At the last act of a day: the code of the first seal over it."""
    times: int = 1
    """How often the same person did this with the same paper; the entry is the last time."""


@dataclass(slots=True)
class Timeline:
    acts: list[Act] = field(default_factory=list)
    refused: list[Act] = field(default_factory=list)
    """Attempts that were refused: kept, but not the story."""
    signed: list[tuple[Act, bool]] = field(default_factory=list)
    """Decisions that somebody signed, the oldest first, and whether each still counts."""
    sent: list[Act] = field(default_factory=list)
    """Who looked at which evidence or took it out, each once however often."""

    @property
    def handed_out(self) -> int:
        return sum(act.times for act in self.sent)


def ends_of_days(history: list[Entry]) -> list[int]:
    """The numbers of the last act of each day, of those that are told."""
    last: dict[date, int] = {}
    for entry in history:  # the newest first
        if entry.name not in _NOISE:
            last.setdefault(timezone.localdate(entry.at), entry.seq)
    return list(last.values())


def told(history: list[Entry], seals: Mapping[int, str] = MappingProxyType({})) -> Timeline:
    """`seals` are the codes by the number of the act that each is shown at."""
    timeline = Timeline()
    lists = {REFUSED: timeline.refused, VIEWED: timeline.sent, SENT: timeline.sent}
    for entry in history:
        about = _ABOUT.get(entry.name, _nothing)(entry.data)
        about = [*about, _under(entry.data), request_words.lapsed(entry.data)]
        lists.get(entry.name, timeline.acts).append(
            Act(entry, tuple(a for a in about if a), seals.get(entry.seq, ""))
        )
    timeline.signed = _signed(timeline.acts)
    timeline.sent = _each_once(timeline.sent)
    return timeline


def _each_once(acts: list[Act]) -> list[Act]:
    """A review opens every picture of an item each time: hundreds of lines would say one thing."""
    found: dict[tuple[str, ...], Act] = {}
    for act in acts:
        entry = act.entry
        key = (entry.name, entry.actor, str(entry.who), entry.data.get("digest", ""))
        last = found.get(key)
        found[key] = replace(last, times=last.times + 1) if last else act
    return list(found.values())


def _signed(acts: list[Act]) -> list[tuple[Act, bool]]:
    found: list[tuple[Act, bool]] = []
    for act in reversed(acts):
        found = [(one, counts and not ends(act.entry, one.entry.data)) for one, counts in found]
        if "signature" in act.entry.data:
            found.append((act, True))
    return found


def _nothing(_data: dict[str, Any]) -> list[str]:
    return []


def _assigned(data: dict[str, Any]) -> list[str]:
    if data.get("before"):
        return [
            _("from %(before)s to %(after)s")
            % {"before": data["before"], "after": data["assignee"]}
        ]
    return [_("to %(name)s") % {"name": data.get("assignee", "")}]


def _destroyed(data: dict[str, Any]) -> list[str]:
    return [
        _(", ").join(file["name"] for file in data["files"]),
        _("on the basis of: %(basis)s") % data,
        _("proposed by %(name)s") % {"name": data["proposed_by"]},
    ]


def _progressed(data: dict[str, Any]) -> list[str]:
    numbers = _(", ").join(str(row["no"]) for row in data.get("measures", ()))
    return [
        _("progress: %(words)s") % {"words": Progress(data["progress"]).label},
        _("account of measure %(numbers)s") % {"numbers": numbers} if numbers else "",
    ]


def _submitted(data: dict[str, Any]) -> list[str]:
    return [_("submission no. %(no)s") % {"no": data.get("no", "")}]


def _handed(data: dict[str, Any]) -> list[str]:
    if data.get("before"):
        return [
            _("from %(before)s to %(after)s")
            % {"before": data["before"], "after": data.get("person", "")}
        ]
    return [_("to %(name)s") % {"name": data.get("person", "")}]


def _asked(data: dict[str, Any]) -> list[str]:
    return [_("to %(name)s") % {"name": data.get("person", "")}, data.get("question", "")]


def _copied(data: dict[str, Any]) -> list[str]:
    return [_("to %(name)s") % {"name": _(", ").join(data.get("people", ()))}]


def _named(data: dict[str, Any]) -> list[str]:
    return [data.get("person", "")]


def _answered_for(data: dict[str, Any]) -> list[str]:
    """A deputy's act is told with the name of whom they stood in for."""
    behind = data.get("behind", "")
    return [
        _("for %(name)s") % {"name": behind} if behind else "",
        read_words(data),
        _unread(data),
        evidence_words.voided(data),
    ]


def _under(data: dict[str, Any]) -> str:
    signed = data.get("signature")
    return _("signed: %(name)s") % {"name": signed["name"]} if signed else ""


def read_words(data: dict[str, Any]) -> str:
    """How much of the evidence whoever agreed had opened when they did."""
    if not data.get("cited"):
        return ""
    return _("%(read)s of %(cited)s read") % {"read": data["read"], "cited": data["cited"]}


def _unread(data: dict[str, Any]) -> str:
    names = _(", ").join(piece["name"] for piece in data.get("unread", ()))
    return _("not read: %(names)s") % {"names": names} if names else ""


def _reopened(data: dict[str, Any]) -> list[str]:
    return [
        _("cycle %(no)s") % {"no": data.get("cycle", "")},
        _("on the basis of: %(basis)s") % {"basis": data.get("basis", "")},
    ]


def _amended(data: dict[str, Any]) -> list[str]:
    changes = data.get("changes", {})
    about = []
    if "title" in changes:
        about.append(_("title: %(before)s → %(after)s") % _pair(changes["title"]))
    if "deadline" in changes:
        before, after = changes["deadline"]
        about.append(_("deadline: %(before)s → %(after)s") % _pair([before[0], after[0]]))
    if "target" in changes:
        about.append(_("target: %(before)s → %(after)s") % _pair(changes["target"]))
    if "remark" in changes:
        about.append(_("remark: %(before)s → %(after)s") % _pair(changes["remark"]))
    if "lead_section" in changes:
        about.append(_("lead section: %(before)s → %(after)s") % _pair(changes["lead_section"]))
    about += [_("measure: %(before)s → %(after)s") % _pair(m) for m in changes.get("measures", ())]
    return [*about, evidence_words.voided(data)]


def _disclosed(data: dict[str, Any]) -> list[str]:
    return [_answered(answer) for answer in data.get("answers", ())]


def _answered(answer: dict[str, str]) -> str:
    audience = Audience(answer["audience"]).label
    if answer["ground"]:
        told = {"audience": audience, "ground": Ground(answer["ground"]).label}
        return _("%(audience)s: withheld, %(ground)s") % told
    return _("%(audience)s: %(text)s") % {"audience": audience, "text": answer["text"]}


def _pair(change: list[Any]) -> dict[str, str]:
    before, after = change
    return {"before": str(before) or "—", "after": str(after) or "—"}


def _urged(data: dict[str, Any]) -> list[str]:
    kind = str(Asking(data["kind"]).label) if "kind" in data else ""
    return [*_copied(data), kind]


def _relead(data: dict[str, Any]) -> list[str]:
    before, after = (_(", ").join(data[key]) or "—" for key in ("before", "leaders"))
    anew = data.get("request", {})
    return [
        _("from %(before)s to %(after)s") % {"before": before, "after": after},
        evidence_words.voided(data),
        evidence_words.voided(anew),
    ]


def _tried(data: dict[str, Any]) -> list[str]:
    verb = data.get("verb", "")
    return [str(VERBS[verb].button) if verb in VERBS else ""]


def _handed_out(data: dict[str, Any]) -> list[str]:
    return [data.get("name", "")]


_ABOUT: dict[str, Callable[[dict[str, Any]], list[str]]] = {
    "item.assigned": _assigned,
    "item.reassigned": _assigned,
    "item.evidence_destroyed": _destroyed,
    "item.progress_recorded": _progressed,
    "item.submitted": _submitted,
    "item.endorsed": _answered_for,
    "item.approved": _answered_for,
    "item.returned": _answered_for,
    "item.closed": _answered_for,
    "item.stepped_back": _answered_for,
    "item.copy_read": _answered_for,
    "item.route_changed": _answered_for,
    "item.handed_over": _handed,
    "item.help_asked": _asked,
    "item.signer_added": _named,
    "item.signer_dropped": _named,
    "item.copied": _copied,
    **evidence_words.ABOUT,
    **request_words.ABOUT,
    "item.reopened": _reopened,
    "item.request_handed_over": _handed,
    "item.request_help_asked": _asked,
    "item.request_signer_added": _named,
    "item.request_signer_dropped": _named,
    "item.request_copied": _copied,
    "item.step_given": _handed,
    "item.leaders_changed": _relead,
    "item.back_to_leaders": _relead,
    "item.amended": _amended,
    "item.disclosed": _disclosed,
    **letter_words.ABOUT,
    "item.urged": _urged,
    **flag_words.ABOUT,
    REFUSED: _tried,
    VIEWED: _handed_out,
    SENT: _handed_out,
}
