"""A workbook through the pages: loaded, looked at, corrected, entered whole, undone whole."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from audit.models import Event
from core.models import Section
from evidence import storage
from evidence.storage.folder import path_of
from ledger import from_json
from tests import make
from tests.ledger.books import PLAIN_HEADER, PLAIN_ROW, book
from tests.make import House
from tests.web.addresses import client_of
from workflows.models import Aspect, Batch, Item, Round

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

pytestmark = pytest.mark.django_db
S12 = Path(__file__).parent.parent / "ledger/data/S12_ledger_merged.xlsx"


def scene() -> tuple[House, Round, Client]:
    of = make.house()
    return of, make.round_(of), client_of(of.office)


def load(client: Client, round_: Round, data: bytes, name: str = "台账.xlsx") -> Answer:
    form = {"round": round_.code, "workbook": SimpleUploadedFile(name, data)}
    return client.post("/import/upload/", form)


def loaded(client: Client, round_: Round, data: bytes) -> Batch:
    answer = load(client, round_, data)
    batch = Batch.objects.latest("pk")
    assert answer["Location"] == f"/import/{batch.pk}/"
    return batch


def send(client: Client, batch: Batch, what: str, **form: object) -> Answer:
    version = Batch.objects.values_list("version", flat=True).get(pk=batch.pk)
    return client.post(f"/import/{batch.pk}/{what}/", {"version": version, **form})


def entered(client: Client, round_: Round, data: bytes) -> Batch:
    batch = loaded(client, round_, data)
    assert send(client, batch, "confirm", accepted="yes").status_code == 302
    return batch


def test_the_preview_shows_the_tree_the_counts_and_each_doubt_at_its_cell() -> None:
    _of, round_, client = scene()
    batch = loaded(client, round_, S12.read_bytes())
    page = client.get(f"/import/{batch.pk}/").content.decode()
    assert [int(n) for n in re.findall(r"<dd>(\d+)</dd>", page)] == [3, 7, 7, 14]
    assert "完成7处易涝点清淤，累计清淤管网3.2公里" in page
    place = page.split('id="at-0-2-0-deadline"')[1].split("</div>")[0]
    assert '<b class="num">I10</b>' in place
    assert "2022年10月" in place
    assert not Item.objects.exists()


def test_only_what_is_in_doubt_can_be_shown() -> None:
    _of, round_, client = scene()
    batch = loaded(client, round_, book(PLAIN_HEADER, PLAIN_ROW, ["2", *PLAIN_ROW[1:]]))
    whole = client.get(f"/import/{batch.pk}/").content.decode()
    some = client.get(f"/import/{batch.pk}/?show=doubts").content.decode()
    assert whole.count('class="tree-item"') == 2
    assert some.count('class="tree-item"') == 1


def test_counts_the_title_claims_stand_beside_those_read() -> None:
    _of, round_, client = scene()
    batch = loaded(client, round_, book(["反馈4个方面17个问题整改台账"], PLAIN_HEADER, PLAIN_ROW))
    page = client.get(f"/import/{batch.pk}/").content.decode()
    assert "<b>4</b> 方面" in page
    assert "<b>17</b> 问题" in page


def test_one_field_opens_its_form_and_is_read_anew() -> None:
    _of, round_, client = scene()
    batch = loaded(client, round_, S12.read_bytes())
    page = client.get(f"/import/{batch.pk}/?edit=0.2.0:deadline").content.decode()
    assert page.count('class="edit"') == 1
    answer = send(client, batch, "correct", place="0.2.0:deadline", text="2022年10月底前")
    assert answer["Location"] == f"/import/{batch.pk}/?v=1#at-0-2-0-deadline"
    batch.refresh_from_db()
    assert [doubt.cell for doubt in from_json(batch.draft).doubts] == ["K4"]
    told = Event.objects.get(name="ledger.corrected").data
    assert told == {"batch": batch.pk, "cell": "I10", "text": "2022年10月底前"}


def test_measures_and_headings_have_forms_of_their_own_too() -> None:
    _of, round_, client = scene()
    data = book(PLAIN_HEADER, PLAIN_ROW, ["1-2", "", "丁", "戊", "", "", "", ""], merges=["G2:G3"])
    batch = loaded(client, round_, data)
    page = ""
    for place in ("0:no", "0:title", "0.0:title", "0.0.0:measures", "0.1.0:deadline"):
        page = client.get(f"/import/{batch.pk}/?edit={place}").content.decode()
        assert page.count('class="edit"') == 1, place
    assert "该单元格同时对应另外1项" in page


@pytest.mark.parametrize(
    "place", ["", "x", "0.0.0:cells", "9.9.9:deadline", "0:deadline", "0.0.0:"]
)
def test_a_correction_of_nothing_changes_nothing(place: str) -> None:
    _of, round_, client = scene()
    batch = loaded(client, round_, S12.read_bytes())
    assert send(client, batch, "correct", place=place, text="x").status_code == 404
    batch.refresh_from_db()
    assert batch.version == 0


def test_a_correction_from_a_stale_page_changes_nothing() -> None:
    _of, round_, client = scene()
    batch = loaded(client, round_, S12.read_bytes())
    form = {"place": "0.2.0:deadline", "text": "2022年10月", "version": 0}
    assert client.post(f"/import/{batch.pk}/correct/", form).status_code == 302
    form["text"] = "2022年1月"
    assert client.post(f"/import/{batch.pk}/correct/", form).status_code == 409
    batch.refresh_from_db()
    assert (batch.version, from_json(batch.draft).items[2].deadline.raw) == (1, "2022年10月")


def test_an_unreadable_correction_comes_back_as_a_fragment_and_keeps_the_page() -> None:
    _of, round_, client = scene()
    batch = loaded(client, round_, S12.read_bytes())
    answer = client.post(
        f"/import/{batch.pk}/correct/",
        {"place": "0.0.0:status", "text": "随便", "version": 0},
        headers={"HX-Request": "true"},
    )
    assert (answer.status_code, answer["HX-Retarget"]) == (422, "#refusal")
    assert "随便" in answer.content.decode()


def test_the_whole_workbook_is_entered_once_what_is_asked_was_accepted() -> None:
    _of, round_, client = scene()
    batch = loaded(client, round_, S12.read_bytes())
    assert send(client, batch, "confirm").status_code == 422
    assert not Item.objects.exists()
    answer = send(client, batch, "confirm", accepted="yes")
    assert answer["Location"] == f"/ledger/?round={round_.code}"
    assert Item.objects.filter(batch=batch).count() == 7
    assert "新录入7项" in client.get("/ledger/").content.decode()


def test_a_fault_locks_the_confirmation_and_names_its_cell() -> None:
    _of, round_, client = scene()
    batch = loaded(client, round_, book(PLAIN_HEADER, ["=1+1", *PLAIN_ROW[1:]]))
    page = client.get(f"/import/{batch.pk}/").content.decode()
    confirm = page.split('id="confirm"')[1]
    assert "disabled" in confirm
    assert '<b class="num">A2</b>' in confirm
    answer = send(client, batch, "confirm", accepted="yes")
    assert answer.status_code == 422
    assert "A2" in answer.content.decode()
    assert (Item.objects.count(), Aspect.objects.count()) == (0, 0)
    assert send(client, batch, "correct", place="0.0:no", text="1-1").status_code == 302
    assert send(client, batch, "confirm", accepted="yes").status_code == 302


def test_a_confirmed_batch_shows_what_was_read_and_offers_no_change() -> None:
    _of, round_, client = scene()
    batch = entered(client, round_, S12.read_bytes())
    page = client.get(f"/import/{batch.pk}/?edit=0.0.0:deadline").content.decode()
    assert 'class="edit"' not in page
    assert 'class="correct"' not in page
    assert f"/import/{batch.pk}/undo/" in page
    answer = send(client, batch, "correct", place="0.0.0:deadline", text="2022年")
    assert answer.status_code == 409


def test_undoing_takes_everything_off_again_while_nothing_has_moved() -> None:
    _of, round_, client = scene()
    batch = entered(client, round_, S12.read_bytes())
    assert f"/import/{batch.pk}/undo/" in client.get("/import/").content.decode()
    assert send(client, batch, "undo").status_code == 302
    assert (Item.objects.count(), Aspect.objects.count()) == (0, 0)
    page = client.get("/import/").content.decode()
    assert "已撤销" in page
    assert f"/import/{batch.pk}/undo/" not in page
    assert "已撤销" in client.get(f"/import/{batch.pk}/").content.decode()


def test_a_batch_with_an_item_that_moved_stays() -> None:
    of, round_, client = scene()
    row = [*PLAIN_ROW[:5], of.section.name, *PLAIN_ROW[6:]]
    batch = entered(client, round_, book(PLAIN_HEADER, row, ["2", "", "丁", *row[3:]]))
    make.take(Item.objects.get(no="1-1"), "assign", of)
    page = client.get("/import/").content.decode()
    assert "其中1项已办理" in page
    assert f"/import/{batch.pk}/undo/" not in page
    assert send(client, batch, "undo").status_code == 409
    assert Item.objects.count() == 2


def test_the_list_names_the_newest_workbook_first() -> None:
    _of, round_, client = scene()
    first, second = (loaded(client, round_, S12.read_bytes()) for _ in range(2))
    page = client.get("/import/").content.decode()
    assert page.index(f'"/import/{second.pk}/"') < page.index(f'"/import/{first.pk}/"')
    assert "待确认" in page


def test_items_the_ledger_has_already_are_marked_in_the_preview() -> None:
    _of, round_, client = scene()
    entered(client, round_, S12.read_bytes())
    again = loaded(client, round_, S12.read_bytes())
    page = client.get(f"/import/{again.pk}/").content.decode()
    assert page.count("台账已有</p>") == 7


def test_the_workbook_comes_back_with_its_doubts_at_their_cells() -> None:
    of, round_, client = scene()
    batch = loaded(client, round_, S12.read_bytes())
    answer = client.get(f"/import/{batch.pk}/marked/")
    page = load_workbook(BytesIO(answer.content)).active
    assert page is not None
    assert "2022年10月" in page["I10"].comment.text
    assert "市政科" in page["G7"].comment.text
    assert f'filename="doubts-{round_.code}-{batch.pk}.xlsx"' in answer["Content-Disposition"]
    event = Event.objects.get(name="ledger.doubts_exported")
    assert (event.subject, event.actor) == (round_.subject, f"person:{of.office.pk}")
    comments = [cell.comment for row in page.iter_rows() for cell in row if cell.comment]
    told = {"batch": batch.pk, "name": batch.name, "digest": batch.digest}
    assert {key: event.data[key] for key in told} == told
    doubts = event.data["doubts"]
    assert isinstance(doubts, int)
    assert doubts >= len(comments) > 0


def test_bytes_that_are_gone_are_said_to_be_gone() -> None:
    _of, round_, client = scene()
    batch = loaded(
        client, round_, book(PLAIN_HEADER, PLAIN_ROW, [str(make.number()), *PLAIN_ROW[1:]])
    )
    path_of(batch.digest).unlink()
    assert client.get(f"/import/{batch.pk}/marked/").status_code == 404
    assert not Event.objects.filter(name="ledger.doubts_exported").exists()


def test_bytes_that_are_no_workbook_any_more_are_refused_in_a_sentence() -> None:
    _of, round_, client = scene()
    batch = loaded(client, round_, S12.read_bytes())
    Batch.objects.filter(pk=batch.pk).update(digest=storage.keep([b"hello"]).digest)
    assert client.get(f"/import/{batch.pk}/marked/").status_code == 422
    assert not Event.objects.filter(name="ledger.doubts_exported").exists()


def test_without_a_round_the_page_says_to_open_one() -> None:
    page = client_of(make.house().office).get("/import/").content.decode()
    assert "建立轮次" in page
    assert 'type="file"' not in page


def test_another_unit_reaches_no_batch_and_loads_into_no_round() -> None:
    _of, round_, client = scene()
    batch = loaded(client, round_, S12.read_bytes())
    other = client_of(make.house().office)
    assert load(other, round_, S12.read_bytes()).status_code == 404
    assert other.get(f"/import/{batch.pk}/").status_code == 404
    for what in ("correct", "confirm", "discard", "undo"):
        assert send(other, batch, what, accepted="yes").status_code == 404
    assert (Batch.objects.count(), Item.objects.count()) == (1, 0)


def test_an_office_that_only_reads_there_reaches_no_batch_either() -> None:
    of, round_, client = scene()
    batch = loaded(client, round_, S12.read_bytes())
    both = make.house().office
    make.membership(both, "leader", unit=of.unit)
    assert client_of(both).get(f"/import/{batch.pk}/").status_code == 403
    assert load(client_of(both), round_, S12.read_bytes()).status_code == 403
    assert Batch.objects.count() == 1


def test_sections_are_added_only_with_the_items_that_name_them() -> None:
    _of, round_, client = scene()
    batch = loaded(client, round_, S12.read_bytes())
    assert not Section.objects.filter(name="市政科").exists()
    send(client, batch, "confirm", accepted="yes")
    assert Section.objects.filter(name="市政科", unit=round_.unit).count() == 1
