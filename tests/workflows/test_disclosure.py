"""What becomes known of a result: two questions, each answered with a text or with a ground."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from audit.models import Event
from core.refusals import NotPermitted, Unmet
from tests import make
from tests.make import House
from workflows.actions import disclosures
from workflows.actions.disclosures import Answer
from workflows.models import Disclosure, Item
from workflows.models.disclosure import Ground
from workflows.states import State

pytestmark = pytest.mark.django_db


def decide(item: Item, house: House, *answers: Answer) -> Item:
    return disclosures.disclose(
        item.pk, actor=house.office.actor(), command=make.command(item), answers=answers
    )


def decided() -> list[tuple[str, str, str]]:
    return list(Disclosure.objects.order_by("audience").values_list("audience", "text", "ground"))


def test_both_questions_are_answered_at_once() -> None:
    house = make.house()
    item = make.item(State.VERIFYING, house=house)

    item = decide(
        item,
        house,
        Answer(audience="party", text="The lamps were mended."),
        Answer(audience="society", ground=Ground.PRIVACY),
    )

    assert item.state == State.VERIFYING
    assert decided() == [
        ("party", "The lamps were mended.", ""),
        ("society", "", "privacy"),
    ]
    event = Event.objects.get(subject=item.subject, name="item.disclosed")
    assert event.data["answers"] == [
        {"audience": "party", "text": "The lamps were mended.", "ground": ""},
        {"audience": "society", "text": "", "ground": "privacy"},
    ]


def test_a_second_answer_replaces_the_first_and_both_stand_in_the_record() -> None:
    house = make.house()
    item = decide(
        make.item(State.CLOSED, house=house), house, Answer(audience="party", text="First.")
    )

    item = decide(item, house, Answer(audience="party", text="Second."))

    assert decided() == [("party", "Second.", "")]
    assert Event.objects.filter(subject=item.subject, name="item.disclosed").count() == 2


@pytest.mark.parametrize(
    "answer",
    [Answer(audience="party"), Answer(audience="party", text="Told.", ground=Ground.PRIVACY)],
)
def test_a_text_and_a_ground_exclude_each_other_and_one_must_be_there(answer: Answer) -> None:
    house = make.house()
    item = make.item(State.CLOSED, house=house)

    with pytest.raises(Unmet) as refused:
        decide(item, house, answer)

    assert [at for at, _words in refused.value.holes] == ["disclose-party"]
    assert decided() == []
    assert Item.objects.get(pk=item.pk).version == item.version


def test_answering_nothing_changes_nothing() -> None:
    house = make.house()
    item = make.item(State.CLOSED, house=house)

    with pytest.raises(Unmet) as refused:
        decide(item, house)

    assert refused.value.holes == ()
    assert Item.objects.get(pk=item.pk).version == item.version


def test_only_the_office_decides() -> None:
    house = make.house()
    item = make.item(State.CLOSED, house=house)

    with pytest.raises(NotPermitted):
        disclosures.disclose(
            item.pk,
            actor=house.head.actor(),
            command=make.command(item),
            answers=[Answer(audience="party", text="Told.")],
        )

    assert decided() == []


def test_the_database_refuses_a_text_with_a_ground() -> None:
    item = make.item(State.CLOSED)

    with pytest.raises(IntegrityError), transaction.atomic():
        Disclosure.objects.create(item=item, audience="party", text="Told.", ground="privacy")

    assert str(Disclosure(item=item, audience="party")) == f"{item.no} 党内通报"
