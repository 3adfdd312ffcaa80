"""One file a concept."""

from workflows.models.attention import Supervision, Urge
from workflows.models.batch import Batch
from workflows.models.calendar import CalendarDay
from workflows.models.citation import Citation
from workflows.models.criterion import Criterion
from workflows.models.deputy import Deputy
from workflows.models.disclosure import Disclosure
from workflows.models.disposal import Disposal, DisposalPiece, Hold
from workflows.models.duty import Duty
from workflows.models.evidence_request import EvidenceRequest
from workflows.models.exhibit import Exhibit
from workflows.models.flag import Flag, Reply
from workflows.models.item import Item
from workflows.models.judgement import Judgement
from workflows.models.ladder import LadderRule
from workflows.models.measure import Measure
from workflows.models.notice import Muted, Notice
from workflows.models.opening import Opening
from workflows.models.parties import ItemLeader, ItemSection
from workflows.models.plan import Plan, PlanOpinion
from workflows.models.reading import EvidenceRead
from workflows.models.reminder import Addressee, Letter, MorningRun, Reminder
from workflows.models.request import Request
from workflows.models.round import Aspect, Problem, Round
from workflows.models.route import Route
from workflows.models.searchable import Searchable
from workflows.models.signature import Signature, SignedAct
from workflows.models.submission import Submission

__all__ = [
    "Addressee",
    "Aspect",
    "Batch",
    "CalendarDay",
    "Citation",
    "Criterion",
    "Deputy",
    "Disclosure",
    "Disposal",
    "DisposalPiece",
    "Duty",
    "EvidenceRead",
    "EvidenceRequest",
    "Exhibit",
    "Flag",
    "Hold",
    "Item",
    "ItemLeader",
    "ItemSection",
    "Judgement",
    "LadderRule",
    "Letter",
    "Measure",
    "MorningRun",
    "Muted",
    "Notice",
    "Opening",
    "Plan",
    "PlanOpinion",
    "Problem",
    "Reminder",
    "Reply",
    "Request",
    "Round",
    "Route",
    "Searchable",
    "Signature",
    "SignedAct",
    "Submission",
    "Supervision",
    "Urge",
]
