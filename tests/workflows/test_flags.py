"""Checks after evidence was attached or an item handed in, and what becomes of what they find."""

from __future__ import annotations

from typing import Any

import pytest
from PIL import Image

from audit import outbox
from audit.models import Event
from tests import make
from tests.checks import scenes, tampering
from tests.make import House
from workflows import flagged
from workflows.actions import rectification
from workflows.models import Flag, Item
from workflows.states import State

pytestmark = pytest.mark.django_db

WHY = "Looked at both on site: two different streets."


def photo(seed: int) -> Image.Image:
    return scenes.photographed(scenes.street(seed).resize((600, 450)), seed)


def attach(item: Item, of: House, name: str, content: bytes, **said: Any) -> None:
    rectification.attach(
        item.pk,
        actor=of.staff.actor(),
        command=make.command(item),
        measure_id=item.measures.all()[0].pk,
        files=[make.paper(name, content)],
        **said,
    )


def test_a_photograph_cropped_for_another_item_is_found_and_both_sides_are_shown() -> None:
    house = make.house()
    first = make.item(State.RECTIFYING, house=house)
    second = make.item(State.RECTIFYING, house=house)
    attach(first, house, "路灯.jpg", tampering.encoded(photo(1), quality=90))
    again = tampering.tampered(photo(1), "cropped", 4)
    attach(second, house, "lamps.png", tampering.encoded(again, "PNG"))
    assert outbox.sweep_slow(60) == 2
    [flag] = Flag.objects.all()
    assert (flag.item, flag.other_item, flag.rule) == (second, first, "same_picture")
    assert flag.told["alike"] >= 95
    pair = flagged.pair(house.office.actor(), flag)
    assert pair.own.picture is not None
    assert pair.other is not None
    assert pair.other.picture is not None
    assert str(pair.other.citation) == "路灯.jpg"
    event = Event.objects.get(name="flag.raised")
    assert (event.subject, event.actor) == (second.subject, "system")
    assert event.data == {
        "flag": flag.pk,
        "rule": "same_picture",
        "citation": flag.citation_id,
        "name": "lamps.png",
    }
