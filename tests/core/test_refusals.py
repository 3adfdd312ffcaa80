from __future__ import annotations

import pytest
from django.utils import translation

from core.refusals import (
    Conflict,
    NoSuchMove,
    NotFound,
    NotPermitted,
    Refusal,
    StaleItem,
    Unmet,
    Unsafe,
)


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        (Refusal, 400, "refused"),
        (NotPermitted, 403, "not-permitted"),
        (Conflict, 409, "not-now"),
        (NoSuchMove, 409, "no-such-move"),
        (Unmet, 422, "unmet"),
        (Unsafe, 503, "unsafe"),
    ],
)
def test_each_way_of_saying_no_has_its_status_and_code(
    kind: type[Refusal], status: int, code: str
) -> None:
    refused = kind("No.", state="Draft", who="the office", then="Ask.", holes=[("a", "the a")])
    assert refused.status == status
    assert str(refused) == "No."
    assert refused.as_dict() == {
        "code": code,
        "rule": "No.",
        "state": "Draft",
        "who": "the office",
        "next": "Ask.",
        "holes": [{"at": "a", "text": "the a"}],
    }


def test_missing_looks_like_forbidden() -> None:
    with translation.override("en"):
        assert NotFound().as_dict() == {
            "code": "not-found",
            "rule": "There is no such thing here.",
            "state": "",
            "who": "",
            "next": "Go back to the list and open it from there.",
            "holes": [],
        }
    assert NotFound("There is no such round.").status == 404


def test_a_stale_page_carries_what_changed() -> None:
    stale = StaleItem(["Li approved"], state="In review")
    assert (stale.status, stale.code, stale.changes) == (409, "stale", ("Li approved",))
    assert isinstance(stale, Conflict)
