"""A workbook's way onto the ledger: whole or not at all, and off it again while nothing moved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from django.utils import translation

from audit.models import Event
from core.models import Section, User
from core.refusals import Conflict, NotFound, NotPermitted, Refusal, StaleItem, Unmet
from core.roles import Role
from tests import make
from tests.make import House
from tests.workflows import scene
from workflows.actions import ledgers, rounds
from workflows.actions.entries import LedgerAspect, LedgerItem, LedgerProblem
from workflows.models import Aspect, Batch, Item, Measure, Problem, Round
from workflows.states import Progress, State

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def house() -> House:
    return make.house()


def confirm(batch: Batch, house: House, *lines: LedgerItem, version: int = 0) -> tuple[int, int]:
    _batch, entered, unchanged = ledgers.confirm(
        batch.pk, actor=house.office.actor(), version=version, aspects=make.tree(*lines)
    )
    return entered, unchanged


def on_ledger() -> tuple[int, ...]:
    models = (Aspect, Problem, Item, Measure, Section)
    return tuple(model._default_manager.count() for model in models)


# Rounds


def test_a_round_is_opened_by_the_office_of_its_unit_and_told(house: House) -> None:
    round_ = make.round_(house, code="2026-1", title="Round 1", starts=date(2026, 1, 1))
    assert str(round_) == "2026-1 Round 1"
    told = scene.last(f"round:{round_.pk}")
    assert (told.name, told.actor) == ("round.opened", house.office.actor().subject)
    assert told.data == {"code": "2026-1", "title": "Round 1", "feedback_date": "2026-03-01"}


@pytest.mark.parametrize(
    "fields",
    [
        {"code": "taken"},
        {"starts": date(2026, 2, 2), "ends": date(2026, 2, 1)},
        {"period": "9m"},
        {"title": ""},
        {"code": "x" * 33},
    ],
)
def test_a_round_that_makes_no_sense_is_not_opened(fields: dict[str, object], house: House) -> None:
    make.round_(house, code="taken")
    with pytest.raises(Unmet):
        make.round_(house, **fields)  # type: ignore[arg-type]  # as given
    assert Round.objects.count() == 1
    assert Event.objects.count() == 1


def test_a_round_may_last_a_day(house: House) -> None:
    day = date(2026, 2, 2)
    assert make.round_(house, starts=day, ends=day).pk


@pytest.mark.parametrize(("who", "refused"), [("head", NotPermitted), ("stranger", NotFound)])
def test_nobody_else_opens_a_round(who: str, refused: type[Refusal], house: House) -> None:
    actor = make.house().office.actor() if who == "stranger" else house.head.actor()
    with pytest.raises(refused):
        rounds.open_round(
            actor=actor,
            unit_id=house.unit.pk,
            code="R",
            title="T",
            feedback_date=date(2026, 3, 1),
        )
    assert not Round.objects.exists()


# Confirming


def test_a_confirmed_line_becomes_a_draft_item_with_all_it_says(house: House) -> None:
    leader = make.person(Role.LEADER, unit=house.unit, name="周局")
    round_ = make.round_(house)
    line = make.line(
        house,
        no="1-1",
        measures=("Repair", "Log"),
        criteria=("All lit", ""),
        leaders=("周局", "陈局", house.head.name),
        lead=(house.section.name, "新科"),
        support=(house.other_section.name,),
        status="基本完成",
        target="All lit by June",
        remark="Urgent",
    )
    [item] = make.entered(house, round_, line)
    assert (item.no, item.state, item.version, item.cycle) == ("1-1", State.DRAFT, 0, 1)
    assert (item.progress, item.status_raw) == (Progress.BASICALLY_DONE, "基本完成")
    assert (item.target, item.remark) == ("All lit by June", "Urgent")
    assert [(m.position, m.text, m.criterion) for m in item.measures.all()] == [
        (1, "Repair", "All lit"),
        (2, "Log", ""),
    ]
    assert [(x.name, x.user) for x in item.leaders.all()] == [
        ("周局", leader),
        ("陈局", None),
        (house.head.name, None),
    ]
    assert [(str(s), s.part) for s in item.other_sections.all()] == [
        ("新科", "lead"),
        (house.other_section.name, "support"),
    ]
    assert str(item.leaders.all()[1]) == "陈局"
    assert str(item) == "1-1 Street lamps stay dark"
    assert str(item.measures.all()[0]) == "1. Repair"
    assert str(item.problem) == "1 Lighting is neglected"
    assert str(item.problem.aspect) == "（一）Public works"
    told = scene.last(item.subject)
    assert (told.name, told.data["batch"]) == ("item.created", item.batch_id)
    added = Event.objects.get(name="section.added")
    assert (added.subject, added.data["name"]) == (f"unit:{house.unit.pk}", "新科")
    assert item.batch is not None
    assert str(item.batch) == "ledger.xlsx"


def test_two_people_of_one_name_are_nobody_until_the_office_chooses(house: House) -> None:
    make.person(Role.STAFF, section=house.section, name=house.staff.name)
    [item] = make.entered(house, make.round_(house), make.line(house))
    assert (item.assignee, item.assignee_text) == (None, house.staff.name)


def test_somebody_of_another_unit_or_gone_is_nobody(house: House) -> None:
    stranger = make.house().staff
    User.objects.filter(pk=house.colleague.pk).update(is_active=False)
    names = [stranger.name, house.colleague.name, ""]
    items = make.entered(
        house, make.round_(house), *(make.line(house, assignee=name) for name in names)
    )
    assert [item.assignee for item in items] == [None, None, None]
    assert [item.assignee_text for item in items] == names


def test_lines_under_the_same_heading_share_it(house: House) -> None:
    round_ = make.round_(house)
    make.entered(house, round_, make.line(house), make.line(house))
    make.entered(house, round_, make.line(house))
    assert on_ledger()[:3] == (1, 1, 3)
    assert list(round_.items.values_list("position", flat=True)) == [1, 2, 3]


def test_several_aspects_and_problems_are_entered_in_order(house: House) -> None:
    batch = make.batch(house, make.round_(house))
    aspects = [
        LedgerAspect(
            no=f"（{a}）",
            title=a,
            problems=tuple(
                LedgerProblem(no=str(p), title=str(p), items=(make.line(house),)) for p in (1, 2)
            ),
        )
        for a in "一二"
    ]
    actor = house.office.actor()
    assert ledgers.confirm(batch.pk, actor=actor, version=0, aspects=aspects)[1:] == (4, 0)
    assert on_ledger()[:3] == (2, 4, 4)


def test_an_empty_workbook_may_be_confirmed_and_enters_nothing(house: House) -> None:
    batch = make.batch(house, make.round_(house))
    assert confirm(batch, house) == (0, 0)
    empty = [
        LedgerAspect(no="一", title="", problems=()),
        LedgerAspect(no="二", title="", problems=(LedgerProblem(no="1", title="", items=()),)),
    ]
    batch = make.batch(house, batch.round)
    ledgers.confirm(batch.pk, actor=house.office.actor(), version=0, aspects=empty)
    assert on_ledger()[:3] == (0, 0, 0)


def test_a_line_that_is_on_the_ledger_just_so_is_left_alone(house: House) -> None:
    round_ = make.round_(house)
    line = make.line(house, support=(house.other_section.name,), leaders=("周局",))
    make.entered(house, round_, line)
    assert confirm(make.batch(house, round_), house, line, make.line(house)) == (1, 1)
    assert Item.objects.count() == 2


def test_one_line_that_says_something_else_refuses_the_whole_workbook(house: House) -> None:
    round_ = make.round_(house)
    line = make.line(house, no="1-1")
    make.entered(house, round_, line)
    before, batch = on_ledger(), make.batch(house, round_)
    other = make.line(house, no="1-1", title="Something else", lead=("新科",))
    with pytest.raises(Unmet) as refused:
        confirm(batch, house, make.line(house), other)
    assert refused.value.holes == (("no-1-1", "1-1"),)
    assert on_ledger() == before
    batch.refresh_from_db()
    assert batch.confirmed_at is None


def test_a_workbook_is_confirmed_once_and_only_as_it_is_now(house: House) -> None:
    batch = make.batch(house, make.round_(house))
    with pytest.raises(StaleItem) as stale:
        confirm(batch, house, make.line(house), version=1)
    assert stale.value.changes == ("The draft was corrected by somebody else.",)
    confirm(batch, house, make.line(house))
    with pytest.raises(Conflict) as refused:
        confirm(batch, house, make.line(house))
    assert str(refused.value) == "This workbook was confirmed already."
    assert Item.objects.count() == 1


def test_a_correction_is_kept_and_told_with_its_cell(house: House) -> None:
    batch = make.batch(house, make.round_(house))
    actor = house.office.actor()
    ledgers.correct(batch.pk, actor=actor, version=0, draft={"a": 1}, cell="D5", text="6月")
    batch.refresh_from_db()
    assert (batch.draft, batch.version) == ({"a": 1}, 1)
    told = scene.last(batch.round.subject)
    assert (told.name, told.data) == (
        "ledger.corrected",
        {"batch": batch.pk, "cell": "D5", "text": "6月"},
    )
    with pytest.raises(StaleItem):
        ledgers.correct(batch.pk, actor=actor, version=0, draft={}, cell="D5", text="7月")
    batch.refresh_from_db()
    assert batch.draft == {"a": 1}


def test_only_the_office_of_the_unit_brings_workbooks(house: House) -> None:
    round_ = make.round_(house)
    batch = make.batch(house, round_)
    stranger = make.house().office.actor()
    for actor, refused in [(house.head.actor(), NotPermitted), (stranger, NotFound)]:
        with pytest.raises(refused):
            ledgers.upload(round_.pk, actor=actor, name="x", digest="0" * 64, draft={})
        with pytest.raises(refused):
            ledgers.confirm(batch.pk, actor=actor, version=0, aspects=())
        with pytest.raises(refused):
            ledgers.correct(batch.pk, actor=actor, version=0, draft={}, cell="A1", text="")
        with pytest.raises(refused):
            ledgers.undo(batch.pk, actor=actor)
    assert Batch.objects.count() == 1


# Undoing


def test_an_undone_workbook_leaves_nothing_but_its_events(house: House) -> None:
    round_ = make.round_(house)
    before = on_ledger()
    items = make.entered(house, round_, make.line(house), make.line(house))
    batch = ledgers.undo(Batch.objects.get().pk, actor=house.office.actor())
    assert batch.undone_at is not None
    assert on_ledger() == before
    for item in items:
        names = Event.objects.filter(subject=item.subject).values_list("name", flat=True)
        assert list(names) == ["item.created", "item.unloaded"]
    told = scene.last(round_.subject)
    assert (told.name, told.data) == ("ledger.undone", {"batch": batch.pk, "items": 2})


def test_undoing_keeps_what_another_workbook_entered(house: House) -> None:
    round_ = make.round_(house)
    make.entered(house, round_, make.line(house))
    make.entered(house, round_, make.line(house))
    ledgers.undo(Batch.objects.order_by("pk")[0].pk, actor=house.office.actor())
    assert on_ledger()[:3] == (1, 1, 1)


def test_an_aspect_goes_only_with_its_last_problem(house: House) -> None:
    round_ = make.round_(house)
    make.entered(house, round_, make.line(house))
    batch = make.batch(house, round_)
    second = LedgerProblem(no="2", title="Another", items=(make.line(house),))
    aspects = [LedgerAspect(no="（一）", title="Public works", problems=(second,))]
    ledgers.confirm(batch.pk, actor=house.office.actor(), version=0, aspects=aspects)
    ledgers.undo(batch.pk, actor=house.office.actor())
    assert on_ledger()[:3] == (1, 1, 1)


def test_nothing_is_undone_once_one_item_moved(house: House) -> None:
    round_ = make.round_(house)
    first, second = make.entered(house, round_, make.line(house), make.line(house))
    make.take(first, "assign", house)
    before = on_ledger()
    with pytest.raises(Conflict) as refused:
        ledgers.undo(Batch.objects.get().pk, actor=house.office.actor())
    assert first.no in str(refused.value)
    assert second.no not in str(refused.value)
    assert on_ledger() == before


def test_what_is_not_on_the_ledger_is_not_undone(house: House) -> None:
    batch = make.batch(house, make.round_(house))
    with pytest.raises(Conflict):
        ledgers.undo(batch.pk, actor=house.office.actor())
    confirm(batch, house, make.line(house))
    ledgers.undo(batch.pk, actor=house.office.actor())
    with pytest.raises(Conflict) as refused:
        ledgers.undo(batch.pk, actor=house.office.actor())
    assert str(refused.value) == "This workbook is not on the ledger."
