"""Two act at the same moment: made to happen, not hoped for, on either database."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from threading import Event as Signal
from typing import Any

import pytest
from django.db import connection, transaction

from audit.models import Event
from core.actor import Actor
from core.refusals import Refusal, StaleItem
from core.roles import Role
from tests import make
from tests.make import House
from tests.workflows.petition import petition
from tests.workflows.review import Review, review
from workflows.actions import decisions, duties, rectification, requests
from workflows.models import Item, Submission
from workflows.states import State

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 20


@contextmanager
def held_open() -> Iterator[None]:
    """A transaction around a real action, which otherwise insists on being the outermost one."""
    outer: Any = transaction.atomic()
    outer._from_testcase = True
    with outer:
        yield


def until_somebody_waits(begun: Signal) -> None:
    """Until another connection waits for a lock of ours."""
    if connection.vendor == "sqlite":
        assert begun.wait(PATIENCE)
        # Its BEGIN IMMEDIATE cannot succeed while ours is open, and it is on its way there.
        time.sleep(0.2)
        return
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.01)
    raise AssertionError("nobody came to wait")


def pressed(press: Callable[[], object], begun: Signal) -> object:
    """What came of a press of the button on a connection of its own."""

    def announce(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        begun.set()
        return execute(sql, params, many, context)

    try:
        with connection.execute_wrapper(announce):
            return press()
    except Refusal as refused:
        return refused
    finally:
        connection.close()


def race(first: Callable[[], object], second: Callable[[], object], item: Item) -> object:
    """`first` acts while `second` waits for the item; returns what came of `second`."""
    return raced(first, second, hold=lambda: Item.objects.locked(item.pk))


def raced(
    first: Callable[[], object], second: Callable[[], object], *, hold: Callable[[], object]
) -> object:
    """`first` acts while `second` waits for the row that `hold` locks."""
    begun = Signal()
    with ThreadPoolExecutor(1) as pool:
        with held_open():
            hold()
            late: Future[object] = pool.submit(pressed, second, begun)
            until_somebody_waits(begun)
            assert not late.done()
            first()
        return late.result(PATIENCE)


def stage() -> tuple[House, Item, Actor]:
    house = make.house()
    item = make.item(State.IN_REVIEW, house=house)
    return house, item, make.person(Role.SECTION_HEAD, section=house.section).actor()


def approvals(item: Item) -> int:
    return Event.objects.filter(subject=item.subject, name="item.approved").count()


def test_of_two_heads_who_approve_at_once_the_second_learns_that_somebody_was_faster() -> None:
    house, item, other = stage()
    first, head = make.command(item), house.head.actor()
    second = make.command(item)
    came = race(
        lambda: decisions.approve(item.pk, actor=head, command=first, opinion="First"),
        lambda: decisions.approve(item.pk, actor=other, command=second, opinion="Second"),
        item,
    )
    assert isinstance(came, StaleItem)
    assert len(came.changes) == 1
    assert house.head.name in came.changes[0]
    one = Submission.objects.get(item=item)
    assert (one.approved_by, one.opinion) == (house.head, "First")
    assert approvals(item) == 1
    assert Event.objects.filter(subject=item.subject, name="item.refused").count() == 1
    assert Item.objects.get(pk=item.pk).version == item.version + 1


def test_of_two_clicks_on_one_button_the_second_is_the_same_decision() -> None:
    house, item, _other = stage()
    click, head = make.command(item), house.head.actor()

    def press() -> Item:
        return decisions.approve(item.pk, actor=head, command=click, opinion="Good")

    came = race(press, press, item)
    assert isinstance(came, Item)
    assert came.state == State.VERIFYING
    assert approvals(item) == 1
    assert Item.objects.get(pk=item.pk).version == item.version + 1


def test_an_approval_and_a_withdrawal_at_once_do_not_both_happen() -> None:
    house, item, _other = stage()
    staff, late = house.staff.actor(), make.command(item)
    came = race(
        lambda: make.take(item, "approve", house),
        lambda: rectification.withdraw(item.pk, actor=staff, command=late),
        item,
    )
    assert isinstance(came, StaleItem)
    assert Item.objects.get(pk=item.pk).state == State.VERIFYING
    assert Event.objects.filter(subject=item.subject, name="item.withdrawn").count() == 0


def two_added_signers() -> Review:
    on = review("short")
    on.add("head", "leader", after=True)
    on.add("head", "second leader", after=True)
    on.approve("head")
    return on


def test_of_two_added_signers_who_agree_at_once_the_second_is_asked_once_more() -> None:
    on = two_added_signers()
    form = on.form("second leader")
    came = race(
        lambda: on.approve("leader"),
        lambda: decisions.approve(on.item.pk, opinion="At once", **form),
        on.item,
    )
    assert isinstance(came, StaleItem)
    assert (on.stands(), on.waits_for()) == ((State.IN_REVIEW, 0), {"second leader"})
    on.approve("second leader")
    assert on.stands() == (State.VERIFYING, 1)


def test_of_two_who_claim_at_once_one_wins() -> None:
    on = review("short")
    form = on.form("second head")
    came = race(lambda: on.claim("head"), lambda: duties.claim(on.item.pk, **form), on.item)
    assert isinstance(came, StaleItem)
    assert on.waits_for() == {"head"}
    assert Event.objects.filter(subject=on.item.subject, name="item.claimed").count() == 1


def test_a_signer_who_is_dropped_while_they_agree_has_not_agreed() -> None:
    on = review("short")
    on.add("head", "leader")
    form = on.form("leader")
    came = race(
        lambda: on.drop("head", "leader"),
        lambda: decisions.approve(on.item.pk, opinion="At once", **form),
        on.item,
    )
    assert isinstance(came, StaleItem)
    assert on.item.duties.get(kind="before").state == "void"
    assert on.waits_for() == {"head", "second head"}


def test_a_signer_who_agrees_while_they_are_dropped_has_agreed() -> None:
    on = review("short")
    on.add("head", "leader")
    form, added = on.form("head"), on.item.duties.get(kind="before").pk
    came = race(
        lambda: on.approve("leader"),
        lambda: duties.drop_signer(on.item.pk, duty_id=added, **form),
        on.item,
    )
    assert isinstance(came, StaleItem)
    assert on.item.duties.get(kind="before").state == "done"
    assert on.waits_for() == {"head", "second head"}


def test_of_two_leaders_who_grant_at_once_the_second_learns_that_it_is_done() -> None:
    on = petition("cancel", leaders=("leader", "second leader"))
    form = on.form("second leader")
    came = race(
        lambda: on.agree("leader"),
        lambda: requests.agree(on.item.pk, opinion="At once", **form),
        on.item,
    )
    assert isinstance(came, StaleItem)
    assert on.request.decided_by == on.people["leader"]
    assert Event.objects.filter(subject=on.item.subject, name="item.cancelled").count() == 1


def test_an_extension_granted_while_the_item_is_handed_in_is_granted_and_the_page_is_stale() -> (
    None
):
    on = petition("extend")
    make.prove(on.item, on.house)
    on.agree("head")
    form = on.form("staff")
    came = race(
        lambda: on.agree("office"), lambda: rectification.submit(on.item.pk, **form), on.item
    )
    assert isinstance(came, StaleItem)
    assert (on.outcomes(), on.now().state) == (["granted"], State.RECTIFYING)


def test_an_extension_is_not_granted_once_the_item_was_handed_in() -> None:
    on = petition("extend")
    make.prove(on.item, on.house)
    on.agree("head")
    form = on.form("office")
    came = race(on.submit, lambda: requests.agree(on.item.pk, **form), on.item)
    assert isinstance(came, StaleItem)
    assert (on.outcomes(), on.now().due) == (["lapsed"], date(2026, 12, 31))


def test_a_request_is_taken_back_or_agreed_to_never_both() -> None:
    on = petition("extend")
    form = on.form("head")
    came = race(on.take_back, lambda: requests.agree(on.item.pk, **form), on.item)
    assert isinstance(came, StaleItem)
    assert on.outcomes() == ["taken_back"]
    assert not on.request.duties.filter(state="done").exists()
