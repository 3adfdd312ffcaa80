"""Agreements to requests and to plans, signed where the round demands it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from axes.utils import reset
from django.db import IntegrityError, transaction
from django.utils import translation

from audit.models import Event, Job
from core.actor import SYSTEM
from core.refusals import NotFound, Refusal, Unmet
from tests import make
from tests.workflows import scene
from tests.workflows.petition import Petition, beside, petition
from tests.workflows.planned import Planned, planned
from tests.workflows.test_signing import drawn, typed
from workflows import verification
from workflows.actions import bulk, plans, reading, rounds
from workflows.models import Item, Plan, Signature, SignedAct
from workflows.states import State

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> object:
    with translation.override("en"):
        yield
    reset()


def demand(round_id: int, office: Any, ink: str = "typed") -> None:
    rounds.set_demands(round_id, actor=office, must_read=False, signature=ink)


def signed(kind: str = "extend", ink: str = "typed", **words: Any) -> Petition:
    on = petition(kind, **words)
    demand(on.item.round_id, on.actor("office"), ink)
    return on


def test_each_agreement_to_a_request_is_signed_and_its_event_says_so() -> None:
    on = signed()
    assert on.refused(on.agree, "head") == "This round demands a signature."
    on.agree("head", signing=typed(on.people["head"]))
    kept = Signature.objects.get()
    event = scene.last(on.item.subject)
    assert (event.name, event.data["signature"]) == ("item.request_agreed", kept.told())
    act = SignedAct.objects.get()
    assert (act.request, act.submission, act.item, act.seq) == (
        on.request,
        None,
        on.item,
        event.seq,
    )
    on.agree("office", signing=typed(on.people["office"]))
    event = scene.last(on.item.subject)
    name: Any = event.data["signature"]
    assert (event.name, name["name"]) == ("item.extended", on.people["office"].name)
    assert (on.now().due, verification.verify_all().breaks) == (make.LATER, [])


@pytest.mark.parametrize(
    ("kind", "state"),
    [("suspend", State.RECTIFYING), ("cancel", State.IN_REVIEW), ("reopen", State.CLOSED)],
)
def test_no_last_agreement_does_what_was_asked_without_a_signature(kind: str, state: str) -> None:
    on = signed(kind, state=state)
    while on.request.outcome == "open":
        who = min(on.waits_for())
        assert on.refused(on.agree, who) == "This round demands a signature."
        on.agree(who, signing=typed(on.people[who]))
    assert on.outcomes() == ["granted"]


def test_a_request_is_refused_without_a_signature_as_a_return_is() -> None:
    on = signed()
    on.refuse("head")
    assert (on.outcomes(), Signature.objects.count()) == (["refused"], 0)


def test_a_typed_signature_is_no_drawn_one_and_a_wrong_password_decides_nothing() -> None:
    on = signed(ink="drawn")
    head = on.people["head"]
    rule = "This round demands a drawn signature."
    assert on.refused(on.agree, "head", signing=typed(head)) == rule
    wrong = typed(head, password="Winter-rain-2026")
    assert on.refused(on.agree, "head", signing=wrong).startswith("The password is not right")
    on.agree("head", signing=drawn(head))
    assert Signature.objects.get().picture


def test_many_requests_are_agreed_to_under_one_signature() -> None:
    on = signed()
    other = beside(on)
    on.people["staff"].refresh_from_db()
    make.ask(other, "extend", on.house)
    head = on.actor("head")
    rows = []
    for item in (on.item, other):
        now = Item.objects.select_related("request").get(pk=item.pk)
        reading.open_request(now, actor=head)
        rows.append((now.pk, now.version))
    form: dict[str, Any] = {"actor": head, "command_id": uuid4(), "said": {"opinion": "Yes."}}
    with pytest.raises(Unmet):
        bulk.ask("agree", rows, **form)
    job = bulk.ask("agree", rows, signing=typed(on.people["head"]), **form)
    assert Job.objects.get(pk=job.pk).done_count == 2
    kept = Signature.objects.get()
    assert {act.item_id for act in kept.acts.all()} == {on.item.pk, other.pk}
    assert verification.verify_all().breaks == []


def test_a_signature_under_a_request_that_was_changed_or_made_up_is_found() -> None:
    on = signed()
    on.agree("head", signing=typed(on.people["head"]))
    act = SignedAct.objects.get()
    with transaction.atomic():
        SignedAct.objects.filter(pk=act.pk).delete()
        [found] = verification.verify_all().breaks
        transaction.set_rollback(True)
    assert (found.subject, found.seq) == (on.item.subject, act.seq)
    forged = SignedAct(signature=act.signature, item=on.item, request=on.request, seq=1)
    forged.save()
    [found] = verification.verify_all().breaks
    assert (found.subject, found.seq) == (on.item.subject, 1)
    assert found.text == "A signature stands under an act that no event tells of."


def test_a_signature_stands_under_one_thing() -> None:
    on = signed()
    on.agree("head", signing=typed(on.people["head"]))
    act = SignedAct.objects.get()
    for under in ({"item": on.item}, {"request": on.request}, {}):
        with pytest.raises(IntegrityError), transaction.atomic():
            SignedAct(signature=act.signature, seq=99, **under).save()
    assert str(act) == f"{on.item} #{act.seq}"


# Plans


def put_forward(ink: str = "typed") -> Planned:
    on = planned()
    demand(on.round.pk, on.actor("office"), ink)
    on.put_forward()
    return on


def agree(on: Planned, who: str, signing: Any = None, command: Any = None) -> Plan:
    command_id = command or uuid4()
    return plans.agree(
        on.plan.pk, actor=on.actor(who), command_id=command_id, opinion="Good.", signing=signing
    )


def test_each_opinion_for_a_plan_is_signed_and_its_event_says_so() -> None:
    on = put_forward()
    refused = on.refused(agree, on, "head")
    assert str(refused) == "This round demands a signature."
    for who in ("head", "other head", "leader", "second leader", "first"):
        agree(on, who, typed(on.people[who]))
    told = Event.objects.filter(subject=on.round.subject, name__startswith="plan.a")
    signatures: list[Any] = [event.data["signature"] for event in told.order_by("seq")]
    names = [signature["name"] for signature in signatures]
    assert names == [
        on.people[who].name for who in ("head", "other head", "leader", "second leader", "first")
    ]
    assert (on.plan.state, verification.verify_all().breaks) == ("approved", [])
    act = SignedAct.objects.latest("pk")
    assert (act.plan, act.item, act.subject) == (on.plan, None, on.round.subject)


def test_a_plan_is_returned_without_a_signature() -> None:
    on = put_forward()
    on.send_back("head")
    assert (on.plan.state, Signature.objects.count()) == ("returned", 0)


def test_a_second_click_on_a_plan_is_the_same_opinion_under_the_same_signature() -> None:
    on = put_forward()
    command = uuid4()
    for _click in range(2):
        agree(on, "head", typed(on.people["head"]), command)
    assert (Signature.objects.count(), SignedAct.objects.count()) == (1, 1)


def test_whose_password_it_is_does_not_matter_to_who_may_not_see_the_plan() -> None:
    on = put_forward()
    stranger = make.house().head
    with pytest.raises(NotFound):
        plans.agree(on.plan.pk, actor=stranger.actor(), command_id=uuid4(), signing=typed(stranger))
    with pytest.raises(Refusal):
        plans.agree(on.plan.pk, actor=SYSTEM, command_id=uuid4(), signing=typed(on.people["head"]))
    assert not Signature.objects.exists()


def test_whoever_sees_the_plan_sees_the_signature_under_it() -> None:
    on = put_forward("drawn")
    agree(on, "head", drawn(on.people["head"]))
    assert Signature.objects.visible_to(on.actor("office")).count() == 1
    assert Signature.objects.visible_to(make.house().office.actor()).count() == 0
