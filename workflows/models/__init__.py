"""One file a concept."""

from workflows.models.batch import Batch
from workflows.models.citation import Citation
from workflows.models.disclosure import Disclosure
from workflows.models.item import Item, ItemLeader, ItemSection
from workflows.models.measure import Measure
from workflows.models.notice import Muted, Notice
from workflows.models.opening import Opening
from workflows.models.round import Aspect, Problem, Round
from workflows.models.submission import Submission

__all__ = [
    "Aspect",
    "Batch",
    "Citation",
    "Disclosure",
    "Item",
    "ItemLeader",
    "ItemSection",
    "Measure",
    "Muted",
    "Notice",
    "Opening",
    "Problem",
    "Round",
    "Submission",
]
