from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from core.models import Membership, User
from core.roles import Role
from tests import make
from tests.make import House
from tests.web.filled import at_the_screen, form, now
from workflows.models import Deputy
from workflows.states import State

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    return make.house()


def said(house: House, **words: object) -> dict[str, object]:
    today = timezone.localdate()
    return {
        "person": house.colleague.name,
        "starts": today.isoformat(),
        "ends": (today + timedelta(days=5)).isoformat(),
        "reason": "Business trip",
        **words,
    }


def test_a_head_appoints_a_deputy_who_decides_and_both_are_named(house: House) -> None:
    item = make.item(State.IN_REVIEW, house=house)
    client = at_the_screen(house.head)
    answer = client.post("/account/deputies/", said(house, person=house.office.name, with_tray="1"))
    assert (answer.status_code, answer["Location"]) == (302, "/account/")
    assert "stands in now" in client.get("/account/").content.decode()
    theirs = at_the_screen(house.office)
    assert f"You stand in for {house.head.name}" in theirs.get("/account/").content.decode()
    review = theirs.get(f"/review/?item={item.pk}").content.decode()
    assert f"You answer here for {house.head.name}" in review
    assert theirs.post(f"/items/{item.pk}/approve/", form(item)).status_code == 302
    assert now(item).state == State.VERIFYING
    page = client.get(f"/items/{item.pk}/").content.decode()
    assert f"{house.office.name} (for {house.head.name})" in page


def test_a_deputy_is_recalled_and_decides_no_longer(house: House) -> None:
    item = make.item(State.IN_REVIEW, house=house)
    client = at_the_screen(house.head)
    client.post("/account/deputies/", said(house, person=house.office.name, with_tray="1"))
    row = Deputy.objects.get()
    page = client.get("/account/").content.decode()
    assert re.search(rf'action="/account/deputies/{row.pk}/recall/"', page)
    assert client.post(f"/account/deputies/{row.pk}/recall/").status_code == 302
    assert "recalled" in client.get("/account/").content.decode()
    answer = at_the_screen(house.office).post(f"/items/{item.pk}/approve/", form(item))
    assert (answer.status_code, now(item).state) == (403, State.IN_REVIEW)


def test_nobody_recalls_the_deputy_of_somebody_else(house: House) -> None:
    at_the_screen(house.head).post("/account/deputies/", said(house))
    row = Deputy.objects.get()
    answer = at_the_screen(house.office).post(f"/account/deputies/{row.pk}/recall/")
    assert answer.status_code == 404
    row.refresh_from_db()
    assert row.recalled_at is None


@pytest.mark.parametrize(
    "words",
    [
        {"person": "Nobody"},
        {"starts": ""},
        {"ends": "2020-01-01"},
        {"reason": " "},
        {"reason": "x" * 301},
        {"starts": "soon"},
    ],
)
def test_a_form_that_lacks_something_appoints_nobody(house: House, words: dict[str, str]) -> None:
    answer = at_the_screen(house.head).post("/account/deputies/", said(house, **words))
    assert answer.status_code == 422
    assert not Deputy.objects.exists()


def test_oneself_and_people_of_other_units_are_not_offered(house: House) -> None:
    stranger = make.house().colleague
    client = at_the_screen(house.head)
    for name in (house.head.name, stranger.name):
        assert client.post("/account/deputies/", said(house, person=name)).status_code == 422
    assert not Deputy.objects.exists()


def test_whoever_decides_nothing_has_no_deputies(house: House) -> None:
    auditor = make.person("auditor", unit=house.unit)
    client = at_the_screen(auditor)
    assert 'id="deputies"' not in client.get("/account/").content.decode()
    assert client.post("/account/deputies/", said(house)).status_code == 403
    assert not Deputy.objects.exists()


@pytest.fixture
def two_posts(house: House) -> tuple[Membership, Membership]:
    """The posts of a head who belongs to the office too."""
    office = make.membership(house.head, Role.OFFICE, unit=house.unit)
    return house.head.memberships.get(role=Role.SECTION_HEAD), office


def test_a_deputy_for_one_of_two_posts_answers_its_steps_and_no_others(
    house: House, two_posts: tuple[Membership, Membership]
) -> None:
    _of_section, of_office = two_posts
    client = at_the_screen(house.head)
    page = client.get("/account/").content.decode()
    for post in two_posts:
        assert f'name="post" value="{post.pk}"' in page
    words = said(house, scope="posts", post=[of_office.pk], with_tray="1")
    assert client.post("/account/deputies/", words).status_code == 302
    assert Deputy.objects.get().posts == [of_office.pk]
    assert f"only as Rectification office · {house.unit.name}" in read(house.head)
    assert f"only as Rectification office · {house.unit.name}" in read(house.colleague)
    item = make.item(State.IN_REVIEW, house=house)
    answer = at_the_screen(house.colleague).post(f"/items/{item.pk}/approve/", form(item))
    assert (answer.status_code, now(item).state) == (403, State.IN_REVIEW)


def test_all_of_the_work_is_lent_whatever_was_ticked_before_that_was_chosen(
    house: House, two_posts: tuple[Membership, Membership]
) -> None:
    words = said(house, scope="all", post=[two_posts[0].pk])
    assert at_the_screen(house.head).post("/account/deputies/", words).status_code == 302
    assert Deputy.objects.get().posts == []
    assert "all of the work" in read(house.head)


@pytest.mark.parametrize("post", [[], ["x"], ["9" * 30], ["0"]])
def test_only_some_posts_means_at_least_one_of_ones_own(
    house: House, two_posts: tuple[Membership, Membership], post: list[str]
) -> None:
    words = said(house, scope="posts", post=post)
    assert at_the_screen(house.head).post("/account/deputies/", words).status_code == 422
    assert not Deputy.objects.exists()


def test_whoever_has_one_post_is_not_asked_for_which(house: House) -> None:
    assert 'name="scope"' not in read(house.head)


def test_the_review_and_the_list_name_the_deputy_and_whom_they_acted_for(house: House) -> None:
    make.deputy(house.head, house.office, with_tray=True)
    item = make.item(State.IN_REVIEW, house=house)
    both = f"{house.office.name} (for {house.head.name})"
    theirs = at_the_screen(house.office)
    theirs.post(f"/items/{item.pk}/approve/", form(item))
    closer = at_the_screen(house.closer)
    assert f"approved by {both}" in closer.get(f"/review/?item={item.pk}").content.decode()
    assert f"approved by {both}" in closer.get(f"/items/{item.pk}/").content.decode()
    other = make.item(State.IN_REVIEW, house=house)
    reason = {"reason": "The second lamp is dark."}
    theirs.post(f"/items/{other.pk}/send_back/", form(other, **reason))
    staff = at_the_screen(house.staff)
    assert both in staff.get("/?tile=returned").content.decode()
    assert both in staff.get(f"/items/{other.pk}/").content.decode()


def read(person: User) -> str:
    return at_the_screen(person).get("/account/").content.decode()
