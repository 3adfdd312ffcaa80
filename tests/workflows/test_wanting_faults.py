"""Mistakes with papers that are asked for, seeded one by one, do not stay unnoticed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.utils import translation

from core.actor import Actor
from tests.workflows import test_wanting as told
from workflows import holders, papers_due, wanted
from workflows.actions import wanting
from workflows.machine import Move
from workflows.models import EvidenceRequest, Item

pytestmark = pytest.mark.django_db


def nothing_is_owed(_item: Item) -> list[EvidenceRequest]:
    return []


def whatever_stands(
    item: Item, evidence_id: int, _link: Any, _asked: EvidenceRequest, _actor: Actor
) -> tuple[Any, bool]:
    """What was there before the question answers it."""
    return item.citations.filter(evidence=evidence_id).latest("pk"), False


def daily(_asked: EvidenceRequest, today: date) -> date:
    return today


def nobody_agreed(_matter: Any, *, since: int = 0) -> list[Any]:
    return []


def anybody(*_words: Any) -> None:
    """Nobody is asked who they are, and nothing is ended."""


def of_any_item(_item: Item, request_id: int) -> EvidenceRequest:
    return EvidenceRequest.objects.get(pk=request_id)


FAULTS: dict[str, tuple[object, str, object, Callable[[], None]]] = {
    "the gate forgets what is owed": (
        wanted,
        "owed",
        nothing_is_owed,
        told.test_a_reviewer_asks_and_nobody_agrees_until_the_paper_is_there,
    ),
    "an approval outlives a further paper": (
        holders,
        "approvals",
        nobody_agreed,
        told.test_a_paper_handed_in_after_approvals_voids_them_and_says_whose,
    ),
    "what is under review may change unseen": (
        Move,
        "changes_content",
        property(lambda _move: False),
        told.test_a_paper_handed_in_before_anybody_agreed_leaves_the_step_as_it_is,
    ),
    "an old paper answers": (
        wanting,
        "_again",
        whatever_stands,
        told.test_what_was_handed_in_for_the_hole_since_answers_it_as_it_stands,
    ),
    "a request is answered twice, or from another item": (
        wanting,
        "_open",
        of_any_item,
        told.test_nothing_is_handed_in_during_a_review_that_nobody_asked_for,
    ),
    "anybody takes a request back": (
        wanting,
        "_insist_on_asker",
        anybody,
        told.test_only_who_asked_or_the_office_with_a_reason_takes_it_back,
    ),
    "a paper is owed by what left the ledger": (
        wanting,
        "lapse",
        anybody,
        told.test_what_leaves_the_ledger_owes_nothing,
    ),
    "the same is said every morning": (
        papers_due,
        "_occasion",
        daily,
        told.test_the_morning_reminds_before_the_day_on_it_after_it_and_then_weekly,
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_seeded_fault_is_caught(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    place, name, wrong, test = FAULTS[fault]
    monkeypatch.setattr(place, name, wrong)
    with translation.override("en"), pytest.raises((AssertionError, pytest.fail.Exception)):
        test()
