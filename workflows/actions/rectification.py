"""What the responsible staff does: progress, evidence, submit, withdraw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from core import fitting
from core.refusals import NotFound, Unmet
from evidence import intake
from workflows import flows, routing
from workflows.actions import granting, passage
from workflows.actions.step import Command, Done, submission_of, take
from workflows.models import Citation, Item, Measure, Submission
from workflows.states import SHORTEST_REASON, Asking, Outcome, Progress

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from decimal import Decimal

    from core.actor import Actor
    from evidence.intake import Received


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureAccount:
    """What the staff writes about one measure; `no_evidence_reason` stands in for evidence."""

    measure_id: int
    account: str = ""
    no_evidence_reason: str = ""
    rule_made: str = ""
    loss_recovered: Decimal | int = 0
    people_held: int = 0
    similar_cases: str = ""
    campaign: bool = False


_ACCOUNT = (
    "account",
    "no_evidence_reason",
    "rule_made",
    "loss_recovered",
    "people_held",
    "similar_cases",
    "campaign",
)


def record_progress(
    item_id: int,
    *,
    actor: Actor,
    command: Command,
    progress: str,
    result: str,
    accounts: Sequence[MeasureAccount] = (),
) -> Item:
    """Save how far the rectification is; may be done as often as one likes."""

    def work(item: Item) -> Done:
        if progress not in Progress.values:
            raise Unmet(
                _("There is no such progress."),
                then=_("Choose not done, basically done or done."),
                holes=[("result", _("the progress"))],
            )
        item.progress, item.result = progress, result.strip()
        told = [_tell(item, account) for account in accounts]
        data = {
            "progress": item.progress,
            "result": item.result,
            "measures": [one for one in told if one],
        }
        return Done({"progress", "result"}, data)

    said = {"progress": progress, "result": result, "accounts": tuple(accounts)}
    return take(item_id, "record_progress", actor=actor, command=command, said=said, work=work)


def _tell(item: Item, account: MeasureAccount) -> dict[str, Any] | None:
    """Write one measure's account; returns what changed of it, for the event."""
    measure = _measure_of(item, account.measure_id)
    changed = {
        name: getattr(account, name)
        for name in _ACCOUNT
        if getattr(measure, name) != getattr(account, name)
    }
    if not changed:
        return None
    for name, value in changed.items():
        setattr(measure, name, value)
    fitting.insist(measure, *changed)
    measure.save(update_fields=list(changed))
    plain = {k: v if isinstance(v, (str, bool, int)) else str(v) for k, v in changed.items()}
    return {"no": measure.position, **plain}


def attach(
    item_id: int,
    *,
    actor: Actor,
    command: Command,
    measure_id: int,
    files: Sequence[Received],
    claim: str = "",
    pages: str = "",
    formed_on: date | None = None,
) -> Item:
    """Cite files, whose bytes are kept already (`evidence.intake.receive`), for one measure."""

    def work(item: Item) -> Done:
        if not files:
            raise Unmet(_("No file was chosen."), then=_("Choose at least one file."))
        measure = _measure_of(item, measure_id)
        told = []
        for file in files:
            evidence = intake.enter(file, actor=actor, formed_on=formed_on)
            intake.insist_on_clean(evidence)
            citation = Citation(
                item=item,
                measure=measure,
                evidence=evidence,
                claim=claim.strip(),
                pages=pages.strip(),
                cited_by_id=actor.person_id,
                cited_at=evidence.received_at,
            )
            fitting.insist(citation, "claim", "pages")
            citation.save()
            told.append({"citation": citation.pk, "name": file.name, "digest": file.digest})
        return Done(data={"measure": measure.position, "files": told, "claim": claim.strip()})

    said = {
        "measure_id": measure_id,
        "files": tuple(files),
        "claim": claim,
        "pages": pages,
        "formed_on": formed_on,
    }
    return take(item_id, "attach", actor=actor, command=command, said=said, work=work)


def withdraw_evidence(
    item_id: int, *, actor: Actor, command: Command, citation_id: int, reason: str = ""
) -> Item:
    """Take a citation back. It stays on record; once submitted the reason is required."""

    def work(item: Item) -> Done:
        citation = _standing(item, citation_id)
        _take_back(citation, actor, reason)
        told = {"measure": citation.measure.position, **_told_of(citation)}
        return Done(data={**told, "reason": reason.strip()})

    said = {"citation_id": citation_id, "reason": reason}
    return take(item_id, "withdraw_evidence", actor=actor, command=command, said=said, work=work)


def replace_evidence(
    item_id: int,
    *,
    actor: Actor,
    command: Command,
    citation_id: int,
    file: Received,
    reason: str = "",
    formed_on: date | None = None,
) -> Item:
    """A newer file in the place of one that stands; the older one stays as its earlier version.

    What it proves and on which pages is taken over: who wants to say that anew withdraws and hands
    in. Once submitted the reason is required, as for withdrawing.
    """

    def work(item: Item) -> Done:
        old = _standing(item, citation_id)
        if old.evidence.digest == file.digest:
            raise Unmet(
                _("“%(name)s” is the very file that stands there.") % {"name": file.name},
                state=item.get_state_display(),
                then=_("Choose the newer file."),
            )
        evidence = intake.enter(file, actor=actor, formed_on=formed_on)
        intake.insist_on_clean(evidence)
        _take_back(old, actor, reason)
        new = Citation(
            item=item,
            measure=old.measure,
            evidence=evidence,
            claim=old.claim,
            pages=old.pages,
            cited_by_id=actor.person_id,
            cited_at=evidence.received_at,
            replaces=old,
        )
        new.save()
        told = {"measure": old.measure.position, **_told_of(new), "before": _told_of(old)}
        return Done(data={**told, "reason": reason.strip()})

    said = {"citation_id": citation_id, "file": file, "reason": reason, "formed_on": formed_on}
    return take(item_id, "replace_evidence", actor=actor, command=command, said=said, work=work)


def _standing(item: Item, citation_id: int) -> Citation:
    citation = item.citations.standing().filter(pk=citation_id).first()
    if citation is None:
        raise NotFound(_("This evidence is not there, or was withdrawn already."))
    return citation


def _take_back(citation: Citation, actor: Actor, reason: str) -> None:
    """It stays on record, with who took it back and why."""
    _insist_on_reason(citation, reason)
    citation.withdrawn_by_id = actor.id
    citation.withdrawn_at = timezone.now()
    citation.withdrawn_reason = reason.strip()
    fitting.insist(citation, "withdrawn_reason")
    citation.save(update_fields=["withdrawn_by", "withdrawn_at", "withdrawn_reason"])


def _told_of(citation: Citation) -> dict[str, Any]:
    evidence = citation.evidence
    return {"citation": citation.pk, "name": evidence.name, "digest": evidence.digest}


def _insist_on_reason(citation: Citation, reason: str) -> None:
    item = citation.item
    submitted = item.submissions.filter(submitted_at__gte=citation.cited_at).exists()
    if submitted and len(reason.strip()) < SHORTEST_REASON:
        raise Unmet(
            _(
                "This evidence was submitted:"
                " withdrawing or replacing it needs a reason of %(n)s characters."
            )
            % {"n": SHORTEST_REASON},
            state=item.get_state_display(),
            then=_("Write why it no longer stands."),
            holes=[("reason", _("the reason"))],
        )


def submit(item_id: int, *, actor: Actor, command: Command) -> Item:
    """Hand the rectification in for review; its content is locked until it comes back."""

    def work(item: Item) -> Done:
        first = flows.begin()
        submission = Submission(
            item=item,
            cycle=item.cycle,
            no=item.submissions.count() + 1,
            process=first.process,
            route=routing.present_route(item.round),
            digest=item.content_digest(),
            submitted_by_id=actor.person_id,
            submitted_at=timezone.now(),
        )
        submission.position = routing.first_position(submission)
        submission.save()
        passage.begin(submission, first)
        item.submission = submission
        told = {"no": submission.no, "cycle": item.cycle, "digest": submission.digest}
        done = Done({"submission"}, told)
        granting.lapse(item, {Asking.EXTEND, Asking.SUSPEND}, actor=actor, done=done)
        return done

    return take(item_id, "submit", actor=actor, command=command, work=work)


def withdraw(item_id: int, *, actor: Actor, command: Command) -> Item:
    """Take a submission back before anybody has acted on it."""

    def work(item: Item) -> Done:
        submission = submission_of(item)
        passage.end(None, submission, "withdraw", actor=actor)
        submission.outcome, submission.decided_at = Outcome.WITHDRAWN, timezone.now()
        submission.save(update_fields=["outcome", "decided_at"])
        return Done(data={"no": submission.no})

    return take(item_id, "withdraw", actor=actor, command=command, work=work)


def _measure_of(item: Item, measure_id: int) -> Measure:
    measure = item.measures.filter(pk=measure_id).first()
    if measure is None:
        raise NotFound(_("This item has no such measure."))
    return measure
