"""What does not fit its column is refused in words, before the database is asked."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from core.refusals import Unmet
from tests import make
from tests.make import House
from tests.workflows import scene
from workflows.actions import amendments, proving, rectification
from workflows.actions.amendments import Deadline, MeasureText
from workflows.actions.rectification import MeasureAccount
from workflows.models import Item
from workflows.states import State, Track

pytestmark = pytest.mark.django_db
LONG = make.judged_by("长" * 301)


def refused(item: Item, do: Callable[[], object]) -> list[str]:
    before, events = scene.everything(item), scene.told(item.subject)
    with pytest.raises(Unmet) as caught:
        do()
    assert scene.everything(item) == before
    assert scene.told(item.subject) == events + 1
    return [at for at, _text in caught.value.holes]


def ready() -> tuple[House, Item]:
    house = make.house()
    return house, make.item(State.RECTIFYING, house=house)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("no_evidence_reason", "长" * 301),
        ("rule_made", "长" * 201),
        ("similar_cases", "长" * 301),
        ("loss_recovered", Decimal(10) ** 9),
        ("loss_recovered", Decimal("0.00001")),
        ("people_held", -1),
    ],
)
def test_what_the_staff_writes_about_a_measure_fits(field: str, value: Any) -> None:
    house, item = ready()
    account = MeasureAccount(measure_id=item.measures.all()[0].pk, **{field: value})
    at = refused(
        item,
        lambda: rectification.record_progress(
            item.pk,
            actor=house.staff.actor(),
            command=make.command(item),
            progress="done",
            result="Done",
            accounts=[account],
        ),
    )
    assert at == [field]


@pytest.mark.parametrize("words", [{"claim": "长" * 301}, {"pages": "1" * 41}])
def test_what_is_said_of_a_file_fits(words: dict[str, Any]) -> None:
    house, item = ready()
    at = refused(
        item,
        lambda: proving.attach(
            item.pk,
            actor=house.staff.actor(),
            command=make.command(item),
            measure_id=item.measures.all()[0].pk,
            files=[make.paper()],
            **words,
        ),
    )
    assert at == list(words)


def test_the_reason_of_a_withdrawal_fits() -> None:
    house, item = ready()
    make.prove(item, house)
    at = refused(
        item,
        lambda: proving.withdraw_evidence(
            item.pk,
            actor=house.staff.actor(),
            command=make.command(item),
            citation_id=item.citations.get().pk,
            reason="长" * 301,
        ),
    )
    assert at == ["withdrawn_reason"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": "长" * 501}, "title"),
        ({"deadline": Deadline(raw="长" * 121, track=Track.ONGOING)}, "deadline_raw"),
        (
            {"measures": [MeasureText(id=None, text="New", criteria=LONG)]},
            "criterion",
        ),
        (
            {"measures": [MeasureText(id=1, text="Old", criteria=LONG)]},
            "criterion",
        ),
    ],
)
def test_what_the_office_amends_fits(changes: dict[str, Any], field: str) -> None:
    house = make.house()
    item = make.item(house=house)
    first = item.measures.all()[0].pk
    if changes.get("measures", [MeasureText(id=None, text="")])[0].id:
        changes = {"measures": [MeasureText(id=first, text="Old", criteria=LONG)]}
    at = refused(
        item,
        lambda: amendments.amend(
            item.pk, actor=house.office.actor(), command=make.command(item), **changes
        ),
    )
    assert at == [field]
