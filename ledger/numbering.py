"""The numbers of a whole outline: read, completed where missing, made unique, doubted."""

import datetime as dt
from collections import Counter

from django.utils.translation import gettext_noop as _

from ledger import numbers
from ledger.draft import Doubt
from ledger.outline import WHOLE, Node
from ledger.sheet import text


class Numbering:
    def __init__(self, aspects: list[Node]) -> None:
        self.aspects = aspects
        self.doubts: list[Doubt] = []

    def settle(self) -> None:
        problems = [problem for aspect in self.aspects for problem in aspect.below]
        for level in (self.aspects, problems):
            self._read(level)
        self._complete(self.aspects)
        self._complete(problems)
        self._refuse_doubles([self.aspects])
        self._refuse_doubles([aspect.below for aspect in self.aspects])
        self._spread(self.aspects)
        self._settle_items(problems)

    def _settle_items(self, problems: list[Node]) -> None:
        self._read([item for problem in problems for item in problem.below if not item.same])
        for problem in problems:
            for item in problem.below:
                if item.same:
                    item.no, item.title = problem.no, problem.title
        self._refuse_doubles([problem.below for problem in problems])
        self._number_items(problems)
        self._spread(problems)

    def _read(self, nodes: list[Node]) -> None:
        previous = ""
        for node in nodes:
            node.no, title, doubts = _number(node, previous)
            node.title = title
            previous = node.no
            self.doubts += [_at(doubt, node) for doubt in doubts]

    def _complete(self, nodes: list[Node]) -> None:
        unnumbered = [node for node in nodes if not node.no]
        if not unnumbered or [node.title for node in nodes] == [WHOLE]:
            self._fill(nodes)
            return
        if len(unnumbered) == len(nodes):
            message = _("Nothing here is numbered; numbers were given in sequence from 1.")
            self.doubts.append(_at(Doubt(message=message), nodes[0]))
            self._fill(nodes)
            return
        self._fill(nodes)
        for node in unnumbered:
            message = _("There is no number here; %(no)s was given.")
            self.doubts.append(_at(Doubt(message=message, values={"no": node.no}), node))

    def _fill(self, nodes: list[Node]) -> None:
        taken = {node.no for node in nodes}
        for at, node in enumerate(nodes):
            if not node.no:
                node.no = numbers.missing(taken, at + 1)
                taken.add(node.no)

    def _number_items(self, problems: list[Node]) -> None:
        """An item without a number is numbered within its problem: 3 gives 3-1, 3-2."""
        first = True
        for problem in problems:
            taken = {item.no for item in problem.below}
            for at, item in enumerate(problem.below):
                if item.no:
                    continue
                item.no = _free(problem.no, at + 1, taken)
                taken.add(item.no)
                if first:
                    message = _(
                        "Some items have no number; they were numbered within their problem."
                    )
                    self.doubts.append(_at(Doubt(message=message), item))
                    first = False

    def _refuse_doubles(self, families: list[list[Node]]) -> None:
        for nodes in families:
            count = Counter(node.no for node in nodes if node.no)
            seen: set[str] = set()
            for node in nodes:
                if count[node.no] > 1 and node.no in seen:
                    message = _("The number %(no)s is used twice.")
                    doubt = Doubt(message=message, values={"no": node.no}, severity="error")
                    self.doubts.append(_at(doubt, node))
                seen.add(node.no)

    def _spread(self, parents: list[Node]) -> None:
        """Where numbers begin anew under every parent, put the parent's number before them."""
        homes: dict[str, set[int]] = {}
        for parent in parents:
            for node in parent.below:
                if not node.same:
                    homes.setdefault(node.no, set()).add(id(parent))
        if all(len(home) == 1 for home in homes.values()):
            return
        for parent in parents:
            for node in parent.below:
                if not node.same:
                    node.no = numbers.within(parent.no, node.no)
        message = _(
            "The numbers begin anew here; the number of the level above was put before them."
        )
        second = parents[1].below[0]
        self.doubts.append(_at(Doubt(message=message), second))


def _number(node: Node, previous: str) -> tuple[str, str, list[Doubt]]:
    if not node.number_cell:
        return *numbers.split(node.title), []
    if isinstance(node.number, float):
        no, doubts = numbers.from_float(node.number, previous)
    elif isinstance(node.number, dt.date):
        no, doubts = numbers.from_date(node.number)
    else:
        no, doubts = text(node.number), []
    return no, node.title, doubts


def _free(parent: str, at: int, taken: set[str]) -> str:
    while numbers.within(parent, str(at)) in taken:
        at += 1
    return numbers.within(parent, str(at))


def _at(doubt: Doubt, node: Node) -> Doubt:
    return Doubt(
        message=doubt.message,
        values=doubt.values,
        severity=doubt.severity,
        cell=node.cell,
        field="no",
    )
