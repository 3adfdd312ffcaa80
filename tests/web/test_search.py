"""The search page and what the palette lists: groups, marks, places, and nothing invisible."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from core.roles import Role
from demo import papers
from evidence import deriving
from tests import make
from tests.make import House
from tests.web.addresses import client_of
from web import found
from web.found import Part
from workflows import searching
from workflows.actions import proving
from workflows.models import Item
from workflows.states import State

pytestmark = pytest.mark.django_db
BOX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, settings: Settings) -> None:
    settings.EVIDENCE_ROOT = tmp_path / "evidence"


@pytest.fixture
def house() -> House:
    return make.house()


@pytest.fixture
def item(house: House) -> Item:
    """With one piece of evidence of a page, whose text is extracted."""
    row = make.item(
        State.RECTIFYING, house=house, no="2-3", title="城区内涝点整治", measures=("建立值守机制",)
    )
    attach(row, house, "验收单.pdf", papers.pdf(["报告", *["一切正常"] * 30, "人民路内涝点已清淤"]))
    return row


def attach(item: Item, house: House, name: str, content: bytes) -> None:
    proving.attach(
        item.pk,
        actor=house.staff.actor(),
        command=make.command(item),
        measure_id=item.measures.get().pk,
        files=[make.paper(name, content)],
    )
    while deriving.sweep():
        pass


def page(client: Client, query: str, headers: dict[str, str] | None = None) -> str:
    asked = {"Accept-Language": "en", **(headers or {})}
    answer = client.get(f"/search/{query}", headers=asked)
    assert answer.status_code == 200
    return answer.content.decode()


def plain(html: str) -> str:
    """The words of a page on one line."""
    main = html[html.find('<main id="main"') :]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def test_a_hit_inside_evidence_names_the_piece_the_page_and_the_words_around(
    item: Item, house: House
) -> None:
    html = page(client_of(house.staff), "?q=人民路内涝")
    citation = item.citations.get()
    assert f'href="/items/{item.pk}/#piece-{citation.pk}"' in html
    assert "<mark>人民路内涝</mark>点已清淤" in html
    assert "page 2 · 2-3 城区内涝点整治" in plain(html)


def test_every_kind_has_its_group_with_its_count(item: Item, house: House) -> None:
    words = plain(page(client_of(house.office), "?q=2-3"))
    assert "This number 2-3 城区内涝点整治" in words
    assert "Rectification items 1" in words
    words = plain(page(client_of(house.office), "?q=内涝点"))
    assert "Rectification items 1 2-3 城区 内涝点 整治" in words
    assert "Inside evidence 1 验收单.pdf" in words
    words = plain(page(client_of(house.office), "?q=值守机制"))
    assert "Measures 1 建立 值守机制 measure 1 of 2-3 城区内涝点整治" in words
    words = plain(page(client_of(house.office), f"?q={house.staff.name}"))
    assert f"People 1 {house.staff.name} {house.section.name} Responsible staff" in words


def test_nobody_reads_of_another_sections_item_on_the_page_or_in_the_palette(
    item: Item, house: House
) -> None:
    stranger = client_of(make.person(Role.STAFF, section=house.other_section))
    for text in ("内涝", "2-3", "值守机制", "人民路", "cqnld", "验收单"):
        for headers in ({}, BOX):
            html = page(stranger, f"?q={text}", headers)
            assert f"/items/{item.pk}/" not in html
            assert "城区" not in html
        for kind in found.GROUPS:
            assert "Nothing found here." in page(stranger, f"?q={text}&in={kind}")


def test_what_waits_or_was_withdrawn_is_not_on_the_page(item: Item, house: House) -> None:
    proving.withdraw_evidence(
        item.pk,
        actor=house.staff.actor(),
        command=make.command(item),
        citation_id=item.citations.get().pk,
    )
    assert "Nothing that you may see holds “人民路”." in page(client_of(house.staff), "?q=人民路")


def test_a_person_leads_to_their_page_or_to_their_items(house: House) -> None:
    name = house.colleague.name
    assert f'href="/people/{house.colleague.pk}/"' in page(client_of(house.office), f"?q={name}")
    mine = page(client_of(house.staff), f"?q={name}")
    assert f'href="/ledger/?assignee={house.colleague.pk}"' in mine


def test_all_of_a_kind_come_page_by_page(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(found, "A_PAGE", 2)
    monkeypatch.setattr(found, "FEW", 2)
    monkeypatch.setattr(searching, "MOST", 4)
    round_ = make.round_(house)
    items = [make.item(house=house, round_=round_, title="路灯不亮") for _n in range(3)]
    office = client_of(house.office)
    assert "Show all 3" in (overview := page(office, "?q=路灯"))
    assert "?q=%E8%B7%AF%E7%81%AF&amp;in=items" in overview
    first, last = page(office, "?q=路灯&in=items"), page(office, "?q=路灯&in=items&page=2")
    assert "Page 1 of 2" in first
    assert [f"/items/{one.pk}/" in first for one in items] == [False, True, True]
    assert [f"/items/{one.pk}/" in last for one in items] == [True, False, False]
    assert "There are more." not in last
    for _n in range(2):
        make.item(house=house, round_=round_, title="路灯不亮")
    words = plain(page(office, "?q=路灯&in=items&page=2"))
    assert "Rectification items 4+" in words
    assert "There are more. Write another word to narrow it down." in words
    assert "Page 1 of 2" in page(office, "?q=路灯&in=items&page=nonsense")


def test_an_empty_page_says_what_can_be_found(house: House) -> None:
    staff = client_of(house.staff)
    assert "cqnl finds 城区内涝" in page(staff, "")
    assert "cqnl finds 城区内涝" in page(staff, "?q=%20&in=items")
    assert "Write at least two characters" in page(staff, "?q=内")
    assert "Nothing that you may see holds “量子”." in page(staff, "?q=量子")
    assert "Only the first 100 characters" in page(staff, "?q=" + "内涝" * 60)
    assert "A number (2-3)" in page(staff, "?q=", BOX)


def test_the_palette_lists_the_number_first_and_ends_in_the_whole_search(
    item: Item, house: House
) -> None:
    html = page(client_of(house.staff), "?q=2-3", BOX)
    assert "<html" not in html
    assert html.index("This number") < html.index("Rectification items")
    links = re.findall(r'role="option"[^>]* href="([^"]+)"', html)
    assert links == [f"/items/{item.pk}/", f"/items/{item.pk}/", "/search/?q=2-3"]
    assert 'href="/search/?q=a%26in%3D%22%3C"' in page(
        client_of(house.staff), "?q=a%26in%3D%22<", BOX
    )


@pytest.mark.parametrize(
    "query",
    [
        "?q=%00", "?q=%ED%A0%80", "?q=%FF%FE", "?q=%25_*", "?q=%22%22", "?q=NEAR(a+b)", "?q=內",
        "?q[]=a", "?q=" + "a" * 10_000,
        "?q=" + "内+" * 900, "?q=内涝&in=nothing", "?q=内涝&in=items&page=-1",
        "?q=内涝&in=pieces&page=99999999999999999999", "?q=%3Cscript%3Ealert(1)%3C/script%3E",
    ],
)  # fmt: skip
def test_no_address_is_an_error_and_nothing_of_it_is_markup(
    item: Item, house: House, query: str
) -> None:
    for headers in ({}, BOX):
        assert "<script>alert" not in page(client_of(house.office), query, headers)


def test_every_page_has_the_palette_and_a_link_that_needs_no_script(house: House) -> None:
    html = client_of(house.staff).get("/", HTTP_ACCEPT_LANGUAGE="zh-hans").content.decode()
    assert (
        '<a class="nav-link finder-link" href="/search/" data-finder aria-haspopup="dialog">'
        in html
    )
    assert html.count('id="finder"') == 1
    door = Client().get("/login/").content.decode()
    assert "finder" not in door.replace("finder.css", "")


@pytest.mark.parametrize(
    ("text", "words", "parts"),
    [
        ("城区内涝点", ("内涝",), ["城区", "[内涝]", "点"]),
        ("ＬＥＤ路灯", ("led", "灯"), ["[ＬＥＤ]", "路", "[灯]"]),
        ("①号楼", ("1号",), ["[①号]", "楼"]),
        ("abc", ("x",), ["abc"]),
        ("内涝", ("内", "内涝"), ["[内涝]"]),
        ("abc", (), ["abc"]),
    ],
)
def test_what_was_asked_for_is_marked_in_any_width(
    text: str, words: tuple[str, ...], parts: list[str]
) -> None:
    shown = [f"[{part.text}]" if part.marked else part.text for part in found.marked(text, words)]
    assert shown == parts


def test_the_words_around_a_match_are_cut_to_a_line() -> None:
    line = "前" * 100 + "内涝" + "后" * 100
    assert found.excerpt(["别的", line], ("内涝",)) == [
        Part("…" + "前" * 48),
        Part("内涝", marked=True),
        Part("后" * 48 + "…"),
    ]
    assert found.excerpt(["别的"], ("内涝",)) == []


@pytest.mark.parametrize(
    ("name", "content", "where"),
    [
        ("说明.txt", "会议签到表".encode(), "2-3 城区内涝点整治"),
        ("说明.pdf", papers.pdf(["说明", "会议签到表"]), "page 1 · 2-3 城区内涝点整治"),
    ],
)
def test_a_file_without_pages_names_none(
    item: Item, house: House, name: str, content: bytes, where: str
) -> None:
    attach(item, house, name, content)
    words = plain(page(client_of(house.staff), "?q=会议签到"))
    assert f"{name} " in words
    assert words.count(where) == 1
    assert ("page 1" in words) == ("page" in where)
