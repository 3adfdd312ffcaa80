"""A plan that was written behind the application is found by the walk over the record."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.utils import translation

from tests.workflows.planned import Planned, planned, redate
from workflows import verification
from workflows.models import Plan

pytestmark = pytest.mark.django_db


def approved() -> Planned:
    on = planned()
    on.put_forward()
    on.approve()
    redate(on, date(2027, 1, 31))
    on.put_forward()
    on.approve()
    return on


def breaks() -> list[tuple[str, str]]:
    with translation.override("en"):
        return [(found.subject, found.text) for found in verification.verify_all().breaks]


def written(version: int, **fields: Any) -> None:
    assert Plan.objects.filter(version=version).update(**fields) == 1


def test_plans_that_were_put_forward_and_approved_are_explained() -> None:
    approved()
    assert breaks() == []


def test_another_content_is_found_with_and_without_its_digest() -> None:
    on = approved()
    told = (on.round.subject, "Version 2 of the plan is not what was put forward.")
    data = on.plan.data
    data["aspects"][0]["problems"][0]["items"][0]["due"] = "2030-01-01"
    written(2, data=data)
    assert breaks() == [told]
    written(2, digest="0" * 64)
    assert breaks() == [told]


def test_an_approval_that_nobody_gave_is_found() -> None:
    on = planned()
    on.put_forward()
    on.send_back("head")
    written(1, state="approved")
    assert breaks() == [(on.round.subject, "Version 1 of the plan did not end as its row says.")]


def test_a_version_out_of_nowhere_and_one_that_is_gone_are_found() -> None:
    on, elsewhere = approved(), planned()
    written(2, round=elsewhere.round)
    assert breaks() == [
        (on.round.subject, "Version 2 of the plan is not what was put forward."),
        (elsewhere.round.subject, "No event tells of version 2 of the plan."),
    ]
