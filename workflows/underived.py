"""What could not be computed from papers, for those who can have it tried again.

Told by the papers' numbers: who keeps the server running may know of no content.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from evidence.deriving import FAULTS
from evidence.models import Derivation
from workflows.faults import units_of
from workflows.models import Citation

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from core.actor import Actor

LOOKED_AT = 2000
SHOWN = 20
WHATS: dict[str, Promise] = {
    "preview": _("Pages to look at"),
    "prints": _("Fingerprints for the checks"),
    "search": _("Entry in the search"),
    "text": _("Text for search and checks"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What one fault kept from being computed."""

    what: str
    fault: str
    keys: tuple[int, ...]
    """Of the derivations."""
    papers: tuple[Citation, ...]
    """One for each file."""

    @property
    def label(self) -> str:
        return str(WHATS.get(self.what, self.what))

    @property
    def why(self) -> str:
        return str(FAULTS.get(self.fault, self.fault))

    @property
    def shown(self) -> tuple[Citation, ...]:
        return self.papers[:SHOWN]

    @property
    def more(self) -> int:
        return len(self.papers) - len(self.shown)


def groups(actor: Actor) -> list[Group]:
    """The latest first."""
    failed = Derivation.objects.filter(standing=Derivation.Standing.FAILED).order_by("-id")
    rows = list(failed[:LOOKED_AT])
    papers = _papers(actor, {row.digest for row in rows}) if rows else {}
    found: dict[tuple[str, str], list[Derivation]] = {}
    for row in rows:
        if row.digest in papers:
            found.setdefault((row.what, row.fault), []).append(row)
    return [
        Group(
            what=what,
            fault=fault,
            keys=tuple(row.pk for row in of),
            papers=tuple(papers[row.digest] for row in of),
        )
        for (what, fault), of in found.items()
    ]


def _papers(actor: Actor, digests: set[str]) -> dict[str, Citation]:
    """By digest, where it is cited in the units that the actor looks after."""
    within = Q(pk__in=())
    for path in units_of(actor):
        within |= Q(item__unit_path__startswith=path)
    cited = Citation.objects.filter(within, evidence__digest__in=digests, withdrawn_at=None)
    rows = cited.select_related("evidence", "item").order_by("-pk")
    return {one.evidence.digest: one for one in rows}
