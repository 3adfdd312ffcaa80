"""The matrix and the catalogue as pages and files, and the reviewer's word on a piece."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from docx import Document
from docx.oxml.ns import qn

from audit import sealing
from audit.models import Event, Reason
from core.actor import SYSTEM
from tests import make
from tests.web.filled import at_the_screen
from workflows.actions import decisions, judging
from workflows.standing_in import as_actor
from workflows.states import State

if TYPE_CHECKING:
    from tests.make import House
    from workflows.models import Item

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    return make.house()


def made(house: House, state: str = State.IN_REVIEW) -> Item:
    return make.item(state, house=house, criteria=("All lit", ""))


def test_a_hole_leads_to_the_place_where_it_is_filled(house: House) -> None:
    item = made(house, State.RECTIFYING)
    client = at_the_screen(house.staff, language="en")
    page = client.get(f"/matrix/item/{item.pk}/").content.decode()
    criterion = item.measures.all()[0].criteria.get()
    assert f'href="/items/{item.pk}/#criterion-{criterion.pk}"' in page
    assert "holes: 2" in page
    assert f'id="criterion-{criterion.pk}"' in client.get(f"/items/{item.pk}/").content.decode()
    assert client.get("/matrix/street/1/").status_code == 404


def test_a_round_is_filtered_by_section_and_by_holes(house: House) -> None:
    item = made(house)
    bare = make.item(State.RECTIFYING, house=house, round_=item.round, title="Drains are blocked")
    client = at_the_screen(house.office, language="en")
    at = f"/matrix/round/{item.round_id}/"
    assert "Street lamps" in client.get(at).content.decode()
    only = client.get(f"{at}?holes=1").content.decode()
    assert "Drains are blocked" in only
    assert "Street lamps" not in only
    empty = client.get(f"{at}?section={house.other_section.pk}").content.decode()
    assert "Nothing is left" in empty
    assert client.get(f"/matrix/problem/{bare.problem_id}/").status_code == 200


def test_the_catalogue_is_a_page_a_document_and_a_workbook(house: House) -> None:
    item = made(house)
    client = at_the_screen(house.office, language="en")
    number = f"{item.no}-01"
    assert number in client.get(f"/catalogue/item/{item.pk}/").content.decode()
    data = client.get(f"/catalogue/item/{item.pk}/docx/").content
    document = Document(io.BytesIO(data))
    [table] = document.tables
    assert [cell.text for cell in table.rows[1].cells] == [
        number,
        "proof.pdf",
        "1.1 The lamps are lit",
        "1",
        "",
    ]
    [section] = document.sections
    margins = (
        section.top_margin,
        section.bottom_margin,
        section.left_margin,
        section.right_margin,
    )
    assert [round(one.mm) for one in margins if one is not None] == [37, 35, 28, 26]
    fonts = document.styles["Catalogue cell"].element.rPr.rFonts
    assert fonts.get(qn("w:eastAsia")) == "仿宋_GB2312"
    book = openpyxl.load_workbook(
        io.BytesIO(client.get(f"/catalogue/item/{item.pk}/xlsx/").content)
    )
    [sheet] = book.worksheets
    row = [cell.value for cell in sheet[3]]
    assert (row[0], row[1], *row[9:]) == (
        number,
        "proof.pdf",
        "有效",
        "",
        "",
        item.citations.get().evidence.digest,
    )
    assert client.get(f"/catalogue/item/{item.pk}/exe/").status_code == 404


def test_a_catalogue_that_leaves_is_on_the_record_and_bears_the_newest_seal(house: House) -> None:
    item = made(house)
    client = at_the_screen(house.office, language="en")
    at = f"/catalogue/round/{item.round_id}/"
    assert "seal-mark" not in client.get(at).content.decode()
    sealing.seal(Reason.TIME, SYSTEM)
    code = sealing.latest()
    assert code is not None
    to_be_printed = client.get(at).content.decode()
    assert code.code in to_be_printed
    assert "data-print-page" in to_be_printed
    assert not Event.objects.filter(name="catalogue.exported").exists()
    document = Document(io.BytesIO(client.get(f"{at}docx/").content))
    assert len(document.inline_shapes) == 1
    assert any(code.code in one.text for one in document.paragraphs)
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{at}xlsx/").content))
    assert code.code in book.worksheets[0]["A5"].value
    told = Event.objects.filter(name="catalogue.exported").order_by("seq")
    assert [(one.subject, one.actor) for one in told] == [
        (item.round.subject, f"person:{house.office.pk}")
    ] * 2
    assert [one.data for one in told] == [
        {"scope": f"round:{item.round_id}", "kind": kind, "items": 1, "pieces": 1}
        for kind in ("docx", "xlsx")
    ]


def test_what_a_deputy_found_stands_with_the_person_behind_on_screen_and_paper(
    house: House,
) -> None:
    item = made(house)
    make.deputy(house.head, house.colleague, with_tray=True)
    deputy = as_actor(house.colleague)
    judging.judge(item.citations.get().pk, actor=deputy, worth="accepted", remark="Seen at night")
    decisions.approve(item.pk, actor=deputy, command=make.command(item))
    client = at_the_screen(house.office, language="zh-hans")
    by = f"{house.colleague.name}（代{house.head.name}）"
    page = client.get(f"/items/{item.pk}/").content.decode()
    assert f"{by} · " in page
    at = f"/catalogue/item/{item.pk}/"
    assert f"认可 · {by}：Seen at night" in client.get(at).content.decode()
    [table] = Document(io.BytesIO(client.get(f"{at}docx/").content)).tables
    assert table.rows[1].cells[4].text == f"认可：{by}"
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{at}xlsx/").content))
    assert [cell.value for cell in book.worksheets[0][3]][10:12] == ["认可", by]


def test_a_catalogue_without_papers_says_what_will_stand_there(house: House) -> None:
    item = make.item(State.ASSIGNED, house=house)
    client = at_the_screen(house.office, language="en")
    assert "gets its number" in client.get(f"/catalogue/item/{item.pk}/").content.decode()


def test_a_finding_is_drawn_anew_with_what_it_closes(house: House) -> None:
    item = made(house)
    [piece] = item.citations.all()
    client = at_the_screen(house.head, language="en")
    assert f'id="judge-{piece.pk}"' in client.get(f"/review/?item={item.pk}").content.decode()
    words = {"worth": "not_enough", "remark": "One lamp only"}
    drawn = client.post(f"/judge/{piece.pk}/", words, headers={"HX-Request": "true"})
    page = drawn.content.decode()
    assert drawn.status_code == 200
    assert 'id="decision-own" hx-swap-oob="true"' in page
    assert "found wanting" in page
    plain = client.post(f"/judge/{piece.pk}/", {"worth": "accepted"})
    assert plain["Location"] == f"/review/?item={item.pk}#piece-{piece.pk}"


def test_the_staff_sees_first_what_was_found_wanting(house: House) -> None:
    item = made(house)
    [piece] = item.citations.all()
    judging.judge(piece.pk, actor=house.head.actor(), worth="wrong", remark="Another street")
    client = at_the_screen(house.head)
    client.post(
        f"/items/{item.pk}/send_back/",
        {**form(item), "reason": make.REASON},
    )
    page = at_the_screen(house.staff, language="en").get(f"/items/{item.pk}/").content.decode()
    returned = page.index("Returned: this is required")
    assert returned < page.index("Another street") < page.index("Measures and their evidence")


def form(item: Item) -> dict[str, str]:
    command = make.command(item)
    return {"command": str(command.id), "version": str(command.version)}


def test_a_round_of_three_items_costs_as_many_queries_as_one_of_one(house: House) -> None:
    round_ = made(house).round
    client = at_the_screen(house.office)
    address = f"/matrix/round/{round_.pk}/"
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for _n in range(2):
        make.flag(make.item(State.IN_REVIEW, house=house, round_=round_))
    with CaptureQueriesContext(connection) as many:
        assert client.get(address).content.decode().count("<tr") == 1 + 3
    assert len(many) == len(few) <= 12
