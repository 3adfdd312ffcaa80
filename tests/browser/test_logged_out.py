"""A session that ended while somebody wrote: nothing they wrote or sent so far is lost by it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.models import User
from tests import make
from tests.browser.conftest import Enter, violations
from workflows.models import Item, Submission
from workflows.states import State

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WORDS = "请补充会议签到表原件，并说明该会议与本项整改的关系。"


def lose_session(page: Page) -> None:
    page.context.clear_cookies(name="sessionid")


def written_for_nothing(page: Page) -> Page:
    """The reviewer wrote a requirement, and meanwhile the session ended."""
    page.goto("/review/")
    page.fill("#words", WORDS)
    lose_session(page)
    return page


def come_back(page: Page, user: User) -> None:
    """Through the login page, in another window of the same browser."""
    other = page.context.new_page()
    other.goto("/login/")
    other.fill("#id_username", user.username)
    other.fill("#id_password", make.PASSWORD)
    other.click("main form button[type=submit]")
    other.wait_for_url(lambda url: "/login/" not in url)
    other.close()


def test_what_a_reviewer_wrote_is_sent_after_logging_in_in_another_window(enter: Enter) -> None:
    house = make.house()
    item = make.item(State.IN_REVIEW, house=house)
    page = written_for_nothing(enter(house.head))
    page.click("[data-key=r]")
    door = page.locator("#refusal a", has_text="在新窗口登录")
    expect(door).to_be_visible()
    assert door.get_attribute("target") == "_blank"
    assert violations(page) == []
    assert page.input_value("#words") == WORDS
    come_back(page, house.head)
    page.click("[data-key=r]")
    expect(page.locator(".empty-title")).to_be_visible()
    assert Submission.objects.get(item=item).requirement == WORDS


def test_what_was_written_is_not_sent_in_the_name_of_whoever_came_after(enter: Enter) -> None:
    house = make.house()
    item = make.item(State.IN_REVIEW, house=house)
    page = written_for_nothing(enter(house.head))
    come_back(page, house.office)
    page.click("[data-key=r]")
    expect(page.locator("#refusal")).to_contain_text(f"当前登录的是{house.office.name}")
    assert Item.objects.get(pk=item.pk).state == State.IN_REVIEW


def test_an_upload_goes_on_after_logging_in_in_another_window(enter: Enter, tmp_path: Path) -> None:
    house = make.house()
    item = make.item(State.RECTIFYING, house=house)
    page = enter(house.staff)
    page.goto(f"/items/{item.pk}/")
    form = page.locator(f"#measure-{item.measures.all()[0].pk} form.upload")
    (paper := tmp_path / "纪要.pdf").write_bytes(make.pdf("minutes"))
    lose_session(page)
    form.locator(".drop input[type=file]").first.set_input_files(str(paper))
    line = form.locator(".file")
    expect(line.locator(".file-state")).to_contain_text("登录已失效")
    come_back(page, house.staff)
    line.locator(".resume-file").click()
    expect(line).to_have_attribute("data-state", "clean")
    form.locator(".hand-in").click()
    expect(form.locator(".file")).to_have_count(0)
    assert item.citations.get().evidence.name == "纪要.pdf"
