"""Answers as rows keep them, rewritten behind the product: the record says otherwise."""

from __future__ import annotations

import pytest
from django.db import connection
from django.utils import translation

from tests import make
from tests.audit.chains import unprotected
from tests.workflows.petition import petition
from tests.workflows.review import Review, leave, review
from workflows import answer_verification, verification
from workflows.actions import duties
from workflows.models import Duty

pytestmark = pytest.mark.django_db

OTHERWISE = "What was answered here is not what the rows of the review say."
UNTOLD = "No event tells of an answer that a row holds."


def breaks() -> list[tuple[str, str]]:
    with translation.override("en"):
        return [(one.subject, one.text) for one in verification.verify_all().breaks]


def closed() -> Review:
    """Looked at by a helper, agreed by a head's deputy, back from the leader, closed at last."""
    on = review("standard")
    leave(on.people["second head"])
    make.deputy(on.people["head"], on.people["colleague"], with_tray=True)
    on.ask_help("head", "other head")
    on.give_back("other head")
    on.approve("colleague")
    on.step_back("leader", 0)
    on.approve("head", "leader")
    on.close("office")
    return on


def test_a_whole_review_is_explained_by_its_events() -> None:
    on = closed()
    answered = on.item.duties.exclude(decided_by=None).order_by("decided_at")
    given = [duty.outcome for duty in answered]
    assert given == ["give_back", "approve", "step_back", "approve", "approve", "close"]
    assert breaks() == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE workflows_duty SET decided_by_id = {staff} WHERE outcome = 'close'",
        "UPDATE workflows_duty SET behind_id = NULL WHERE behind_id IS NOT NULL",
        "UPDATE workflows_duty SET behind_id = {leader} WHERE behind_id IS NOT NULL",
        "UPDATE workflows_duty SET outcome = 'approve' WHERE outcome = 'step_back'",
        "UPDATE workflows_duty SET opinion = 'Dark.' WHERE outcome = 'give_back'",
        "UPDATE workflows_duty SET position = 7 WHERE outcome = 'close'",
        "UPDATE workflows_submission SET decided_by_id = {head}",
        "UPDATE workflows_submission SET decided_behind_id = {leader}",
        "UPDATE workflows_submission SET approved_by_id = {head}",
        "UPDATE workflows_submission SET approved_behind_id = {head}",
        "UPDATE workflows_submission SET opinion = 'Dark.'",
    ],
)
def test_an_answer_rewritten_in_its_row_is_found(change: str) -> None:
    on = closed()
    with unprotected(), connection.cursor() as cursor:
        people = {who: on.id(who) for who in ("staff", "head", "leader")}
        cursor.execute(change.format(**people))
    assert breaks() == [(on.item.subject, OTHERWISE)]


def test_an_answer_put_in_beside_the_others_is_found() -> None:
    on = closed()
    given = on.item.duties.get(outcome="close")
    given.pk, given.task, given.position = None, None, 0
    Duty.objects.bulk_create([given])
    assert breaks() == [(on.item.subject, UNTOLD)]


def test_an_answer_on_a_chain_that_is_not_there_is_found() -> None:
    """Moved to an item whose own row and events are gone with it."""
    on = closed()
    rows = {"item:999": answer_verification.known()[on.item.subject]}
    found = answer_verification.untold(rows, broken=set())
    assert [(one.subject, one.seq) for one in found] == [("item:999", 0)]
    assert answer_verification.untold(rows, broken={"item:999"}) == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE workflows_request SET outcome = 'granted' WHERE outcome = 'refused'",
        "UPDATE workflows_request SET opinion = 'Fine.' WHERE outcome = 'refused'",
        "UPDATE workflows_request SET decided_by_id = {leader} WHERE outcome = 'granted'",
        "UPDATE workflows_duty SET outcome = 'approve' WHERE outcome = 'refuse'",
    ],
)
def test_how_a_request_was_decided_is_held_against_the_record(change: str) -> None:
    on = petition("extend")
    on.agree("head", "office")
    on.ask("suspend")
    on.agree("head")
    on.refuse("leader")
    assert breaks() == []
    with unprotected(), connection.cursor() as cursor:
        cursor.execute(change.format(leader=on.id("leader")))
    assert breaks() == [(on.item.subject, OTHERWISE)]


def test_a_copy_that_was_read_is_no_answer() -> None:
    on = review("short")
    on.copy("head", "leader")
    duties.mark_read(Duty.objects.get(kind="copy").pk, actor=on.actor("leader"))
    assert breaks() == []
