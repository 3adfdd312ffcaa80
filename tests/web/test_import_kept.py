"""Target, criterion and remark in the preview, and a workbook that is put away."""

from __future__ import annotations

import pytest

from audit.models import Event
from tests.ledger.books import PLAIN_HEADER, PLAIN_ROW, book
from tests.web.test_import import S12, entered, loaded, scene, send
from workflows.models import Item

pytestmark = pytest.mark.django_db
HEADER = [*PLAIN_HEADER, "整改目标", "完成标准", "备注"]


def row(no: str, measures: str, *texts: str) -> list[str]:
    start = [no, *PLAIN_ROW[1:3], measures]
    return [*start, *PLAIN_ROW[len(start) :], *texts]


def part(page: str, place: str) -> str:
    return page.split(f'id="at-{place}"')[1].split("</div>", maxsplit=1)[0]


def test_the_three_columns_are_shown_where_the_workbook_has_them() -> None:
    _of, round_, client = scene()
    first = row("1", "1.修灯\n2.建账", "全亮", "2.逐月登记", "急")
    second = [*row("2", "1.清淤\n2.疏通", "", "验收合格", ""), ""]
    second[2] = "管网堵塞"
    batch = loaded(client, round_, book(HEADER, first, second))
    page = client.get(f"/import/{batch.pk}/").content.decode()
    assert "全亮" in part(page, "0-0-0-target")
    assert "按序号对应各条措施" in part(page, "0-0-0-criterion")
    assert "急" in part(page, "0-0-0-remark")
    assert "适用于全部措施" in part(page, "0-1-0-criterion")
    assert "—" in part(page, "0-1-0-remark")
    plain = loaded(client, round_, book(PLAIN_HEADER, PLAIN_ROW))
    assert "-remark" not in client.get(f"/import/{plain.pk}/").content.decode()


def test_each_of_the_three_is_corrected_and_entered_as_corrected() -> None:
    _of, round_, client = scene()
    first = row("1", "1.修灯\n2.建账", "全亮", "验收合格", "急")
    batch = loaded(client, round_, book(HEADER, first))
    for place, text in (
        ("0.0.0:target", "夜间全亮"),
        ("0.0.0:criterion", "1. 抽查全亮\r\n2. 逐月登记"),
        ("0.0.0:remark", ""),
    ):
        page = client.get(f"/import/{batch.pk}/?edit={place}").content.decode()
        assert page.count("<textarea") == 1, place
        assert send(client, batch, "correct", place=place, text=text).status_code == 302
    assert send(client, batch, "confirm", accepted="yes").status_code == 302
    item = Item.objects.get()
    assert (item.target, item.remark) == ("夜间全亮", "")
    assert [m.criterion for m in item.measures.all()] == ["抽查全亮", "逐月登记"]


def test_the_item_page_tells_target_and_remark_where_there_are_any() -> None:
    of, round_, client = scene()
    sections = {5: of.section.name}
    rows = [row("1", "修灯", "全亮<b>", "验收", "见2号\n照片"), row("2", "修灯", "", "", "")]
    rows[1][2] = "管网堵塞"
    data = book(HEADER, *([sections.get(n, cell) for n, cell in enumerate(r)] for r in rows))
    entered(client, round_, data)
    full, bare = (
        client.get(f"/items/{item.pk}/").content.decode()
        for item in Item.objects.order_by("position")
    )
    assert '<dt>整改目标</dt><dd class="keep-lines">全亮&lt;b&gt;</dd>' in full
    assert '<dt>备注</dt><dd class="keep-lines">见2号\n照片</dd>' in full
    assert "<dt>整改目标</dt>" not in bare
    assert "<dt>备注</dt>" not in bare


def test_a_workbook_is_discarded_from_the_list_and_from_its_preview() -> None:
    _of, round_, client = scene()
    batch = loaded(client, round_, S12.read_bytes())
    for url in ("/import/", f"/import/{batch.pk}/"):
        assert f'action="/import/{batch.pk}/discard/"' in client.get(url).content.decode()
    answer = send(client, batch, "discard")
    assert answer["Location"] == f"/import/?round={round_.code}"
    batch.refresh_from_db()
    assert batch.discarded
    for url in ("/import/", f"/import/{batch.pk}/"):
        page = client.get(url).content.decode()
        assert "已作废" in page
        assert f"/import/{batch.pk}/discard/" not in page
        assert f"/import/{batch.pk}/confirm/" not in page
        assert f"/import/{batch.pk}/undo/" not in page


def test_a_discarded_workbook_is_shown_as_it_was_and_enters_nothing() -> None:
    _of, round_, client = scene()
    batch = loaded(client, round_, S12.read_bytes())
    send(client, batch, "discard")
    page = client.get(f"/import/{batch.pk}/?edit=0.0.0:deadline").content.decode()
    assert "完成7处易涝点清淤，累计清淤管网3.2公里" in page
    assert 'class="edit"' not in page
    assert 'class="correct"' not in page
    assert send(client, batch, "confirm", accepted="yes").status_code == 409
    correction = {"place": "0.0.0:deadline", "text": "2022年"}
    assert send(client, batch, "correct", **correction).status_code == 409
    assert send(client, batch, "discard").status_code == 409
    assert not Item.objects.exists()


def test_a_stale_page_and_a_confirmed_workbook_discard_nothing() -> None:
    _of, round_, client = scene()
    batch = loaded(client, round_, S12.read_bytes())
    assert client.post(f"/import/{batch.pk}/discard/", {"version": 7}).status_code == 409
    assert send(client, batch, "confirm", accepted="yes").status_code == 302
    assert send(client, batch, "discard").status_code == 409
    assert Item.objects.count() == 7
    assert not Event.objects.filter(name="ledger.discarded").exists()
