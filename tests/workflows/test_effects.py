"""Who is told of what: one row each in the inbox, and word by mail."""

from __future__ import annotations

import pytest
from django.core.mail import EmailMessage
from pytest_django.fixtures import Settings

from audit import outbox
from core.models import User
from core.roles import Role
from tests import make
from tests.make import House
from tests.workflows import scene
from workflows.actions import assignments, requests
from workflows.models import Item, Notice
from workflows.states import State

pytestmark = pytest.mark.django_db


def at(state: str) -> tuple[House, Item]:
    """An item whose past is paid for, so that only what comes now is heard."""
    house = make.house()
    item = make.item(state, house=house)
    outbox.sweep()
    return house, item


def told_by(verb: str, who: str, item: Item, house: House) -> None:
    verbs = scene.verbs(heir=house.colleague.pk, file=make.paper("late.pdf"))
    verbs[verb](item, getattr(house, who).actor(), make.command(item))
    outbox.sweep()


@pytest.mark.parametrize(
    ("state", "verb", "who", "to"),
    [
        (State.DRAFT, "assign", "office", ["staff"]),
        (State.ASSIGNED, "accept", "staff", []),
        (State.RECTIFYING, "reassign", "office", ["colleague"]),
        (State.IN_REVIEW, "send_back", "head", ["staff"]),
        (State.IN_REVIEW, "approve", "head", ["office", "closer"]),
        (State.VERIFYING, "close", "closer", ["staff"]),
    ],
)
def test_word_goes_to_whom_it_concerns(
    state: str, verb: str, who: str, to: list[str], mailoutbox: list[EmailMessage]
) -> None:
    house, item = at(state)
    mailoutbox.clear()
    told_by(verb, who, item, house)
    assert sorted(m.to[0] for m in mailoutbox) == sorted(getattr(house, n).email for n in to)


@pytest.mark.parametrize(
    ("state", "asked", "kind", "to"),
    [
        (State.RECTIFYING, "extend", "extended", ["staff"]),
        (State.RECTIFYING, "suspend", "suspended", ["staff"]),
        (State.VERIFYING, "cancel", "cancelled", ["office", "staff"]),
        (State.CLOSED, "reopen", "reopened", ["office", "staff"]),
    ],
)
def test_what_was_asked_is_told_to_who_asked_and_to_who_is_responsible(
    state: str, asked: str, kind: str, to: list[str]
) -> None:
    house, item = at(state)
    make.take(item, asked, house)
    outbox.sweep()
    told = Notice.objects.filter(item=item, kind=kind).values_list("person", flat=True)
    assert sorted(told) == sorted(getattr(house, name).pk for name in to)


def test_a_request_is_told_to_whom_it_waits_for_step_by_step() -> None:
    house, item = at(State.RECTIFYING)
    make.ask(item, "extend", house)
    outbox.sweep()
    told = Notice.objects.filter(item=item, kind="asked").values_list("person", flat=True)
    assert list(told) == [house.head.pk]
    requests.agree(item.pk, actor=house.head.actor(), command=make.command(item))
    outbox.sweep()
    passed = Notice.objects.filter(item=item, kind="passed_on").values_list("person", flat=True)
    assert sorted(passed) == sorted([house.office.pk, house.closer.pk])
    requests.refuse(
        item.pk, actor=house.office.actor(), command=make.command(item), reason=make.REASON
    )
    outbox.sweep()
    refused = Notice.objects.get(item=item, kind="refused")
    assert (refused.person_id, refused.params["reason"]) == (house.staff.pk, make.REASON)


def test_who_is_responsible_is_told_that_the_item_goes_on() -> None:
    house, item = at(State.SUSPENDED)
    assignments.wake(
        item.pk, actor=house.office.actor(), command=make.command(item), reason=make.REASON
    )
    outbox.sweep()
    assert Notice.objects.get(item=item, kind="woken").person_id == house.staff.pk


def test_word_of_a_submission_goes_to_every_head_once(mailoutbox: list[EmailMessage]) -> None:
    house, item = at(State.RECTIFYING)
    second = make.person(Role.SECTION_HEAD, section=house.section)
    make.membership(second, Role.OFFICE, unit=house.unit)
    make.prove(item, house)
    mailoutbox.clear()
    told_by("submit", "staff", item, house)
    assert sorted(m.to[0] for m in mailoutbox) == sorted([house.head.email, second.email])


def test_a_letter_says_who_did_what_to_which_item_and_where_to_act(
    mailoutbox: list[EmailMessage], settings: Settings
) -> None:
    settings.SITE_URL = "https://rectify.example.test"
    house, item = at(State.DRAFT)
    told_by("assign", "office", item, house)
    [letter] = mailoutbox
    assert letter.subject == f"{house.office.name} 向您交办：{item.no} {item.title}"
    assert letter.subject in letter.body
    assert f"https://rectify.example.test/items/{item.pk}/" in letter.body


def test_a_title_with_line_breaks_does_not_break_the_letter(
    mailoutbox: list[EmailMessage],
) -> None:
    house = make.house()
    item = make.item(house=house, title="Lamps\r\nBcc: everybody@example.test")
    told_by("assign", "office", item, house)
    [letter] = mailoutbox
    assert "\n" not in letter.subject
    assert letter.bcc == []


def test_whoever_has_no_address_is_passed_over(mailoutbox: list[EmailMessage]) -> None:
    house, item = at(State.DRAFT)
    User.objects.filter(pk=house.staff.pk).update(email="")
    told_by("assign", "office", item, house)
    assert mailoutbox == []


@pytest.mark.parametrize("verb", ["cancel"])
def test_the_end_of_an_item_without_a_person_is_told_to_nobody(
    verb: str, mailoutbox: list[EmailMessage]
) -> None:
    house = make.house()
    item = make.item(house=house, assignee="")
    told_by(verb, "office", item, house)
    assert mailoutbox == []
