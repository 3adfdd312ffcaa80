"""The ledger as a grid: what its address asks for, and the rows that answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from reports.figures import Time
from web.templatetags.words import SOON
from workflows.models import Aspect, Item, Measure, Problem
from workflows.states import ENDED, RUNNING, Asking, State, Track

A_PAGE = 500
_LONGEST_SEARCH = 80
_AS_ON_THE_LEDGER = (
    "problem__aspect__position",
    "problem__aspect_id",
    "problem__position",
    "problem_id",
    "position",
)


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    words: Promise
    sort: tuple[str, ...] = ()
    default: bool = True


COLUMNS = (
    Column("state", _("State"), ("state",)),
    Column("time", _("Time"), ("due",)),
    Column("deadline", _("Deadline"), ("due",), default=False),
    Column("track", _("Class"), ("track", "due"), default=False),
    Column("lead", _("Lead section"), ("lead_section__name",)),
    Column("support", _("Supporting sections"), default=False),
    Column("assignee", _("Responsible person"), ("assignee_text",)),
    Column("leaders", _("Responsible leaders")),
    Column("measures", _("Measures"), default=False),
    Column("progress", _("Progress"), ("progress",)),
)
_NAMES = {column.name: column for column in COLUMNS}

TIMES: dict[Time, tuple[str, Promise, Callable[[date], Q]]] = {
    Time.OVERDUE: ("red", _("Overdue"), lambda day: Q(due__lt=day)),
    Time.TODAY: ("red", _("Due today"), lambda day: Q(due=day)),
    Time.SOON: (
        "yellow",
        _("Due soon"),
        lambda day: Q(due__gt=day, due__lte=day + timedelta(days=SOON)),
    ),
    Time.LATER: ("green", _("Due later"), lambda day: Q(due__gt=day + timedelta(days=SOON))),
    Time.NONE: ("green", _("Ongoing or without a date"), lambda _day: Q(due=None)),
    Time.SUSPENDED: ("secondary", _("Suspended"), lambda _day: Q(state=State.SUSPENDED)),
}
"""How an open item stands against its deadline: colour, words, test on a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The address of the grid, understood; words it does not know ask for nothing."""

    search: str = ""
    state: str = ""
    time: str = ""
    track: str = ""
    asked: str = ""
    """The kind of a request that waits for a decision."""
    section: int | None = None
    aspect: int | None = None
    assignee: str = ""
    """The key of a person's account, or `none`."""
    sort: str = ""
    down: bool = False
    columns: tuple[Column, ...] = ()
    page: int = 1

    @property
    def narrowed(self) -> bool:
        narrowing = (self.search, self.state, self.time, self.track, self.asked, self.assignee)
        return any(narrowing) or self.section is not None or self.aspect is not None


def asked_of(query: QueryDict) -> Asked:
    sort = query.get("sort", "")
    named = ",".join(query.getlist("columns")).split(",")
    assignee = query.get("assignee", "")
    return Asked(
        search=query.get("q", "").replace("\x00", "").strip()[:_LONGEST_SEARCH],
        state=_one_of(State.values, query.get("state", "")),
        time=_one_of([*TIMES, Time.ENDED], query.get("time", "")),
        track=_one_of(Track.values, query.get("track", "")),
        asked=_one_of(Asking.values, query.get("asked", "")),
        section=_number(query.get("section", "")),
        aspect=_number(query.get("aspect", "")),
        assignee=assignee if assignee == "none" or _number(assignee) is not None else "",
        sort=_one_of([c.name for c in COLUMNS if c.sort], sort.removeprefix("-")),
        down=sort.startswith("-"),
        columns=tuple(c for c in COLUMNS if c.name in named)
        or tuple(c for c in COLUMNS if c.default),
        page=_number(query.get("page", "")) or 1,
    )


def _one_of(words: Iterable[str], word: str) -> str:
    return word if word in list(words) else ""


def _number(text: str) -> int | None:
    """Small enough for any database's key."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None  # noqa: PLR2004


def narrowed(items: QuerySet[Item], asked: Asked) -> QuerySet[Item]:
    today = timezone.localdate()
    if asked.search:
        inside = Measure.objects.filter(text__icontains=asked.search).values("item")
        items = items.filter(
            Q(no__icontains=asked.search) | Q(title__icontains=asked.search) | Q(pk__in=inside)
        )
    if asked.time:
        items = items.filter(of_time(Time(asked.time), today))
    if asked.assignee:
        who = None if asked.assignee == "none" else int(asked.assignee)
        items = items.filter(assignee=who)
    exact = {
        "state": asked.state,
        "track": asked.track,
        "request__kind": asked.asked,
        "lead_section": asked.section,
        "problem__aspect": asked.aspect,
    }
    return items.filter(**{name: value for name, value in exact.items() if value not in {"", None}})


def of_time(time: Time, day: date) -> Q:
    if time == Time.ENDED:
        return Q(state__in=sorted(ENDED))
    if time == Time.SUSPENDED:
        return TIMES[time][2](day)
    return TIMES[time][2](day) & Q(state__in=sorted(RUNNING))


def ordered(items: QuerySet[Item], asked: Asked) -> QuerySet[Item]:
    """By the column asked for, empty ones last; the key ends it, so that no page repeats a row."""
    fields = _NAMES[asked.sort].sort if asked.sort else ()
    by = [
        F(name).desc(nulls_last=True) if asked.down else F(name).asc(nulls_last=True)
        for name in fields
    ]
    return items.order_by(*by, *_AS_ON_THE_LEDGER, "pk")


def rows(items: QuerySet[Item], asked: Asked) -> Page[Item]:
    """One page of what is asked, with all that a row shows in a constant number of queries."""
    whole = ordered(narrowed(items, asked), asked).select_related(
        "problem__aspect", "lead_section", "assignee", "request"
    )
    whole = whole.prefetch_related("leaders", "other_sections__section")
    if _NAMES["measures"] in asked.columns:
        whole = whole.prefetch_related("measures")
    return Paginator(whole, A_PAGE).get_page(asked.page)


@dataclass(frozen=True, slots=True)
class ProblemGroup:
    problem: Problem
    items: list[Item]

    @property
    def named(self) -> bool:
        """Whether the problem says more than its only item does."""
        first = self.items[0]
        return (first.no, first.title) != (self.problem.no, self.problem.title)


@dataclass(frozen=True, slots=True)
class AspectGroup:
    aspect: Aspect
    problems: list[ProblemGroup]

    @property
    def size(self) -> int:
        return sum(len(group.items) for group in self.problems)


def grouped(items: Iterable[Item]) -> list[AspectGroup]:
    return [
        AspectGroup(
            aspect,
            [ProblemGroup(p, list(of)) for p, of in groupby(below, key=lambda item: item.problem)],
        )
        for aspect, below in groupby(items, key=lambda item: item.problem.aspect)
    ]


@dataclass(frozen=True, slots=True)
class Chip:
    """A count that narrows the grid to what it counts."""

    key: str
    words: str
    colour: str
    number: int
    on: bool


def state_chips(items: QuerySet[Item], asked: Asked) -> list[Chip]:
    counted = dict(items.order_by().values_list("state").annotate(Count("pk")))
    return [
        Chip(state, str(state.label), "secondary", counted[state], asked.state == state)
        for state in State
        if counted.get(state)
    ]


def request_chips(items: QuerySet[Item], asked: Asked) -> list[Chip]:
    """What is asked of the items and waits for a decision."""
    waiting = items.filter(request__isnull=False).order_by().values_list("request__kind")
    counted = dict(waiting.annotate(Count("pk")))
    return [
        Chip(
            kind,
            gettext("%(kind)s asked for") % {"kind": kind.label},
            "orange",
            counted[kind],
            asked.asked == kind,
        )
        for kind in Asking
        if counted.get(kind)
    ]


def time_chips(items: QuerySet[Item], asked: Asked) -> list[Chip]:
    today = timezone.localdate()
    counts = {time.value: Count("pk", filter=of_time(time, today)) for time in TIMES}
    counted = items.order_by().aggregate(**counts)
    return [
        Chip(time, str(words), colour, counted[time], asked.time == time)
        for time, (colour, words, _test) in TIMES.items()
        if counted[time]
    ]
