"""The matrix of a hand-made item, its gates, what reviewers find of a piece, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.refusals import Conflict, NotFound, NotPermitted, Unmet
from core.roles import Role
from tests import make
from tests.workflows import scene
from workflows import dossier, holes, matrix, verification
from workflows.actions import decisions, judging, proving, rectification
from workflows.models import Citation, Criterion, Item, Judgement
from workflows.states import State, Worth

if TYPE_CHECKING:
    from tests.make import House

pytestmark = pytest.mark.django_db
CRITERIA = ("All lit；Checked at night", "An entry a week")


@pytest.fixture
def house() -> House:
    return make.house()


def made(house: House) -> tuple[Item, dict[str, Criterion]]:
    """1.1 is shown by two papers, 1.2 by one of them again, 2.1 by nothing."""
    item = make.item(State.RECTIFYING, house=house, criteria=CRITERIA)
    rows = Criterion.objects.filter(measure__item=item)
    found = {f"{c.measure.position}.{c.number}": c for c in rows}
    cite(item, house, found["1.1"], files=[make.paper("a.pdf"), make.paper("b.pdf")])
    paper = item.citations.get(evidence__name="b.pdf").evidence
    cite(item, house, found["1.2"], again=[paper.pk])
    return item, found


def cite(item: Item, house: House, criterion: Criterion, **words: Any) -> None:
    proving.attach(
        item.pk,
        actor=house.staff.actor(),
        command=make.command(item),
        measure_id=criterion.measure_id,
        criterion_id=criterion.pk,
        **words,
    )


def grid(item: Item) -> list[tuple[str, list[int], bool]]:
    """Each criterion with the numbers of the papers in its row, and whether it is a hole."""
    [one] = matrix.of([item])
    return [(row.line.no, [c.no for c in row.cells if c], row.line.missing) for row in one.rows]


def submitted(house: House) -> tuple[Item, dict[str, Criterion]]:
    item, criteria = made(house)
    cite(item, house, criteria["2.1"], files=[make.paper("log.pdf")])
    rectification.record_progress(
        item.pk,
        actor=house.staff.actor(),
        command=make.command(item),
        progress="done",
        result="Lit.",
    )
    make.take(item, "submit", house)
    return item, criteria


def judge(house: House, citation: Citation, worth: str, remark: str = "") -> None:
    judging.judge(citation.pk, actor=house.head.actor(), worth=worth, remark=remark)


def test_the_matrix_of_an_item_shows_each_paper_where_it_is_cited_and_where_none_is(
    house: House,
) -> None:
    item, criteria = made(house)
    assert grid(item) == [("1.1", [1, 2], False), ("1.2", [2], False), ("2.1", [], True)]
    [one] = matrix.of([item])
    assert [paper.no for paper in one.papers] == [1, 2]
    assert (one.asked, one.shown, [line.key for line in one.holes]) == (
        3,
        2,
        [f"criterion-{criteria['2.1'].pk}"],
    )
    gaps = Item.objects.get(pk=item.pk).gaps()
    assert [gap.at for gap in gaps] == [line.key for line in one.holes]
    with pytest.raises(Unmet) as missing:
        rectification.submit(item.pk, actor=house.staff.actor(), command=make.command(item))
    assert [at for at, _words in missing.value.holes] == [gaps[0].at]
    cite(item, house, criteria["2.1"], files=[make.paper("log.pdf")])
    assert matrix.of([item])[0].holes == []
    assert Item.objects.get(pk=item.pk).gaps() == []


def test_a_written_reason_stands_for_every_criterion_of_its_measure(house: House) -> None:
    item = make.item(State.RECTIFYING, house=house, criteria=CRITERIA)
    item.measures.filter(position=1).update(no_evidence_reason="The street was given up.")
    assert [missing for _no, _papers, missing in grid(item)] == [False, False, True]
    assert [gap.measure_no for gap in Item.objects.get(pk=item.pk).gaps()] == [2]


def test_a_round_costs_as_many_queries_as_an_item_and_shows_only_what_one_may_see(
    house: House,
) -> None:
    round_ = make.round_(house)
    first = make.item(State.RECTIFYING, house=house, round_=round_, criteria=CRITERIA)

    def cost(scope: str, key: int) -> int:
        with CaptureQueriesContext(connection) as caught:
            matrix.sheet(house.office.actor(), scope, key)
        return len(caught) - 2  # less those that make the actor

    one = cost("item", first.pk)
    for _n in range(4):
        make.item(State.RECTIFYING, house=house, round_=round_, criteria=CRITERIA)
    assert (one, cost("round", round_.pk)) == (one, one)
    sheet = matrix.sheet(house.office.actor(), "round", round_.pk)
    assert (len(sheet.matrices), sheet.holes, sheet.shown, len(sheet.gaps)) == (5, 15, 0, 5)
    problem = matrix.sheet(house.office.actor(), "problem", first.problem_id)
    assert problem.title == str(first.problem)
    for scope, key in (("round", round_.pk), ("item", first.pk), ("street", 1)):
        with pytest.raises(NotFound):
            matrix.sheet(make.house().office.actor(), scope, key)


def test_what_is_found_wanting_is_not_agreed_to_until_it_is_settled(house: House) -> None:
    item, _criteria = submitted(house)
    first = item.citations.get(evidence__name="a.pdf")
    judge(house, first, Worth.NOT_ENOUGH, "Only one lamp is seen")
    before = scene.everything(item)
    with pytest.raises(Unmet) as refused:
        make.take(item, "approve", house)
    assert [at for at, _words in refused.value.holes] == [f"judge-{first.pk}"]
    assert scene.everything(item) == before
    judge(house, first, Worth.ACCEPTED)
    make.take(item, "approve", house)
    told = scene.last(item.subject).data["findings"]
    assert told == [{"citation": first.pk, "name": "a.pdf", "worth": "accepted"}]
    first.refresh_from_db()
    assert first.judged == Worth.ACCEPTED
    assert verification.verify_all().breaks == []


def test_a_return_lists_what_was_wanting_and_the_wrong_paper_proves_nothing_any_more(
    house: House,
) -> None:
    item, criteria = submitted(house)
    log = item.citations.get(evidence__name="log.pdf")
    judge(house, log, Worth.WRONG, "This is another street's log")
    decisions.send_back(
        item.pk, actor=house.head.actor(), command=make.command(item), reason=make.REASON
    )
    data = scene.last(item.subject).data
    assert data["findings"] == [
        {
            "citation": log.pk,
            "name": "log.pdf",
            "worth": "wrong",
            "remark": "This is another street's log",
        }
    ]
    returned = dossier.owed_return(Item.objects.get(pk=item.pk))
    assert returned is not None
    assert [(one.citation, one.worth) for one in dossier.wanting(returned)] == [(log, "wrong")]
    assert dossier.found_before(returned).keys() == {log.pk}
    assert grid(item)[-1] == ("2.1", [3], True)
    with pytest.raises(Unmet):
        make.take(item, "submit", house)
    cite(item, house, criteria["2.1"], files=[make.paper("right.pdf")])
    make.take(item, "submit", house)
    make.take(item, "approve", house)
    assert Item.objects.get(pk=item.pk).state == State.VERIFYING
    assert verification.verify_all().breaks == []


def test_only_whoever_holds_the_step_judges_and_says_why(house: House) -> None:
    item, _criteria = submitted(house)
    first = item.citations.order_by("pk")[0]
    for person in (house.staff, house.colleague, house.office):
        with pytest.raises(NotPermitted):
            judging.judge(first.pk, actor=person.actor(), worth="accepted")
    with pytest.raises(NotFound):
        judging.judge(first.pk, actor=make.house().head.actor(), worth="accepted")
    for worth in ("wrong", "good"):
        with pytest.raises(Unmet):
            judge(house, first, worth)
    assert not Judgement.objects.exists()
    judge(house, first, Worth.ACCEPTED)
    judge(house, first, "")
    assert not Judgement.objects.exists()
    fresh, _criteria = made(house)
    with pytest.raises(Conflict):
        judge(house, fresh.citations.order_by("pk")[0], Worth.ACCEPTED)


def test_who_submitted_it_does_not_judge_it_as_head_either(house: House) -> None:
    item, _criteria = submitted(house)
    make.membership(house.staff, Role.SECTION_HEAD, section=house.section)
    with pytest.raises(NotPermitted):
        judging.judge(
            item.citations.order_by("pk")[0].pk, actor=house.staff.actor(), worth="accepted"
        )
    assert not Judgement.objects.exists()


def test_a_closer_settles_by_their_own_finding_what_another_doubted(house: House) -> None:
    item, _criteria = submitted(house)
    first = item.citations.get(evidence__name="a.pdf")
    make.take(item, "approve", house)
    judging.judge(first.pk, actor=house.office.actor(), worth="wrong", remark="Another lamp")
    with pytest.raises(Unmet):
        make.take(item, "close", house)
    judging.judge(first.pk, actor=house.closer.actor(), worth="accepted")
    make.take(item, "close", house)
    assert Item.objects.get(pk=item.pk).state == State.CLOSED


def test_the_check_of_the_ledger_finds_what_was_handed_in_with_a_hole(house: House) -> None:
    item, criteria = submitted(house)
    make.person(Role.SECTION_HEAD, section=house.other_section)
    assert holes.count(house.office.actor()) == 0
    Criterion(measure=criteria["2.1"].measure, number=2, text="Signed").save()
    checked = holes.check(house.office.actor(), key="proof")
    assert checked is not None
    assert [row.item for row in checked.rows] == [item]
