"""What stands as evidence when a submission is decided is written down with the decision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evidence import sealing
from workflows.models import Exhibit
from workflows.models.exhibit import digest_of_exhibits
from workflows.states import Outcome

if TYPE_CHECKING:
    from workflows.models import Item, Submission


def freeze(item: Item, submission: Submission) -> dict[str, Any]:
    """Keep the citations that stand now; returns what the event of the decision says of them."""
    standing = item.citations.standing().order_by("pk")
    rows = list(standing.values_list("pk", "evidence__digest"))
    Exhibit.objects.bulk_create(
        Exhibit(submission=submission, citation_id=citation, digest=digest)
        for citation, digest in rows
    )
    if submission.outcome == Outcome.CLOSED:
        sealing.owe(submission.pk, (digest for _citation, digest in rows))
    return {"exhibits": digest_of_exhibits(rows)}
