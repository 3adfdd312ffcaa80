"""The whole record against the whole ledger: chains, states, and the bytes of the evidence."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext as _

from audit import log_verify, verify
from audit.log_verify import Log
from audit.verify import Break, Walked
from workflows import (
    answer_verification,
    file_verification,
    finding_verification,
    plan_verification,
    wanted_verification,
)
from workflows.models import Citation, Exhibit, Item, Signature, SignedAct
from workflows.models.exhibit import digest_of_exhibits
from workflows.states import State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

_ROWS = (finding_verification, wanted_verification, answer_verification, plan_verification)
"""Each holds one kind of row against the chains: what it knows, what is told otherwise or not."""
Acts = dict[tuple[str, int], int]
"""(chain, seq) -> the signature that stands under the act told there."""


@dataclass(slots=True)
class Findings:
    """What was walked, and the first break of each chain that has one."""

    chains: int = 0
    events: int = 0
    items: int = 0
    evidence: int = 0
    log: Log = field(default_factory=Log)
    outside: Path | None = None
    breaks: list[Break] = field(default_factory=list)

    @property
    def unchecked(self) -> list[str]:
        """What this walk did not look at, in sentences."""
        left = []
        if self.log.unplaced:
            left.append(_("%(n)s events wait for the next seal.") % {"n": self.log.unplaced})
        if self.outside is None:
            left.append(
                _("No copy outside was compared: name its folder in the settings, or by --outside.")
            )
            left.append(
                _("Without one, a record cut off or written anew with its keys looks whole.")
            )
        if settings.OUTSIDE_MAIL or settings.CALLOUTS["outside"]["url"]:
            left.append(_("Letters and receivers outside were not compared: do so by hand."))
        return left

    def as_dict(self) -> dict[str, Any]:
        return {
            "ok": not self.breaks,
            "chains": self.chains,
            "events": self.events,
            "items": self.items,
            "evidence": self.evidence,
            "places": self.log.places,
            "checkpoints": self.log.checkpoints,
            "sealed": self.log.sealed,
            "copies": self.log.copies,
            "unchecked": self.unchecked,
            "breaks": [{"subject": b.subject, "seq": b.seq, "text": b.text} for b in self.breaks],
        }


def verify_all(outside: Path | None = None, still: Callable[[], None] = lambda: None) -> Findings:
    """Walk everything. Read-only; takes a consistent view only when nothing writes meanwhile.

    `still` is called with each chain and each file: it takes long where there are many.
    """
    found = Findings(outside=outside)
    digests: dict[str, tuple[str, int, str]] = {}
    seen: set[str] = set()
    items = Item.objects.in_bulk()
    rows: list[tuple[Any, Any]] = [(kind, kind.known()) for kind in _ROWS]
    citations = {c.pk: c for c in Citation.objects.select_related("evidence", "item")}
    signatures = Signature.objects.in_bulk()
    exhibits = _exhibits()
    destroyed: set[str] = set()
    acts = _signed_acts()
    for walked in verify.chains():
        still()
        found.chains += 1
        found.events += len(walked.events)
        seen.add(walked.subject)
        broken = walked.broken
        if walked.subject.startswith("item:"):
            item = items.get(int(walked.subject.partition(":")[2]))
            broken = broken or _unexplained(walked, item)
            broken = broken or _cited(walked, citations, digests)
            broken = broken or _decided(walked, exhibits)
            destroyed |= _told_destroyed(walked)
        broken = broken or _signed(walked, signatures, acts, digests)
        for kind, known in rows:
            broken = broken or kind.unexplained(walked, known)
        if broken:
            found.breaks.append(broken)
    found.items = len(items)
    found.breaks += [
        Break(subject=i.subject, seq=0, text=_("The item has no events at all."))
        for i in items.values()
        if i.subject not in seen
    ]
    broken_chains = {b.subject for b in found.breaks}
    found.breaks += _unsigned(acts, but=broken_chains)
    found.breaks += _uncited(c for c in citations.values() if c.item.subject not in broken_chains)
    for kind, known in rows:
        found.breaks += kind.untold(known, broken=broken_chains)
    found.breaks += file_verification.damaged(digests, destroyed, still)
    found.evidence = len(digests)
    found.log = log_verify.walk(outside)
    found.breaks += found.log.breaks
    return found


def _unexplained(walked: Walked, item: Item | None) -> Break | None:
    """Replay the events: they must lead to the state, version and head of the item's row."""
    state: str | None = None
    version = 0
    for event in walked.events:
        data = event["data"]
        if "to" not in data:
            continue
        if data["from"] != state:
            text = _("The event starts from “%(from)s”, but the item stood at “%(state)s”.")
            told: dict[str, object] = {"from": _word(data["from"]), "state": _word(state)}
            return Break(subject=walked.subject, seq=event["seq"], text=text % told)
        state, version = data["to"], data["version"]
    if item is None:
        return _rowless(walked)
    if (item.state, item.version) != (state, version):
        text = _("The item's row says “%(row)s”, version %(row_version)s; its events lead to"
                 " “%(state)s”, version %(version)s.")  # fmt: skip
        told = {
            "row": _word(item.state),
            "row_version": item.version,
            "state": _word(state),
            "version": version,
        }
        return Break(subject=walked.subject, seq=walked.head.seq, text=text % told)
    if item.head != walked.head:
        text = _("The item's row knows of %(row)s events, the chain has %(chain)s.")
        told = {"row": item.trail_seq, "chain": walked.head.seq}
        return Break(subject=walked.subject, seq=walked.head.seq, text=text % told)
    return None


def _rowless(walked: Walked) -> Break | None:
    if walked.events and walked.events[-1]["name"] == "item.unloaded":
        return None
    text = _("The item is gone, and no event says why.")
    return Break(subject=walked.subject, seq=walked.head.seq, text=text)


def _cited(
    walked: Walked, citations: dict[int, Citation], digests: dict[str, tuple[str, int, str]]
) -> Break | None:
    """Take the citations this chain explains out of `citations`, and note their digests."""
    for event in walked.events:
        for file in _files(event):
            digests.setdefault(file["digest"], (walked.subject, event["seq"], file["name"]))
            citation = citations.pop(file["citation"], None)
            if citation is None or citation.evidence.digest != file["digest"]:
                text = _("The evidence “%(name)s” was exchanged or taken away.")
                told = {"name": file["name"]}
                return Break(subject=walked.subject, seq=event["seq"], text=text % told)
    return None


_WITH_FILES = frozenset({"item.evidence_attached", "item.evidence_supplied"})


def _files(event: dict[str, Any]) -> list[dict[str, Any]]:
    """The citations an event made, each with its name and digest."""
    data: dict[str, Any] = event["data"]
    if event["name"] in {"item.evidence_replaced", "item.evidence_relinked"}:
        return [data]
    return list(data["files"]) if event["name"] in _WITH_FILES else []


def _exhibits() -> dict[tuple[str, int], list[tuple[int, str]]]:
    """What each submission was decided on: (item, its number) -> citations with their digests."""
    found: dict[tuple[str, int], list[tuple[int, str]]] = {}
    columns = ("submission__item_id", "submission__no", "citation_id", "digest")
    for item, no, citation, digest in Exhibit.objects.values_list(*columns).iterator():
        found.setdefault((f"item:{item}", no), []).append((citation, digest))
    return found


def _decided(
    walked: Walked, exhibits: dict[tuple[str, int], list[tuple[int, str]]]
) -> Break | None:
    """What a decision stood on is still what its event said; older events do not say it."""
    for event in walked.events:
        told = event["data"].get("exhibits")
        if told is None:
            continue
        no = event["data"]["no"]
        if told != digest_of_exhibits(exhibits.get((walked.subject, no), [])):
            text = _("What submission no. %(no)s was decided on was changed.")
            return Break(subject=walked.subject, seq=event["seq"], text=text % {"no": no})
    return None


def _signed(
    walked: Walked,
    signatures: dict[int, Signature],
    acts: Acts,
    digests: dict[str, tuple[str, int, str]],
) -> Break | None:
    """Each signature still is what the event of its act said, and stands under just these acts."""
    for event in walked.events:
        told = event["data"].get("signature")
        if event["name"] == "round.demands_set" or told is None:
            continue
        kept = signatures.get(told["id"])
        under = acts.pop((walked.subject, event["seq"]), None)
        if kept is None or told != kept.told() or under != kept.pk:
            text = _("The signature of “%(name)s” was changed or taken away.")
            return Break(
                subject=walked.subject, seq=event["seq"], text=text % {"name": told["name"]}
            )
        if told["picture"]:
            digests.setdefault(told["picture"], (walked.subject, event["seq"], told["name"]))
    return None


def _signed_acts() -> Acts:
    rows = SignedAct.objects.select_related("item", "plan__round")
    return {(act.subject, act.seq): act.signature_id for act in rows}


def _unsigned(acts: Acts, *, but: set[str]) -> list[Break]:
    """What rows say was signed, and no event does: one break a chain."""
    first = {subject: seq for subject, seq in sorted(acts, reverse=True) if subject not in but}
    text = _("A signature stands under an act that no event tells of.")
    return [Break(subject=subject, seq=seq, text=text) for subject, seq in first.items()]


def _uncited(citations: Iterable[Citation]) -> list[Break]:
    """One break an item, however many of its citations no event tells of."""
    first = {c.item.subject: c for c in sorted(citations, key=lambda c: -c.pk)}
    text = _("No event tells of the evidence “%(name)s”.")
    return [
        Break(subject=subject, seq=0, text=text % {"name": citation.evidence.name})
        for subject, citation in first.items()
    ]


def _told_destroyed(walked: Walked) -> set[str]:
    """What two people had destroyed, by the word of the record."""
    return {
        file["digest"]
        for event in walked.events
        if event["name"] == "item.evidence_destroyed"
        for file in event["data"]["files"]
    }


def _word(state: str | None) -> str:
    return str(State(state).label) if state in State.values else "—"
