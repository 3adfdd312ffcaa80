"""When the checks look: after evidence was attached, and after an item was handed in.

Looking takes seconds, so it is owed like whatever follows an event, and paid by a sweep of its own
in no transaction; it is tried again after a fault, and raises a thing once however often.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from audit.outbox import follows
from evidence import deriving, texts
from evidence.models import Derivation
from evidence.prints.keeping import PRINTS
from workflows.actions import flags
from workflows.models import Citation, Item, Reply
from workflows.unchecked import CHECKS

if TYPE_CHECKING:
    from audit.models import Event
    from workflows.checks.found import Found


class NotYetRead(Exception):
    """The file's fingerprint or its text is not there yet: looked at again in a while."""


@follows(
    *("item.evidence_attached", "item.evidence_replaced", "item.submitted", "item.returned"),
    name=CHECKS,
    slow=True,
)
def look(event: Event) -> None:
    """Everything that an event gives reason to look at; the same again changes nothing."""
    item_id = int(event.subject.partition(":")[2])
    match event.name:
        case "item.returned":
            flags.send_back(item_id)
        case "item.submitted":
            flags.come_back(item_id)
            check_replies(item_id)
        case _:
            for file in _files(event.data):
                check_citation(file["citation"])


def _files(told: dict[str, Any]) -> list[dict[str, Any]]:
    """Those of an event that attached some, or the one that took the place of another."""
    return told.get("files") or [told]


def check_citation(citation_id: int) -> int:
    """Look at one piece of evidence; how many flags were raised."""
    from workflows.checks import looking  # noqa: PLC0415 -- what compares pictures is large

    rows = Citation.objects.standing().select_related("evidence", "measure", "item__round")
    citation = rows.filter(pk=citation_id).first()
    if citation is None:
        return 0
    for what in (PRINTS, texts.WHAT):
        _insist_on_having_read(citation.evidence.digest, what)
    by_item: dict[int, list[Found]] = {}
    for one in looking.on_citation(citation):
        stands_on = one.citation or citation
        by_item.setdefault(stands_on.item_id, []).append(one)
    return sum(len(flags.raise_all(item, found)) for item, found in by_item.items())


def _insist_on_having_read(digest: str, what: str) -> None:
    """Given up is read as well: then less is known of the file, and the rest is looked at."""
    derived = deriving.ensure(digest, what)
    if derived is not None and derived.standing == Derivation.Standing.WAITING:
        raise NotYetRead(f"{what} of {digest[:12]}")


def check_replies(item_id: int) -> int:
    """Look at what was said of an item when it was handed in; how many flags were raised."""
    from workflows.checks import looking  # noqa: PLC0415 -- what compares pictures is large

    item = Item.objects.select_related("round").get(pk=item_id)
    replies = _said(item)
    flags.end_of_words(item_id, {one.digest for one in replies})
    return len(flags.raise_all(item_id, looking.on_replies(item, replies)))


def _said(item: Item) -> list[Reply]:
    """Note what stands there now."""
    said = [(measure, measure.account) for measure in item.measures.all()]
    kept = []
    for measure, text in [*said, (None, item.result)]:
        words = {
            "text": text,
            "digest": hashlib.sha256(text.encode()).hexdigest(),
            "said_at": timezone.now(),
        }
        present = Reply.objects.filter(item=item, measure=measure).first()
        if present is not None and present.digest == words["digest"]:
            kept.append(present)
        elif text.strip():
            kept.append(
                Reply.objects.update_or_create(item=item, measure=measure, defaults=words)[0]
            )
    return kept
