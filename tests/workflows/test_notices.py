"""The inbox's rows, who has them, and by which channels word of them leaves the house."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.mail import EmailMessage
from django.utils import timezone, translation
from pytest_django.fixtures import Settings

from audit import outbox
from audit.models import Event, Owed
from core.models import User
from core.refusals import Conflict, NotFound
from core.roles import Role
from tests import make
from tests.workflows import scene
from workflows import faults, notices
from workflows.actions import inbox, parked
from workflows.effects import ASKING, TO_THE_ASSIGNEE
from workflows.models import Muted, Notice
from workflows.notices import KINDS, notify, send_bundles
from workflows.states import EVENTS, State

pytestmark = pytest.mark.django_db


def told(person: User) -> list[str]:
    return list(Notice.objects.filter(person=person).values_list("kind", flat=True))


def test_every_row_of_the_table_is_about_an_event_and_has_its_words() -> None:
    assert set(TO_THE_ASSIGNEE) <= set(EVENTS.values())
    assert {*TO_THE_ASSIGNEE.values(), *ASKING} <= set(KINDS)


def test_each_step_of_an_item_is_told_to_whom_it_concerns_and_not_to_who_took_it() -> None:
    house = make.house()
    item = make.item(house=house)
    for step in ("assign", "accept", "prove", "submit", "approve", "close"):
        make.take(item, step, house)
        outbox.sweep()
    assert told(house.staff) == ["closed", "assigned"]
    assert told(house.head) == ["submitted"]
    assert told(house.office) == ["approved"]
    assert told(house.closer) == ["approved"]
    assert told(house.colleague) == []
    urls = set(Notice.objects.values_list("url", flat=True))
    assert urls == {f"/items/{item.pk}/", f"/review/?item={item.pk}"}


def test_a_notice_is_as_old_as_what_it_tells_of_however_late_the_worker_comes() -> None:
    item = make.item(State.ASSIGNED)
    outbox.sweep()
    event = Event.objects.get(subject=item.subject, name="item.assigned")
    assert Notice.objects.get().created == event.at


def test_a_notice_is_told_once_for_its_key(mailoutbox: list[EmailMessage]) -> None:
    house = make.house()
    item = make.item(house=house)
    for _time in range(3):
        notify([house.staff, house.head], kind="overdue", key="k", item=item, params={"days": 3})
        outbox.sweep()
    assert Notice.objects.count() == 2
    assert len(mailoutbox) == 2
    notify([house.staff], kind="overdue", key="k2", item=item, params={"days": 4})
    assert Notice.objects.count() == 3


def test_words_are_in_the_language_of_whoever_reads_them() -> None:
    house = make.house()
    item = make.item(house=house, title="Lamps 100% dark {x} %(who)s")
    notify([house.staff], kind="assigned", key="k", item=item, params={"who": "王五"})
    notice = Notice.objects.get()
    assert notices.words(notice) == f"王五 向您交办：{item.no} Lamps 100% dark {{x}} %(who)s"
    with translation.override("en"):
        assert notices.words(notice) == f"王五 assigned you {item.no} Lamps 100% dark {{x}} %(who)s"


def test_somebody_whose_account_was_shut_is_told_nothing(mailoutbox: list[EmailMessage]) -> None:
    house = make.house()
    notify([house.staff], kind="overdue", key="a", item=make.item(house=house))
    User.objects.filter(pk=house.staff.pk).update(is_active=False)
    outbox.sweep()
    assert mailoutbox == []
    house.staff.refresh_from_db()
    notify([house.staff], kind="overdue", key="b")
    assert Notice.objects.filter(key="b").count() == 0


def test_whoever_muted_a_channel_hears_by_it_only_of_what_is_overdue(
    mailoutbox: list[EmailMessage],
) -> None:
    house = make.house()
    inbox.choose_channels(actor=house.staff.actor(), wanted=[])
    item = make.item(State.ASSIGNED, house=house)
    outbox.sweep()
    assert told(house.staff) == ["assigned"]
    assert mailoutbox == []
    notify([house.staff], kind="overdue", key="k", item=item, params={"days": 1})
    outbox.sweep()
    assert [letter.to for letter in mailoutbox] == [[house.staff.email]]


def test_the_choice_of_channels_is_recorded_when_it_changes() -> None:
    house = make.house()
    actor = house.staff.actor()
    inbox.choose_channels(actor=actor, wanted=["email"])
    assert not Event.objects.filter(name="person.channels_chosen").exists()
    inbox.choose_channels(actor=actor, wanted=["nonsense"])
    inbox.choose_channels(actor=actor, wanted=[])
    event = scene.last(actor.subject)
    assert (event.name, event.data) == ("person.channels_chosen", {"muted": ["email"]})
    assert Muted.objects.count() == 1
    inbox.choose_channels(actor=actor, wanted=["email"])
    assert scene.last(actor.subject).data == {"muted": []}
    assert Muted.objects.count() == 0


def test_one_row_is_owed_for_each_person_and_channel(settings: Settings) -> None:
    settings.CALLOUTS = {
        name: {"url": "https://hooks.example.test/", "secret": ""}
        for name in ("wecom", "dingtalk", "feishu", "sms", "webhook")
    }
    house = make.house()
    User.objects.filter(pk=house.staff.pk).update(phone="13900000000")
    people = User.objects.filter(pk__in=[house.staff.pk, house.head.pk])
    notify(people, kind="overdue", key="k", item=make.item(house=house), params={"days": 1})
    of = {n.person_id: str(n.pk) for n in Notice.objects.all()}
    owed = set(Owed.objects.exclude(key="").values_list("handler", "key"))
    everybody = {"by-email", "by-wecom", "by-dingtalk", "by-feishu", "by-webhook"}
    assert owed == {(name, of[house.head.pk]) for name in everybody} | {
        (name, of[house.staff.pk]) for name in everybody | {"by-sms"}
    }


def test_a_bundle_is_one_letter_a_person_with_a_link_for_each_thing(
    mailoutbox: list[EmailMessage],
) -> None:
    house = make.house()
    first, second = make.item(house=house), make.item(house=house)
    for item in (first, second):
        notify(
            [house.staff], kind="overdue", key=f"o{item.pk}", item=item, params={"days": 2},
            bundle="2026-05-04",
        )  # fmt: skip
    notify([house.head], kind="overdue", key="h", item=first, bundle="2026-05-04")
    outbox.sweep()
    assert mailoutbox == []
    send_bundles("2026-05-04")
    outbox.sweep()
    send_bundles("2026-05-04")
    outbox.sweep()
    letters = {letter.to[0]: letter for letter in mailoutbox}
    assert len(mailoutbox) == 2
    body = letters[house.staff.email].body
    assert letters[house.staff.email].subject == "您有 2 条待阅通知"
    assert f"{first.no} {first.title} 已超期 2 天" in body
    assert f"/items/{first.pk}/" in body
    assert f"/items/{second.pk}/" in body
    assert str(letters[house.head.email].body).rstrip().endswith(f"/items/{first.pk}/")


def test_an_item_taken_off_the_ledger_is_no_longer_told_of(mailoutbox: list[EmailMessage]) -> None:
    house = make.house()
    item = make.item(house=house)
    notify([house.staff], kind="overdue", key="k", item=item)
    Notice.objects.all().delete()
    assert outbox.sweep() == 1
    assert mailoutbox == []


def test_reading_is_for_ones_own_notices_alone() -> None:
    house = make.house()
    make.item(State.ASSIGNED, house=house)
    outbox.sweep()
    notice = Notice.objects.get()
    with pytest.raises(NotFound):
        inbox.read(actor=house.head.actor(), notice_id=notice.pk)
    assert inbox.read_all(actor=house.head.actor(), up_to=notice.pk) == 0
    notice.refresh_from_db()
    assert notice.read_at is None
    first = inbox.read(actor=house.staff.actor(), notice_id=notice.pk).read_at
    assert first is not None
    assert inbox.read(actor=house.staff.actor(), notice_id=notice.pk).read_at == first


def test_reading_all_leaves_what_came_in_since() -> None:
    house = make.house()
    notify([house.staff], kind="overdue", key="a")
    seen = Notice.objects.get().pk
    notify([house.staff], kind="overdue", key="b")
    assert inbox.read_all(actor=house.staff.actor(), up_to=seen) == 1
    assert Notice.objects.unread().get().key == "b"


def give_up(house: make.House, **fields: object) -> Owed:
    """One letter about an item of the house that was parked."""
    item = make.item(house=house)
    notify([house.staff], kind="overdue", key=f"k{item.pk}", item=item)
    row = Owed.objects.exclude(key="").latest("pk")
    Owed.objects.filter(pk=row.pk).update(
        **{"parked_at": timezone.now(), "attempts": 8, "fault": "OSError: gone", **fields}
    )
    return row


def test_the_office_and_the_system_officer_see_the_faults_of_their_own_units() -> None:
    house, other = make.house(), make.house()
    row = give_up(house)
    system = make.person(Role.SYSTEM_OFFICER, unit=house.unit)
    for who in (house.office, system):
        [fault] = faults.state(who.actor()).parked
        assert (fault.pk, fault.who, fault.text) == (row.pk, house.staff.name, "OSError: gone")
        assert str(fault.way) == "电子邮箱"
    for who in (house.head, house.staff, other.office):
        assert faults.state(who.actor()).parked == []


def test_a_row_that_nobody_was_found_for_yet_is_seen_by_its_items_office() -> None:
    house, other = make.house(), make.house()
    item = make.item(State.ASSIGNED, house=house)
    Owed.objects.update(parked_at=timezone.now())
    [fault] = faults.state(house.office.actor()).parked
    assert (fault.no, fault.who, str(fault.way)) == (item.no, "", "消息")
    assert faults.state(other.office.actor()).parked == []


def test_a_notice_about_no_item_is_seen_where_its_reader_works() -> None:
    house, other = make.house(), make.house()
    notify([house.staff], kind="overdue", key="k")
    Owed.objects.update(parked_at=timezone.now())
    assert len(faults.state(house.office.actor()).parked) == 1
    assert faults.state(other.office.actor()).parked == []


def test_a_bundle_that_was_given_up_names_its_reader() -> None:
    house = make.house()
    item = make.item(house=house)
    notify([house.staff], kind="overdue", key="k", item=item, bundle="2026-05-04")
    send_bundles("2026-05-04")
    Owed.objects.update(parked_at=timezone.now())
    [fault] = faults.state(house.office.actor()).parked
    assert (fault.who, fault.no) == (house.staff.name, item.no)


def test_what_waits_too_long_and_a_worker_that_stopped_are_seen() -> None:
    house = make.house()
    row = give_up(house, parked_at=None, due_at=timezone.now() - timedelta(minutes=6))
    state = faults.state(house.office.actor())
    assert [fault.pk for fault in state.late] == [row.pk]
    assert state.stopped
    outbox.sweep()
    state = faults.state(house.office.actor())
    assert (state.late, state.stopped) == ([], False)


def test_what_is_sent_again_is_recorded_and_goes_out(mailoutbox: list[EmailMessage]) -> None:
    house = make.house()
    row = give_up(house)
    with pytest.raises(NotFound):
        parked.resend(actor=make.house().office.actor(), owed_id=row.pk)
    assert not Event.objects.filter(name="delivery.resent").exists()
    parked.resend(actor=house.office.actor(), owed_id=row.pk)
    event = scene.last(f"owed:{row.pk}")
    assert event.data == {"handler": "by-email", "key": row.key, "fault": "OSError: gone"}
    outbox.sweep()
    assert [letter.to for letter in mailoutbox] == [[house.staff.email]]
    with pytest.raises(Conflict):
        parked.resend(actor=house.office.actor(), owed_id=row.pk)
    assert Event.objects.filter(name="delivery.resent").count() == 1


def test_every_attempt_carries_the_same_key(
    mailoutbox: list[EmailMessage], settings: Settings
) -> None:
    house = make.house()
    row = give_up(house)
    for _time in range(2):
        Owed.objects.filter(pk=row.pk).update(
            parked_at=None, paid_at=None, due_at=timezone.now() - timedelta(seconds=1),
            leased_until=None,
        )  # fmt: skip
        outbox.sweep()
    first, second = (letter.extra_headers["Message-ID"] for letter in mailoutbox)
    assert first == second
    settings.SITE_URL = "https://elsewhere.example.test"
    Owed.objects.filter(pk=row.pk).update(paid_at=None, leased_until=None)
    outbox.sweep()
    assert mailoutbox[-1].extra_headers["Message-ID"] != first
