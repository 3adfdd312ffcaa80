"""What an approval is an approval of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from audit import canonical
from core import crypto

if TYPE_CHECKING:
    from workflows.models.item import Item

_Link = tuple[list[str], int]


def digest_of_content(item: Item) -> str:
    """SHA-256 over the item's text, its measures and the evidence cited for them, in order."""
    return crypto.digest(canonical.encode(content_of(item)), algorithm="sha256").hex()


def content_of(item: Item) -> dict[str, Any]:
    """What that digest is of."""
    return {
        "title": item.title,
        "progress": item.progress,
        "result": item.result,
        "measures": _measures(item, _cited(item)),
    }


def _measures(item: Item, cited: dict[int, list[_Link]]) -> list[list[Any]]:
    """A row a measure. A single criterion stands as its text, as it did before there were more."""
    rows = item.measures.order_by("position", "pk", "criteria__number").values_list(
        "pk", "text", "account", "no_evidence_reason", "criteria__text"
    )
    found: dict[tuple[Any, ...], list[str]] = {}
    for *measure, criterion in rows:
        criteria = found.setdefault(tuple(measure), [])
        if criterion is not None:
            criteria.append(criterion)
    return [
        [str(pk), text, _criteria(criteria), account, reason, _links(cited.get(pk, []), criteria)]
        for (pk, text, account, reason), criteria in found.items()
    ]


def _criteria(criteria: list[str]) -> str | list[str]:
    return criteria if len(criteria) > 1 else "".join(criteria)


def _links(cited: list[_Link], criteria: list[str]) -> list[list[str]]:
    """Each with the number of its criterion, where another than the only one was possible."""
    only = len(criteria) if len(criteria) < 2 else None  # noqa: PLR2004 -- one, or none
    return [words if number == only else [*words, str(number)] for words, number in cited]


def _cited(item: Item) -> dict[int, list[_Link]]:
    """What stands for each measure, and the number of its criterion; 0 for the whole measure."""
    found: dict[int, list[_Link]] = {}
    rows = (
        item.citations.standing()
        .order_by("pk")
        .values_list("measure_id", "criterion__number", "evidence__digest", "claim", "pages")
    )
    for measure_id, number, *words in rows:
        found.setdefault(measure_id, []).append((words, number or 0))
    return found


def digest_of_plan(data: dict[str, Any]) -> str:
    """SHA-256 over the canonical bytes of a plan's content."""
    return crypto.digest(canonical.encode(data), algorithm="sha256").hex()
