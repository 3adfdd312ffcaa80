"""A workbook onto the ledger: read and kept for preview, entered once its doubts are answered."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.utils.translation import gettext as _

from core.actor import Actor
from core.refusals import Unmet
from evidence import storage
from evidence.kinds import clean_name
from ledger.draft import Doubt, Draft
from ledger.lines import lines
from ledger.outlook import Outlook, outlook
from ledger.reader import read
from ledger.refusals import BadWorkbook
from ledger.shape import from_json, to_json
from workflows import policy
from workflows.actions import ledgers
from workflows.models import Batch, Round

_STATED = re.compile(r"(\d+)\s*(?:个|项|条|类)?\s*(方面|具体问题|问题|措施)")
_SHOWN = 10


def understood(data: bytes, *, name: str, round_: Round) -> Draft:
    """What the workbook says; Unmet, in the reader's sentence, where it is no ledger."""
    try:
        return read(data, name=name, year=round_.feedback_date.year)
    except BadWorkbook as bad:
        raise Unmet(str(bad), then=_("Nothing was changed.")) from bad


def keep(draft: Draft, data: bytes, *, name: str, round_: Round, actor: Actor) -> Batch:
    """Keep the workbook's bytes, then its draft, for somebody to confirm."""
    policy.insist_on_office(actor, round_.unit)
    stored = storage.keep([data])
    return ledgers.upload(
        round_.pk,
        actor=actor,
        name=clean_name(name),
        digest=stored.digest,
        draft=to_json(draft),
    )


def enter(batch: Batch, *, actor: Actor, version: int, accepted: bool) -> tuple[Batch, int, int]:
    """Confirm a batch whole; `accepted` says that a person saw what is asked and took it as read.

    Returns the batch, items entered, items unchanged.
    """
    draft = insist_on_answers(batch, accepted=accepted)
    return ledgers.confirm(batch.pk, actor=actor, version=version, aspects=lines(draft))


def insist_on_answers(batch: Batch, *, accepted: bool) -> Draft:
    """The draft of a batch without faults, whose doubts a person has seen."""
    draft = from_json(batch.draft)
    seen = outlook(draft, batch.round)
    insist_on_no_errors(seen)
    if seen.asks and not accepted:
        raise Unmet(
            _("There are %(n)s doubts that nobody has accepted yet.") % {"n": len(seen.asks)},
            state=batch.name,
            then=_("Look at each, correct what is wrong, then tick that the rest is right."),
            holes=_places(seen.asks),
        )
    return draft


def insist_on_no_errors(seen: Outlook) -> None:
    if seen.errors:
        raise Unmet(
            _("%(n)s faults must be corrected before anything is entered.")
            % {"n": len(seen.errors)},
            then=_("Correct them here or in the workbook; nothing was entered."),
            holes=_places(seen.errors),
        )


def _places(doubts: Sequence[Doubt]) -> list[tuple[str, str]]:
    return [("doubts", f"{doubt.cell} {doubt.text}".strip()) for doubt in doubts[:_SHOWN]]


def stated(draft: Draft) -> list[tuple[int, str]]:
    """The counts a workbook claims in its title (4个方面17个问题), in its own words."""
    return [(int(number), what) for number, what in _STATED.findall(draft.title)]
