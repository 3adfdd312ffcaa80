"""A request's whole route in browsers: claimed, helped, signed, by an added signer, and on paper.

And what the office does where nobody may answer.
"""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from core.roles import Role
from tests import make
from tests.browser.conftest import Enter, fits, violations
from tests.browser.test_deciding import draw
from tests.browser.test_requests import look
from tests.workflows.petition import Petition, petition
from tests.workflows.planned import planned
from tests.workflows.review import leave
from workflows.actions import rounds
from workflows.models import Signature

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
REASON = "原办理人已调离，改由分管领导办理"


def both_widths(page: Page, name: str) -> None:
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert fits(page), name
        look(page, f"{name}-{width}")
    assert violations(page) == []
    page.set_viewport_size({"width": 1440, "height": 900})


def words_of(page: Page, datalist: str, name: str) -> str:
    found = page.locator(f"#{datalist} option").evaluate_all("all => all.map(one => one.value)")
    return next(str(words) for words in found if str(words).startswith(name))


def sign_and_agree(page: Page, on: Petition, who: str, opinion: str) -> None:
    page.goto("/review/")
    page.fill("#words", opinion)
    page.fill("#signed_name", on.people[who].name)
    page.fill("#password", make.PASSWORD)
    draw(page)
    page.click("#decision button[data-key=a]")
    expect(page.locator("[role=status]").first).to_contain_text("同意")


def done(page: Page, verb: str) -> None:
    page.click(f"#act-{verb} .act-button button")
    expect(page.locator("[role=status]").first).to_contain_text("已办理")


def ask_for_help(page: Page, on: Petition) -> None:
    page.goto("/review/")
    page.click(".more-acts > summary")
    page.click("#act-ask_help_request > summary")
    both_widths(page, "request-more")
    page.fill("#ask_help-person", words_of(page, "colleagues", on.people["colleague"].name))
    page.fill("#ask_help-question", "现场是否确实无法施工？")
    done(page, "ask_help_request")


def help_on_a_phone(page: Page) -> None:
    page.goto("/review/")
    expect(page.locator("main")).to_contain_text("现场是否确实无法施工？")
    expect(page.locator("#decision")).to_have_count(0)
    both_widths(page, "request-helper")
    page.fill("#give_back-opinion", "属实，路面未干。")
    done(page, "give_back_request")


def add_a_signer(page: Page, on: Petition) -> None:
    page.goto("/review/")
    expect(page.locator("main")).to_contain_text("属实，路面未干。")
    page.click(".more-acts > summary")
    page.click("#act-add_signer_request > summary")
    page.fill("#add_signer-person", words_of(page, "colleagues", "Leader one"))
    page.check("#act-add_signer_request [value=before]")
    done(page, "add_signer_request")
    page.goto(f"/items/{on.item.pk}/")
    expect(page.locator("#pending")).to_contain_text("Leader one")
    both_widths(page, "item-with-signer")


def test_a_request_is_helped_with_countersigned_signed_and_printed(enter: Enter) -> None:
    on = petition("extend")
    office = on.actor("office")
    rounds.set_demands(on.item.round_id, actor=office, must_read=False, signature="drawn")
    head = enter(on.people["head"])
    ask_for_help(head, on)
    help_on_a_phone(enter(on.people["colleague"], width=390))
    add_a_signer(head, on)
    sign_and_agree(enter(on.people["leader"]), on, "leader", "情况属实，同意延期。")
    sign_and_agree(head, on, "head", "同意。")

    desk = enter(on.people["office"])
    desk.goto("/review/")
    both_widths(desk, "request-to-sign")
    desk.click("form.claim button")
    expect(desk.locator("[role=status]").first).to_contain_text("认领")
    other = enter(on.people["closer"])
    other.goto("/review/")
    expect(other.locator(".empty")).to_be_visible()
    sign_and_agree(desk, on, "office", "按程序办理。")
    assert (on.outcomes(), Signature.objects.count()) == (["granted"], 3)
    look_at_its_papers(desk, enter(on.people["office"], language="en-GB"), on)
    said = StringIO()
    call_command("verify_audit", "--json", stdout=said)
    assert json.loads(said.getvalue())["ok"] is True


def look_at_its_papers(page: Page, english: Page, on: Petition) -> None:
    page.goto(f"/requests/{on.request.pk}/")
    expect(page.locator("img.signature")).to_have_count(3)
    both_widths(page, "signed-sheet")
    english.goto(f"/requests/{on.request.pk}/")
    both_widths(english, "signed-sheet-en")
    page.goto(f"/items/{on.item.pk}/")
    expect(page.locator("#signatures img")).to_have_count(3)
    look(page, "signed-item-1440")


def test_the_office_gives_away_steps_that_nobody_may_answer_and_names_new_leaders(
    enter: Enter,
) -> None:
    on = petition("cancel")
    on.people["third"] = make.person(Role.OFFICE, unit=on.house.unit)
    leave(on.people["leader"])
    page = enter(on.people["closer"])
    page.goto("/faults/?hole=answer")
    page.click(".give-step > summary")
    both_widths(page, "faults-give")
    unit = on.item.round.unit_id
    page.fill("[name=person]", words_of(page, f"colleagues-{unit}", "Leader two"))
    page.fill("[name=reason]", REASON)
    page.click(".give-step form button")
    expect(page.locator("[role=status]").first).to_contain_text("指定办理人")
    assert on.waits_for() == {"second leader"}

    make.person(Role.LEADER, unit=on.house.unit, name="周启衡")
    page.goto(f"/items/{on.item.pk}/")
    page.click("#act-change_leaders > summary")
    both_widths(page, "change-leaders")
    page.get_by_label("周启衡").check()
    page.fill("#change_leaders-reason", REASON)
    page.click("#act-change_leaders .act-button button")
    expect(page.locator("#pending")).to_contain_text("周启衡")
    look(page, "leaders-changed-1440")
    english = enter(on.people["closer"], language="en-GB")
    english.goto(f"/items/{on.item.pk}/")
    english.click("#act-change_leaders > summary")
    both_widths(english, "change-leaders-en")


def test_a_plan_is_signed_and_a_place_in_its_review_given_away(enter: Enter) -> None:
    on = planned()
    office = on.actor("office")
    rounds.set_demands(on.round.pk, actor=office, must_read=False, signature="drawn")
    on.put_forward()
    leave(on.people["head"])
    page = enter(on.people["closer"])
    page.goto("/faults/")
    page.click(".give-step > summary")
    both_widths(page, "faults-plan")
    staff = on.people["staff"]
    page.fill("[name=person]", words_of(page, f"colleagues-{on.house.unit.pk}", staff.name))
    page.fill("[name=reason]", REASON)
    page.click(".give-step form button")
    expect(page.locator("[role=status]").first).to_contain_text("已指定")

    asked = enter(staff)
    asked.goto(f"/plans/{on.plan.pk}/")
    both_widths(asked, "plan-to-sign")
    asked.fill("#signed_name", staff.name)
    asked.fill("#password", make.PASSWORD)
    draw(asked)
    asked.click("#decide button[value=agree]")
    expect(asked.locator("img.signature")).to_have_count(1)
    both_widths(asked, "plan-signed")
