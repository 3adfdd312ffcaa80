"""One more paper: asked for one hole, handed in, declined or spared; and all that waits for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone, translation

from audit import outbox
from audit.models import Event
from core.models import User
from core.refusals import Refusal
from tests import make
from tests.make import House
from tests.workflows import scene
from tests.workflows.review import Review, review
from workflows import verification, worklist
from workflows.actions import proving, rectification, reminding, wanting
from workflows.models import Citation, Criterion, EvidenceRequest, Item, Notice
from workflows.standing_in import as_actor
from workflows.states import State
from workflows.tiles import Whose
from workflows.worklist import Wanted

pytestmark = pytest.mark.django_db

TEXT = "The minutes with every signature"
WEEK = timedelta(days=7)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def today() -> date:
    return timezone.localdate()


def ask(at: Review, who: str = "head", **words: Any) -> EvidenceRequest:
    first = at.item.measures.all()[0]
    said = {"measure_id": first.pk, "text": TEXT, "due": today() + WEEK, **words}
    wanting.ask_evidence(at.item.pk, **said, **at.form(who))
    return at.item.evidence_requests.latest("pk")


def supply(at: Review, asked: EvidenceRequest, who: str = "staff", **words: Any) -> None:
    said = words or {"files": [make.paper("minutes.pdf")]}
    wanting.supply_evidence(at.item.pk, request_id=asked.pk, **said, **at.form(who))


def decline(at: Review, asked: EvidenceRequest, who: str = "staff", reason: str = "") -> None:
    said = reason or "Nobody signed: it was a telephone call."
    wanting.decline_evidence(at.item.pk, request_id=asked.pk, reason=said, **at.form(who))


def spare(at: Review, asked: EvidenceRequest, who: str = "head", reason: str = "") -> None:
    wanting.spare_evidence(at.item.pk, request_id=asked.pk, reason=reason, **at.form(who))


def last(at: Review) -> Event:
    return scene.last(at.item.subject)


def told(person: User) -> list[tuple[str, str]]:
    """The notices of a person, what is owed having been paid: kind and page."""
    outbox.sweep()
    return list(Notice.objects.filter(person=person).order_by("pk").values_list("kind", "url"))


# Asking


def test_a_reviewer_asks_and_nobody_agrees_until_the_paper_is_there() -> None:
    at = review("short")
    asked = ask(at)
    assert (asked.no, asked.place, str(asked)) == (1, "1", TEXT)
    assert asked.asker == at.people["head"].name
    assert last(at).data | {"version": 0, "form": ""} == {
        "from": "in_review",
        "to": "in_review",
        "version": 0,
        "form": "",
        "evidence_request": 1,
        "measure": 1,
        "text": TEXT,
        "due": (today() + WEEK).isoformat(),
    }
    with pytest.raises(Refusal) as refusal:
        at.approve("head")
    assert refusal.value.code == "unmet"
    assert [place for place, _words in refusal.value.holes] == [f"asked-{asked.pk}"]
    assert at.stands() == (State.IN_REVIEW, 0)
    supply(at, asked)
    at.approve("head")
    assert at.now().state == State.VERIFYING


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ({"text": " minutes "}, "wanted-text"),
        ({"due": None}, "wanted-due"),
        ({"due": date(2026, 1, 1)}, "wanted-due"),
        ({"text": "x" * 301}, "text"),
    ],
)
def test_what_is_asked_says_which_paper_and_until_when(words: dict[str, Any], place: str) -> None:
    at = review("short")
    before = scene.everything(at.item)
    with pytest.raises(Refusal) as refusal:
        ask(at, **words)
    assert [hole for hole, _words in refusal.value.holes] == [place]
    assert scene.everything(at.item) == before


def test_today_is_early_enough_and_the_same_paper_is_asked_for_once() -> None:
    at = review("short")
    ask(at, due=today())
    said = at.refused(ask, at)
    assert said == "This very paper is asked for already."
    assert ask(at, text=TEXT + ", stamped").no == 2


def test_a_hole_is_a_criterion_where_the_measure_has_several() -> None:
    at = review("short")
    measure = at.item.measures.all()[0]
    measure.criteria.all().delete()
    for number, text in enumerate(("Lit", "Safe"), 1):
        Criterion(measure=measure, number=number, text=text).save()
    assert at.refused(ask, at) == "This measure has 2 criteria."
    second = measure.criteria.all()[1]
    asked = ask(at, criterion_id=second.pk)
    assert (asked.place, asked.target) == ("1.2", f"{measure.pk}.{second.pk}")
    supply(at, asked)
    assert at.item.citations.latest("pk").criterion == second
    assert last(at).data["criterion"] == 2


def test_who_asks_as_a_deputy_asks_for_somebody() -> None:
    at = review("short")
    make.deputy(at.people["head"], at.people["colleague"], with_tray=True)
    asked = ask(at, "colleague")
    assert (asked.asked_by, asked.asked_behind) == (at.people["colleague"], at.people["head"])
    assert last(at).data["behind"] == at.people["head"].name
    supply(at, asked)
    assert [kind for kind, _url in told(at.people["head"])][-1] == "evidence_supplied"
    assert [kind for kind, _url in told(at.people["colleague"])][-1] == "evidence_supplied"


# Answering


def test_a_paper_handed_in_before_anybody_agreed_leaves_the_step_as_it_is() -> None:
    at = review("short")
    at.claim("head")
    asked = ask(at)
    duty = at.open()[0]
    supply(at, asked, files=[make.paper("minutes.pdf")], claim="Signed", pages="")
    assert at.open() == [duty]
    assert "voids" not in last(at).data
    assert at.submission.digest == at.now().content_digest()
    citation = at.item.citations.latest("pk")
    assert (citation.answers, citation.claim, citation.no) == (asked, "Signed", 2)
    asked.refresh_from_db()
    assert (asked.state, asked.ended_by) == ("given", at.people["staff"])


def test_a_paper_handed_in_after_approvals_voids_them_and_says_whose() -> None:
    at = review("standard")
    at.approve("head")
    asked = ask(at, "leader")
    assert at.stands() == (State.IN_REVIEW, 1)
    supply(at, asked)
    assert last(at).data.get("voids") == at.people["head"].name
    assert at.stands() == (State.IN_REVIEW, 0)
    assert at.waits_for() == {"head", "second head"}
    assert at.submission.approved_by is None


def test_a_paper_handed_in_while_it_waits_for_the_office_begins_the_review_anew() -> None:
    at = review("short")
    at.approve("head")
    asked = ask(at, "office")
    rule = at.refused(at.close, "closer")
    assert rule == "Evidence that was asked for is still owed."
    supply(at, asked)
    assert at.stands() == (State.IN_REVIEW, 0)
    assert last(at).data.get("voids") == at.people["head"].name
    at.approve("head")
    at.close("closer")
    assert at.now().state == State.CLOSED


def test_nothing_is_handed_in_during_a_review_that_nobody_asked_for() -> None:
    at = review("short")
    assert at.refused(supply, at, EvidenceRequest(pk=0)) == "No further evidence is asked for."
    asked = ask(at)
    spare(at, asked)
    assert at.refused(supply, at, asked) == "No further evidence is asked for."
    ask(at)
    assert at.refused(supply, at, asked) == "This was answered already: no longer wanted."
    elsewhere = review("short")
    other = ask(elsewhere)
    assert at.refused(supply, at, other) == "Nothing of the kind was asked for here."
    first = at.item.measures.all()[0]
    attach: dict[str, Any] = {"measure_id": first.pk, "files": [make.paper()]}
    said = at.refused(proving.attach, at.item.pk, **attach, **at.form("staff"))
    assert said == "“Add evidence” is not possible while the item is “In review”."


def test_an_answer_needs_a_paper() -> None:
    at = review("short")
    asked = ask(at)
    assert at.refused(supply, at, asked, files=[]) == "No file was chosen."


def test_what_was_handed_in_for_the_hole_since_answers_it_as_it_stands() -> None:
    at = review("short")
    old = at.item.citations.get()
    asked = ask(at)
    at.send_back("head")
    said = at.refused(supply, at, asked, again=[old.evidence_id])
    assert said == "“proof.pdf” was there already when the paper was asked for."
    first = at.item.measures.all()[0]
    words: dict[str, Any] = {"measure_id": first.pk, "files": [make.paper("minutes.pdf")]}
    proving.attach(at.item.pk, **words, **at.form("staff"))
    assert at.refused(at.submit) == "Evidence that was asked for is still owed."
    new = at.item.citations.latest("pk")
    supply(at, asked, again=[new.evidence_id])
    new.refresh_from_db()
    assert (new.answers, Citation.objects.count()) == (asked, 2)
    assert (last(at).data["files"], last(at).data["by"]) == ([], [new.pk])
    at.submit()
    assert at.now().state == State.IN_REVIEW


def test_a_paper_of_another_hole_answers_by_being_cited_once_more() -> None:
    at = review("short")
    second = at.item.measures.all()[1]
    asked = ask(at, measure_id=second.pk)
    paper = at.item.citations.get()
    supply(at, asked, again=[paper.evidence_id])
    new = at.item.citations.latest("pk")
    assert (new.no, new.measure, new.answers) == (paper.no, second, asked)
    assert str(last(at).data["files"]).count("'again': True") == 1


def test_who_has_no_such_paper_says_why_and_the_reviewer_decides() -> None:
    at = review("short")
    asked = ask(at)
    rule = at.refused(decline, at, asked, reason="No.")
    assert rule == "Give the reason in writing, at least 10 characters."
    decline(at, asked)
    asked.refresh_from_db()
    assert (asked.state, asked.reason) == ("declined", "Nobody signed: it was a telephone call.")
    assert told(at.people["head"])[-1] == ("evidence_declined", f"/review/?item={at.item.pk}")
    at.approve("head")
    assert at.now().state == State.VERIFYING


def test_only_who_asked_or_the_office_with_a_reason_takes_it_back() -> None:
    at = review("short")
    asked = ask(at)
    assert at.refused(spare, at, asked, "second head").startswith("Only the rectification office")
    ask(at, "second head", text=TEXT + ", stamped")
    rule = at.refused(spare, at, asked, "second head")
    assert rule == "Only whoever asked for it, or the office, takes this back."
    rule = at.refused(spare, at, asked, "office")
    assert rule == "Give the reason in writing, at least 10 characters."
    spare(at, asked, "office", scene.REASON)
    asked.refresh_from_db()
    assert (asked.state, asked.reason, asked.ended_by) == (
        "spared",
        scene.REASON,
        at.people["office"],
    )


def test_the_paper_is_owed_by_whoever_is_responsible_by_then() -> None:
    house = make.house()
    item = make.item(State.RECTIFYING, house=house)
    at = Review(house, item, {"office": house.office, "staff": house.staff})
    asked = ask(at, "office")
    make.take(item, "prove", house)
    verbs = scene.verbs(heir=house.colleague.pk, file=make.paper())
    verbs["reassign"](item, house.office.actor(), make.command(item))
    at.people["heir"] = house.colleague
    assert "not possible while" in at.refused(supply, at, asked, "heir")
    verbs["accept"](item, house.colleague.actor(), make.command(item))
    supply(at, asked, "heir")
    rectification.submit(item.pk, **at.form("heir"))


def test_what_leaves_the_ledger_owes_nothing() -> None:
    at = review("short")
    asked = ask(at)
    make.ask(at.item, "cancel", at.house)
    make.grant(at.item, at.house)
    asked.refresh_from_db()
    assert (at.now().state, asked.state) == (State.CANCELLED, "lapsed")
    assert last(at).data["evidence_lapses"] == [1]


# Who hears of it, and on whose list it stands


def test_who_owes_it_and_who_asked_are_told_with_the_page_where_they_act() -> None:
    at = review("short")
    asked = ask(at)
    assert told(at.people["staff"])[-1] == (
        "evidence_asked",
        f"/items/{at.item.pk}/#asked-{asked.pk}",
    )
    supply(at, asked)
    assert told(at.people["head"])[-1] == ("evidence_supplied", f"/review/?item={at.item.pk}")
    spare(at, ask(at))
    assert told(at.people["staff"])[-1][0] == "evidence_spared"


def test_an_item_that_nobody_is_responsible_for_tells_nobody() -> None:
    at = review("short")
    ask(at)
    Item.objects.filter(pk=at.item.pk).update(assignee=None)
    assert "evidence_asked" not in [kind for kind, _url in told(at.people["staff"])]


def listed(person: User, tile: str, whose: Whose = Whose.MINE) -> list[int]:
    work = worklist.worklist(as_actor(person), Wanted(whose=whose, tile=tile))
    assert work is not None
    assert work.chosen.key == tile
    return [row.item.pk for row in work.rows]


def test_it_is_a_task_of_the_responsible_staff_and_stands_with_what_the_asker_sent() -> None:
    at = review("short")
    at.approve("head")
    assert listed(at.people["staff"], "evidence") == []
    asked = ask(at, "closer")
    assert listed(at.people["staff"], "evidence") == [at.item.pk]
    assert listed(at.people["colleague"], "evidence", Whose.SECTION) == [at.item.pk]
    assert listed(at.people["colleague"], "evidence") == []
    assert listed(at.people["closer"], "sent") == [at.item.pk]
    supply(at, asked)
    assert listed(at.people["staff"], "evidence") == []
    assert listed(at.people["closer"], "sent") == []


def mornings(at: Review, *days: int) -> dict[str, list[tuple[int, str]]]:
    """Who was told what on which of these days after the request's own day."""
    asked = at.item.evidence_requests.get()
    found: dict[str, list[tuple[int, str]]] = {}
    for day in days:
        before = set(Notice.objects.values_list("pk", flat=True))
        reminding.remind(asked.due + timedelta(days=day))
        reminding.remind(asked.due + timedelta(days=day))
        new = Notice.objects.exclude(pk__in=before).filter(kind__startswith="evidence_")
        for who in ("staff", "head"):
            rows = new.filter(person=at.people[who])
            found.setdefault(who, []).extend((day, one.kind) for one in rows)
    return found


def test_the_morning_reminds_before_the_day_on_it_after_it_and_then_weekly() -> None:
    at = review("short")
    ask(at)
    assert mornings(at, -2, -1, 0, 1, 2, 8, 9) == {
        "staff": [
            (-1, "evidence_due"),
            (0, "evidence_due"),
            (1, "evidence_overdue"),
            (8, "evidence_overdue"),
        ],
        "head": [(1, "evidence_overdue"), (8, "evidence_overdue")],
    }


def test_a_missed_morning_is_made_up_for_and_an_answer_ends_it() -> None:
    at = review("short")
    asked = ask(at)
    assert mornings(at, 3)["staff"] == [(3, "evidence_overdue")]
    assert mornings(at, 4, 7)["staff"] == []
    decline(at, asked)
    assert mornings(at, 8, 15) == {"staff": [], "head": []}


def test_one_digest_holds_the_item_and_the_paper() -> None:
    house: House = make.house()
    item = make.item(State.RECTIFYING, house=house, due=today() + WEEK)
    at = Review(house, item, {"office": house.office, "staff": house.staff})
    ask(at, "office", due=today() + WEEK)
    reminding.remind(today() + WEEK)
    rows = Notice.objects.filter(person=house.staff, bundle__startswith="digest:")
    assert sorted(rows.values_list("kind", flat=True)) == ["due_today", "evidence_due"]
    assert rows.values("bundle").distinct().count() == 1


def test_what_rests_is_not_reminded_of() -> None:
    house = make.house()
    item = make.item(State.RECTIFYING, house=house)
    at = Review(house, item, {"office": house.office, "staff": house.staff, "head": house.head})
    ask(at, "office")
    make.take(item, "suspend", house)
    assert mornings(at, 0, 1) == {"staff": [], "head": []}


def test_a_second_click_is_still_one_request() -> None:
    at = review("short")
    form, first = at.form("head"), at.item.measures.all()[0]
    said: dict[str, Any] = {"measure_id": first.pk, "text": TEXT, "due": today() + WEEK}
    for _click in range(2):
        wanting.ask_evidence(at.item.pk, **said, **form)
    assert EvidenceRequest.objects.count() == 1


# The record


def whole() -> list[tuple[str, str]]:
    return [(one.subject, one.text) for one in verification.verify_all().breaks]


def test_an_honest_record_explains_whatever_was_asked_for() -> None:
    at = review("short")
    supply(at, ask(at))
    decline(at, ask(at))
    spare(at, ask(at), "office", scene.REASON)
    make.deputy(at.people["head"], at.people["colleague"], with_tray=True)
    ask(at, "colleague")
    make.ask(at.item, "cancel", at.house)
    make.grant(at.item, at.house)
    assert whole() == []
    ask(review("short"))
    assert whole() == []


CHANGED: dict[str, Any] = {
    "text": "Any minutes",
    "due": date(2099, 1, 1),
    "state": "spared",
    "reason": "They were there.",
    "ended_by": "office",
    "asked_by": "office",
    "asked_behind": "office",
    "measure": None,
}


@pytest.mark.parametrize("column", CHANGED)
def test_a_request_that_was_rewritten_is_found(column: str) -> None:
    at = review("short")
    asked = ask(at)
    supply(at, asked)
    value = CHANGED[column]
    people = column in {"ended_by", "asked_by", "asked_behind"}
    other = at.item.measures.all()[1] if column == "measure" else value
    new = at.people[value] if people else other
    EvidenceRequest.objects.filter(pk=asked.pk).update(**{column: new})
    says = "What was asked for under no. 1 is not what its events say."
    assert whole() == [(at.item.subject, says)]


def test_a_request_taken_away_put_in_or_answered_by_nothing_is_found() -> None:
    at = review("short")
    asked = ask(at)
    supply(at, asked)
    says = "What was asked for under no. 1 is not what its events say."
    Citation.objects.update(answers=None)
    assert whole() == [(at.item.subject, says)]
    asked.delete()
    assert whole() == [(at.item.subject, says)]
    other = review("short")
    ask(other)
    kept = EvidenceRequest.objects.get()
    kept.pk, kept.no, kept.item = None, 7, review("short").item
    kept._state.adding = True
    kept.save()
    says = "No event tells of what was asked for under no. 7."
    assert (kept.item.subject, says) in whole()
