"""The page where the office says what decisions of a round demand."""

from __future__ import annotations

import pytest

from audit.models import Event
from core.roles import Role
from tests import make
from tests.web.filled import at_the_screen
from workflows.models import Round

pytestmark = pytest.mark.django_db

FORM = {"must_read": "yes", "signature": "drawn"}


def test_the_office_sets_what_decisions_of_a_round_demand() -> None:
    of = make.house()
    round_ = make.round_(of)
    client = at_the_screen(of.office)
    address = f"/rounds/{round_.pk}/settings/"
    assert f'href="{address}"' in client.get("/rounds/").content.decode()
    page = client.get(address).content.decode()
    assert 'name="must_read" value="no" checked' in page
    answer = client.post(address, FORM, follow=True)
    assert "this holds for every decision from now on" in answer.content.decode()
    assert 'name="must_read" value="yes" checked' in answer.content.decode()
    saved = Round.objects.get(pk=round_.pk)
    assert (saved.must_read, saved.signature) == (True, "drawn")
    again = client.post(address, FORM)
    wrong = client.post(address, {**FORM, "signature": "stamped"})
    assert (wrong.status_code, Round.objects.get(pk=round_.pk).signature) == (422, "drawn")
    assert (again.status_code, Event.objects.filter(name="round.demands_set").count()) == (409, 1)


def test_everybody_else_reads_the_demands_and_sets_none() -> None:
    of = make.house()
    round_ = make.round_(of)
    address = f"/rounds/{round_.pk}/settings/"
    auditor = at_the_screen(make.person(Role.AUDITOR, unit=of.unit))
    page = auditor.get(address).content.decode()
    assert "Shown, not demanded" in page
    assert "No signature" in page
    assert 'name="must_read"' not in page
    assert auditor.post(address, FORM).status_code == 403
    Round.objects.filter(pk=round_.pk).update(must_read=True)
    assert "Every piece must have been opened" in auditor.get(address).content.decode()


def test_the_round_of_another_unit_is_not_there() -> None:
    round_ = make.round_()
    client = at_the_screen(make.house().office)
    address = f"/rounds/{round_.pk}/settings/"
    assert client.get(address).status_code == 404
    assert client.post(address, FORM).status_code == 404
    assert not Round.objects.get(pk=round_.pk).must_read
