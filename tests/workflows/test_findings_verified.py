"""What was found of evidence, and what became of doubts, where rows were changed behind it all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.utils import translation

from audit.models import Event
from core.models import User
from tests import make
from tests.audit.chains import unprotected
from tests.workflows import scene
from workflows import dossier, verification
from workflows.actions import decisions, flags, judging
from workflows.checks.found import Found
from workflows.checks.rules import Rule
from workflows.models import Citation, Flag, Item, Judgement
from workflows.standing_in import as_actor
from workflows.states import State, Worth

if TYPE_CHECKING:
    from tests.make import House

pytestmark = pytest.mark.django_db
OTHERWISE = "The row of “proof.pdf” says “%s”; the last decision found “Accepted”."
WHY = "Looked at both on site: two different streets."


def run(sql: str, *values: Any) -> None:
    with unprotected(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        assert cursor.rowcount == 1


def breaks(subject: str) -> list[tuple[int, str]]:
    with translation.override("en"):
        found = verification.verify_all().breaks
    assert {one.subject for one in found} <= {subject}
    return [(one.seq, one.text) for one in found]


@pytest.fixture
def house() -> House:
    return make.house()


def judged(house: House) -> tuple[Item, Citation]:
    """Approved by the head's deputy, who accepted the only piece; the office notes a doubt."""
    item = make.item(State.IN_REVIEW, house=house)
    piece = item.citations.get()
    make.deputy(house.head, house.colleague, with_tray=True)
    judging.judge(piece.pk, actor=as_actor(house.colleague), worth=Worth.ACCEPTED)
    decisions.approve(item.pk, actor=as_actor(house.colleague), command=make.command(item))
    judging.judge(piece.pk, actor=house.office.actor(), worth=Worth.WRONG, remark="Another lamp")
    return item, piece


def test_a_deputys_finding_names_the_person_behind_in_row_and_event(house: House) -> None:
    item, _piece = judged(house)
    told, note = Judgement.objects.order_by("pk")
    event = scene.last(item.subject)
    assert (event.data["behind"], event.seq) == (house.head.name, told.seq)
    assert event.data["behind_id"] == f"person:{house.head.pk}"
    assert (told.person, told.behind, note.seq) == (house.colleague, house.head, None)
    with translation.override("zh-hans"):
        assert told.by == f"{house.colleague.name}（代{house.head.name}）"
    assert (note.by, str(note)[:9]) == (house.office.name, "proof.pdf")
    assert breaks(item.subject) == []


@pytest.mark.parametrize(
    ("sql", "text"),
    [
        ("UPDATE workflows_judgement SET worth = 'wrong' WHERE {told}", "changed"),
        ("UPDATE workflows_judgement SET remark = 'fine' WHERE {told}", "changed"),
        ("UPDATE workflows_judgement SET person_id = {office} WHERE {told}", "changed"),
        ("UPDATE workflows_judgement SET behind_id = NULL WHERE {told}", "changed"),
        ("UPDATE workflows_judgement SET seq = NULL WHERE {told}", "changed"),
        ("DELETE FROM workflows_judgement WHERE {told}", "changed"),
        ("UPDATE workflows_citation SET judged = 'wrong'", "judged"),
        ("UPDATE workflows_citation SET judged = ''", "unjudged"),
        (
            "UPDATE workflows_citation SET withdrawn_at = cited_at, withdrawn_by_id = cited_by_id",
            "withdrawn",
        ),
    ],
)
def test_a_finding_changed_behind_the_product_is_named(house: House, sql: str, text: str) -> None:
    item, _piece = judged(house)
    seq = item.trail_seq + 1
    run(sql.format(told=f"seq = {seq}", office=house.office.pk))
    said = {
        "changed": (seq, "What was found of the evidence “proof.pdf” was changed or taken away."),
        "judged": (seq, OTHERWISE % "Does not correspond"),
        "unjudged": (seq, OTHERWISE % "—"),
        "withdrawn": (seq, "Whether “proof.pdf” stands is not what the events say."),
    }
    assert breaks(item.subject) == [said[text]]


def test_a_namesake_put_behind_a_finding_is_named_and_a_new_name_is_no_fault(house: House) -> None:
    item, _piece = judged(house)
    User.objects.filter(pk=house.office.pk).update(name=house.head.name)
    User.objects.filter(pk=house.head.pk).update(name="Married Since")
    assert breaks(item.subject) == []
    seq = item.trail_seq + 1
    run(f"UPDATE workflows_judgement SET behind_id = {house.office.pk} WHERE seq = {seq}")
    text = "What was found of the evidence “proof.pdf” was changed or taken away."
    assert breaks(item.subject) == [(seq, text)]


def test_what_was_withdrawn_replaced_or_linked_otherwise_stays_so(house: House) -> None:
    item = make.item(State.RECTIFYING, house=house, measures=("Lamps", "Drains"))
    verbs = scene.verbs(heir=house.colleague.pk, file=make.paper("late.pdf"))
    for verb in ("attach", "relink", "replace_evidence", "withdraw_evidence"):
        verbs[verb](Item.objects.get(pk=item.pk), house.staff.actor(), make.command(item))
    assert breaks(item.subject) == []
    ended = list(item.citations.order_by("pk"))
    assert [one.withdrawn_by for one in ended] == [house.staff] * 3
    for piece in ended:
        with unprotected():
            Citation.objects.filter(pk=piece.pk).update(withdrawn_at=None, withdrawn_by=None)
        [(_seq, text)] = breaks(item.subject)
        assert text == f"Whether “{piece.evidence.name}” stands is not what the events say."
        back = {"withdrawn_at": piece.withdrawn_at, "withdrawn_by": house.staff}
        Citation.objects.filter(pk=piece.pk).update(**back)
    assert breaks(item.subject) == []


def test_a_finding_that_no_decision_was_taken_with_is_named(house: House) -> None:
    """Set under the decision's event, and under one that never was."""
    item, _piece = judged(house)
    run("UPDATE workflows_judgement SET seq = 99 WHERE seq IS NULL")
    assert breaks(item.subject) == [(99, "No event tells of what was found here.")]
    run("UPDATE workflows_judgement SET seq = 4 WHERE seq = 99")
    assert breaks(item.subject) == [(4, "More was found of the evidence than was told.")]


def test_the_database_keeps_what_was_decided_with_and_lets_notes_go(house: House) -> None:
    _item, piece = judged(house)
    for change in ({"worth": "wrong"}, {"behind": None}, {"seq": None}):
        with pytest.raises(DatabaseError, match="kept"), transaction.atomic():
            Judgement.objects.exclude(seq=None).update(**change)
    with pytest.raises(DatabaseError, match="kept"), transaction.atomic():
        Judgement.objects.exclude(seq=None)._raw_delete("default")
    judging.judge(piece.pk, actor=house.office.actor(), worth="")
    assert [one.worth for one in Judgement.objects.all()] == [Worth.ACCEPTED]


def _amend(item: Item, house: House) -> None:
    do = scene.verbs(heir=house.colleague.pk, file=make.paper("late.pdf"))["amend"]
    do(Item.objects.get(pk=item.pk), house.office.actor(), make.command(item))


def test_who_decides_twice_in_a_submission_leaves_both_findings(house: House) -> None:
    """Approved, voided by an amendment, found wanting, accepted again: each under its event."""
    item, piece = judged(house)
    _amend(item, house)
    deputy = as_actor(house.colleague)
    decisions.approve(item.pk, actor=deputy, command=make.command(item))
    first, second = Judgement.objects.told()
    assert (first.worth, second.worth) == (Worth.ACCEPTED, Worth.ACCEPTED)
    assert (first.seq or 0) < (second.seq or 0)
    assert breaks(item.subject) == []
    decisions.send_back(
        item.pk, actor=house.office.actor(), command=make.command(item), reason=make.REASON
    )
    returned = dossier.owed_return(Item.objects.get(pk=item.pk))
    assert returned is not None
    assert [one.remark for one in dossier.wanting(returned)] == ["Another lamp"]
    piece.refresh_from_db()
    assert (piece.judged, breaks(item.subject)) == (Worth.WRONG, [])


def doubted(house: House) -> tuple[Item, list[Flag]]:
    """Two doubts: one cleared, looked at again and sent back; the other on words that are over."""
    item, other = (make.item(State.IN_REVIEW, house=house) for _ in "ab")
    piece, like = item.citations.get(), other.citations.get()
    raised = flags.raise_all(
        item.pk,
        [
            Found(rule=Rule.SAME_BYTES, citation=piece, measure=piece.measure, other_citation=like),
            Found(rule=Rule.REPEATS_MEASURE, measure=piece.measure, own_digest="ab" * 32),
        ],
    )
    flags.clear(raised[0].pk, actor=house.office.actor(), reason=WHY)
    flags.reopen(raised[0].pk, actor=house.office.actor(), reason=WHY)
    flags.end_of_words(item.pk, set())
    flags.send_back(item.pk)
    flags.come_back(item.pk)
    flags.clear(raised[0].pk, actor=house.office.actor(), reason=WHY)
    return item, raised


def test_doubts_are_explained_by_their_events(house: House) -> None:
    item, _raised = doubted(house)
    assert [one.state for one in Flag.objects.order_by("pk")] == ["cleared", "open"]
    assert breaks(item.subject) == []


@pytest.mark.parametrize(
    ("change", "was", "told"),
    [
        ("state = 'open'", "to be answered", "cleared"),
        ("rule = 'same_text'", "same_text", "same_bytes"),
        ("citation_id = NULL", "—", "{citation}"),
        ("reason = 'I say so'", "I say so", WHY),
        ("decided_by_id = {staff}", "person:{staff}", "person:{office}"),
        ("over_at = raised_at", "True", "—"),
    ],
)
def test_a_doubt_changed_behind_the_product_is_named(
    house: House, change: str, was: str, told: str
) -> None:
    item, [flag, _over] = doubted(house)
    people = {"staff": house.staff.pk, "office": house.office.pk, "citation": flag.citation_id}
    run(f"UPDATE workflows_flag SET {change.format(**people)} WHERE id = %s", flag.pk)
    text = f"Doubt no. {flag.pk}: its row says “{was}”, its events lead to “{told}”."
    assert breaks(item.subject) == [(item_seq(item), text.format(**people))]


def item_seq(item: Item) -> int:
    return Item.objects.get(pk=item.pk).trail_seq


@pytest.mark.parametrize(
    "change", ["other_item_id = item_id", "other_citation_id = NULL", "told = '{\"alike\": 1}'"]
)
def test_another_other_side_is_named_without_naming_it(house: House, change: str) -> None:
    item, [flag, _over] = doubted(house)
    run(f"UPDATE workflows_flag SET {change} WHERE id = %s", flag.pk)
    [(seq, text)] = breaks(item.subject)
    assert (seq, text.partition(":")[0]) == (item_seq(item), f"Doubt no. {flag.pk}")
    [raised, _rest] = raised_of(item)
    assert raised["mark"] in text
    assert raised.keys() == {"flag", "rule", "citation", "name", "mark"}


def raised_of(item: Item) -> list[Any]:
    events = Event.objects.filter(subject=item.subject, name="flag.raised")
    return [event.data for event in events.order_by("seq")]


def test_doubts_taken_away_put_in_or_moved_to_another_item_are_named(house: House) -> None:
    item, [flag, over] = doubted(house)
    run("DELETE FROM workflows_flag WHERE id = %s", flag.pk)
    assert breaks(item.subject) == [(item_seq(item), f"Doubt no. {flag.pk} was taken away.")]
    flag.pk, flag.state, flag.key = over.pk + 1, "cleared", "put in"
    flag._state.adding = True
    flag.decided_by, flag.decided_at = house.office, flag.raised_at
    flag.item = Item.objects.exclude(pk=item.pk).get()
    flag.save(force_insert=True)
    with translation.override("en"):
        found = {(b.subject, b.text) for b in verification.verify_all().breaks}
    assert (flag.item.subject, f"No event tells of doubt no. {flag.pk}.") in found


def test_a_doubt_raised_before_events_had_marks_is_compared_without(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell = flags._record
    monkeypatch.setattr(flags, "_record", lambda *about, **_mark: tell(*about, **_without(_mark)))
    item, [flag, _over] = doubted(house)
    assert "mark" not in raised_of(item)[0]
    run("UPDATE workflows_flag SET other_citation_id = NULL WHERE id = %s", flag.pk)
    assert breaks(item.subject) == []
    run("UPDATE workflows_flag SET state = 'open' WHERE id = %s", flag.pk)
    assert len(breaks(item.subject)) == 1


def _without(told: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in told.items() if key != "mark"}
