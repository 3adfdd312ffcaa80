from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit import outbox
from audit.models import Event, Owed
from core.roles import Role
from tests import make
from tests.make import House
from tests.web.addresses import client_of
from workflows.actions import assignments
from workflows.models import Item, Muted, Notice
from workflows.notices import notify
from workflows.states import State

pytestmark = pytest.mark.django_db
BADGE = re.compile(r'inbox-count"[^>]*>(\d+\+?)<')


@pytest.fixture
def house() -> House:
    return make.house()


@pytest.fixture
def item(house: House) -> Item:
    """Assigned to the staff, and told so."""
    item = make.item(State.ASSIGNED, house=house)
    outbox.sweep()
    return item


def page(client: Client, path: str = "/inbox/") -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_badge_counts_what_is_unread_on_every_page(house: House, item: Item) -> None:
    client = client_of(house.staff)
    for path in ("/", "/inbox/", "/account/"):
        assert BADGE.findall(page(client, path)) == ["1"]
    assert BADGE.findall(page(client_of(house.head), "/")) == []
    client.post(f"/inbox/{Notice.objects.get().pk}/")
    assert BADGE.findall(page(client, "/")) == []


def test_the_badge_stops_counting_at_a_hundred(house: House) -> None:
    for no in range(100):
        notify([house.staff], kind="overdue", key=f"k{no}", bundle="never sent")
    drawn = page(client_of(house.staff), "/")
    assert BADGE.findall(drawn) == ["99+"]
    assert 'title="超过 99 件"' in drawn


def test_opening_a_notice_marks_it_read_and_leads_to_where_one_acts(
    house: House, item: Item
) -> None:
    client = client_of(house.staff)
    notice = Notice.objects.get()
    answer = client.post(f"/inbox/{notice.pk}/")
    assert (answer.status_code, answer["Location"]) == (302, f"/items/{item.pk}/")
    notice.refresh_from_db()
    assert notice.read_at is not None
    assert client.get(answer["Location"]).status_code == 200


def test_a_notice_can_be_marked_read_without_leaving_the_list(house: House, item: Item) -> None:
    client = client_of(house.staff)
    answer = client.post(f"/inbox/{Notice.objects.get().pk}/", {"to": "inbox"})
    assert answer["Location"] == "/inbox/"
    assert "标为已读" not in page(client)


def test_somebody_elses_notice_is_not_there(house: House, item: Item) -> None:
    answer = client_of(house.head).post(f"/inbox/{Notice.objects.get().pk}/")
    assert answer.status_code == 404
    assert Notice.objects.get().read_at is None
    assert item.title not in page(client_of(house.head))


def test_all_are_read_at_once_and_the_filter_shows_what_is_left(house: House, item: Item) -> None:
    client = client_of(house.staff)
    notify([house.staff], kind="overdue", key="k", item=item, params={"days": 2})
    first = Notice.objects.order_by("pk")[0]
    client.post(f"/inbox/{first.pk}/", {"to": "inbox"})
    unread = page(client, "/inbox/?show=unread")
    assert "已超期 2 天" in unread
    assert "向您交办" not in unread
    newest = Notice.objects.order_by("-pk")[0].pk
    answer = client.post("/inbox/read/", {"newest": newest}, follow=True)
    assert "已将 1 条通知标为已读" in answer.content.decode()
    assert "消息已全部阅读" in page(client, "/inbox/?show=unread")


def test_words_about_an_item_that_is_somebody_elses_now_are_not_shown(
    house: House, item: Item
) -> None:
    other = make.person(Role.STAFF, section=house.other_section)
    notify([other], kind="assigned", key="k", item=item, params={"who": "王五"})
    shown = page(client_of(other))
    assert item.title not in shown
    assert f"关于事项 {item.no}，该事项现已由他人办理" in shown


def test_what_is_in_a_title_is_text_and_nothing_else(house: House) -> None:
    item = make.item(house=house, title="<script>alert(1)</script>")
    notify([house.staff], kind="assigned", key="k", item=item, params={"who": "<b>"})
    shown = page(client_of(house.staff))
    assert "<script>alert(1)" not in shown
    assert "&lt;script&gt;alert(1)" in shown


def test_an_empty_inbox_says_what_will_come(house: House) -> None:
    assert "有事项交办给您" in page(client_of(house.staff))


def test_the_inbox_is_in_the_readers_language(house: House, item: Item) -> None:
    client = client_of(house.staff)
    client.cookies["django_language"] = "en"
    assert f"{house.office.name} assigned you {item.no} {item.title}" in page(client)


@pytest.mark.parametrize("rows", [1, 30])
def test_the_inbox_takes_as_many_queries_for_thirty_rows_as_for_one(
    rows: int, house: House, item: Item
) -> None:
    for no in range(rows):
        notify([house.staff], kind="overdue", key=f"k{no}", item=item, params={"days": no})
    client = client_of(house.staff)
    client.get("/inbox/")
    with CaptureQueriesContext(connection) as taken:
        client.get("/inbox/")
    assert len(taken) == INBOX_QUERIES


INBOX_QUERIES = 9


@pytest.mark.parametrize("rows", [1, 30])
def test_the_faults_page_takes_as_many_queries_for_thirty_rows_as_for_one(
    rows: int, house: House, item: Item
) -> None:
    for no in range(rows):
        notify([house.staff], kind="overdue", key=f"k{no}", item=item, params={"days": no})
    Owed.objects.filter(paid_at=None).update(parked_at=timezone.now())
    client = client_of(house.office)
    client.get("/faults/")
    with CaptureQueriesContext(connection) as taken:
        client.get("/faults/")
    assert len(taken) == FAULTS_QUERIES


FAULTS_QUERIES = 27 if connection.vendor == "sqlite" else 26
"""Four or five of them for the seals of the record, however many there are."""


def test_the_faults_page_names_the_receiver_and_no_title(house: House, item: Item) -> None:
    Owed.objects.exclude(key="").update(
        paid_at=None, parked_at=timezone.now(), attempts=8, fault="OSError: <gone>"
    )
    client = client_of(house.office)
    shown = page(client, "/faults/")
    assert house.staff.name in shown
    assert "OSError: &lt;gone&gt;" in shown
    assert item.title not in shown
    assert "后台进程运行正常" in shown
    row = Owed.objects.exclude(key="").get()
    answer = client.post(f"/faults/{row.pk}/resend/", follow=True)
    assert "数秒内将重新发送" in answer.content.decode()
    assert Event.objects.filter(name="delivery.resent").count() == 1
    assert client.post(f"/faults/{row.pk}/resend/").status_code == 409


def test_the_faults_page_says_when_nothing_ever_swept(house: House) -> None:
    shown = page(client_of(house.office), "/faults/")
    assert "后台进程未运行" in shown
    assert "从未在此运行过" in shown


def test_a_person_chooses_how_to_be_told(house: House) -> None:
    client = client_of(house.staff)
    assert 'value="email" checked' in page(client, "/account/")
    answer = client.post("/account/channels/", {}, follow=True)
    assert "已保存，今后按此方式通知您" in answer.content.decode()
    assert Muted.objects.get().person == house.staff
    assert 'value="email" checked' not in page(client, "/account/")
    client.post("/account/channels/", {"channel": ["email"]})
    assert not Muted.objects.exists()


def test_an_item_that_changed_hands_is_told_to_its_new_owner(house: House, item: Item) -> None:
    assignments.reassign(
        item.pk,
        actor=house.office.actor(),
        command=make.command(item),
        assignee_id=house.colleague.pk,
        reason=make.REASON,
    )
    outbox.sweep()
    assert "转交您承办" in page(client_of(house.colleague))
