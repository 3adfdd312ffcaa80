from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from audit.models import Event
from tests import make
from tests.web.filled import at_the_screen, form, now
from workflows.actions import disclosures
from workflows.actions.disclosures import Answer
from workflows.models import Item
from workflows.states import Progress, State

pytestmark = pytest.mark.django_db


def send(client: Client, item: Item, verb: str, **words: object) -> int:
    return client.post(f"/items/{item.pk}/{verb}/", form(item, **words)).status_code


def test_an_item_goes_its_whole_way_by_plain_forms() -> None:
    house = make.house()
    item = make.item(State.DRAFT, house=house)
    office, closer = at_the_screen(house.office), at_the_screen(house.closer)
    staff, head = at_the_screen(house.staff), at_the_screen(house.head)

    assert send(office, item, "assign", assignee=house.staff.pk) == 302
    assert send(staff, item, "accept") == 302
    reasons = {f"none-{m.pk}": "Kept in another system." for m in item.measures.all()}
    accounts = {f"account-{m.pk}": "Done." for m in item.measures.all()}
    told = {"progress": "done", "result": "All lit.", **reasons, **accounts}
    assert send(staff, item, "record_progress", **told) == 302
    assert send(staff, item, "submit") == 302
    assert send(staff, item, "withdraw") == 302
    assert send(staff, item, "submit") == 302
    assert send(head, item, "send_back", reason=make.REASON) == 302
    assert send(staff, item, "submit") == 302
    assert send(head, item, "approve", opinion="Seen.") == 302
    assert send(closer, item, "close", effectiveness="It is lit.") == 302
    assert now(item).state == State.CLOSED
    leader = at_the_screen(make.leader_of(house))
    assert send(office, item, "ask_reopen", reason=make.REASON, basis=make.BASIS) == 302
    assert send(leader, item, "agree") == 302
    assert send(office, item, "reassign", assignee=house.colleague.pk, reason=make.REASON) == 302
    assert now(item).assignee == house.colleague
    assert send(office, item, "ask_cancel", reason=make.REASON) == 302
    assert send(leader, item, "agree") == 302
    assert now(item).state == State.CANCELLED


def test_by_htmx_a_done_act_sends_the_browser_to_the_item() -> None:
    house = make.house()
    item = make.item(State.ASSIGNED, house=house)
    answer = at_the_screen(house.staff).post(
        f"/items/{item.pk}/accept/", form(item), headers={"HX-Request": "true"}
    )
    assert (answer.status_code, answer["HX-Redirect"]) == (204, f"/items/{item.pk}/")
    assert answer["X-Item-Version"] == str(now(item).version)


def test_by_htmx_a_refused_act_is_said_above_the_form() -> None:
    house = make.house()
    item = make.item(State.IN_REVIEW, house=house)
    answer = at_the_screen(house.head).post(
        f"/items/{item.pk}/send_back/", form(item, reason="no"), headers={"HX-Request": "true"}
    )
    assert (answer.status_code, answer["HX-Retarget"]) == (422, "#refusal")
    assert "at least 10 characters" in answer.content.decode()
    assert now(item).state == State.IN_REVIEW


@pytest.mark.parametrize("to", ["https://evil.test/", "//evil.test/", "javascript:alert(1)"])
def test_the_next_page_is_one_of_ours(to: str) -> None:
    house = make.house()
    item = make.item(State.IN_REVIEW, house=house)
    answer = at_the_screen(house.head).post(f"/items/{item.pk}/approve/", form(item, next=to))
    assert answer["Location"] == f"/items/{item.pk}/"


def test_progress_keeps_every_field_of_a_measure() -> None:
    house = make.house()
    item = make.item(State.RECTIFYING, house=house)
    first, second = item.measures.all()
    told = {
        f"account-{first.pk}": "Repaired\r\n31 lamps.",
        f"rule-{first.pk}": "Rules for lamps",
        f"loss-{first.pk}": "3.1",
        f"people-{first.pk}": "2",
        f"similar-{first.pk}": "Two more streets",
        f"campaign-{first.pk}": "on",
    }
    assert (
        send(
            at_the_screen(house.staff), item, "record_progress", progress="done", result="R", **told
        )
        == 302
    )
    first.refresh_from_db()
    assert (first.account, first.rule_made) == ("Repaired\n31 lamps.", "Rules for lamps")
    assert (first.loss_recovered, first.people_held) == (Decimal("3.1"), 2)
    assert (first.similar_cases, first.campaign) == ("Two more streets", True)
    second.refresh_from_db()
    assert second.account == ""
    assert (now(item).progress, now(item).result) == (Progress.DONE, "R")


@pytest.mark.parametrize(
    ("field", "value"),
    [("loss", "much"), ("loss", "-1"), ("loss", "NaN"), ("loss", "1e30"), ("people", "two"),
     ("people", "40000"), ("none", "x" * 301), ("rule", "x" * 201)],
)  # fmt: skip
def test_a_field_that_does_not_fit_is_refused_and_nothing_is_saved(field: str, value: str) -> None:
    house = make.house()
    item = make.item(State.RECTIFYING, house=house)
    first = item.measures.all()[0]
    told = {f"account-{first.pk}": "New", f"{field}-{first.pk}": value}
    client = at_the_screen(house.staff)
    assert send(client, item, "record_progress", progress="done", result="R", **told) == 422
    first.refresh_from_db()
    assert (first.account, now(item).result) == ("", "")


def test_progress_that_there_is_not_is_refused() -> None:
    house = make.house()
    item = make.item(State.RECTIFYING, house=house)
    assert send(at_the_screen(house.staff), item, "record_progress", progress="all") == 422
    assert now(item).progress == Progress.NOT_DONE


def test_submitting_saves_what_stands_in_the_form_first() -> None:
    house = make.house()
    item = make.item(State.RECTIFYING, house=house)
    reasons = {f"none-{m.pk}": "Kept elsewhere." for m in item.measures.all()}
    accounts = {f"account-{m.pk}": "Done." for m in item.measures.all()}
    filled = form(item, progress="done", result="As typed.", **reasons, **accounts)
    client = at_the_screen(house.staff)
    for _click in range(2):
        assert client.post(f"/items/{item.pk}/submit/", filled).status_code == 302
    assert (now(item).state, now(item).result) == (State.IN_REVIEW, "As typed.")
    names = list(
        Event.objects.filter(subject=item.subject).order_by("seq").values_list("name", flat=True)
    )
    assert names[-2:] == ["item.progress_recorded", "item.submitted"]


def test_a_refused_submission_leaves_the_text_saved_and_tells_the_form_its_version() -> None:
    house = make.house()
    item = make.item(State.RECTIFYING, house=house)
    answer = at_the_screen(house.staff).post(
        f"/items/{item.pk}/submit/",
        form(item, progress="done", result="As typed."),
        headers={"HX-Request": "true"},
    )
    assert answer.status_code == 422
    assert answer["X-Item-Version"] == str(now(item).version)
    assert (now(item).state, now(item).result) == (State.RECTIFYING, "As typed.")


def test_a_changed_text_under_a_used_form_is_not_taken_for_done() -> None:
    house = make.house()
    item = make.item(State.RECTIFYING, house=house)
    client, filled = at_the_screen(house.staff), form(item, progress="done", result="First.")
    assert client.post(f"/items/{item.pk}/submit/", filled).status_code == 422
    again = client.post(f"/items/{item.pk}/submit/", {**filled, "result": "Second."})
    assert again.status_code == 409
    assert now(item).result == "First."


def test_the_office_amends_text_and_deadline() -> None:
    house = make.house()
    item = make.item(State.DRAFT, house=house)
    first, second = item.measures.all()
    client = at_the_screen(house.office)
    status = send(
        client,
        item,
        "amend",
        title="Street lamps are dark",
        deadline="2027年3月底前",
        target="Every street is lit",
        remark="Said by the mayor",
        lead_section=house.section.pk,
        **{
            f"text-{first.pk}": "Repair every lamp",
            f"criteria-{first.pk}": "No lamp is dark",
            f"text-{second.pk}": second.text,
            "text-new": "Report monthly",
        },
    )
    assert status == 302
    item = now(item)
    assert (item.title, item.due, item.precision) == (
        "Street lamps are dark",
        date(2027, 3, 31),
        "month",
    )
    assert [m.text for m in item.measures.all()] == [
        "Repair every lamp",
        second.text,
        "Report monthly",
    ]
    assert (item.target, item.remark) == ("Every street is lit", "Said by the mayor")
    page = client.get(f"/items/{item.pk}/").content.decode()
    assert "target: — → Every street is lit" in page
    assert "Said by the mayor" in page
    assert "deadline: 2026年12月底前 → 2027年3月底前" in page
    assert "title: Street lamps stay dark → Street lamps are dark" in page


@pytest.mark.parametrize("deadline", ["soon", "12月底前", "2027年13月"])
def test_a_deadline_that_reads_two_ways_is_refused(deadline: str) -> None:
    house = make.house()
    item = make.item(State.DRAFT, house=house)
    client = at_the_screen(house.office)
    assert send(client, item, "amend", title=item.title, deadline=deadline) == 422
    assert (now(item).deadline_raw, now(item).due) == ("2026年12月底前", date(2026, 12, 31))


def test_a_deadline_without_a_date_may_be_ongoing() -> None:
    house = make.house()
    item = make.item(State.DRAFT, house=house)
    client = at_the_screen(house.office)
    assert send(client, item, "amend", title=item.title, deadline="长期坚持") == 302
    assert (now(item).track, now(item).ongoing, now(item).due) == ("ongoing", True, None)


def test_assigning_to_nobody_is_refused() -> None:
    house = make.house()
    item = make.item(State.DRAFT, house=house, assignee="")
    assert send(at_the_screen(house.office), item, "assign", assignee="") == 422
    assert now(item).state == State.DRAFT


def test_a_draft_moves_to_another_lead_section_and_the_rest_stays() -> None:
    house = make.house()
    item = make.item(State.DRAFT, house=house)
    client = at_the_screen(house.office)
    same = {"title": item.title, "deadline": item.deadline_raw}
    assert send(client, item, "amend", **same, lead_section=house.other_section.pk) == 302
    assert (now(item).lead_section, now(item).due) == (house.other_section, date(2026, 12, 31))
    page = client.get(f"/items/{item.pk}/").content.decode()
    assert f"lead section: {house.section.name} → {house.other_section.name}" in page
    assert "deadline: " not in page


def test_the_timeline_tells_from_whom_to_whom_an_item_went() -> None:
    house = make.house()
    item = make.item(State.ASSIGNED, house=house)
    client = at_the_screen(house.office)
    assert send(client, item, "reassign", assignee=house.colleague.pk, reason=make.REASON) == 302
    page = client.get(f"/items/{item.pk}/").content.decode()
    assert f"from {house.staff.name} to {house.colleague.name}" in page
    assert make.REASON in page


def test_the_timeline_tells_what_was_disclosed_to_whom_and_what_withheld() -> None:
    house = make.house()
    item = make.item(State.CLOSED, house=house)
    answers = [
        Answer(audience="party", text="The street is lit."),
        Answer(audience="society", ground="privacy"),
    ]
    disclosures.disclose(
        item.pk, actor=house.office.actor(), command=make.command(item), answers=answers
    )
    page = at_the_screen(house.office).get(f"/items/{item.pk}/").content.decode()
    assert "Inside the Party: The street is lit." in page
    assert "To society: withheld, Personal privacy" in page
