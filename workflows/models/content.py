"""What an approval is an approval of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from audit import canonical
from core import crypto

if TYPE_CHECKING:
    from workflows.models.item import Item


def digest_of_content(item: Item) -> str:
    """SHA-256 over the item's text, its measures and the evidence cited for them, in order."""
    return crypto.digest(canonical.encode(content_of(item)), algorithm="sha256").hex()


def content_of(item: Item) -> dict[str, Any]:
    """What that digest is of."""
    measures = item.measures.order_by("position", "pk").values_list(
        "pk", "text", "criterion", "account", "no_evidence_reason"
    )
    cited: dict[int, list[list[str]]] = {}
    standing = item.citations.standing().order_by("pk")
    for measure_id, digest, claim, pages in standing.values_list(
        "measure_id", "evidence__digest", "claim", "pages"
    ):
        cited.setdefault(measure_id, []).append([digest, claim, pages])
    return {
        "title": item.title,
        "progress": item.progress,
        "result": item.result,
        "measures": [[*map(str, row), cited.get(row[0], [])] for row in measures],
    }


def digest_of_plan(data: dict[str, Any]) -> str:
    """SHA-256 over the canonical bytes of a plan's content."""
    return crypto.digest(canonical.encode(data), algorithm="sha256").hex()
