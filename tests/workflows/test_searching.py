"""The search finds what is written, where it is written, and only what its asker may see."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils import translation
from pytest_django.fixtures import Settings

from core.actor import Actor
from core.models import User
from core.roles import Role
from demo import papers
from evidence import deriving
from evidence.inspection.verdict import State as Inspection
from evidence.models import Derivation, Evidence
from project import tasks
from tests import make
from tests.make import House
from workflows import searching
from workflows.actions import amendments, indexing, ledgers, people, proving, rectification
from workflows.actions.amendments import MeasureText
from workflows.models import Batch, Citation, Item, Searchable
from workflows.states import State

pytestmark = pytest.mark.django_db
WORDS = "人民路积水点已全部清淤"


@pytest.fixture
def house() -> House:
    return make.house()


@pytest.fixture
def item(house: House) -> Item:
    return make.item(
        State.RECTIFYING,
        house=house,
        no="2-3",
        title="城区内涝点整治不到位",
        measures=("与住建部门建立联合值守机制",),
        target="年底前消除积水路段",
    )


def cite(item: Item, house: House, words: str = WORDS, name: str = "验收单.pdf") -> Citation:
    """A piece of evidence whose one page holds these words."""
    paper = make.paper(name, papers.pdf(["验收单", words]))
    [measure] = item.measures.all()
    proving.attach(
        item.pk,
        actor=house.staff.actor(),
        command=make.command(item),
        measure_id=measure.pk,
        files=[paper],
    )
    return item.citations.latest("pk")


def extracted() -> None:
    while deriving.sweep():
        pass


def found(kind: str, actor: Actor, text: str) -> list[int]:
    """The items, measures or citations that this question finds."""
    asked = searching.asked_of(text)
    keys = getattr(searching, kind)(actor, asked).keys
    field = {"items": "item_id", "measures": "measure_id", "pieces": "citation_id"}[kind]
    return [getattr(row, field) for row in searching.shown(keys)]


def everything(actor: Actor, text: str) -> list[int]:
    counts = [len(found(kind, actor, text)) for kind in ("items", "measures", "pieces")]
    asked = searching.asked_of(text)
    return [*counts, len(searching.numbered(actor, asked)), len(searching.people(actor, asked)[0])]


@pytest.mark.parametrize(
    "text",
    ["内涝点", "城区 整治", "积水路段", "2-3", "２－３", "cqnld", "NLDZZ", "城区　内涝", "内 内涝"],
)
def test_an_item_is_found_by_its_number_title_target_and_initials(
    item: Item, house: House, text: str
) -> None:
    assert found("items", house.staff.actor(), text) == [item.pk]


@pytest.mark.parametrize(
    "text", ["内点", "涝内", "城区 排查", "整治不到位与", "位年", "c%d", "cqn_d", "dzzbdw2", "3-2"]
)
def test_what_is_not_written_is_not_found(item: Item, house: House, text: str) -> None:
    assert found("items", house.staff.actor(), text) == []


def test_a_measure_is_found_by_its_words_and_by_what_was_done_about_it(
    item: Item, house: House
) -> None:
    [measure] = item.measures.all()
    assert found("measures", house.staff.actor(), "联合值守") == [measure.pk]
    rectification.record_progress(
        item.pk,
        actor=house.staff.actor(),
        command=make.command(item),
        progress="done",
        result="全部路段恢复通行",
        accounts=[rectification.MeasureAccount(measure_id=measure.pk, account="值守表已上墙")],
    )
    assert found("measures", house.staff.actor(), "已上墙") == [measure.pk]
    assert found("items", house.staff.actor(), "恢复通行") == [item.pk]
    assert indexing.differences() == []


def test_words_that_were_amended_are_found_as_they_are_now(house: House) -> None:
    item = make.item(house=house, title="路灯不亮", measures=("换灯", "登记"))
    first, second = item.measures.all()
    amendments.amend(
        item.pk,
        actor=house.office.actor(),
        command=make.command(item),
        title="桥梁失养",
        measures=[
            MeasureText(id=first.pk, text="加固桥墩"),
            MeasureText(id=second.pk, text=""),
            MeasureText(id=None, text="限载限行"),
        ],
    )
    who = house.office.actor()
    assert found("items", who, "桥梁") == found("items", who, "qlsy") == [item.pk]
    assert found("items", who, "路灯") == []
    assert found("measures", who, "换灯") == found("measures", who, "登记") == []
    assert len(found("measures", who, "限载")) == len(found("measures", who, "加固桥墩")) == 1
    assert indexing.differences() == []


def test_what_was_taken_off_the_ledger_is_found_no_more(house: House) -> None:
    item = make.item(house=house, title="城区内涝点整治")
    ledgers.undo(Batch.objects.get(items=item).pk, actor=house.office.actor())
    assert found("items", house.office.actor(), "内涝") == []
    assert not Searchable.objects.exists()


def test_the_words_inside_evidence_are_found_with_their_page(item: Item, house: House) -> None:
    lines = ["报告", *(f"第{n}处正常" for n in range(60)), "末页有管网图纸"]
    paper = make.paper("报告.pdf", papers.pdf(lines))
    [measure] = item.measures.all()
    proving.attach(
        item.pk,
        actor=house.staff.actor(),
        command=make.command(item),
        measure_id=measure.pk,
        files=[paper],
    )
    who = house.staff.actor()
    assert found("pieces", who, "管网图纸") == []
    extracted()
    asked = searching.asked_of("管网图纸")
    [row] = searching.shown(searching.pieces(who, asked).keys)
    assert (row.citation, row.page) == (item.citations.get(), 3)
    assert found("pieces", who, "报告") == [row.citation_id]


def test_the_same_bytes_cited_again_are_found_at_once(item: Item, house: House) -> None:
    first = cite(item, house)
    extracted()
    other = make.item(State.RECTIFYING, house=house, measures=("与水务部门建立联合值守机制",))
    second = cite(other, house, name="又一份.pdf")
    assert first.evidence.digest == second.evidence.digest
    assert found("pieces", house.staff.actor(), "积水点") == [second.pk, first.pk]
    assert indexing.differences() == []


def test_withdrawn_evidence_is_found_no_more(item: Item, house: House) -> None:
    piece = cite(item, house)
    extracted()
    proving.withdraw_evidence(
        item.pk, actor=house.staff.actor(), command=make.command(item), citation_id=piece.pk
    )
    assert found("pieces", house.staff.actor(), "积水点") == []
    assert not Searchable.objects.filter(kind="piece").exists()
    deriving.again("search")
    extracted()
    assert not Searchable.objects.filter(kind="piece").exists()
    assert indexing.differences() == []


def test_a_newer_version_is_found_in_the_place_of_the_one_before(item: Item, house: House) -> None:
    piece = cite(item, house)
    extracted()
    proving.replace_evidence(
        item.pk,
        actor=house.staff.actor(),
        command=make.command(item),
        citation_id=piece.pk,
        file=make.paper("新验收单.pdf", papers.pdf(["验收单", "解放路路灯已更换"])),
    )
    assert found("pieces", house.staff.actor(), "积水点") == []
    extracted()
    assert found("pieces", house.staff.actor(), "路灯已更换") == [piece.replaced_by.pk]
    assert indexing.differences() == []


def test_evidence_that_is_no_longer_held_to_be_clean_is_found_no_more(
    item: Item, house: House
) -> None:
    piece = cite(item, house)
    extracted()
    Evidence.objects.filter(pk=piece.evidence_id).update(
        inspection=Inspection.QUARANTINED, inspected_at=None
    )
    assert found("pieces", house.staff.actor(), "积水点") == []
    assert found("items", house.staff.actor(), "内涝") == [item.pk]


def test_the_number_leads_to_the_item_in_every_round_the_latest_first(house: House) -> None:
    last_year, this_year = (make.round_(house, feedback_date=date(y, 1, 1)) for y in (2025, 2026))
    old = make.item(house=house, no="2-3", round_=last_year)
    new = make.item(house=house, no="2-3", round_=this_year)
    other = make.item(house=house, no="3")
    who = house.office.actor()
    for text in ("2-3", "２－３", "2—3", " 2~3 "):
        assert searching.numbered(who, searching.asked_of(text)) == [new, old]
    assert searching.numbered(who, searching.asked_of("3")) == [other]
    assert searching.numbered(who, searching.asked_of("2")) == []


def test_what_begins_with_the_words_comes_first_then_titles_then_the_rest(house: House) -> None:
    round_ = make.round_(house)
    rest = make.item(house=house, round_=round_, title="道路破损", target="消除内涝")
    inside = make.item(house=house, round_=round_, title="城区内涝")
    begins = make.item(house=house, round_=round_, title="内涝点整治")
    later = make.item(house=house, round_=round_, title="城西内涝")
    who = house.office.actor()
    assert found("items", who, "内涝") == [begins.pk, later.pk, inside.pk, rest.pk]


def test_a_member_of_another_section_finds_nothing_of_it_and_no_count(
    item: Item, house: House
) -> None:
    cite(item, house)
    extracted()
    stranger = make.person(Role.STAFF, section=house.other_section)
    questions = ("内涝", "2-3", "联合值守", "积水点", "cqnld", "验收单")
    for text in questions:
        assert everything(stranger.actor(), text)[:4] == [0, 0, 0, 0], text
    elsewhere = make.person(Role.OFFICE, unit=make.unit())
    for text in (*questions, house.staff.name):
        assert everything(elsewhere.actor(), text) == [0, 0, 0, 0, 0], text
    for text in questions:
        assert sum(everything(house.staff.actor(), text)) > 0, text


@pytest.mark.parametrize("role", [Role.SYSTEM_OFFICER, Role.SECURITY_OFFICER])
def test_officers_who_see_no_content_find_people_alone(
    item: Item, house: House, role: Role
) -> None:
    cite(item, house)
    extracted()
    officer = make.person(role, unit=house.unit).actor()
    assert everything(officer, "内涝") == everything(officer, "积水点") == [0, 0, 0, 0, 0]
    assert everything(officer, house.staff.name) == [0, 0, 0, 0, 1]


def names(actor: Actor, text: str) -> list[str]:
    return [person.name for person in searching.people(actor, searching.asked_of(text))[0]]


def test_people_are_found_by_name_login_and_initials_in_any_reading(house: House) -> None:
    who = house.office.actor()
    officer = make.person(Role.SYSTEM_OFFICER, unit=house.unit)
    user, _password = people.add_person(
        actor=officer.actor(), unit_id=house.unit.pk, login="zeng.q", name="曾强"
    )
    make.membership(user, Role.STAFF, section=house.section)
    for text in ("曾强", "曾", "zq", "CQ", "zeng", "曾 强"):
        assert "曾强" in names(who, text), text
    assert names(who, "zengg") == names(who, "曾勇") == names(who, "%") == []
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert names(who, "曾强") == []


HOSTILE = [
    "",
    " ",
    "\x00",
    "\ud800",
    "%",
    "_%",
    "*",
    '"',
    '""',
    "'; DROP TABLE workflows_item; --",
    'NEAR("a" "b")',
    "内涝 OR 1",
    "^内涝",
    "grams:内涝*",
    "\\",
    "\\内",
    "内",
    "🙂🙂",
    "a" * 10_000,
    "内涝" * 5_000,
    "内 " * 5_000,
    "{}[]()<>&|!~`$#@",
    "\u202e\u200b内涝",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_question_is_an_error_nor_finds_what_it_does_not_say(
    item: Item, house: House, text: str
) -> None:
    cite(item, house)
    extracted()
    counts = everything(house.office.actor(), text)
    assert counts[:4] == [0, 0, 0, 0]


def test_a_sign_that_a_database_reads_in_its_own_way_is_found_as_itself(house: House) -> None:
    who = house.office.actor()
    for title in ('完成率100%，"达标"', "甲_乙*丙", "路径 C:\\a\\b", "O'Neil 🙂🙂"):
        item = make.item(house=house, title=title)
        assert found("items", who, title) == [item.pk]
        assert found("items", who, title[-4:]) == [item.pk]


def test_a_question_is_read_up_to_its_hundredth_sign() -> None:
    long = searching.asked_of("内涝" * 60)
    assert (len(long.text), long.cut, long.words) == (100, True, ("内涝" * 50,))
    many = searching.asked_of(" ".join(f"w{n}" for n in range(20)))
    assert (len(many.words), many.cut) == (8, False)
    assert searching.asked_of("a" * 6000).cut
    assert searching.asked_of(" 内  涝\n") == searching.Asked(
        text="内 涝", words=("内", "涝"), cut=False
    )


def test_no_more_than_so_many_are_looked_at_and_it_is_said(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "MOST", 2)
    round_ = make.round_(house)
    for _n in range(3):
        make.item(house=house, round_=round_, title="路灯不亮")
    asked = searching.asked_of("路灯")
    items = searching.items(house.office.actor(), asked)
    assert (len(items.keys), items.more) == (2, True)
    persons, more = searching.people(house.office.actor(), searching.asked_of("Person"))
    assert (len(persons), more) == (2, True)


def test_a_long_page_is_searched_in_slices(item: Item, house: House) -> None:
    paper = make.paper("a.txt", ("甲" * 3999 + "路灯" + "乙" * 3000 + "桥梁").encode())
    [measure] = item.measures.all()
    proving.attach(
        item.pk,
        actor=house.staff.actor(),
        command=make.command(item),
        measure_id=measure.pk,
        files=[paper],
    )
    extracted()
    rows = Searchable.objects.filter(kind="piece").order_by("slice")
    assert [(row.slice, len(row.body)) for row in rows] == [(0, 4000), (1, 3003)]
    assert found("pieces", house.staff.actor(), "桥梁") == [item.citations.get().pk]


def test_evidence_waits_for_its_text_to_be_made_findable(item: Item, house: House) -> None:
    piece = cite(item, house)
    Derivation.objects.filter(what="text").update(due_at="2099-01-01T00:00Z")
    extracted()
    row = Derivation.objects.get(what="search")
    assert (row.standing, row.fault) == ("waiting", "waits")
    Derivation.objects.update(due_at="2020-01-01T00:00Z")
    extracted()
    assert found("pieces", house.staff.actor(), "积水点") == [piece.pk]


def test_evidence_without_text_is_done_with(item: Item, house: House) -> None:
    cite(item, house)
    Derivation.objects.filter(what="text").update(standing="failed", fault="unreadable")
    extracted()
    assert Derivation.objects.get(what="search").standing == "done"
    assert not Searchable.objects.filter(kind="piece").exists()


def test_what_no_change_has_reached_is_added_by_the_clock(item: Item, house: House) -> None:
    cite(item, house)
    extracted()
    kept = Searchable.objects.count()
    Searchable.objects.all().delete()
    assert tasks.index_what_lacks() == kept == 3
    assert tasks.index_what_lacks() == 0
    assert indexing.differences() == []


def test_the_command_rebuilds_and_checks(item: Item, house: House) -> None:
    cite(item, house)
    extracted()
    Searchable.objects.filter(kind="measure").delete()
    Searchable.objects.filter(kind="item").update(body="x\ny\nz")
    out = io.StringIO()
    with translation.override("en"):
        with pytest.raises(CommandError, match=r"^2 texts are kept otherwise"):
            call_command("rebuild_search", "--check", stdout=out)
        call_command("rebuild_search", stdout=out)
        call_command("rebuild_search", "--check", stdout=out)
    assert out.getvalue() == (
        f"item of item {item.pk}\nmeasure of item {item.pk}\n"
        "3 texts can be found.\nEverything is found as it is written.\n"
    )
    assert found("items", house.staff.actor(), "内涝") == [item.pk]


def test_an_item_is_kept_once(item: Item) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Searchable(kind="item", item=item, body="x").save()
    assert str(Searchable.objects.get(kind="item")) == f"item of {item.pk}"


@pytest.mark.parametrize("kind", ["item", "measure", "piece"])
def test_the_database_answers_from_its_index(item: Item, house: House, kind: str) -> None:
    rows = Searchable.objects.holding(kind, ["内涝"]).order_by()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SET LOCAL enable_seqscan = off;"
                "DROP INDEX an_item_is_searched_once, a_measure_is_searched_once,"
                " a_page_is_searched_once"
            )
        assert f"search_{kind}_grams" in rows.explain()
    else:
        assert "VIRTUAL TABLE INDEX" in rows.explain()


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, settings: Settings) -> None:
    settings.EVIDENCE_ROOT = tmp_path / "evidence"
