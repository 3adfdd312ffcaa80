"""Of requests and lists: what pages and people rarely meet, and what must not happen at all."""

from __future__ import annotations

import pytest
from django.utils import timezone

from core.refusals import NotFound
from tests import make
from tests.workflows.petition import petition
from tests.workflows.review import review
from workflows import deadlines, holders, request_guards
from workflows import worklist as work_list
from workflows.actions import granting, requests
from workflows.guards import Act
from workflows.models import Item
from workflows.models.ladder import Recipient
from workflows.states import State
from workflows.worklist import Wanted, worklist

pytestmark = pytest.mark.django_db


def test_a_request_is_called_by_its_item_its_kind_and_its_number() -> None:
    on = petition("suspend")
    request = on.request
    assert str(request) == f"{on.item.no} {request.get_kind_display()} 1"
    assert request.on == "request"


def test_the_paper_names_the_deputy_with_whom_they_decided_for() -> None:
    on = petition("suspend")
    make.deputy(on.people["head"], on.people["colleague"], with_tray=True)
    on.refuse("colleague")
    deputy, head = on.people["colleague"], on.people["head"]
    assert deputy.name in on.request.decider
    assert head.name in on.request.decider


def test_an_item_of_which_nothing_is_asked_has_no_request_to_decide() -> None:
    item = petition().now()
    with pytest.raises(NotFound):
        requests.request_of(item)
    with pytest.raises(RuntimeError, match="has no request"):
        request_guards.nobody_has_answered_it(Act(item=item, actor=make.user().actor()))
    assert holders.silent(item, holders.REQUEST) == set()


def test_a_duty_of_a_review_grants_nothing() -> None:
    on = review("short")
    [duty] = on.open()
    with pytest.raises(RuntimeError, match="is of no request"):
        granting.grant(duty, {}, actor=on.actor("head"))
    assert on.stands() == (State.IN_REVIEW, 0)


def test_a_rule_may_name_the_head_of_the_section() -> None:
    on = petition()
    told = deadlines.recipients(on.now(), [Recipient.SECTION_HEAD], on=timezone.localdate())
    assert told == {on.id("head"): Recipient.SECTION_HEAD}


def test_what_came_back_may_fill_a_whole_page_of_what_is_owed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(work_list, "PAGE", 1)
    on = review("short")
    other = make.item(State.RECTIFYING, house=on.house, round_=on.item.round)
    on.send_back("head")
    actor = on.actor("staff")
    seen = [worklist(actor, Wanted(tile="rectify", page=no)) for no in (1, 2)]
    rows = [work.rows[0].item for work in seen if work is not None]
    assert rows == [on.item, other]
    assert Item.objects.count() == 2
