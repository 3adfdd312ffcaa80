"""Working days, the ladder of a round, its letters, urging and supervising: as pages."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import Event
from core.models import User
from core.roles import Role
from tests import make
from tests.make import House
from tests.web.filled import at_the_screen
from workflows import deadlines
from workflows.actions import attention, reminding
from workflows.models import CalendarDay, LadderRule, Round, Supervision, Urge
from workflows.states import State

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    return make.house()


@pytest.fixture
def round_(house: House) -> Round:
    return make.round_(house, plan_term="15w", feedback_date=date(2026, 3, 2))


def read(user: User, path: str, *, language: str = "zh-hans") -> str:
    answer = at_the_screen(user, language=language).get(path)
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def fields(page: str) -> dict[str, object]:
    """A form as a browser would send it back untouched."""
    said: dict[str, object] = dict(
        re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', page)
    )
    said |= dict(
        re.findall(r'<input class="form-control"[^>]* name="([\w-]+)"[^>]* value="(\d*)"', page)
    )
    for name, options in re.findall(r'<select[^>]* name="([\w-]+)">(.*?)</select>', page):
        chosen = re.search(r'value="(\w*)" selected', options)
        said[name] = chosen[1] if chosen else re.findall(r'value="(\w*)"', options)[0]
    ticked: dict[str, list[str]] = {}
    for name, value in re.findall(r'name="(to-\d+)" value="(\w+)" checked', page):
        ticked.setdefault(name, []).append(value)
    return said | ticked


def test_the_rules_stand_in_sentences(house: House, round_: Round) -> None:
    page = read(house.staff, f"/rounds/{round_.pk}/ladder/")
    assert "各类事项剩 20 天时，通知承办人；发编号提醒函" in page
    assert (
        "“限期整改”事项超期 1 天时，通知承办人、责任领导、第一责任人；发编号预警函；此后每 7 天一次"
        in page
    )
    assert "“立行立改”事项未定时限的，自反馈之日起，通知承办人；此后每天一次" in page
    english = read(house.staff, f"/rounds/{round_.pk}/ladder/", language="en")
    assert "items of every class, with 10 days left: tell the responsible staff" in english


def test_the_office_changes_one_rule_and_the_others_stay(house: House, round_: Round) -> None:
    client = at_the_screen(house.office)
    path = f"/rounds/{round_.pk}/ladder/"
    said = fields(client.get(path).content.decode())
    assert client.post(path, said | {"do": "set"}).status_code == 422  # nothing changed
    answer = client.post(path, said | {"days-0": "15", "out-6": "1", "to-1": ["office"]})
    assert answer.status_code == 302
    rules = deadlines.ladder_of(round_)
    assert [rule.days for rule in rules] == [15, 10, -1, -1, -1, None]
    assert rules[1].recipients == ["office"]
    assert client.post(path, said | {"days-0": "14"}).status_code == 409


def test_a_rule_is_added_and_the_usual_ones_come_back(house: House, round_: Round) -> None:
    client = at_the_screen(house.office)
    path = f"/rounds/{round_.pk}/ladder/"
    new = {"side-7": "late", "days-7": "30", "repeat-7": "", "to-7": ["office", "leader"]}
    said = fields(client.get(path).content.decode())
    assert client.post(path, said | new).status_code == 302
    added = deadlines.ladder_of(round_)[-1]
    assert (added.days, added.recipients, added.repeat_days) == (-30, ["leader", "office"], 0)
    said = fields(client.get(path).content.decode())
    assert client.post(path, said | {"do": "preset"}).status_code == 302
    assert len(deadlines.ladder_of(round_)) == 7
    assert LadderRule.objects.filter(retired=True).count() == 1


@pytest.mark.parametrize("wrong", [{"side-0": "x"}, {"days-0": "x"}, {"colour-0": "blue"}])
def test_a_form_that_is_not_ours_sets_nothing(
    wrong: dict[str, str], house: House, round_: Round
) -> None:
    client = at_the_screen(house.office)
    path = f"/rounds/{round_.pk}/ladder/"
    said = fields(client.get(path).content.decode())
    assert client.post(path, said | wrong).status_code == 422
    assert not Event.objects.filter(name="round.ladder_set").exists()


def test_the_ladder_of_others_is_not_there(round_: Round) -> None:
    stranger = at_the_screen(make.house().office)
    assert stranger.get(f"/rounds/{round_.pk}/ladder/").status_code == 404


def test_rounds_and_board_say_by_when_the_plan_is_due(house: House, round_: Round) -> None:
    make.item(house=house, round_=round_)
    for path in ("/rounds/", "/board/"):
        page = read(house.office, path)
        assert "整改方案报送期限 2026年3月23日" in page
        assert "集中整改期至 2026年9月2日" in page


def test_a_year_that_is_not_published_is_called_so(house: House) -> None:
    make.round_(house, plan_term="15w", feedback_date=date(2040, 3, 1))
    assert "2040 年节假日尚未收录" in read(house.office, "/rounds/")
    assert "2040 年节假日安排尚未收录" in read(house.office, "/calendar/?year=2040")
    assert "尚未收录" not in read(house.office, "/calendar/?year=2026")


def test_the_calendar_shows_holidays_made_up_days_and_what_was_decided(house: House) -> None:
    client = at_the_screen(house.office)
    said = {"unit": house.unit.pk, "day": "2026-03-04", "how": "rests", "note": "防汛"}
    assert client.post("/calendar/", said).status_code == 302
    page = read(house.staff, "/calendar/?year=2026")
    assert "2026-10-01 星期四 放假 国庆节" in page
    assert "2026-10-10 星期六 上班 国庆节" in page
    assert f"2026-03-04 星期三 放假 防汛 ({house.unit.name}设定)" in page
    assert client.post("/calendar/", said | {"how": "published"}).status_code == 302
    assert not CalendarDay.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [{"day": ""}, {"day": "1999-01-01"}, {"how": "x"}, {"note": ""}, {"unit": ""}],
)
def test_a_day_that_makes_no_sense_is_not_decided(wrong: dict[str, str], house: House) -> None:
    said = {"unit": str(house.unit.pk), "day": "2026-03-04", "how": "rests", "note": "防汛"}
    assert at_the_screen(house.office).post("/calendar/", said | wrong).status_code == 422
    assert not CalendarDay.objects.exists()


def test_the_calendar_of_a_unit_that_is_not_theirs_is_not_there(house: House) -> None:
    stranger = make.house()
    assert at_the_screen(house.office).get(f"/calendar/?unit={stranger.unit.pk}").status_code == 404
    assert "工作日历 2026" in read(house.office, "/calendar/?year=2026&unit=")
    assert at_the_screen(house.office).get("/calendar/?year=99999").status_code == 200


def test_a_letter_says_what_is_late_and_is_signed_for(house: House, round_: Round) -> None:
    letter = make.letter(house, round_)
    page = read(house.staff, f"/letters/{letter.pk}/")
    assert "预警函" in page
    assert f"{round_.code} 第 1 号" in page
    assert "整改时限为2026年4月1日。 现已超期 1 天，仍未销号。" in page
    assert f"{house.staff.name} (承办人)： 未签收" in page
    assert "待您签收" in read(house.staff, f"/letters/?round={round_.code}")
    client = at_the_screen(house.staff)
    assert client.post(f"/letters/{letter.pk}/receipt/").status_code == 302
    assert "未签收" not in read(house.staff, f"/letters/{letter.pk}/")
    assert "待您签收" not in read(house.staff, "/letters/")
    assert "已签收 1 / 1" in read(house.office, "/letters/")
    english = read(house.office, f"/letters/{letter.pk}/", language="en")
    assert "Days overdue: 1; the item is not closed out." in english


def test_letters_of_others_are_not_there(house: House, round_: Round) -> None:
    letter = make.letter(house, round_)
    stranger = at_the_screen(make.house().office)
    assert stranger.get(f"/letters/{letter.pk}/").status_code == 404
    assert stranger.post(f"/letters/{letter.pk}/receipt/").status_code == 404
    assert "目前没有" in read(make.house().office, "/letters/")


def test_an_item_is_urged_from_its_page_once_a_day(house: House) -> None:
    item = make.item(State.RECTIFYING, house=house)
    client = at_the_screen(house.office, language="zh-hans")
    assert f'action="/urging/{item.pk}/"' in client.get(f"/items/{item.pk}/").content.decode()
    assert client.post(f"/urging/{item.pk}/", {"reason": "快"}).status_code == 302
    page = client.get(f"/items/{item.pk}/").content.decode()
    assert "您今天已催办过此项" in page
    assert "催办" in page
    assert client.post(f"/urging/{item.pk}/", {"reason": "x" * 301}).status_code == 422
    assert client.post(f"/urging/{item.pk}/").status_code == 409
    assert Urge.objects.count() == 1


def test_an_item_goes_on_the_list_and_off_it(house: House) -> None:
    item, client = make.item(State.RECTIFYING, house=house), at_the_screen(house.office)
    assert client.post(f"/supervision/{item.pk}/", {"on": "1"}).status_code == 302
    assert Supervision.objects.get().person == house.office
    assert item.title in client.get("/?whose=unit&tile=supervised").content.decode()
    assert client.post(f"/supervision/{item.pk}/", {"on": "0"}).status_code == 302
    assert not Supervision.objects.exists()


def test_whoever_works_on_an_item_has_no_button_to_urge_it(house: House) -> None:
    item = make.item(State.RECTIFYING, house=house)
    page = at_the_screen(house.staff).get(f"/items/{item.pk}/").content.decode()
    assert "/urging/" not in page
    assert "/supervision/" not in page


def test_the_timeline_tells_of_reminders_urging_and_supervision(house: House) -> None:
    item = make.item(State.RECTIFYING, house=house, due=date(2026, 4, 1))
    reminding.remind(date(2026, 4, 2))
    attention.urge(item.pk, actor=house.office.actor())
    attention.supervise(item.pk, actor=house.office.actor())
    page = read(house.office, f"/items/{item.pk}/")
    assert "系统 发出提醒 已超期 1 天 预警函第 1 号" in page
    assert f"{house.office.name} 催办" in page
    assert f"{house.office.name} 列入督办" in page


@pytest.mark.parametrize(
    ("path", "queries"),
    [("/rounds/", 9), ("/letters/", 8), ("/calendar/?year=2026", 7), ("ladder", 7)],
)
def test_three_rows_cost_as_many_queries_as_one(path: str, queries: int, house: House) -> None:
    round_ = make.round_(house, plan_term="15w")
    make.letter(house, round_)

    def count() -> int:
        client = at_the_screen(house.office)
        at = path if path != "ladder" else f"/rounds/{round_.pk}/ladder/"
        client.get(at)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(at).status_code == 200
        return len(caught)

    one = count()
    for _n in range(2):
        make.item(State.RECTIFYING, house=house, round_=round_, due=date(2026, 4, 1))
        make.round_(house, plan_term="15w", feedback_date=date(2025, 1, 1))
    reminding.remind(date(2026, 4, 2))
    assert (one, count()) == (queries, queries)


def test_the_officer_of_accounts_keeps_the_calendar_too(house: House) -> None:
    officer = make.person(Role.SYSTEM_OFFICER, unit=house.unit)
    assert "/calendar/" in at_the_screen(officer).get("/people/").content.decode()
    assert "设定某一天" in read(officer, "/calendar/")
    assert "设定某一天" not in read(house.staff, "/calendar/")
