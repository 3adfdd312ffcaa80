"""One file a concept."""

from workflows.models.batch import Batch
from workflows.models.citation import Citation
from workflows.models.deputy import Deputy
from workflows.models.disclosure import Disclosure
from workflows.models.duty import Duty
from workflows.models.item import Item, ItemLeader, ItemSection
from workflows.models.measure import Measure
from workflows.models.round import Aspect, Problem, Round
from workflows.models.route import Route
from workflows.models.submission import Submission

__all__ = [
    "Aspect",
    "Batch",
    "Citation",
    "Deputy",
    "Disclosure",
    "Duty",
    "Item",
    "ItemLeader",
    "ItemSection",
    "Measure",
    "Problem",
    "Round",
    "Route",
    "Submission",
]
