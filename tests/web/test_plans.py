"""The plan of a round on its pages: what is missing, the joint review, and who finds it where."""

from __future__ import annotations

import re
from datetime import date
from uuid import uuid4

import pytest
from django.test import Client

from core.roles import Role
from tests import make
from tests.web.addresses import client_of
from tests.workflows.planned import REASON, Planned, planned, redate, reword
from tests.workflows.review import leave
from workflows.models import Plan
from workflows.models.plan import PlanState
from workflows.states import State

pytestmark = pytest.mark.django_db


def client(on: Planned, who: str) -> Client:
    return client_of(on.people[who])


def page(on: Planned, who: str, url: str = "") -> str:
    answer = client(on, who).get(url or f"/rounds/{on.round.pk}/plan/")
    assert answer.status_code == 200
    return str(answer.content.decode())


def say(on: Planned, who: str, **words: object) -> str:
    """What the page says after an answer."""
    form = {"command": str(uuid4()), **words}
    answer = client(on, who).post(f"/plans/{on.plan.pk}/answer/", form, follow=True)
    return str(answer.content.decode())


def test_the_page_says_what_is_missing_with_a_link_and_the_button_says_why_it_is_grey() -> None:
    on = planned()
    reword(on, 2, "Keep a log of faults", "")
    said = page(on, "office")
    assert "尚未提交审批" in said
    assert "完整度 80%" in said
    assert "1 个问题中 1 个有整改措施；4 条措施中 3 条责任、时限、完成标准齐全。" in said
    assert re.search(r'<a href="/items/\d+/#act-amend">措施 2 没有完成标准</a>', said)
    assert re.search(r"<button class=\"btn btn-primary\" disabled[^>]*>提交方案审批", said)
    assert "方案还不完整：尚缺 1 项。" in said
    refused = client(on, "office").post(
        f"/rounds/{on.round.pk}/plan/forward/", {"command": str(uuid4())}
    )
    assert refused.status_code == 422
    assert 'href="/items/' in refused.content.decode()
    assert not Plan.objects.exists()


def test_items_that_are_closed_out_are_said_to_be_taken_as_they_are() -> None:
    on = planned()
    assert "已销号" not in page(on, "staff")
    make.item(State.CLOSED, house=on.house, round_=on.round)
    assert "已销号的 1 个具体问题按现状列入方案。" in page(on, "staff")


def test_the_due_date_is_said_with_its_term_and_how_far_it_is() -> None:
    on = planned()
    said = page(on, "staff")
    assert "2026年4月1日" in said
    assert "自 2026年3月1日 反馈之日起1 个月" in said
    assert "/plan/forward/" not in said
    assert "内容齐全后，由整改办提交方案审批。" in said


def test_the_office_sees_whom_it_will_ask_and_puts_the_plan_forward() -> None:
    on = planned()
    leave(on.people["other head"])
    said = page(on, "office")
    assert "将请哪些人审批" in said
    assert "此处无人可以审批" in said
    [digest] = re.findall(r'name="saw" value="(\w+)"', said)
    form = {"command": str(uuid4()), "saw": digest}
    answer = client(on, "office").post(f"/rounds/{on.round.pk}/plan/forward/", form, follow=True)
    told = answer.content.decode()
    assert "整改方案第 1 版已提交审批，并已通知各审批人。" in told
    assert "会审中" in told
    assert on.plan.digest == digest


def test_whoever_is_asked_finds_the_plan_under_my_work_and_no_longer_once_they_answered() -> None:
    on = planned()
    plan = on.put_forward()
    card = f'href="/plans/{plan.pk}/#decide"'
    assert [card in page(on, who, "/") for who in ("head", "leader", "first", "staff")] == [
        True,
        True,
        False,
        False,
    ]
    assert "您已同意本方案。" in say(on, "head", answer="agree", opinion="同意，请抓紧。")
    assert card not in page(on, "head", "/")
    on.agree("other head", "leader", "second leader")
    assert card in page(on, "first", "/")
    assert "整改方案已批准。" in say(on, "first", answer="agree")
    assert card not in page(on, "first", "/")
    said = page(on, "staff", f"/plans/{plan.pk}/")
    assert "同意，请抓紧。" in said
    assert said.count('class="plan-signed"') == 5


def test_a_return_with_its_remarks_is_on_the_version_and_with_the_maker() -> None:
    on = planned()
    plan = on.put_forward()
    [problem] = re.findall(r'name="(remark-\d+)"', page(on, "leader", f"/plans/{plan.pk}/"))
    form = {"answer": "return", "reason": REASON, problem: "经费来源不明", "remark-x": "x"}
    assert "已退回" in say(on, "leader", **form)
    said = page(on, "office", f"/plans/{plan.pk}/")
    assert REASON in said
    assert "经费来源不明" in said
    assert "第 1 版被退回" in page(on, "office", "/")
    assert "经费来源不明" in page(on, "office")
    assert "第 1 版被退回" not in page(on, "closer", "/")
    on.put_forward()
    assert "第 1 版被退回" not in page(on, "office", "/")


def test_a_return_without_a_reason_is_refused_beside_its_form() -> None:
    on = planned()
    on.put_forward()
    answer = client(on, "head").post(
        f"/plans/{on.plan.pk}/answer/",
        {"command": str(uuid4()), "answer": "return", "reason": "short"},
        headers={"HX-Request": "true"},
    )
    assert answer.status_code == 422
    assert 'href="#reason"' in answer.content.decode()
    assert on.plan.state == PlanState.UNDER_REVIEW


def test_whoever_may_not_answer_reads_why_and_sees_no_form() -> None:
    on = planned()
    plan = on.put_forward()
    url = f"/plans/{plan.pk}/"
    assert "您不能审批自己提交的方案" in page(on, "office", url)
    assert "目前不需要您审批" in page(on, "first", url)
    on.agree("head")
    said = page(on, "head", url)
    assert "不能重复审批" in said
    assert 'name="answer"' not in said


def test_a_deputy_is_told_for_whom_they_answer() -> None:
    on = planned()
    make.deputy(on.people["head"], on.people["staff"], with_tray=True)
    plan = on.put_forward()
    assert f"您代{on.people['head'].name}审批。" in page(on, "staff", f"/plans/{plan.pk}/")
    on.agree("staff")
    said = page(on, "office", f"/plans/{plan.pk}/")
    assert f"{on.people['staff'].name}（代{on.people['head'].name}）" in said


def test_a_place_that_went_up_says_so_on_the_version() -> None:
    on = planned()
    make.membership(on.people["head"], Role.OFFICE, unit=on.house.unit)
    assert "上提一级" in page(on, "head")
    plan = on.put_forward("head")
    assert "上提一级" in page(on, "leader", f"/plans/{plan.pk}/")


def test_the_office_takes_a_plan_back_by_a_button_that_goes_with_the_first_answer() -> None:
    on = planned()
    plan = on.put_forward()
    url = f"/plans/{plan.pk}/withdraw/"
    assert url in page(on, "closer", f"/plans/{plan.pk}/")
    assert url not in page(on, "head", f"/plans/{plan.pk}/")
    on.agree("head")
    assert url not in page(on, "closer", f"/plans/{plan.pk}/")
    on.send_back("leader")
    on.put_forward()
    form = {"command": str(uuid4())}
    told = client(on, "closer").post(f"/plans/{on.plan.pk}/withdraw/", form, follow=True)
    assert "第 2 版已撤回。" in told.content.decode()
    assert on.plan.state == PlanState.WITHDRAWN


def test_what_changed_since_the_approval_is_said_on_the_plan_the_rounds_and_the_faults() -> None:
    on = planned()
    on.put_forward()
    on.approve()
    assert "现行方案与台账一致" in page(on, "office")
    assert "批准后台账有变化" not in page(on, "office", "/rounds/")
    redate(on, date(2027, 1, 31))
    said = page(on, "office")
    assert "第 1 版方案批准后的变化：1 处" in said
    assert "整改时限：由“2026年12月31日 · 2026年12月底前”改为“2027年1月31日”" in said
    assert "批准后台账有变化" in page(on, "staff", "/rounds/")
    assert "第 1 版方案批准后台账有 1 处变化" in page(on, "office", "/faults/")
    on.put_forward()
    assert "批准后台账有 1 处变化" not in page(on, "office", "/faults/")
    said = page(on, "head", f"/plans/{on.plan.pk}/")
    assert "与第 1 版相比的变化：1 处" in said
    assert "现行有效：第 1 版" in page(on, "office")
    on.approve()
    first = Plan.objects.get(version=1)
    old = page(on, "staff", f"/plans/{first.pk}/")
    assert "已被新版替代" in old
    assert "2026年12月底前" in old
    assert old.count('class="plan-signed"') == 5


def test_a_place_that_nobody_holds_is_a_fault_the_office_sees() -> None:
    on = planned()
    leave(on.people["other head"])
    make.membership(on.people["office"], Role.AUDITOR, unit=on.house.unit)
    on.put_forward()
    said = page(on, "office", "/faults/")
    section = on.house.other_section.name
    assert f"第 1 版等待{section}负责人审批，但此处无人可以审批" in said
    assert f'href="/rounds/{on.round.pk}/plan/"' in said
    officer = client_of(make.person(Role.SYSTEM_OFFICER, unit=on.house.unit)).get("/faults/")
    assert f"{section}负责人" in officer.content.decode()
    assert "/plan/" not in officer.content.decode()
    elsewhere = client_of(make.house().office).get("/faults/")
    assert section not in elsewhere.content.decode()


def test_a_content_that_was_written_behind_the_application_is_said_on_the_version() -> None:
    on = planned()
    plan = on.put_forward()
    assert "被绕过系统修改" not in page(on, "staff", f"/plans/{plan.pk}/")
    Plan.objects.filter(pk=plan.pk).update(digest="0" * 64)
    assert "被绕过系统修改" in page(on, "staff", f"/plans/{plan.pk}/")


def test_the_plan_of_another_unit_is_not_found() -> None:
    on, elsewhere = planned(), planned()
    plan = on.put_forward()
    stranger = client(elsewhere, "office")
    assert stranger.get(f"/rounds/{on.round.pk}/plan/").status_code == 404
    assert stranger.get(f"/plans/{plan.pk}/").status_code == 404
    form = {"command": str(uuid4())}
    for url in (f"/plans/{plan.pk}/answer/", f"/plans/{plan.pk}/withdraw/"):
        assert stranger.post(url, form).status_code == 404
    assert stranger.post(f"/rounds/{on.round.pk}/plan/forward/", form).status_code == 404
