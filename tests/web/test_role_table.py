from __future__ import annotations

from uuid import uuid4

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from core.roles import Role
from tests import make
from tests.web.addresses import Place, client_of, patterns, place, somebody, watched
from tests.web.filled import now
from web.roles import ANYONE, LOGGED_IN, TABLE
from workflows.states import State

pytestmark = [pytest.mark.django_db, pytest.mark.no_cover]

METHODS = ("GET", "POST", "PUT")
EVENTS_OF_A_GET = {
    "catalogue_file": {"catalogue.exported"},
    "evidence": {"evidence.downloaded"},
    "evidence_image": {"evidence.viewed"},
    "evidence_view": {"evidence.viewed"},
    "import_marked": {"ledger.doubts_exported"},
    "ledger_export": {"ledger.exported"},
}
"""What these hand out is recorded; no other GET leaves an event."""
OPENINGS = {"item", "review"}
"""A reviewer's first sight of a submission is noted, as a row and not as an event."""
WITH_AN_EVENT = {"audit_event", "audit_owed", "workflows_item", "workflows_evidenceread"}


def allowed(name: str, method: str, role: Role | None) -> bool:
    row = TABLE[name]
    if method not in row:
        return False
    who = row[method]
    return who is ANYONE or who == LOGGED_IN or role in who


def ask(client: Client, at: Place, name: str, method: str) -> tuple[int, set[str], list[str]]:
    with watched() as written:
        answer = client.generic(method, at.url(name))
        list(answer)  # a file is read to its end, and shut
    return answer.status_code, written.tables, written.events


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    assert sorted(patterns()) == sorted(TABLE)


def test_every_row_names_a_method_and_roles_that_exist() -> None:
    for row in TABLE.values():
        assert row.keys() <= {"GET", "POST", "PATCH", "DELETE", "OPTIONS"}
        for who in row.values():
            assert who is ANYONE or who == LOGGED_IN or who <= frozenset(Role)


@pytest.mark.sqlite  # the middleware refuses before anything is asked of a database
@pytest.mark.parametrize("role", [*Role, None])
def test_whoever_the_table_does_not_name_is_refused_and_only_that_is_recorded(
    role: Role | None,
) -> None:
    at = place()
    client = client_of(somebody(role, at.house))
    answers = {
        (name, method): ask(client, at, name, method)
        for name in TABLE
        for method in METHODS
        if not allowed(name, method, role)
    }
    refused = (403, {"audit_event"}, ["access.refused"])
    assert {where: got for where, got in answers.items() if got != refused} == {}
    assert len(answers) > len(TABLE)


@pytest.mark.parametrize("role", [*Role, None])
def test_opening_a_page_writes_nothing_but_what_it_handed_out(role: Role | None) -> None:
    at = place()
    client = client_of(somebody(role, at.house))
    for name in TABLE:
        if not allowed(name, "GET", role):
            continue
        status, tables, events = ask(client, at, name, "GET")
        assert (name, status) in {(name, 200), (name, 302), (name, 404)}
        assert set(events) <= EVENTS_OF_A_GET.get(name, set()), name
        noted = {"workflows_opening"} if name in OPENINGS and role == Role.SECTION_HEAD else set()
        assert tables <= (WITH_AN_EVENT if events else noted), name


def test_whoever_is_not_logged_in_is_sent_to_the_door_and_nothing_is_written() -> None:
    at = place()
    for name, row in TABLE.items():
        for method, who in row.items():
            if who is ANYONE:
                continue
            client = Client()
            with watched() as written:
                answer = client.generic(method, at.url(name))
            assert (name, answer.status_code) == (name, 302)
            assert answer["Location"].startswith("/login/?next=/")
            assert (written.tables, written.events) == (set(), [])


def test_a_part_asked_for_in_the_background_is_told_where_the_door_is() -> None:
    answer = Client().get("/board/?wall=1", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/login/?next=/")


def test_a_form_sent_in_the_background_stays_with_what_was_written() -> None:
    at = place()
    with watched() as written:
        answer = Client().post(at.url("section_add"), headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Retarget"]) == (403, "#refusal")
    assert 'href="/login/" target="_blank"' in answer.content.decode()
    assert (written.tables, written.events) == (set(), [])


def test_what_was_written_on_anothers_page_is_not_done_in_the_name_of_whoever_is_logged_in() -> (
    None
):
    house = make.house()
    item = make.item(State.ASSIGNED, house=house)
    client = client_of(house.staff)
    sent = {"command": str(uuid4()), "version": item.version}
    drawn_for = {"HX-Request": "true", "X-Drawn-For": str(house.head.pk)}
    answer = client.post(f"/items/{item.pk}/accept/", sent, headers=drawn_for)
    assert answer.status_code == 409
    assert house.staff.name in answer.content.decode()
    assert f'<a href="/">进入{house.staff.name}的工作页</a>' in answer.content.decode()
    assert now(item).state == State.ASSIGNED
    drawn_for["X-Drawn-For"] = str(house.staff.pk)
    client.post(f"/items/{item.pk}/accept/", sent, headers=drawn_for)
    assert now(item).state == State.RECTIFYING


def test_an_address_that_leads_nowhere_says_so_in_both_languages() -> None:
    client = client_of(make.house().staff)
    answer = client.get("/nowhere/")
    assert answer.status_code == 404
    assert "没有这个页面" in answer.content.decode()
    client.cookies["django_language"] = "en"
    assert "There is no such page" in client.get("/nowhere/").content.decode()


def test_an_address_without_a_row_serves_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(TABLE, "live")
    with pytest.raises(ImproperlyConfigured, match="no row"):
        Client().get("/live")
