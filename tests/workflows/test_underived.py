"""What could not be made of papers: seen by whoever looks after their units, and tried again."""

from __future__ import annotations

import pytest
from django.test import Client

from audit.models import Event
from core.refusals import NotFound
from core.roles import Role
from evidence import deriving
from evidence.models import Derivation
from tests import make
from tests.make import House
from tests.web.addresses import client_of
from workflows import underived
from workflows.actions import parked
from workflows.models import Citation
from workflows.states import State

pytestmark = pytest.mark.django_db


def given_up(house: House, *names: str, what: str = "preview", fault: str = "empty") -> None:
    """Papers of an item of which one thing was given up."""
    item = make.item(State.RECTIFYING, house=house)
    make.attach(item, house, *(make.paper(name) for name in names))
    digests = item.citations.values_list("evidence__digest", flat=True)
    rows = Derivation.objects.filter(digest__in=list(digests), what=what)
    assert rows.update(standing="failed", fault=fault, attempts=5) == len(names)


def told(house: House) -> list[tuple[str, str, int]]:
    return [(g.what, g.fault, len(g.papers)) for g in underived.groups(house.office.actor())]


def test_faults_are_grouped_by_what_and_why_for_whoever_looks_after_the_unit() -> None:
    house, elsewhere = make.house(), make.house()
    assert told(house) == []
    given_up(house, "a.pdf", "b.pdf")
    given_up(house, "c.pdf", what="text", fault="unreadable")
    given_up(elsewhere, "d.pdf")
    assert told(house) == [("text", "unreadable", 1), ("preview", "empty", 2)]
    assert told(elsewhere) == [("preview", "empty", 1)]
    assert underived.groups(house.head.actor()) == []


def test_a_group_is_computed_again_and_that_is_recorded() -> None:
    house = make.house()
    given_up(house, "a.pdf", "b.pdf")
    with pytest.raises(NotFound):
        parked.derive_again(actor=make.house().office.actor(), what="preview", fault="empty")
    assert told(house) == [("preview", "empty", 2)]
    assert parked.derive_again(actor=house.office.actor(), what="preview", fault="empty") == 2
    event = Event.objects.get(name="derivation.again")
    assert event.subject == house.office.actor().subject
    assert event.data == {"what": "preview", "fault": "empty", "files": 2}
    assert told(house) == []
    [digest, _other] = Citation.objects.values_list("evidence__digest", flat=True)
    row = deriving.ensure(digest, "preview")
    assert row is not None
    assert row.standing == Derivation.Standing.DONE


def page(client: Client) -> str:
    client.cookies["django_language"] = "en"
    return client.get("/faults/").content.decode()


def test_the_page_names_papers_by_their_numbers_alone_and_tries_them_again() -> None:
    house = make.house()
    officer = make.person(Role.SYSTEM_OFFICER, unit=house.unit)
    assert "Papers that could not be read" not in page(client_of(officer))
    given_up(house, *(f"secret-{n}.pdf" for n in range(21)))
    for client in (client_of(officer), client_of(house.office)):
        shown = page(client)
        assert "There is no page in it to show." in shown
        assert "and 1 more" in shown
        assert "secret" not in shown
    assert "#piece-" in page(client_of(house.office))
    form = {"what": "preview", "fault": "empty"}
    answer = client_of(officer).post("/faults/derived/again/", form)
    assert answer["Location"] == "/faults/"
    assert client_of(house.office).post("/faults/derived/again/", form).status_code == 404
    assert "Papers that could not be read" not in page(client_of(house.office))
