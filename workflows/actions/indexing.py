"""Keeps what is searched in step with what is written.

The words of an item and of its measures are kept in the transaction that changes them; the text of
evidence, when it is cited, or as soon as it is extracted. `add_what_lacks` finds what neither
reached: rows from before there was a search, and bytes that were cited again in the very moment in
which their text was written.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from core import grams
from evidence import deriving, destruction, texts
from evidence.inspection.verdict import State
from evidence.models import ExtractedText
from workflows.models import Citation, Item, Measure, Searchable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from django.db.models import QuerySet

    from evidence.deriving import Source

    Key = tuple[str, int, int | None]

SLICE = 4000
"""Signs of a long page that are searched as one: a phrase is not found across two of them."""
AT_ONCE = 200
Kind = Searchable.Kind


def follow(item: Item, verb: str) -> None:
    """After a verb was written, in its transaction."""
    match verb:
        case "amend" | "record_progress":
            keep_words([item])
        case "attach" | "replace_evidence" | "withdraw_evidence":
            pieces = Searchable.objects.filter(kind=Kind.PIECE, item=item)
            pieces.exclude(citation__withdrawn_at=None).delete()
            add_pieces(item.citations.filter(searchables=None))


def keep_words(items: Iterable[Item]) -> int:
    """Write the words of these items and of their measures, where they are not kept so already."""
    rows = iter(items)
    changed = 0
    while some := list(islice(rows, AT_ONCE)):
        changed += _keep(dict(_wanted(some)), some)
    return changed


def _keep(wanted: dict[Key, str], items: list[Item]) -> int:
    found = Searchable.objects.filter(item__in=items).exclude(kind=Kind.PIECE)
    kept = {(row.kind, row.item_id, row.measure_id): row for row in found}
    new = [
        Searchable(kind=kind, item_id=item, measure_id=measure, body=body)
        for (kind, item, measure), body in wanted.items()
        if (kind, item, measure) not in kept
    ]
    reworded = [row for key, row in kept.items() if row.body != wanted[key]]
    for row in reworded:
        row.body = wanted[row.kind, row.item_id, row.measure_id]
        row.save(update_fields=["body"])
    Searchable.objects.bulk_create(new)
    return len(new) + len(reworded)


def _wanted(items: list[Item]) -> Iterator[tuple[Key, str]]:
    for item in items:
        initials = grams.initials(item.title)
        words = (item.no, item.title, initials, item.target, item.remark, item.result)
        yield (Kind.ITEM.value, item.pk, None), _body(*words)
    for measure in Measure.objects.filter(item__in=items):
        words_ = (measure.text, measure.criterion, measure.account, measure.no_evidence_reason)
        yield (Kind.MEASURE.value, measure.item_id, measure.pk), _body(*words_)


def _body(*parts: str) -> str:
    """A line each, so that no phrase is found that begins in one and ends in the next."""
    return "\n".join(map(grams.folded, parts))


def add_pieces(citations: QuerySet[Citation]) -> int:
    """Make the text inside these pieces findable, where it is extracted."""
    standing = citations.filter(withdrawn_at=None, evidence__inspection=State.CLEAN)
    cited = list(standing.values_list("pk", "item_id", "evidence__digest"))
    added = 0
    for pk, item, digest in cited:
        rows = [
            Searchable(
                kind=Kind.PIECE, citation_id=pk, item_id=item, page=page, slice=no, body=body
            )
            for page, no, body in _slices(texts.text_of(digest))
        ]
        Searchable.objects.bulk_create(rows, ignore_conflicts=True, batch_size=AT_ONCE)
        added += len(rows)
    return added


def _slices(text: texts.Text | None) -> Iterator[tuple[int, int, str]]:
    for page, words in enumerate(text.pages if text else (), 1):
        body = grams.folded(words)
        for no, start in enumerate(range(0, len(body), SLICE)):
            yield page, no, body[start : start + SLICE]


@deriving.derives(
    "search", endings=texts.ENDINGS, faults={"waits": _("Its text is not extracted yet.")}
)
def make_findable(source: Source) -> None:
    """Wherever these bytes are cited, and in the words that were extracted last."""
    text = deriving.ensure(source.digest, texts.WHAT)
    if text is not None and text.standing == deriving.Standing.WAITING:
        raise deriving.Fault("waits")
    cited = Citation.objects.filter(evidence__digest=source.digest)
    with transaction.atomic():
        Searchable.objects.filter(citation__in=cited).delete()
        add_pieces(cited)


def add_what_lacks() -> int:
    """Keep what is not kept yet; answer how many rows that were."""
    indexed = Searchable.objects.filter(kind=Kind.ITEM, item=OuterRef("pk"))
    texted = ExtractedText.objects.filter(digest=OuterRef("evidence__digest"), signs__gt=0)
    pieces = Citation.objects.filter(Exists(texted), searchables=None)
    with transaction.atomic():
        added = keep_words(Item.objects.filter(~Exists(indexed)).iterator(AT_ONCE))
        return added + add_pieces(pieces)


def rebuild() -> int:
    """Forget all and keep it anew, item by item; searching goes on meanwhile, and misses some."""
    kept = 0
    items = Item.objects.order_by("pk").iterator(AT_ONCE)
    while some := list(islice(items, AT_ONCE)):
        with transaction.atomic():
            Searchable.objects.filter(item__in=some).delete()
            kept += keep_words(some) + add_pieces(Citation.objects.filter(item__in=some))
    return kept


def differences() -> list[str]:
    """What is kept otherwise than it would be now: nothing, unless a writer was forgotten."""
    found: list[str] = []
    items = Item.objects.order_by("pk").iterator(AT_ONCE)
    while some := list(islice(items, AT_ONCE)):
        found += _differing(some)
    return found


def _differing(items: Sequence[Item]) -> Iterator[str]:
    words = _wanted(list(items))
    wanted: dict[tuple[object, ...], str] = {(*key, None, 0, 0): body for key, body in words}
    cited = Citation.objects.filter(item__in=items, withdrawn_at=None)
    for pk, item, digest in cited.values_list("pk", "item_id", "evidence__digest"):
        for page, no, body in _slices(texts.text_of(digest)):
            wanted[Kind.PIECE.value, item, None, pk, page, no] = body
    kept = {
        tuple(row[:-1]): row[-1]
        for row in Searchable.objects.filter(item__in=items).values_list(
            "kind", "item_id", "measure_id", "citation_id", "page", "slice", "body"
        )
    }
    for key in sorted(wanted.keys() | kept.keys(), key=str):
        if wanted.get(key) != kept.get(key):
            yield f"{key[0]} of item {key[1]}"


def forget(digest: str) -> None:
    """Nobody finds the words of a paper that was destroyed, nor reads them in the table."""
    Searchable.objects.filter(kind=Kind.PIECE, citation__evidence__digest=digest).delete()


destruction.forgets(forget)
