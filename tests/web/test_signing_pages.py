"""Where a round demands it the forms ask for a signature, and the item shows what was signed."""

from __future__ import annotations

from uuid import uuid4

import pytest
from axes.utils import reset
from django.test import Client, RequestFactory
from django.views.debug import SafeExceptionReporterFilter

from core.models import User
from core.roles import Role
from evidence.storage.folder import path_of
from tests import make
from tests.make import House
from tests.web.filled import at_the_screen, form, now
from web.views import acts, bulk
from workflows.actions import decisions, reading, rounds, routes
from workflows.models import Item, Signature
from workflows.states import State

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _unlocked() -> object:
    yield
    reset()


def at(state: State = State.IN_REVIEW, *, ink: str = "drawn") -> tuple[House, Item]:
    of = make.house()
    round_ = make.round_(of)
    item = make.item(state, house=of, round_=round_)
    rounds.set_demands(round_.pk, actor=of.office.actor(), must_read=False, signature=ink)
    return of, item


def signed(who: User, **words: str) -> dict[str, str]:
    said = {"signed_name": who.name, "password": make.PASSWORD}
    return {**said, "drawing": make.ink(), "strokes": make.POINTS, **words}


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize(("ink", "fields"), [("none", 0), ("typed", 1), ("drawn", 1)])
def test_the_forms_ask_for_what_the_round_demands(ink: str, fields: int) -> None:
    of, item = at(ink="typed")
    rounds.set_demands(item.round_id, actor=of.office.actor(), must_read=True, signature=ink)
    client = at_the_screen(of.head)
    for address in ("/review/", f"/items/{item.pk}/"):
        page = text(client, address)
        assert page.count('name="signed_name"') == fields
        assert page.count('type="password"') == fields
        assert page.count("<canvas") == (ink == "drawn")
    assert 'name="signed_name"' not in text(at_the_screen(of.staff), f"/items/{item.pk}/")
    asked = {"verb": "approve", "item": [f"{item.pk}:{item.version}"], "from": "review"}
    page = client.post("/bulk/", asked).content.decode()
    assert page.count('name="signed_name"') == fields
    asked["verb"] = "send_back"
    assert 'name="signed_name"' not in client.post("/bulk/", asked).content.decode()


def test_an_approval_is_signed_and_the_picture_is_on_the_item_for_whoever_sees_it() -> None:
    of, item = at()
    client = at_the_screen(of.head)
    client.post(f"/items/{item.pk}/approve/", form(item, **signed(of.head)))
    assert now(item).state == State.VERIFYING
    kept = Signature.objects.get()
    auditor = at_the_screen(make.person(Role.AUDITOR, unit=of.unit))
    page = text(auditor, f"/items/{item.pk}/")
    assert f'src="/signatures/{kept.pk}/" alt="Signature of {of.head.name}"' in page
    assert f"signed: {of.head.name}" in page
    picture = auditor.get(f"/signatures/{kept.pk}/")
    assert picture["Content-Type"] == "image/png"
    assert picture["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert picture["X-Content-Type-Options"] == "nosniff"
    assert b"".join(picture.streaming_content) == path_of(kept.picture).read_bytes()  # type: ignore[attr-defined]
    assert at_the_screen(make.house().office).get(f"/signatures/{kept.pk}/").status_code == 404


def test_a_closing_is_signed_and_a_typed_one_shows_the_name() -> None:
    of, item = at(State.VERIFYING, ink="typed")
    client = at_the_screen(of.closer)
    words = signed(of.closer, drawing="", strokes="")
    client.post(f"/items/{item.pk}/close/", form(item, words="It works.", **words))
    assert now(item).state == State.CLOSED
    page = text(client, f"/items/{item.pk}/")
    assert f'<p class="signature-typed">{of.closer.name}</p>' in page
    assert client.get(f"/signatures/{Signature.objects.get().pk}/").status_code == 404


def test_a_deputy_signs_and_whom_they_stood_in_for_is_named_beside() -> None:
    of, item = at(ink="typed")
    deputy = make.person(Role.SECTION_HEAD, section=of.other_section, name="Deputy")
    make.deputy(of.head, deputy, with_tray=True)
    client = at_the_screen(deputy)
    words = signed(deputy, drawing="", strokes="")
    client.post(f"/items/{item.pk}/approve/", form(item, **words))
    page = text(client, f"/items/{item.pk}/")
    signatures = page[page.index('id="signatures"') :][:800]
    assert f"Deputy (for {of.head.name})" in signatures
    assert '<p class="signature-typed">Deputy</p>' in signatures


def test_a_picture_that_is_lost_says_so() -> None:
    of, item = at()
    client = at_the_screen(of.head)
    client.post(f"/items/{item.pk}/approve/", form(item, **signed(of.head)))
    kept = Signature.objects.get()
    path = path_of(kept.picture)
    content = path.read_bytes()
    path.unlink()
    answer = client.get(f"/signatures/{kept.pk}/")
    path.write_bytes(content)
    assert answer.status_code == 404
    assert "not in its place" in answer.content.decode()


def test_a_wrong_password_is_said_beside_the_form_and_never_said_back() -> None:
    of, item = at()
    client = at_the_screen(of.head)
    words = signed(of.head, password="Not-this-one-1")
    answer = client.post(f"/items/{item.pk}/approve/", form(item, **words))
    assert (answer.status_code, now(item).state) == (422, State.IN_REVIEW)
    assert '<a href="#password">' in answer.content.decode()
    assert "Not-this-one-1" not in answer.content.decode()
    for _time in range(4):
        answer = client.post(f"/items/{item.pk}/approve/", form(item, **words))
    assert answer.status_code == 403
    assert "the account is locked" in answer.content.decode()
    door = Client().post("/login/", {"username": of.head.username, "password": make.PASSWORD})
    assert door.status_code == 429


@pytest.mark.parametrize("view", [acts.act, bulk.bulk_do])
def test_a_page_of_errors_shows_no_password(view: object) -> None:
    request = RequestFactory().post("/", {"password": make.PASSWORD, "verb": "approve"})
    with pytest.raises(Exception):  # noqa: B017 -- nobody is logged in
        view(request, 1, "approve") if view is acts.act else view(request)  # type: ignore[operator]
    kept = SafeExceptionReporterFilter()
    kept.is_active = lambda _request: True  # type: ignore[assignment,method-assign]
    assert make.PASSWORD not in str(kept.get_post_parameters(request))


def test_many_are_approved_with_one_signature() -> None:
    of, item = at()
    other = make.item(State.IN_REVIEW, house=of, round_=item.round)
    for one in (item, other):
        reading.open_submission(one, actor=of.head.actor())
    client = at_the_screen(of.head)
    rows = " ".join(f"{one.pk}:{one.version}" for one in (item, other))
    words = {"verb": "approve", "rows": rows, "opinion": "Seen.", "from": "review"}
    refused = client.post("/bulk/do/", {**words, "command": str(uuid4())})
    assert (refused.status_code, now(item).state) == (422, State.IN_REVIEW)
    answer = client.post(
        "/bulk/do/", {**words, "command": str(uuid4()), **signed(of.head)}, follow=True
    )
    assert "2 done, 0 skipped" in answer.content.decode()
    assert Signature.objects.get().acts.count() == 2


def test_a_signature_under_an_approval_that_was_voided_says_that_it_no_longer_counts() -> None:
    of, item = at(ink="typed")
    client = at_the_screen(of.head)
    words = signed(of.head, drawing="", strokes="")
    client.post(f"/items/{item.pk}/approve/", form(item, **words))
    assert "no longer counts" not in text(client, f"/items/{item.pk}/")
    decisions.send_back(
        item.pk, actor=of.office.actor(), command=make.command(item), reason=make.REASON
    )
    assert signatures(client, item) == [(of.head.name, False)]
    make.take(item, "submit", of)
    client.post(f"/items/{item.pk}/approve/", form(item, **words))
    assert signatures(client, item) == [(of.head.name, False), (of.head.name, True)]


def test_after_a_step_back_what_was_signed_before_that_step_still_counts() -> None:
    of, item = at(ink="typed")
    leader = make.person(Role.LEADER, unit=of.unit)
    routes.set_route(item.round_id, actor=of.office.actor(), preset="standard")
    routes.move_to_current(
        item.pk, actor=of.office.actor(), command=make.command(item), reason=make.REASON
    )
    for who in (of.head, leader):
        words = signed(who, drawing="", strokes="")
        at_the_screen(who).post(f"/items/{item.pk}/approve/", form(item, **words))
    decisions.step_back(
        item.pk,
        actor=of.office.actor(),
        command=make.command(item),
        position=now(item).submission.position - 1,  # type: ignore[union-attr]
        reason=make.REASON,
    )
    client = at_the_screen(of.office)
    assert signatures(client, item) == [(of.head.name, True), (leader.name, False)]


def signatures(client: Client, item: Item) -> list[tuple[str, bool]]:
    """Who signed, as the item's page lists them, and whether it counts."""
    page = text(client, f"/items/{item.pk}/")
    rows = page[page.index('id="signatures"') :].partition("</ul>")[0].split("<li>")[1:]
    return [
        (row.partition('signature-typed">')[2].partition("<")[0], "no longer counts" not in row)
        for row in rows
    ]
