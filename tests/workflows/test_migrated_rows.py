"""What data migrations make of rows that were there before: criteria, numbers, findings.

Run as functions on today's tables, with the rows as they were then put back by hand.
"""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps

from tests import make
from tests.audit.chains import unprotected
from workflows import verification
from workflows.actions import decisions, judging
from workflows.models import Citation, Judgement
from workflows.standing_in import as_actor
from workflows.states import State

pytestmark = pytest.mark.django_db
CORRESPONDENCE = import_module("workflows.migrations.0027_correspondence")
FINDINGS = import_module("workflows.migrations.0030_findings_kept")


@pytest.mark.parametrize(
    ("text", "criteria"),
    [
        ("路灯全部亮起；夜间检查一次", ["路灯全部亮起", "夜间检查一次"]),
        ("1、建立台账；2、每周一记", ["建立台账", "每周一记"]),
        ("（1）制度印发；(2)组织学习", ["制度印发", "组织学习"]),
        ("1、建立台账；3、每周一记", ["1、建立台账", "3、每周一记"]),
        ("发布《办法（试行；修订）》；公示", ["发布《办法（试行；修订）》；公示"]),
        ("路灯全部亮起", ["路灯全部亮起"]),
        ("；；", []),
    ],
)
def test_a_text_is_divided_where_people_divided_it(text: str, criteria: list[str]) -> None:
    assert CORRESPONDENCE.pieces(text) == criteria


def test_papers_get_their_numbers_item_by_item_in_the_order_in_which_they_were_cited() -> None:
    house = make.house()
    first, second = (make.item(State.RECTIFYING, house=house) for _ in "ab")
    for item in (first, second, first):
        make.prove(item, house, make.paper(f"{make.number()}.pdf"))
    known = list(Citation.objects.order_by("pk").values_list("item", "no"))
    with unprotected():
        Citation.objects.update(no=0)
        CORRESPONDENCE.number(apps, None)
    assert list(Citation.objects.order_by("pk").values_list("item", "no")) == known
    assert known == [(first.pk, 1), (second.pk, 1), (first.pk, 2)]


def test_findings_are_told_by_their_events_and_notes_stay_notes() -> None:
    house = make.house()
    item = make.item(State.IN_REVIEW, house=house)
    piece = item.citations.get()
    make.deputy(house.head, house.colleague, with_tray=True)
    deputy = as_actor(house.colleague)
    judging.judge(piece.pk, actor=deputy, worth="accepted", remark="Seen")
    decisions.approve(item.pk, actor=deputy, command=make.command(item))
    judging.judge(piece.pk, actor=house.office.actor(), worth="wrong", remark="Another lamp")
    columns = ("seq", "person", "behind", "worth", "remark")
    known = set(Judgement.objects.values_list(*columns))
    with unprotected():
        Judgement.objects.update(seq=None, behind=None)
        FINDINGS.keep(apps, None)
    assert set(Judgement.objects.values_list(*columns)) == known
    assert len(known) == Judgement.objects.count() == 2
    assert verification.verify_all().breaks == []
    with unprotected():
        Judgement.objects.all()._raw_delete("default")
        FINDINGS.keep(apps, None)
    assert not Judgement.objects.exists()
