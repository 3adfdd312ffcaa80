"""Signed as the round demands: the own name, the password once more, and what was drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from axes.models import AccessAttempt
from axes.utils import reset
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from audit import jobs
from audit.models import Event, Job
from core.actor import SYSTEM, Actor
from core.models import User
from core.refusals import NotFound, NotPermitted, Refusal, Unmet
from core.roles import Role
from evidence import storage
from evidence.storage.folder import path_of, root
from tests import make
from tests.make import House
from tests.workflows import scene
from workflows import verification
from workflows.actions import bulk, decisions, duties, reading, rounds
from workflows.actions.signing import Signing
from workflows.models import Item, Signature, SignedAct
from workflows.standing_in import as_actor
from workflows.states import State

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> object:
    with translation.override("en"):
        yield
    reset()


def at(state: State = State.IN_REVIEW, *, ink: str = "typed") -> tuple[House, Item]:
    """An item of a round that has its decisions signed from now on."""
    of = make.house()
    round_ = make.round_(of)
    item = make.item(state, house=of, round_=round_)
    rounds.set_demands(round_.pk, actor=of.office.actor(), must_read=False, signature=ink)
    return of, item


def typed(who: User, **words: Any) -> Signing:
    return Signing(**{"name": who.name, "password": make.PASSWORD, **words})


def drawn(who: User, **words: Any) -> Signing:
    return typed(who, **{"picture": make.ink(), "points": make.POINTS, **words})


def approve(item: Item, who: User, signing: Signing | None, **words: Any) -> Item:
    form = {"actor": as_actor(who), "command": make.command(item), **words}
    return decisions.approve(item.pk, signing=signing, **form)


def close(item: Item, who: User, signing: Signing | None) -> Item:
    return decisions.close(
        item.pk,
        actor=as_actor(who),
        command=make.command(item),
        effectiveness="It works.",
        signing=signing,
    )


def refused(item: Item, do: Callable[[], object], *also: str) -> dict[str, Any]:
    """The refusal of an act that changed nothing and was told on the item, and `also` elsewhere."""
    before, events = scene.everything(item), scene.told()
    with pytest.raises(Refusal) as caught:
        do()
    assert scene.everything(item) == before
    names = Event.objects.order_by("-pk")[: scene.told() - events].values_list("name", flat=True)
    assert sorted(names) == sorted(["item.refused", *also])
    return caught.value.as_dict()


def test_a_typed_signature_stands_under_the_act_and_its_event_says_so() -> None:
    of, item = at()
    approve(item, of.head, typed(of.head, name=f" {of.head.name} "))
    kept = Signature.objects.get()
    assert (kept.person, kept.verb, kept.typed_name, kept.picture, kept.points) == (
        of.head,
        "approve",
        of.head.name,
        "",
        [],
    )
    assert str(kept) == of.head.name
    event = scene.last(item.subject)
    assert event.data["signature"] == {
        "id": kept.pk,
        "name": of.head.name,
        "picture": "",
        "points": "",
    }
    act = SignedAct.objects.get()
    assert (act.signature, act.item, act.submission_id, act.seq) == (
        kept,
        item,
        item.submission_id,
        event.seq,
    )
    assert str(act) == f"{item} #{event.seq}"


def test_a_drawn_signature_keeps_its_picture_by_digest_and_its_strokes() -> None:
    of, item = at(State.VERIFYING, ink="drawn")
    close(item, of.closer, drawn(of.closer))
    kept = Signature.objects.get()
    assert (kept.verb, kept.points) == ("close", [[[10, 30, 0], [120, 30, 40]]])
    assert storage.intact(kept.picture)
    told: Any = scene.last(item.subject).data["signature"]
    assert (told["picture"], told["points"]) == (kept.picture, kept.points_digest)
    assert Item.objects.get(pk=item.pk).state == State.CLOSED


def test_where_nothing_is_demanded_one_may_still_sign() -> None:
    of, item = at(ink="typed")
    rounds.set_demands(item.round_id, actor=of.office.actor(), must_read=False)
    approve(item, of.head, typed(of.head))
    assert SignedAct.objects.get().item == item


@pytest.mark.parametrize("ink", ["typed", "drawn"])
def test_without_a_signature_nothing_is_agreed_to(ink: str) -> None:
    of, item = at(ink=ink)
    no = refused(item, lambda: approve(item, of.head, None))
    assert (no["code"], no["rule"]) == ("unmet", "This round demands a signature.")
    assert no["holes"] == [
        {"at": "signed_name", "text": "your name"},
        {"at": "password", "text": "your password"},
    ]
    of, item = at(State.VERIFYING, ink=ink)
    no = refused(item, lambda: close(item, of.closer, None))
    assert no["rule"] == "This round demands a signature."


def test_a_typed_one_does_not_do_where_a_drawn_one_is_demanded() -> None:
    of, item = at(ink="drawn")
    no = refused(item, lambda: approve(item, of.head, typed(of.head)))
    assert (no["rule"], no["holes"]) == (
        "This round demands a drawn signature.",
        [{"at": "drawing", "text": "the drawn signature"}],
    )


@pytest.mark.parametrize("name", ["", "Somebody else"])
def test_another_name_is_no_signature_of_mine(name: str) -> None:
    of, item = at()
    no = refused(item, lambda: approve(item, of.head, typed(of.head, name=name)))
    assert no["rule"] == "The name that was typed is not your own."
    assert no["next"] == f"Type your name as it stands in your account: {of.head.name}."


@pytest.mark.parametrize("words", [{"picture": "<script>"}, {"points": "[]"}, {"picture": ""}])
def test_a_drawing_that_is_none_is_refused_and_keeps_nothing(words: dict[str, str]) -> None:
    of, item = at(ink="drawn")
    no = refused(item, lambda: approve(item, of.head, drawn(of.head, **words)))
    assert no["holes"] == [{"at": "drawing", "text": "the drawn signature"}]


def test_a_wrong_password_changes_nothing_is_recorded_and_is_kept_nowhere() -> None:
    of, item = at(ink="drawn")
    wrong = drawn(of.head, password="Not-this-one-1")
    files = sorted(root().rglob("*"))
    no = refused(item, lambda: approve(item, of.head, wrong), "person.login_failed")
    assert no["rule"] == "The password is not right; nothing was decided."
    assert no["holes"] == [{"at": "password", "text": "your password"}]
    assert sorted(root().rglob("*")) == files
    assert "Not-this-one-1" not in repr(wrong)
    bodies = b"".join(bytes(event.body) for event in Event.objects.all())
    assert b"Not-this-one-1" not in bodies
    assert make.PASSWORD.encode() not in bodies
    attempt = AccessAttempt.objects.get()
    assert "Not-this-one-1" not in f"{attempt.get_data}{attempt.post_data}"


def test_five_wrong_passwords_lock_the_account_even_for_the_right_one() -> None:
    of, item = at()
    wrong = typed(of.head, password="Not-this-one-1")
    for _time in range(4):
        refused(item, lambda: approve(item, of.head, wrong), "person.login_failed")
    fifth = ("person.login_failed", "person.locked_out")
    no = refused(item, lambda: approve(item, of.head, wrong), *fifth)
    assert no["code"] == "not-permitted"
    assert "locked for a quarter of an hour" in no["rule"]
    with pytest.raises(NotPermitted):
        approve(item, of.head, typed(of.head))
    assert Item.objects.get(pk=item.pk).state == State.IN_REVIEW
    reset(username=of.head.username)
    approve(item, of.head, typed(of.head))


def test_a_right_password_of_somebody_else_signs_nothing() -> None:
    of, item = at()
    of.colleague.set_password("Autumn-wind-2026")
    of.colleague.save(update_fields=["password"])
    no = refused(
        item,
        lambda: approve(item, of.head, typed(of.head, password="Autumn-wind-2026")),
        "person.login_failed",
    )
    assert no["rule"] == "The password is not right; nothing was decided."


def test_what_one_may_not_know_of_is_not_there_whatever_is_typed() -> None:
    _of, item = at()
    stranger = make.house().head
    with pytest.raises(NotFound):
        approve(item, stranger, typed(stranger, password="Not-this-one-1"))
    assert scene.last(f"person:{stranger.pk}").name == "access.refused"
    with pytest.raises(NotFound):
        decisions.approve(
            item.pk, actor=SYSTEM, command=make.command(item), signing=typed(stranger)
        )


def test_whoever_may_not_decide_signs_nothing() -> None:
    of, item = at()
    no = refused(item, lambda: approve(item, of.office, typed(of.office)))
    assert no["code"] == "not-permitted"


def test_a_second_click_is_one_signature() -> None:
    of, item = at(ink="drawn")
    command = make.command(item)
    for _click in range(2):
        approve(item, of.head, drawn(of.head), command=command)
    assert (Signature.objects.count(), SignedAct.objects.count()) == (1, 1)


def test_an_added_signer_and_a_deputy_sign_with_their_own_names() -> None:
    of, item = at()
    deputy = make.person(Role.STAFF, section=of.section, name="Deputy")
    make.deputy(of.head, deputy, with_tray=True)
    duties.add_signer(
        item.pk, actor=of.head.actor(), command=make.command(item), person_id=of.colleague.pk
    )
    approve(item, of.colleague, typed(of.colleague))
    no = refused(item, lambda: approve(item, deputy, typed(of.head)))
    assert no["rule"] == "The name that was typed is not your own."
    approve(item, deputy, typed(deputy))
    told: Any = scene.last(item.subject).data
    assert (told["signature"]["name"], told["behind"]) == ("Deputy", of.head.name)
    assert [a.signature.typed_name for a in SignedAct.objects.all()] == [
        of.colleague.name,
        "Deputy",
    ]


def test_a_signature_is_never_changed_and_never_taken_away() -> None:
    of, item = at()
    approve(item, of.head, typed(of.head))
    kept = Signature.objects.get()
    changes: list[Callable[..., Any]] = [
        lambda: kept.save(update_fields=["typed_name"]),
        kept.delete,
        lambda: Signature.objects.all().delete(),
        lambda: Signature.objects.update(typed_name="Another"),
    ]
    for change in changes:
        with pytest.raises(TypeError):
            change()
    assert Signature.objects.get().typed_name == of.head.name


def test_whoever_sees_the_item_sees_the_signature_and_nobody_else() -> None:
    of, item = at()
    approve(item, of.head, typed(of.head))
    auditor = make.person(Role.AUDITOR, unit=of.unit)

    def visible(actor: Actor) -> int:
        return Signature.objects.visible_to(actor).count()

    assert [visible(p.actor()) for p in (of.staff, of.office, auditor)] == [1, 1, 1]
    assert visible(make.house().office.actor()) == 0


def test_a_changed_signature_and_a_lost_picture_are_found() -> None:
    of, item = at(State.VERIFYING, ink="drawn")
    close(item, of.closer, drawn(of.closer))
    other, typed_item = at()
    approve(typed_item, other.head, typed(other.head))
    assert verification.verify_all().breaks == []
    kept = Signature.objects.get(person=of.closer)
    path = path_of(kept.picture)
    content = path.read_bytes()
    path.write_bytes(b"another hand")
    [lost] = verification.verify_all().breaks
    assert (lost.subject, of.closer.name in lost.text) == (item.subject, True)
    path.write_bytes(content)
    for column, changed_to in (("points", "[[[1,1,1]]]"), ("typed_name", "Another")):
        with connection.cursor() as cursor:
            sql = f"UPDATE workflows_signature SET {column} = %s WHERE id = %s"
            cursor.execute(sql, [changed_to, kept.pk])
        [changed] = verification.verify_all().breaks
        assert changed.text == f"The signature of “{of.closer.name}” was changed or taken away."


def test_where_nothing_is_demanded_a_signature_costs_no_query() -> None:
    of = make.house()
    make.item(State.CLOSED, house=of)
    item = make.item(State.IN_REVIEW, house=of)
    actor, command = of.head.actor(), make.command(item)
    with CaptureQueriesContext(connection) as caught:
        decisions.approve(item.pk, actor=actor, command=command)
    tables = ("workflows_signature", "workflows_signedact", 'core_user" WHERE')
    assert [q["sql"] for q in caught if any(t in q["sql"] for t in tables)] == []


# Many at once


def many(count: int = 2, *, ink: str = "typed") -> tuple[House, list[Item]]:
    of, first = at(ink=ink)
    items = [first]
    items += [make.item(State.IN_REVIEW, house=of, round_=first.round) for _ in range(count - 1)]
    for item in items:
        reading.open_submission(item, actor=of.head.actor())
    return of, items


def ask(of: House, items: list[Item], signing: Signing | None, **words: Any) -> Job:
    rows = [(item.pk, item.version) for item in items]
    said = {"opinion": "Seen."}
    form = {"actor": of.head.actor(), "command_id": uuid4(), **words}
    return bulk.ask("approve", rows, said=said, signing=signing, **form)


def test_many_are_signed_once_and_each_event_names_the_same_signature() -> None:
    of, items = many(3, ink="drawn")
    job = ask(of, items, drawn(of.head))
    assert [row.done for row in job.rows.all()] == [True] * 3
    kept = Signature.objects.get()
    told = [scene.last(item.subject).data["signature"] for item in items]
    assert told == [kept.told()] * 3
    assert {act.item_id for act in kept.acts.all()} == {item.pk for item in items}
    assert (job.params["said"], make.PASSWORD in str(job.params)) == (
        {"opinion": "Seen.", "signature": kept.pk},
        False,
    )


def test_the_worker_goes_on_with_the_signature_that_was_given() -> None:
    of, items = many(21)
    job = ask(of, items, typed(of.head))
    assert (job.state, SignedAct.objects.count()) == ("queued", 0)
    jobs.sweep(600)
    assert job.rows.filter(done=True).count() == 21
    assert (Signature.objects.count(), SignedAct.objects.count()) == (1, 21)


def test_the_same_form_of_many_sent_twice_is_one_signature_and_one_job() -> None:
    of, items = many()
    words = {"command_id": uuid4()}
    assert ask(of, items, typed(of.head), **words) == ask(of, items, typed(of.head), **words)
    assert (Signature.objects.count(), SignedAct.objects.count()) == (1, 2)


@pytest.mark.parametrize("password", ["", "Not-this-one-1"])
def test_many_without_a_signature_or_with_a_wrong_password_become_no_job(password: str) -> None:
    of, items = many()
    with pytest.raises(Unmet):
        ask(of, items, typed(of.head, password=password) if password else None)
    assert (Job.objects.count(), Signature.objects.count()) == (0, 0)
    assert {Item.objects.get(pk=item.pk).state for item in items} == {State.IN_REVIEW}
    assert Event.objects.filter(name="person.login_failed").count() == bool(password)


def test_many_typed_where_one_round_wants_them_drawn_skips_that_one_with_the_reason() -> None:
    of, items = many()
    other = make.round_(of)
    rounds.set_demands(other.pk, actor=of.office.actor(), must_read=False, signature="drawn")
    item = make.item(State.RECTIFYING, house=of, round_=other)
    make.prove(item, of)
    make.take(item, "submit", of)
    item = Item.objects.get(pk=item.pk)
    reading.open_submission(item, actor=of.head.actor())
    job = ask(of, [*items, item], typed(of.head))
    assert [(row.done, row.data.get("rule", "")) for row in job.rows.all()] == [
        (True, ""),
        (True, ""),
        (False, "This round demands a drawn signature."),
    ]
    assert bulk.ink_for([items[0].pk, item.pk], actor=of.head.actor()) == "drawn"
    assert bulk.ink_for([item.pk], actor=make.house().head.actor()) == "none"
