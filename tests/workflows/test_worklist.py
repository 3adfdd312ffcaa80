"""The list of work reads its rows in parts, by index; here it is held against the plain question.

Rows are laid by chance, more mixed than acts would leave them: whatever they are, the list shows
what one condition over all of them finds, in its order, page by page.
"""

from __future__ import annotations

import random
from datetime import timedelta
from functools import reduce
from operator import or_
from typing import Any

import pytest
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone
from viewflow.workflow.models import Process

from core.actor import Actor
from core.models import Section, Unit
from core.roles import Role
from tests import make
from workflows import reviewing, worklist
from workflows.models import (
    Duty,
    EvidenceRequest,
    Item,
    ItemLeader,
    ItemSection,
    Measure,
    Submission,
    Supervision,
)
from workflows.models.duty import addresses
from workflows.standing_in import as_actor
from workflows.states import OPEN, DutyKind, Outcome, Standing, State
from workflows.tiles import Whose, choices_of, tiles_of
from workflows.worklist import Wanted

pytestmark = pytest.mark.django_db

NOW = timezone.now()
ITEMS = 110


class Crowd:
    """Two units, one below the other, and people who hold parts in both."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.above = make.house()
        self.below = make.house(parent=self.above.unit)
        self.rounds = {of.unit.pk: make.round_(of) for of in (self.above, self.below)}
        self.problems = {
            of.unit.pk: make.entered(of, self.rounds[of.unit.pk], make.line(of))[0].problem
            for of in (self.above, self.below)
        }
        self.people = [
            person
            for of in (self.above, self.below)
            for person in (of.staff, of.head, of.office, of.closer)
        ]
        self.people += [make.person(Role.LEADER, unit=of.unit) for of in (self.above, self.below)]
        both = make.person(Role.SECTION_HEAD, section=self.below.other_section)
        lent = make.membership(both, Role.OFFICE, unit=self.below.unit)
        self.people += [both, make.person(Role.UNIT_HEAD, unit=self.above.unit)]
        self.people += [make.person(Role.INSPECTION_OFFICE, unit=self.below.unit)]
        make.deputy(self.above.head, self.above.colleague, with_tray=True)
        make.deputy(self.below.head, self.above.staff)
        make.deputy(both, self.below.staff, with_tray=True, posts=[lent.pk])
        self.people += [self.above.colleague]
        for n in range(ITEMS):
            self._item(n)

    def actors(self) -> list[Actor]:
        return [as_actor(person) for person in self.people]

    def _anybody(self) -> int:
        return self.dice.choice(self.people).pk

    def _somebody(self, *, nobody: float) -> int | None:
        return None if self.dice.random() < nobody else self._anybody()

    def _section(self, unit: Unit) -> Section:
        return self.dice.choice(list(unit.sections.all()))

    def _item(self, n: int) -> None:
        unit = self.dice.choice([self.above.unit, self.below.unit])
        item = Item(
            round=self.rounds[unit.pk],
            problem=self.problems[unit.pk],
            unit_path=unit.path,
            no=f"x{n}",
            position=n,
            title=f"item {n}",
            lead_section=self._section(unit),
            assignee_id=self._somebody(nobody=0.2),
            due=self.dice.choice([None, *(NOW.date() + timedelta(days=d) for d in (-9, -1, 3))]),
            state=self.dice.choice(sorted(State)),
        )
        item.save()
        if self.dice.random() < 0.7:
            self._submission(item, unit)
        if self.dice.random() < 0.3:
            ItemSection(item=item, section=self._section(unit), part="support", position=1).save()
        if self.dice.random() < 0.4:
            ItemLeader(item=item, position=1, name="x", user_id=self._somebody(nobody=0.2)).save()
        if self.dice.random() < 0.2:
            self._supervision(item)
        if self.dice.random() < 0.3:
            self._paper(item)

    def _paper(self, item: Item) -> None:
        """One more paper is asked for, and was answered by now or not."""
        measure = Measure(item=item, position=1, text="Light the street")
        measure.save()
        ended = {"state": "declined", "ended_at": NOW} if self.dice.random() < 0.4 else {}
        EvidenceRequest(
            item=item,
            no=1,
            measure=measure,
            text="The minutes",
            due=NOW.date(),
            asked_by_id=self._anybody(),
            asked_at=NOW,
            **ended,
        ).save()

    def _supervision(self, item: Item) -> None:
        Supervision(item=item, person_id=self._anybody(), since=NOW, told_seq=0).save()

    def _submission(self, item: Item, unit: Unit) -> None:
        process = Process(flow_class="workflows/flows.Review")
        process.save()
        waits = item.state in {State.IN_REVIEW, State.VERIFYING}
        ended = self.dice.choice([Outcome.RETURNED, Outcome.WITHDRAWN])
        outcome = Outcome.OPEN if waits else ended
        submission = Submission(
            item=item,
            cycle=1,
            no=1,
            process=process,
            submitted_by_id=self._anybody(),
            submitted_at=NOW,
            outcome=outcome,
        )
        submission.save()
        item.submission = submission
        item.save(update_fields=["submission"])
        for _n in range(self.dice.randrange(4)):
            self._duty(submission, unit)

    def _duty(self, submission: Submission, unit: Unit) -> None:
        done = self.dice.random() < 0.3
        address = self.dice.choice([self._named, self._of_a_section, self._of_a_unit])(unit)
        Duty(
            item=submission.item,
            submission=submission,
            position=0,
            kind=self.dice.choice([DutyKind.STEP, DutyKind.STEP, DutyKind.COPY, DutyKind.HELP]),
            state=Standing.DONE if done else self.dice.choice([Standing.OPEN, Standing.HELD]),
            opened_at=NOW - timedelta(hours=self.dice.randrange(48)),
            outcome="approve" if done else "",
            decided_by_id=self._other_than(address.get("behind_id")) if done else None,
            decided_at=NOW - timedelta(minutes=self.dice.randrange(9)) if done else None,
            **address,
        ).save()

    def _other_than(self, behind: int | None) -> int:
        return self.dice.choice([one.pk for one in self.people if one.pk != behind])

    def _named(self, _unit: Unit) -> dict[str, Any]:
        return {"person_id": self._anybody(), "behind_id": self._somebody(nobody=0.6)}

    def _of_a_section(self, unit: Unit) -> dict[str, Any]:
        return {"role": Role.SECTION_HEAD, "section": self._section(unit)}

    def _of_a_unit(self, unit: Unit) -> dict[str, Any]:
        return {"role": self.dice.choice([Role.OFFICE, Role.LEADER]), "unit_path": unit.path}


def seen(actor: Actor) -> set[int]:
    """The items an actor may see, by looking at each of them."""
    found = set()
    counts = {Standing.OPEN, Standing.HELD, Standing.DONE}
    for item in Item.objects.all():
        part = any(
            (d.person_id in actor.people and d.state in counts) or d.decided_by_id in actor.people
            for d in item.duties.all()
        )
        beside = {one.section_id for one in item.other_sections.all()} | {item.lead_section_id}
        within = any(item.unit_path.startswith(path) for path in actor.unit_paths)
        if part or within or beside & actor.sections:
            found.add(item.pk)
    return found


def duties_of(key: str, actor: Actor) -> list[int]:
    match key:
        case "waiting":
            said = Duty.objects.filter(
                state=Standing.DONE, outcome="approve", decided_by=actor.id
            ).values_list("submission", flat=True)
            rows = Duty.objects.filter(reduce(or_, addresses(actor)), state=Standing.OPEN)
            rows = rows.exclude(kind=DutyKind.COPY).exclude(submission__in=list(said))
            rows = rows.exclude(submission__submitted_by=actor.id).order_by("opened_at", "pk")
        case "copies":
            rows = Duty.objects.filter(
                kind=DutyKind.COPY, state=Standing.OPEN, person__in=sorted(actor.people)
            ).order_by("opened_at", "pk")
        case _:
            rows = Duty.objects.filter(decided_by=actor.id).order_by("-decided_at", "-pk")
    return list(rows.values_list("pk", flat=True))


def items_of(key: str, whose: Whose, actor: Actor) -> list[int]:
    """In one question over all items; the whole unit is what is in the unit."""
    owed = Q(state__in=["assigned", "rectifying"])
    back = owed & Q(submission__outcome="returned")
    late = Q(state__in=sorted(OPEN - {State.SUSPENDED}), due__lt=timezone.localdate())
    offices = reduce(
        or_,
        (Q(unit_path__startswith=p.unit_path) for p in actor.posts if p.role == Role.OFFICE),
        Q(pk=None),
    )
    mine = {
        Whose.MINE: Q(assignee=actor.id),
        Whose.SECTION: Q(lead_section__in=actor.sections),
        Whose.LINE: Q(pk__in=ItemLeader.objects.filter(user=actor.id).values("item")),
        Whose.UNIT: reduce(
            or_, (Q(unit_path__startswith=path) for path in actor.unit_paths), Q(pk=None)
        ),
    }[whose]
    papers = EvidenceRequest.objects.filter(state="open")
    supervised = Q(pk__in=Supervision.objects.filter(person=actor.id).values("item"))
    test = {
        "rectify": owed & mine,
        "returned": back & mine,
        "overdue": late & mine,
        "open": Q(state__in=sorted(OPEN)) & mine,
        "assign": Q(state="draft") & offices,
        "chase": late & offices,
        "evidence": Q(pk__in=papers.values("item")) & mine,
        "sent": Q(submission__submitted_by=actor.id, submission__outcome="open")
        | Q(pk__in=papers.filter(asked_by=actor.id).values("item")),
        "supervised": supervised if whose != Whose.LINE else supervised & mine,
    }[key]
    first = Case(When(back, then=Value(0)), default=Value(1))
    rows = Item.objects.filter(test, pk__in=seen(actor))
    rows = rows.order_by(first, F("due").asc(nulls_last=True), "pk")
    return list(rows.values_list("pk", flat=True))


def listed(actor: Actor, whose: Whose, key: str) -> tuple[str, list[int]]:
    """The count on the tile, and the rows of every page of it."""
    rows: list[int] = []
    page, count = 1, ""
    while True:
        work = worklist.worklist(actor, Wanted(whose=whose, tile=key, page=page))
        assert work is not None
        count = next(one.shown for one in work.tiles if one.tile.key == key)
        rows += [row.duty.pk if row.duty else row.item.pk for row in work.rows]
        if page == work.pages:
            return count, rows
        page += 1


@pytest.mark.parametrize("seed", [1])
def test_every_tile_of_everybody_lists_what_the_plain_question_finds(seed: int) -> None:
    filled = set()
    for actor in Crowd(seed).actors():
        for whose in choices_of(actor):
            for tile in tiles_of(whose, actor):
                of_duties = tile.parts is not None
                plain = (
                    duties_of(tile.key, actor) if of_duties else items_of(tile.key, whose, actor)
                )
                count, rows = listed(actor, whose, tile.key)
                assert (rows, tile.key, whose) == (plain, tile.key, whose)
                assert count == (str(len(plain)) if len(plain) < 100 else "99+")
                filled |= {(whose, tile.key)} if plain else set()
    assert {key for _whose, key in filled} == {
        "waiting", "rectify", "returned", "overdue", "open", "assign", "chase", "sent",
        "copies", "done", "supervised", "evidence",
    }  # fmt: skip


def test_everybody_sees_what_looking_at_each_item_says() -> None:
    for actor in Crowd(3).actors():
        assert set(Item.objects.visible_to(actor).values_list("pk", flat=True)) == seen(actor)


def test_the_review_queue_has_the_items_of_the_duties_once_the_longest_waiting_first() -> None:
    twice = 0
    for actor in Crowd(5).actors():
        order = duties_of("waiting", actor)
        owners = dict(Duty.objects.filter(pk__in=order).values_list("pk", "item"))
        wanted = list(dict.fromkeys(owners[pk] for pk in order))
        assert [item.pk for item in reviewing.queue(actor)] == wanted
        twice += len(order) - len(wanted)
        assert set(reviewing.duties(actor).values_list("pk", flat=True)) == set(order)
    assert twice > 0
