"""Evidence for an item: handed in, cited again, linked otherwise, replaced, withdrawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from core import fitting
from core.refusals import NotFound, Unmet
from evidence import intake
from workflows.actions import linking
from workflows.actions.linking import Link
from workflows.actions.step import Command, Done, take
from workflows.states import SHORTEST_REASON

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from core.actor import Actor
    from evidence.intake import Received
    from workflows.models import Citation, Item


def attach(
    item_id: int,
    *,
    actor: Actor,
    command: Command,
    measure_id: int,
    criterion_id: int | None = None,
    files: Sequence[Received] = (),
    again: Sequence[int] = (),
    claim: str = "",
    pages: str = "",
    formed_on: date | None = None,
) -> Item:
    """Cite papers for one criterion of a measure: files, and papers of the item once `again`.

    The bytes of `files` are kept already (`evidence.intake.receive`); `again` names evidence that
    stands for something else. A measure with a single criterion needs none named.
    """

    def work(item: Item) -> Done:
        if not files and not again:
            raise Unmet(_("No file was chosen."), then=_("Choose at least one file."))
        link = Link.to(item, measure_id, criterion_id, claim=claim, pages=pages)
        told = [
            {**linking.told(linking.cite_again(item, one, link, actor)), "again": True}
            for one in again
        ]
        cited = (linking.cite_file(item, one, link, actor, formed_on=formed_on) for one in files)
        told += [linking.told(citation) for citation in cited]
        return Done(data={**link.told(), "files": told})

    said: dict[str, Any] = {
        "measure_id": measure_id,
        "criterion_id": criterion_id,
        "files": tuple(files),
        "again": tuple(again),
        "claim": claim,
        "pages": pages,
        "formed_on": formed_on,
    }
    return take(item_id, "attach", actor=actor, command=command, said=said, work=work)


def relink(
    item_id: int,
    *,
    actor: Actor,
    command: Command,
    citation_id: int,
    measure_id: int,
    criterion_id: int | None = None,
    claim: str = "",
    pages: str = "",
) -> Item:
    """Say otherwise what a piece proves: another criterion, other pages, another claim.

    The paper keeps its number. As decisions may stand on the earlier link, that stays on record
    as an earlier version; what was judged of it says nothing of this one.
    """

    def work(item: Item) -> Done:
        old = _standing(item, citation_id)
        link = Link.to(item, measure_id, criterion_id, claim=claim, pages=pages)
        _take_back(old, actor, "")
        new = linking.cite(item, old.evidence, link, actor, no=old.no, replaces=old)
        before, after = Link.of(old).told(), Link.of(new).told()
        if before == after:
            raise Unmet(_("Nothing was changed."), then=_("Change something, or go back."))
        linking.insist_on_once(new)
        return Done(data={**linking.told(new), "before": before, "after": after, "earlier": old.pk})

    said = {
        "citation_id": citation_id,
        "measure_id": measure_id,
        "criterion_id": criterion_id,
        "claim": claim,
        "pages": pages,
    }
    return take(item_id, "relink", actor=actor, command=command, said=said, work=work)


def withdraw_evidence(
    item_id: int, *, actor: Actor, command: Command, citation_id: int, reason: str = ""
) -> Item:
    """Take a citation back. It stays on record; once submitted the reason is required."""

    def work(item: Item) -> Done:
        citation = _standing(item, citation_id)
        _insist_on_reason(citation, reason)
        _take_back(citation, actor, reason)
        told = {"measure": citation.measure.position, **linking.told(citation)}
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
    in. Once submitted the reason is required, as for withdrawing. The newer file is another paper
    and gets a number of its own.
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
        _insist_on_reason(old, reason)
        _take_back(old, actor, reason)
        new = linking.cite(item, evidence, Link.of(old), actor, replaces=old)
        told = {"measure": old.measure.position, **linking.told(new), "before": linking.told(old)}
        return Done(data={**told, "reason": reason.strip()})

    said = {"citation_id": citation_id, "file": file, "reason": reason, "formed_on": formed_on}
    return take(item_id, "replace_evidence", actor=actor, command=command, said=said, work=work)


def _standing(item: Item, citation_id: int) -> Citation:
    found = item.citations.standing().filter(pk=citation_id)
    citation = found.select_related("item", "evidence", "measure", "criterion").first()
    if citation is None:
        raise NotFound(_("This evidence is not there, or was withdrawn already."))
    return citation


def _take_back(citation: Citation, actor: Actor, reason: str) -> None:
    """It stays on record, with who took it back and why."""
    citation.withdrawn_by_id = actor.id
    citation.withdrawn_at = timezone.now()
    citation.withdrawn_reason = reason.strip()
    fitting.insist(citation, "withdrawn_reason")
    citation.save(update_fields=["withdrawn_by", "withdrawn_at", "withdrawn_reason"])


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
