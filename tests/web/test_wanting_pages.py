"""Papers that are asked for, on the screens of whoever asks, owes, and decides."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests import make
from tests.make import House
from tests.web.filled import at_the_screen, form, now
from tests.workflows import scene
from workflows.models import Item
from workflows.states import State

pytestmark = pytest.mark.django_db
TEXT = "The minutes with every signature"


@pytest.fixture
def house() -> House:
    return make.house()


@pytest.fixture
def item(house: House) -> Item:
    return make.item(State.IN_REVIEW, house=house, criteria=("All are lit", "An entry a week"))


def ask(client: Client, item: Item, **words: object) -> int:
    first = item.measures.all()[0]
    due = timezone.localdate() + timedelta(days=7)
    target = f"{first.pk}.{first.criteria.all()[0].pk}"
    said = {"target": target, "wanted": TEXT, "due": due.isoformat(), **words}
    return client.post(f"/items/{item.pk}/ask_evidence/", form(item, **said)).status_code


def read(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_head_asks_from_the_line_and_the_staff_hands_in_beneath_the_question(
    house: House, item: Item
) -> None:
    head, staff = at_the_screen(house.head), at_the_screen(house.staff)
    page = read(head, f"/review/?item={item.pk}")
    first = item.measures.all()[0]
    assert f'name="target" value="{first.pk}.{first.criteria.all()[0].pk}"' in page
    assert ask(head, item) == 302
    asked = item.evidence_requests.get()
    page = read(head, f"/review/?item={item.pk}")
    assert f'id="asked-{asked.pk}"' in page
    assert "Evidence that was asked for is still owed." in page
    page = read(staff, f"/items/{item.pk}/")
    assert f'action="/items/{item.pk}/asked/{asked.pk}/supply/"' in page
    assert f'data-for="asked:{asked.pk}"' in page
    assert '<a href="#papers-asked">Hand in what was asked for</a>' in page
    assert "voids the approval" not in page
    file = SimpleUploadedFile("minutes.pdf", make.pdf("Signed"))
    path = f"/items/{item.pk}/asked/{asked.pk}/supply/"
    answer = staff.post(path, form(item, files=file, claim="Signed by all"))
    assert answer.headers["Location"] == f"/items/{item.pk}/#papers-asked"
    citation = item.citations.latest("pk")
    assert (citation.answers, citation.claim) == (asked, "Signed by all")
    page = read(head, f"/review/?item={item.pk}")
    assert "Answered: 1" in page
    assert "still owed" not in page


def test_the_staff_reads_beforehand_whose_approval_ends(house: House, item: Item) -> None:
    make.take(item, "approve", house)
    office = at_the_screen(house.office)
    assert f"What is handed in voids the approval by {house.head.name}." in read(
        office, f"/items/{item.pk}/"
    )
    assert ask(office, item) == 302
    page = read(at_the_screen(house.staff), f"/items/{item.pk}/")
    assert f"What you hand in voids the approval by {house.head.name}" in page


def test_no_such_paper_and_no_longer_wanted_are_said_in_their_forms(
    house: House, item: Item
) -> None:
    head, staff = at_the_screen(house.head), at_the_screen(house.staff)
    ask(head, item)
    asked = item.evidence_requests.get()
    said = form(item, asked=asked.pk, reason="It was a telephone call.")
    assert staff.post(f"/items/{item.pk}/decline_evidence/", said).status_code == 302
    ask(head, item)
    second = item.evidence_requests.latest("pk")
    said = form(item, asked=second.pk, reason="")
    assert head.post(f"/items/{item.pk}/spare_evidence/", said).status_code == 302
    states = item.evidence_requests.order_by("no").values_list("state", flat=True)
    assert list(states) == ["declined", "spared"]
    page = read(staff, f"/items/{item.pk}/")
    assert "It was a telephone call." in page
    assert "no longer wanted" in page


@pytest.mark.parametrize(
    "words",
    [
        {"target": "x"},
        {"target": "1.x"},
        {"due": "soon"},
        {"due": ""},
        {"due": "2020-01-01"},
        {"wanted": "short"},
        {"wanted": "x" * 301},
    ],
)
def test_a_form_that_was_filled_in_badly_is_answered_and_changes_nothing(
    house: House, item: Item, words: dict[str, str]
) -> None:
    before = scene.everything(item)
    assert ask(at_the_screen(house.head), item, **words) == 422
    assert scene.everything(item) == before


def test_a_file_of_somebody_who_owes_nothing_is_not_even_kept(house: House, item: Item) -> None:
    head = at_the_screen(house.head)
    ask(head, item)
    asked = item.evidence_requests.get()
    file = SimpleUploadedFile("minutes.pdf", make.pdf("Signed"))
    path = f"/items/{item.pk}/asked/{asked.pk}/supply/"
    before = scene.everything(item)
    assert head.post(path, form(item, files=file)).status_code == 403
    assert scene.everything(item) == before


def test_a_file_in_parts_says_that_it_answers_and_is_left_out_to_the_same_place(
    house: House, item: Item
) -> None:
    ask(at_the_screen(house.head), item)
    asked = item.evidence_requests.get()
    staff = at_the_screen(house.staff)
    data = make.pdf("Signed")
    told = f"filename bWludXRlcy5wZGY=,for {_word(f'asked:{asked.pk}')}"
    begun = {"Tus-Resumable": "1.0.0", "Upload-Length": str(len(data)), "Upload-Metadata": told}
    answer = staff.post("/uploads/", headers=begun)
    assert answer.status_code == 201
    assert "minutes.pdf" in read(staff, f"/items/{item.pk}/")
    dropped = staff.post(f"{answer.headers['Location']}drop/", form(item))
    assert dropped.headers["Location"] == f"/items/{item.pk}/#asked-{asked.pk}"
    gone = {**begun, "Upload-Metadata": f"filename YQ==,for {_word('asked:999999')}"}
    assert staff.post("/uploads/", headers=gone).status_code == 404


def _word(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def test_who_has_not_signed_for_the_item_is_told_to_do_so_first(house: House) -> None:
    item = make.item(State.RECTIFYING, house=house, criteria=("All are lit", "An entry a week"))
    ask(at_the_screen(house.office), item)
    scene.verbs(heir=house.colleague.pk, file=make.paper())["reassign"](
        item, house.office.actor(), make.command(item)
    )
    assert now(item).state == State.ASSIGNED
    page = read(at_the_screen(house.colleague), f"/items/{item.pk}/")
    assert "Sign for receipt first" in page


def test_it_stands_on_the_list_of_work_and_in_the_matrix(house: House, item: Item) -> None:
    ask(at_the_screen(house.head), item)
    page = read(at_the_screen(house.staff), "/?whose=mine&tile=evidence")
    assert TEXT in page
    grid = read(at_the_screen(house.head), f"/matrix/item/{item.pk}/")
    asked = item.evidence_requests.get()
    assert f'href="/items/{item.pk}/#asked-{asked.pk}"' in grid
    whole = read(at_the_screen(house.office), f"/matrix/round/{item.round_id}/")
    assert TEXT in whole
    for page in (grid, whole):
        assert "papers still owed: 1" in page
        assert "no hole is left" not in page


def test_requests_cost_the_page_no_query_each(house: House, item: Item) -> None:
    head, staff = at_the_screen(house.head), at_the_screen(house.staff)
    ask(head, item)
    read(staff, f"/items/{item.pk}/")  # what is asked only at the first look
    few = _queries(staff, item)
    for n in range(4):
        ask(head, item, wanted=f"{TEXT}, copy {n}")
    assert _queries(staff, item) == few


def _queries(client: Client, item: Item) -> int:
    with CaptureQueriesContext(connection) as found:
        read(client, f"/items/{item.pk}/")
    return len(found)
