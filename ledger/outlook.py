"""What would happen if a draft were entered: counts, and the doubts that rows alone can raise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Model
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from core.models import Section, User
from ledger.draft import Doubt, Draft, DraftAspect, DraftItem, DraftProblem
from ledger.lines import line
from ledger.places import Node, nodes
from workflows.actions.entries import differing
from workflows.criteria import pieces
from workflows.models import Aspect, Criterion, Item, ItemLeader, Problem, Round

_COMPARED = {
    "title": _("title"),
    "measures": _("measures"),
    "criteria": _("criteria"),
    "track": _("class of deadline"),
    "ongoing": _("ongoing"),
    "due": _("due date"),
    "leaders": _("responsible leaders"),
    "lead": _("lead section"),
    "support": _("supporting sections"),
    "assignee": _("responsible person"),
    "target": _("target"),
    "remark": _("remark"),
}
"""The parts of a ledger line that are compared, in words."""


@dataclass(slots=True)
class Outlook:
    draft: Draft
    round: Round
    fresh: list[DraftItem] = field(default_factory=list)
    """Items the ledger does not have yet."""
    unchanged: int = 0
    raised: list[Doubt] = field(default_factory=list)
    """The doubts beyond those of the workbook itself."""

    @property
    def doubts(self) -> list[Doubt]:
        return self.draft.doubts + self.raised

    @property
    def errors(self) -> list[Doubt]:
        return [doubt for doubt in self.doubts if doubt.severity == "error"]

    @property
    def asks(self) -> list[Doubt]:
        return [doubt for doubt in self.doubts if doubt.severity == "ask"]


def outlook(draft: Draft, round_: Round) -> Outlook:
    """Compare a draft with the ledger, the sections and the people of its round's unit."""
    seen = Outlook(draft, round_)
    seen.raised += _unusable(draft)
    seen.raised += _doubles(draft)
    _against_the_ledger(seen)
    seen.raised += _other_titles(seen)
    seen.raised += _incomplete(seen.fresh)
    seen.raised += _sections(seen)
    seen.raised += _people(seen)
    return seen


def _at(node: Node, name: str, message: str, severity: str = "ask", /, **values: str) -> Doubt:
    cell = node.cells.get(name, "") or next(iter(node.cells.values()), "")
    return Doubt(
        message=message,
        values=values,
        severity="error" if severity == "error" else "ask",
        cell=cell,
        field=name,
    )


def _longest(model: type[Model], name: str) -> int:
    return int(model._meta.get_field(name).max_length or 0)  # type: ignore[union-attr]  # text


def _unusable(draft: Draft) -> Iterator[Doubt]:
    """Texts the ledger has no room for, and titles that are not there."""
    models = {DraftAspect: Aspect, DraftProblem: Problem, DraftItem: Item}
    for _path, node in nodes(draft):
        model = models[type(node)]
        for name in ("no", "title"):
            yield from _too_long(node, name, [getattr(node, name)], _longest(model, name))
        if not node.title and not isinstance(node, DraftProblem):
            yield _at(node, "title", _("There is no title here."), "error")
        if isinstance(node, DraftItem):
            yield from _too_long_facts(node)


def _too_long_facts(item: DraftItem) -> Iterator[Doubt]:
    written = line(item)
    named = [
        ("deadline", [item.deadline.raw], _longest(Item, "deadline_raw")),
        ("leaders", item.leaders, _longest(ItemLeader, "name")),
        ("lead", item.lead, _longest(Section, "name")),
        ("support", item.support, _longest(Section, "name")),
        ("assignees", [written.assignee], _longest(Item, "assignee_text")),
        ("criterion", _each(written.criteria), _longest(Criterion, "text")),
    ]
    for name, texts, limit in named:
        yield from _too_long(item, name, texts, limit)


def _each(criteria: Sequence[str]) -> list[str]:
    return [piece for words in criteria for piece in pieces(words)]


def _too_long(node: Node, name: str, texts: Sequence[str], limit: int) -> Iterator[Doubt]:
    worst = max(map(len, texts), default=0)
    if worst > limit:
        message = _("This has %(n)s characters; the ledger takes %(limit)s. Shorten it.")
        yield _at(node, name, message, "error", n=str(worst), limit=str(limit))


def _doubles(draft: Draft) -> Iterator[Doubt]:
    """A number may be used once: an aspect's in the round, a problem's in its aspect."""
    yield from _doubled(draft, draft.aspects)
    for aspect in draft.aspects:
        yield from _doubled(draft, aspect.problems)
    yield from _doubled(draft, draft.items)


def _doubled(draft: Draft, family: Sequence[Node]) -> Iterator[Doubt]:
    known = {(doubt.cell, doubt.field) for doubt in draft.errors}
    seen: set[str] = set()
    for node in family:
        if node.no in seen:
            doubt = _at(node, "no", _("The number %(no)s is used twice."), "error", no=node.no)
            if (doubt.cell, doubt.field) not in known:
                yield doubt
        seen.add(node.no)


def _against_the_ledger(seen: Outlook) -> None:
    rows = seen.round.items.select_related("lead_section").prefetch_related("measures", "leaders")
    known = {item.no: item for item in rows}
    for item in seen.draft.items:
        row = known.get(item.no)
        if row is None:
            seen.fresh.append(item)
        elif parts := differing(line(item), row):
            message = _(
                "Item %(no)s is on the ledger already and differs in: %(parts)s."
                " Amend it on its own page, or give this one a new number."
            )
            named = gettext(", ").join(gettext(_COMPARED[part]) for part in parts)
            seen.raised.append(_at(item, "no", message, "error", no=item.no, parts=named))
        else:
            seen.unchanged += 1


def _other_titles(seen: Outlook) -> Iterator[Doubt]:
    """A new item under a number that is known: the ledger's title of that number stays."""
    aspects = dict(seen.round.aspects.values_list("no", "title"))
    known = Problem.objects.filter(aspect__round=seen.round)
    rows = known.values_list("aspect__no", "no", "title")
    problems = {(aspect, no): title for aspect, no, title in rows}
    message = _("The ledger calls %(no)s “%(title)s”; that title stays.")
    fresh = {id(item) for item in seen.fresh}
    for aspect in seen.draft.aspects:
        growing = [p for p in aspect.problems if any(id(item) in fresh for item in p.items)]
        title = aspects.get(aspect.no, aspect.title)
        if growing and title != aspect.title:
            yield _at(aspect, "title", message, no=aspect.no, title=title)
        for problem in growing:
            title = problems.get((aspect.no, problem.no), problem.title)
            if title != problem.title:
                yield _at(problem, "title", message, no=problem.no, title=title)


def _incomplete(fresh: list[DraftItem]) -> Iterator[Doubt]:
    for item in fresh:
        if not item.measures:
            message = _("There is no measure; the item cannot be assigned before it has one.")
            yield _at(item, "measures", message)
            if item.criterion:
                message = _("There is no measure that could have this criterion; it is not kept.")
                yield _at(item, "criterion", message)
        if not item.lead:
            message = _("There is no lead section; the item cannot be assigned before it has one.")
            yield _at(item, "lead", message)
        if len(item.assignees) > 1:
            message = _("Several people are named here; one is chosen when the item is assigned.")
            yield _at(item, "assignees", message)


def _sections(seen: Outlook) -> Iterator[Doubt]:
    known = set(seen.round.unit.sections.values_list("name", flat=True))
    for item in seen.fresh:
        for name in ("lead", "support"):
            for section in getattr(item, name):
                if section in known:
                    continue
                known.add(section)
                message = _("The unit has no section “%(name)s” yet; it will be added.")
                yield _at(item, _column(item, name), message, name=section)


def _column(item: DraftItem, name: str) -> str:
    return name if name in item.cells or "sections" not in item.cells else "sections"


def _people(seen: Outlook) -> Iterator[Doubt]:
    here = User.objects.filter(
        is_active=True, memberships__unit__path__startswith=seen.round.unit.path
    )
    known = Counter(here.distinct().values_list("name", flat=True))
    yield from _assignees(seen.fresh, known)
    leaders = {name: None for item in seen.fresh for name in item.leaders if known[name] != 1}
    if leaders:
        message = _("These leaders are kept as names, for want of one account each: %(names)s.")
        yield Doubt(message=message, values={"names": "、".join(leaders)})


def _assignees(fresh: list[DraftItem], known: Mapping[str, int]) -> Iterator[Doubt]:
    told: set[str] = set()
    for item in fresh:
        for name in item.assignees:
            if known[name] == 1 or name in told:
                continue
            told.add(name)
            if known[name]:
                message = _("Several people here are called “%(name)s”; none was chosen.")
            else:
                message = _("“%(name)s” has no account here; the name is kept as it is written.")
            yield _at(item, "assignees", message, name=name)
