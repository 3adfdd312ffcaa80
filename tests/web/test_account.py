from __future__ import annotations

import pytest

from audit.models import Event
from core.models import User
from tests import make
from tests.web.addresses import client_of

pytestmark = pytest.mark.django_db

NEW = "Autumn-leaves-2026"


def change(user: User, **said: str) -> tuple[int, str]:
    form = {"old": make.PASSWORD, "new": NEW, "again": NEW} | said
    answer = client_of(user).post("/account/password/", form)
    return answer.status_code, answer.content.decode()


def test_the_page_says_who_one_is_and_what_one_holds() -> None:
    house = make.house()
    page = client_of(house.head).get("/account/").content.decode()
    for words in (house.head.name, house.head.username, "科室负责人", house.section.name):
        assert words in page


def test_the_form_of_the_password_is_open_for_whoever_must_change_it() -> None:
    staff = make.house().staff
    assert '<details class="card" id="password">' in account_of(staff)
    staff.must_change_password = True
    staff.save(update_fields=["must_change_password"])
    assert '<details class="card" id="password" open>' in account_of(staff)


def account_of(user: User) -> str:
    return client_of(user).get("/account/").content.decode()


def test_a_new_password_keeps_the_session_and_is_recorded() -> None:
    staff = make.house().staff
    client = client_of(staff)
    answer = client.post(
        "/account/password/", {"old": make.PASSWORD, "new": NEW, "again": NEW}, follow=True
    )
    assert answer.redirect_chain == [("/account/", 302)]
    assert "密码已修改" in answer.content.decode()
    staff.refresh_from_db()
    assert staff.check_password(NEW)
    assert Event.objects.filter(name="person.password_changed").count() == 1


def test_the_other_sessions_of_the_account_end() -> None:
    staff = make.house().staff
    elsewhere = client_of(staff)
    change(staff)
    assert elsewhere.get("/account/").status_code == 302


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"again": "Autumn-leaves-2027"}, "两次输入的新密码不一致"),
        ({"old": "not-this-one-1"}, "当前密码不正确"),
        ({"new": "short-1", "again": "short-1"}, "新密码过于简单"),
        ({"new": "onlysmallletters", "again": "onlysmallletters"}, "数字、小写字母、大写字母"),
    ],
)
def test_a_password_that_does_not_do_is_refused_and_changes_nothing(
    said: dict[str, str], words: str
) -> None:
    staff = make.house().staff
    status, page = change(staff, **said)
    assert status == 422
    assert words in page
    staff.refresh_from_db()
    assert staff.check_password(make.PASSWORD)
    assert not Event.objects.filter(name="person.password_changed").exists()


def test_a_one_time_password_opens_nothing_but_the_account_page() -> None:
    staff = make.house().staff
    staff.must_change_password = True
    staff.save(update_fields=["must_change_password"])
    client = client_of(staff)
    assert client.get("/")["Location"] == "/account/"
    assert "请先设置自己的密码" in client.get("/account/").content.decode()
    client.post("/account/password/", {"old": make.PASSWORD, "new": NEW, "again": NEW})
    assert client.get("/").status_code == 200
