from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client, RequestFactory, override_settings
from django.utils import timezone, translation

from audit.models import Event
from core.models import User
from core.roles import Role
from tests import make
from tests.web.addresses import client_of
from web.middleware import SINCE
from web.views import faults

pytestmark = pytest.mark.django_db


def knock(user: User | str, password: str = make.PASSWORD, *, address: str = "10.0.0.1") -> Client:
    """Somebody at the door with a name and a password; the client keeps the answer."""
    client = Client(REMOTE_ADDR=address)
    login = user if isinstance(user, str) else user.username
    client.answer = client.post("/login/", {"username": login, "password": password})  # type: ignore[attr-defined]
    return client


def status(client: Client) -> int:
    return int(client.answer.status_code)  # type: ignore[attr-defined]


def text(client: Client) -> str:
    return str(client.answer.content.decode())  # type: ignore[attr-defined]


def events_of(subject: str) -> list[tuple[str, dict[str, object]]]:
    return [(e.name, e.data) for e in Event.objects.filter(subject=subject).order_by("seq")]


def test_coming_and_going_are_recorded() -> None:
    staff = make.house().staff
    client = knock(staff)
    assert client.answer["Location"] == "/"  # type: ignore[attr-defined]
    client.post("/logout/")
    assert events_of(f"person:{staff.pk}") == [("person.logged_in", {}), ("person.logged_out", {})]
    assert Event.objects.get(name="person.logged_in").actor_label == staff.name


def test_the_session_cookie_is_out_of_reach_of_scripts_and_ends_with_the_browser() -> None:
    cookie = knock(make.house().staff).cookies["sessionid"]
    assert cookie["httponly"] is True
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == ""


def test_a_wrong_password_is_recorded_with_the_account_and_says_nothing_of_it() -> None:
    staff = make.house().staff
    wrong = knock(staff, "not-this-one-1")
    unknown = knock("nobody-of-that-name", "not-this-one-1")
    assert (status(wrong), status(unknown)) == (200, 200)
    assert "登录名或密码不正确" in text(wrong)
    assert "登录名或密码不正确" in text(unknown)
    assert events_of(f"person:{staff.pk}") == [("person.login_failed", {"login": staff.username})]
    assert events_of("nobody") == [("person.login_failed", {"login": "nobody-of-that-name"})]


def test_five_failures_lock_the_account_for_a_while_even_for_the_right_password() -> None:
    staff = make.house().staff
    for no in range(4):
        assert status(knock(staff, "not-this-one-1", address=f"10.0.0.{no}")) == 200
    fifth = knock(staff, "not-this-one-1", address="10.0.0.5")
    assert status(fifth) == 429
    assert "暂时锁定" in text(fifth)
    assert status(knock(staff, address="10.0.0.6")) == 429
    assert [name for name, _data in events_of(f"person:{staff.pk}")].count("person.locked_out") >= 1
    assert not Event.objects.filter(name="person.logged_in").exists()


def test_five_failures_lock_the_address_for_every_account() -> None:
    house = make.house()
    for no in range(5):
        knock(f"guess{no}", "not-this-one-1")
    assert status(knock(house.staff)) == 429
    assert status(knock(house.staff, address="10.0.0.2")) == 302


@pytest.mark.parametrize(
    ("behind_proxy", "forwarded", "address"),
    [
        (True, "203.0.113.9, 192.0.2.7", "192.0.2.7"),
        (True, "2001:db8::7", "2001:db8::7"),
        (True, "not an address", "10.0.0.1"),
        (True, "", "10.0.0.1"),
        (False, "192.0.2.7", "10.0.0.1"),
    ],
)
def test_the_record_names_the_address_that_the_proxy_saw(
    behind_proxy: bool, forwarded: str, address: str
) -> None:
    staff = make.house().staff
    with override_settings(BEHIND_PROXY=behind_proxy):
        Client(REMOTE_ADDR="10.0.0.1").post(
            "/login/",
            {"username": staff.username, "password": make.PASSWORD},
            headers={"X-Forwarded-For": forwarded},
        )
    body = bytes(Event.objects.get(name="person.logged_in").body).decode()
    assert f'"address":"{address}"' in body


def test_a_success_forgets_earlier_failures() -> None:
    staff = make.house().staff
    for _no in range(4):
        knock(staff, "not-this-one-1")
    assert status(knock(staff)) == 302
    assert status(knock(staff, "not-this-one-1")) == 200


def test_a_session_ends_half_an_hour_after_the_last_request() -> None:
    client = client_of(make.house().staff)
    client.get("/account/")
    left = Session.objects.get().expire_date - timezone.now()
    assert timedelta(minutes=29) < left <= timedelta(minutes=30)
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert client.get("/account/")["Location"] == "/login/?next=/account/"


def test_a_session_is_written_once_a_minute_not_at_every_request(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = client_of(make.house().staff)
    client.get("/account/")
    Session.objects.update(expire_date=timezone.now() + timedelta(minutes=7))
    client.get("/account/")
    assert Session.objects.get().expire_date < timezone.now() + timedelta(minutes=8)
    later = time.time() + 61
    monkeypatch.setattr("web.middleware.time.time", lambda: later)
    client.get("/account/")
    assert Session.objects.get().expire_date > timezone.now() + timedelta(minutes=29)


def test_a_session_ends_after_half_a_day_however_busy_it_is() -> None:
    staff = make.house().staff
    client = client_of(staff)
    session = client.session
    session[SINCE] = time.time() - 12 * 3600 + 60
    session.save()
    assert client.get("/account/").status_code == 200
    session[SINCE] = time.time() - 12 * 3600 - 1
    session.save()
    assert client.get("/account/")["Location"] == "/login/?next=/account/"
    assert events_of(f"person:{staff.pk}")[-1] == ("person.logged_out", {})


def test_an_account_that_was_shut_is_out_at_once() -> None:
    staff = make.house().staff
    client = client_of(staff)
    staff.is_active = False
    staff.save(update_fields=["is_active"])
    assert client.get("/account/")["Location"] == "/login/?next=/account/"


def test_a_role_that_ended_is_gone_with_the_next_request() -> None:
    house = make.house()
    client = client_of(house.office)
    assert client.get("/people/").status_code == 200
    post = house.office.memberships.get()
    post.ends = timezone.localdate() - timedelta(days=1)
    post.save(update_fields=["ends"])
    assert client.get("/people/").status_code == 403


def test_a_form_without_its_secret_changes_nothing_and_says_so_in_words() -> None:
    house = make.house()
    client = Client(enforce_csrf_checks=True)
    client.force_login(house.office, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post(f"/units/{house.unit.pk}/sections/", {"name": "新科室"})
    assert answer.status_code == 403
    assert "表单已失效" in answer.content.decode()
    assert not house.unit.sections.filter(name="新科室").exists()
    behind = client.post("/banner/", headers={"HX-Request": "true"})
    assert (behind.status_code, behind["HX-Retarget"]) == (403, "#refusal")


def test_the_page_for_a_broken_server_stands_alone_in_both_languages() -> None:
    request = RequestFactory().get("/")
    for language, words in (("zh-hans", "服务器出错了"), ("en", "Something broke here")):
        with translation.override(language):
            answer = faults.broken(request)
        assert answer.status_code == 500
        assert words in answer.content.decode()


def test_the_language_is_changed_by_a_button_and_kept() -> None:
    client = Client()
    client.post("/language/", {"language": "en", "next": "/login/"})
    assert "Log in" in client.get("/login/").content.decode()


def test_whoever_watches_the_process_hears_that_it_lives() -> None:
    assert Client().get("/live").content == b"ok\n"


def test_a_process_whose_record_is_not_protected_says_it_is_not_well() -> None:
    of_table = " ON audit_event" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER audit_event_no_update{of_table}")
    assert Client().get("/live").status_code == 503


def test_leaving_without_having_come_in_is_nobodys_event() -> None:
    request = RequestFactory().get("/")
    request.session, request.user = SessionStore(), AnonymousUser()
    logout(request)
    assert not Event.objects.exists()


@override_settings(ENV="demo")
def test_a_demonstration_shows_its_people_at_the_door() -> None:
    house = make.house()
    officer = make.person(Role.SYSTEM_OFFICER, unit=house.unit)
    page = Client().get("/login/").content.decode()
    for person in (house.staff, house.head, house.office, officer, house.colleague):
        assert f"login={person.username}" in page
    assert "var/demo-logins.txt" in page


def test_a_card_of_the_demonstration_fills_in_its_login_name() -> None:
    page = Client().get("/login/?login=zhangsan&next=/board/").content.decode()
    assert 'name="username" value="zhangsan"' in page
    assert 'name="next" value="/board/"' in page


def test_outside_a_demonstration_the_door_names_nobody() -> None:
    house = make.house()
    assert house.staff.username not in Client().get("/login/").content.decode()
