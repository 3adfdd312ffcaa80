"""Ledger lines becoming items: plain dataclasses in, rows and their first event out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from audit import record
from core.models import Section, User
from core.roles import Role
from workflows import criteria
from workflows.models import (
    Aspect,
    Batch,
    Criterion,
    Item,
    ItemLeader,
    ItemSection,
    Measure,
    Problem,
)
from workflows.states import Progress, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from core.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerItem:
    """One item as a ledger has it; people and sections by name, the deadline understood."""

    no: str
    title: str
    measures: tuple[str, ...]
    track: str
    deadline_raw: str
    due: date | None
    precision: str
    ongoing: bool
    leaders: tuple[str, ...] = ()
    lead: tuple[str, ...] = ()
    support: tuple[str, ...] = ()
    assignee: str = ""
    status: str = ""
    target: str = ""
    criteria: tuple[str, ...] = ()
    """A line for each measure, which may hold several; "" where it has none; or nothing at all."""
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerProblem:
    no: str
    title: str
    items: tuple[LedgerItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerAspect:
    no: str
    title: str
    problems: tuple[LedgerProblem, ...]


PROGRESS_WORDS = {
    "已完成": Progress.DONE,
    "完成": Progress.DONE,
    "√": Progress.DONE,
    "基本完成": Progress.BASICALLY_DONE,
}
CANCELLED = "已取消"


@dataclass(slots=True)
class Entries:
    """Enters a batch's lines, in the caller's transaction; counts what it did."""

    batch: Batch
    actor: Actor
    entered: int = 0
    unchanged: int = 0
    clashes: list[str] = field(default_factory=list)
    _sections: dict[str, Section] = field(default_factory=dict)
    _people: dict[str, User] = field(default_factory=dict)
    _known: dict[str, Item] = field(default_factory=dict)
    _position: int = 0

    def enter(self, aspects: Sequence[LedgerAspect]) -> None:
        self._prepare()
        for aspect in aspects:
            for problem in aspect.problems:
                for line in problem.items:
                    self._enter(aspect, problem, line)

    def _prepare(self) -> None:
        round_ = self.batch.round
        self._sections = {s.name: s for s in round_.unit.sections.all()}
        people = User.objects.filter(
            is_active=True, memberships__unit__path__startswith=round_.unit.path
        )
        self._people = _by_unambiguous_name(people.distinct())
        known = round_.items.select_related("lead_section", "problem__aspect")
        self._known = {item.no: item for item in known}
        self._position = max((item.position for item in self._known.values()), default=0)

    def _enter(self, aspect: LedgerAspect, problem: LedgerProblem, line: LedgerItem) -> None:
        known = self._known.get(line.no)
        if known is None:
            self._create(aspect, problem, line)
        elif differing(line, known):
            self.clashes.append(line.no)
        else:
            self.unchanged += 1

    def _create(self, aspect: LedgerAspect, problem: LedgerProblem, line: LedgerItem) -> None:
        self._position += 1
        sections = [self._section(name) for name in line.lead]
        assignee = self._people.get(line.assignee)
        item = Item(
            round=self.batch.round,
            problem=self._problem(aspect, problem),
            unit_path=self.batch.round.unit.path,
            no=line.no,
            position=self._position,
            title=line.title,
            lead_section=sections[0] if sections else None,
            assignee=assignee,
            assignee_text=line.assignee,
            track=line.track,
            ongoing=line.ongoing,
            deadline_raw=line.deadline_raw,
            due=line.due,
            precision=line.precision,
            progress=PROGRESS_WORDS.get(line.status, Progress.NOT_DONE),
            status_raw=line.status,
            target=line.target,
            remark=line.remark,
            batch=self.batch,
        )
        item.save()
        self._add_parts(item, line, sections[1:])
        self._tell(item, line)
        self._known[line.no] = item
        self.entered += 1

    def _add_parts(self, item: Item, line: LedgerItem, co_leads: list[Section]) -> None:
        measures = Measure.objects.bulk_create(
            Measure(item=item, position=n, text=text) for n, text in enumerate(line.measures, 1)
        )
        each = line.criteria or ("",) * len(measures)
        Criterion.objects.bulk_create(
            Criterion(measure=measure, number=n, text=text)
            for measure, words in zip(measures, each, strict=True)
            for n, text in enumerate(criteria.pieces(words), 1)
        )
        ItemLeader.objects.bulk_create(
            ItemLeader(item=item, position=n, name=name, user=self._leader(name))
            for n, name in enumerate(line.leaders, 1)
        )
        support = [self._section(name) for name in line.support]
        parts = [(s, ItemSection.Part.LEAD) for s in co_leads]
        parts += [(s, ItemSection.Part.SUPPORT) for s in support]
        ItemSection.objects.bulk_create(
            ItemSection(item=item, section=section, part=part, position=n)
            for n, (section, part) in enumerate(parts, 1)
        )

    def _tell(self, item: Item, line: LedgerItem) -> None:
        told = {
            "from": None,
            "to": item.state,
            "version": 0,
            "no": item.no,
            "title": item.title,
            "measures": list(line.measures),
            "deadline": line.deadline_raw,
            "due": line.due.isoformat() if line.due else None,
            "batch": self.batch.pk,
        }
        sometimes = {"target": line.target, "criteria": _said(line.criteria), "remark": line.remark}
        told |= {name: words for name, words in sometimes.items() if words}
        head = record.append("item.created", head=item.head, actor=self.actor, data=told)
        item.trail_seq, item.trail_head = head.seq, head.hash
        item.save(update_fields=["trail_seq", "trail_head"])

    def _problem(self, aspect: LedgerAspect, problem: LedgerProblem) -> Problem:
        parent, _new = Aspect.objects.get_or_create(
            round=self.batch.round,
            no=aspect.no,
            defaults={"title": aspect.title, "position": self._position},
        )
        row, _new = Problem.objects.get_or_create(
            aspect=parent,
            no=problem.no,
            defaults={"title": problem.title, "position": self._position},
        )
        return row

    def _section(self, name: str) -> Section:
        """The unit's section of that name; one the ledger names first is added."""
        if name not in self._sections:
            section = Section(unit=self.batch.round.unit, name=name)
            section.save()
            head = record.head_of(f"unit:{section.unit_id}")
            told = {"section": section.pk, "name": name, "batch": self.batch.pk}
            record.append("section.added", head=head, actor=self.actor, data=told)
            self._sections[name] = section
        return self._sections[name]

    def _leader(self, name: str) -> User | None:
        person = self._people.get(name)
        if person is None:
            return None
        leads = person.memberships.in_force().filter(role=Role.LEADER)
        return person if leads.exists() else None


def _by_unambiguous_name(people: Iterable[User]) -> dict[str, User]:
    """Two people of one name are nobody: the office chooses by hand."""
    found: dict[str, User | None] = {}
    for person in people:
        found[person.name] = None if person.name in found else person
    return {name: person for name, person in found.items() if person is not None}


def as_ledger_line(item: Item) -> dict[str, object]:
    """What an item says of what a ledger can say, by the names of `LedgerItem`."""
    leads, supports = sections_of(item)
    measures = list(item.measures.prefetch_related("criteria"))
    return {
        "title": item.title,
        "measures": tuple(m.text for m in measures),
        "criteria": _said(m.criterion for m in measures),
        "track": item.track,
        "ongoing": item.ongoing,
        "due": item.due,
        "leaders": tuple(leader.name for leader in item.leaders.all()),
        "lead": leads,
        "support": supports,
        "assignee": item.assignee_text,
        "target": item.target,
        "remark": item.remark,
    }


def differing(line: LedgerItem, item: Item) -> list[str]:
    """The parts in which a line says something else than the item of its number."""
    kept = as_ledger_line(item)
    wanted = {name: getattr(line, name) for name in kept} | {"criteria": _said(line.criteria)}
    if line.remark == remark_told(item):
        wanted["remark"] = item.remark
    return [name for name in kept if kept[name] != wanted[name]]


def remark_told(item: Item) -> str:
    """The remark as a ledger that goes out has it: that an item was cancelled stands there."""
    if item.state != State.CANCELLED:
        return item.remark
    return f"{CANCELLED}\n{item.remark}".strip()


def sections_of(item: Item) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of the sections that lead, the accountable one first, and that support."""
    others = list(item.other_sections.select_related("section"))
    co_leads = [o.section.name for o in others if o.part == ItemSection.Part.LEAD]
    supports = [o.section.name for o in others if o.part == ItemSection.Part.SUPPORT]
    leads = [item.lead_section.name] if item.lead_section else []
    return tuple(leads + co_leads), tuple(supports)


def _said(words: Iterable[str]) -> tuple[str, ...]:
    """No criteria and none for any measure are the same, and so is what is only spaced apart."""
    found = tuple(criteria.told(criteria.pieces(each)) for each in words)
    return found if any(found) else ()
