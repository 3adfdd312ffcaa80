"""What the record says of archives: each once, and nothing by whoever cannot see the round."""

from __future__ import annotations

from uuid import uuid4

import pytest

from audit.models import Event
from core.refusals import NotFound
from tests import make
from workflows.actions import archiving

pytestmark = pytest.mark.django_db


def test_an_archive_is_told_of_once_however_often_its_worker_comes_by() -> None:
    house = make.house()
    round_, command = make.round_(house), uuid4()
    for _time in range(2):
        archiving.made(round_.pk, actor=house.office.actor(), command_id=command, told={"items": 3})
    [event] = Event.objects.filter(name="archive.made")
    assert (event.subject, event.data) == (round_.subject, {"items": 3})


def test_each_time_it_is_saved_is_told() -> None:
    house = make.house()
    round_ = make.round_(house)
    for _time in range(2):
        archiving.taken(round_.pk, actor=house.office.actor(), told={"digest": "0" * 64})
    assert Event.objects.filter(subject=round_.subject, name="archive.downloaded").count() == 2


def test_whoever_cannot_see_the_round_tells_nothing_of_it() -> None:
    round_, stranger = make.round_(make.house()), make.house().office.actor()
    with pytest.raises(NotFound):
        archiving.made(round_.pk, actor=stranger, command_id=uuid4(), told={})
    with pytest.raises(NotFound):
        archiving.taken(round_.pk, actor=stranger, told={})
    assert not Event.objects.filter(name__startswith="archive.").exists()
