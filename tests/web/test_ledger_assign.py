"""Assigning one row of the grid by its own button."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client

from tests import make
from tests.make import House
from tests.web.addresses import client_of
from workflows.models import Item, Round

pytestmark = pytest.mark.django_db


def scene(drafts: int = 2) -> tuple[House, Round, list[Item], Client]:
    of = make.house()
    round_ = make.round_(of)
    items = make.entered(of, round_, *(make.line(of) for _ in range(drafts)))
    return of, round_, items, client_of(of.office)


def pair(item: Item) -> str:
    return f"{item.pk}:{item.version}"


def states(*items: Item) -> list[str]:
    return [Item.objects.get(pk=item.pk).state for item in items]


def test_one_row_is_assigned_by_its_own_button_and_one_comes_back_to_it() -> None:
    of, _round, [first, second], client = scene()
    answer = client.post(
        "/ledger/assign/",
        {
            "command": str(uuid4()),
            "row": pair(first),
            f"to-{first.pk}": of.colleague.pk,
            "item": [pair(second)],
            "back": "state=draft&q=灯",
        },
    )
    assert answer.status_code == 302
    assert answer["Location"] == f"/ledger/?state=draft&q=%E7%81%AF#row-{first.pk}"
    assert states(first, second) == ["assigned", "draft"]
    assert Item.objects.get(pk=first.pk).assignee == of.colleague


def test_one_row_that_cannot_be_assigned_says_why() -> None:
    of, _round, [first, _second], client = scene()
    stranger = make.house().staff
    form = {"command": str(uuid4()), "row": pair(first), f"to-{first.pk}": stranger.pk}
    assert client.post("/ledger/assign/", form).status_code == 422
    assert states(first) == ["draft"]
    assert of.staff.pk


@pytest.mark.parametrize(
    ("junk", "status"),
    [("", 422), ("x", 422), ("1", 422), ("-1:0", 422), ("9" * 30 + ":0", 422), ("0:9", 404)],
)
def test_a_form_that_is_not_ours_changes_nothing(junk: str, status: int) -> None:
    _of, _round, items, client = scene()
    form = {"command": str(uuid4()), "row": junk}
    assert client.post("/ledger/assign/", form).status_code == status
    assert client.post("/ledger/assign/", {"row": pair(items[0])}).status_code == 422
    assert states(*items) == ["draft", "draft"]


def test_only_the_office_assigns_here() -> None:
    of, _round, [first, _second], _client = scene()
    form = {"command": str(uuid4()), f"to-{first.pk}": of.staff.pk, "row": pair(first)}
    assert client_of(of.head).post("/ledger/assign/", form).status_code == 403
    assert states(first) == ["draft"]


def test_the_office_of_another_unit_assigns_nothing() -> None:
    of, _round, [first, _second], _client = scene()
    other = client_of(make.house().office)
    form = {"command": str(uuid4()), f"to-{first.pk}": of.staff.pk, "row": pair(first)}
    assert other.post("/ledger/assign/", form).status_code == 404
    assert states(first) == ["draft"]


def test_a_row_offers_only_people_of_its_own_sections() -> None:
    of, round_, [_first, _second], client = scene()
    helper = make.person("staff", section=of.other_section, name="Helper Hu")
    [lonely] = make.entered(of, round_, make.line(of, lead=(of.other_section.name,), assignee=""))
    page = client.get("/ledger/").content.decode()
    row = page.split(f'name="to-{lonely.pk}"')[1].split("</select>")[0]
    assert helper.name in row
    assert of.staff.name not in row
