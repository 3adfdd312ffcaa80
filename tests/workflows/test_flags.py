"""Checks after evidence was attached or an item handed in, and what becomes of what they find."""

from __future__ import annotations

from random import Random
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from PIL import Image

from audit import jobs, outbox
from audit.models import Event, Owed
from core.refusals import Conflict, NotFound, NotPermitted, Unmet
from evidence import deriving
from evidence.models import Derivation
from tests import make
from tests.checks import minutes, scenes, tampering
from tests.make import House
from workflows import flagged
from workflows.actions import (
    check_rules,
    checking,
    decisions,
    flags,
    ledgers,
    proving,
    rectification,
)
from workflows.actions.rectification import MeasureAccount
from workflows.checks import rules
from workflows.flagged import Wanted
from workflows.models import Flag, Item, Reply, Round
from workflows.states import Progress, State

pytestmark = pytest.mark.django_db

WHY = "Looked at both on site: two different streets."


def photo(seed: int) -> Image.Image:
    return scenes.photographed(scenes.street(seed).resize((600, 450)), seed)


def attach(item: Item, of: House, name: str, content: bytes, **said: Any) -> None:
    said = {"measure_id": item.measures.all()[0].pk} | said
    proving.attach(
        item.pk,
        actor=of.staff.actor(),
        command=make.command(item),
        files=[make.paper(name, content)],
        **said,
    )


def told(item: Item, of: House, *accounts: str, result: str = "Done.") -> None:
    """The staff writes an account of each measure, and a reason why there is no evidence."""
    rectification.record_progress(
        item.pk,
        actor=of.staff.actor(),
        command=make.command(item),
        progress=Progress.DONE,
        result=result,
        accounts=[
            MeasureAccount(measure_id=m.pk, account=text, no_evidence_reason="Kept elsewhere.")
            for m, text in zip(item.measures.all(), accounts, strict=True)
        ],
    )


def two(of: House, **fields: Any) -> tuple[Item, Item]:
    first, second = (make.item(State.RECTIFYING, house=of, **fields) for _ in "ab")
    return first, second


def test_a_photograph_cropped_for_another_item_is_found_and_both_sides_are_shown() -> None:
    house = make.house()
    first, second = two(house)
    attach(first, house, "路灯.jpg", tampering.encoded(photo(1), quality=90))
    attach(first, house, "路灯2.jpg", tampering.encoded(photo(1), quality=40))
    again = tampering.tampered(photo(1), "cropped", 4)
    attach(second, house, "lamps.png", tampering.encoded(again, "PNG"))
    assert outbox.sweep_slow(60) == 3
    [flag] = Flag.objects.all()
    assert (flag.item, flag.other_item, flag.rule) == (second, first, "same_picture")
    assert flag.told["alike"] >= 95
    pair = flagged.pair(house.office.actor(), flag)
    assert pair.own.frame == {"x": 0, "y": 0, "width": 100, "height": 100}
    assert pair.other is not None
    assert str(pair.other.citation) in {"路灯.jpg", "路灯2.jpg"}
    shown = flagged.shown_picture(house.office.actor(), flag.pk, "other")
    assert (shown.width, shown.height) == (600, 450)
    event = Event.objects.get(name="flag.raised")
    assert (event.subject, event.actor) == (second.subject, "system")
    assert event.data == {
        "flag": flag.pk,
        "rule": "same_picture",
        "citation": flag.citation_id,
        "name": "lamps.png",
        "mark": flag.mark,
    }


def test_the_same_bytes_are_one_flag_on_the_later_item_and_none_within_an_item() -> None:
    house = make.house()
    first, second = two(house)
    same = minutes.minutes(3).encode()
    attach(first, house, "纪要.txt", same)
    attach(first, house, "纪要.txt", same, measure_id=first.measures.all()[1].pk)
    attach(second, house, "纪要.txt", same)
    outbox.sweep_slow(60)
    [flag] = Flag.objects.all()
    assert (flag.item, flag.other_item, flag.rule) == (second, first, "same_bytes")
    assert str(flag) == f"{second.pk} same_bytes"
    assert checking.check_citation(flag.citation_id or 0) == 0
    assert Flag.objects.count() == 1


def test_minutes_that_were_used_again_with_another_day_differ_in_numbers_alone() -> None:
    house = make.house()
    first, second = two(house)
    third = make.item(State.RECTIFYING, house=house)
    text = minutes.minutes(4, held="2026年4月2日")
    attach(first, house, "一.txt", text.encode())
    attach(first, house, "同.txt", minutes.tampered(text, "widened", 1).encode())
    attach(second, house, "二.txt", text.replace("4月2日", "5月18日").encode())
    attach(third, house, "三.txt", minutes.tampered(text, "reworded", 2).encode())
    attach(third, house, "四.txt", minutes.minutes(5, held="2026年6月2日").encode())
    outbox.sweep_slow(90)
    assert set(Flag.objects.values_list("item", "rule", "other_item")) == {
        (second.pk, "alike_but_numbers", first.pk),
        (third.pk, "same_text", first.pk),
        (third.pk, "same_text", second.pk),
    }


def test_what_the_staff_says_is_looked_at_when_handed_in_and_over_when_written_anew() -> None:
    house = make.house()
    measure = "对全区破损井盖逐一登记，建立台账，明确专人每周巡查并及时更换。"
    first, second = two(house, measures=(measure,))
    told(first, house, minutes.account(8), result=minutes.account(8))
    make.take(first, "submit", house)
    told(second, house, "已" + measure, result=minutes.account(8))
    make.take(second, "submit", house)
    outbox.sweep_slow(60)
    assert set(Flag.objects.values_list("item", "rule", "measure__position")) == {
        (second.pk, "repeats_measure", 1),
        (second.pk, "same_text", None),
    }
    pair = flagged.pair(house.office.actor(), Flag.objects.get(rule="same_text"))
    assert pair.other is not None
    assert pair.own.text == pair.other.text == minutes.account(8)
    rectification.withdraw(second.pk, actor=house.staff.actor(), command=make.command(second))
    told(second, house, minutes.account(2), result="All covers were renewed.")
    make.take(second, "submit", house)
    outbox.sweep_slow(60)
    assert Flag.objects.open().count() == 0
    assert not Flag.objects.filter(over_at=None).exists()
    assert str(Reply.objects.get(item=second, measure=None))


def test_an_account_that_only_counts_otherwise_is_alike_but_for_numbers() -> None:
    house = make.house()
    first, second = two(house)
    text = minutes.account(6)
    for item, words in ((first, text), (second, minutes.renumbered(text, Random(1)))):
        told(item, house, words, "")
        make.take(item, "submit", house)
    outbox.sweep_slow(60)
    [flag] = Flag.objects.all()
    assert (flag.rule, flag.measure) == ("alike_but_numbers", second.measures.all()[0])
    off = rules.preset("normal")
    off["rules"]["alike_but_numbers"]["on"] = False
    Round.objects.update(check_rules=off)
    Flag.objects.all().delete()
    assert checking.check_replies(second.pk) == 0


def test_rules_that_are_off_find_nothing() -> None:
    house = make.house()
    first, second = two(house)
    off = rules.preset("normal")
    for rule in off["rules"].values():
        rule["on"] = False
    Round.objects.update(check_rules=off)
    for item in (first, second):
        attach(item, house, "a.jpg", tampering.encoded(photo(2)))
    attach(first, house, "一.txt", minutes.minutes(4).encode())
    attach(second, house, "二.txt", minutes.tampered(minutes.minutes(4), "reworded", 2).encode())
    outbox.sweep_slow(60)
    assert not Flag.objects.exists()


def test_a_file_that_is_not_read_yet_is_looked_at_later(monkeypatch: pytest.MonkeyPatch) -> None:
    house = make.house()
    item = make.item(State.RECTIFYING, house=house)
    attach(item, house, "a.txt", "XX单位".encode())
    waiting = Derivation(digest="a" * 64, what="text")
    with monkeypatch.context() as patch:
        patch.setattr(deriving, "ensure", lambda *_which: waiting)
        assert outbox.sweep_slow(60) == 0
    owed = Owed.objects.get(handler="checks")
    assert (owed.attempts, owed.paid_at) == (1, None)
    assert "NotYetRead" in owed.fault
    monkeypatch.setattr(deriving, "ensure", lambda *_which: None)
    assert checking.check_citation(0) == 0
    assert checking.check_citation(item.citations.get().pk) == 0


# --- what becomes of a flag ---


def flag_on(state: str = State.IN_REVIEW) -> tuple[House, Flag]:
    house = make.house()
    return house, make.flag(make.item(state, house=house))


def test_who_decides_clears_with_a_reason_and_it_is_in_the_record() -> None:
    house, flag = flag_on()
    cleared = flags.clear(flag.pk, actor=house.head.actor(), reason=WHY)
    assert (cleared.state, cleared.reason, cleared.decided_by_id) == ("cleared", WHY, house.head.pk)
    event = Event.objects.get(name="flag.cleared")
    assert (event.subject, event.actor) == (flag.item.subject, f"person:{house.head.pk}")
    assert event.data["reason"] == WHY
    assert not Flag.objects.open().exists()
    with pytest.raises(Conflict, match="已排除"):
        flags.clear(flag.pk, actor=house.office.actor(), reason=WHY)
    again = flags.reopen(flag.pk, actor=house.office.actor(), reason=WHY)
    assert again.state == "open"
    with pytest.raises(Conflict, match="只有已排除"):
        flags.reopen(flag.pk, actor=house.office.actor(), reason=WHY)


@pytest.mark.parametrize("who", ["staff", "colleague", "stranger", "terse"])
def test_others_do_not_and_nothing_happens(who: str) -> None:
    house, flag = flag_on()
    person, reason, refusal = {
        "staff": (house.staff, WHY, NotPermitted),
        "colleague": (house.colleague, WHY, NotPermitted),
        "stranger": (make.house().office, WHY, NotFound),
        "terse": (house.office, "  fine  ", Unmet),
    }[who]
    events = Event.objects.count()
    with pytest.raises(refusal):
        flags.clear(flag.pk, actor=person.actor(), reason=reason)
    assert Flag.objects.get().state == "open"
    assert Event.objects.count() == events


def test_nobody_clears_a_flag_on_what_they_handed_in_whatever_their_post() -> None:
    house = make.house()
    make.membership(house.staff, "office", unit=house.unit)
    flag = make.flag(make.item(State.IN_REVIEW, house=house))
    with pytest.raises(NotPermitted, match="本人所交"):
        flags.clear(flag.pk, actor=house.staff.actor(), reason=WHY)
    assert Flag.objects.get().state == "open"


def test_a_flag_goes_back_with_its_item_and_comes_again_with_the_same_evidence() -> None:
    house, flag = flag_on()
    item = flag.item
    decisions.send_back(
        item.pk, actor=house.head.actor(), command=make.command(item), reason=make.REASON
    )
    outbox.sweep_slow(60)
    assert Flag.objects.get(pk=flag.pk).state == "sent_back"
    make.take(item, "submit", house)
    outbox.sweep_slow(60)
    assert Flag.objects.get(pk=flag.pk).state == "open"
    said = Event.objects.filter(name__startswith="flag.").order_by("seq")
    assert list(said.values_list("name", flat=True)) == [
        "flag.raised",
        "flag.sent_back",
        "flag.came_back",
    ]


def test_a_flag_falls_with_the_evidence_it_stands_on() -> None:
    house = make.house()
    item = make.item(State.RECTIFYING, house=house)
    make.prove(item, house)
    flag = make.flag(Item.objects.get(pk=item.pk))
    assert flagged.open_on([item.pk]) == {item.pk: 1}
    proving.withdraw_evidence(
        item.pk,
        actor=house.staff.actor(),
        command=make.command(item),
        citation_id=flag.citation_id or 0,
        reason=make.REASON,
    )
    assert flagged.of_item(item) == []
    assert flagged.open_on([item.pk]) == {}


def test_where_the_round_demands_it_open_flags_hold_up_agreement_until_they_are_cleared() -> None:
    house, flag = flag_on()
    check_rules.set_rules(
        flag.item.round_id, actor=house.office.actor(), settings=rules.preset("strict")
    )
    act: dict[str, Any] = {"actor": house.head.actor(), "opinion": "Seen."}
    with pytest.raises(Unmet, match="疑点未处理") as refused:
        decisions.approve(flag.item_id, command=make.command(flag.item), **act)
    assert refused.value.holes[0][0] == "flags"
    flags.clear(flag.pk, actor=house.office.actor(), reason=WHY)
    done = decisions.approve(flag.item_id, command=make.command(flag.item), **act)
    assert done.state == State.VERIFYING


def test_the_other_side_shows_no_more_than_the_viewer_may_know() -> None:
    house, elsewhere = make.house(), make.house()
    own = make.item(State.IN_REVIEW, house=house)
    away = make.item(State.IN_REVIEW, house=elsewhere)
    other = away.citations.get()
    flag = make.flag(own, "same_bytes", other_citation=other, told={})
    office = house.office.actor()
    pair = flagged.pair(office, flagged.flag_for(office, flag.pk))
    assert pair.other == flagged.Side(hidden="unit", at=other.cited_at)
    for side in ("other", "own"):
        with pytest.raises(NotFound):
            flagged.shown_picture(office, flag.pk, side)
    with pytest.raises(NotFound):
        flagged.flag_for(elsewhere.office.actor(), flag.pk)
    above = make.person("inspection_office", unit=house.unit)
    make.membership(above, "inspection_office", unit=elsewhere.unit)
    seen = flagged.pair(above.actor(), flagged.flag_for(above.actor(), flag.pk))
    assert seen.other is not None
    assert seen.other.item == away
    assert seen.own.frame is None


def test_flags_are_listed_by_state_rule_unit_round_and_item() -> None:
    house, flag = flag_on()
    second = make.flag(make.item(State.IN_REVIEW, house=house), "placeholder")
    actor = house.office.actor()
    flags.clear(second.pk, actor=actor, reason=WHY)
    listed = flagged.listed(actor, Wanted(state="nonsense"))
    assert [one.pk for one in listed.rows] == [flag.pk]
    assert [(name, n) for name, _words, n in listed.states] == [
        ("open", 1),
        ("cleared", 1),
        ("sent_back", 0),
    ]
    assert [(one.unit, one.open) for one in listed.units] == [(house.unit, 1)]
    code = flag.item.round.code
    for wanted, found in (
        (Wanted(state="cleared"), [second.pk]),
        (Wanted(rule="placeholder"), []),
        (Wanted(unit=house.unit.pk, round_code=code, item=flag.item_id), [flag.pk]),
        (Wanted(unit=0), []),
    ):
        assert [one.pk for one in flagged.listed(actor, wanted).rows] == found
    assert flagged.listed(make.house().office.actor(), Wanted()).rows == []


def test_an_item_of_another_section_is_not_shown_to_staff() -> None:
    house = make.house()
    own = make.item(State.IN_REVIEW, house=house)
    away = make.item(State.DRAFT, house=house, lead=(house.other_section.name,), assignee="")
    said = Reply.objects.create(item=away, text="x", digest="a" * 64, said_at=timezone.now())
    flag = make.flag(own, "same_text", citation=None, other_reply=said, told={"alike": 90})
    pair = flagged.pair(house.staff.actor(), flagged.flag_for(house.staff.actor(), flag.pk))
    assert pair.other == flagged.Side(hidden="section")
    assert (pair.own.text, pair.own.who) == ("", house.staff)


# --- the rules of a round ---


def test_only_the_office_sets_rules_that_make_sense_and_that_are_new() -> None:
    house = make.house()
    round_ = make.round_(house)
    silly = rules.usual()
    silly["rules"]["same_picture"]["number"] = 101
    for actor, settings, refusal in (
        (house.closer.actor(), silly, Unmet),
        (make.house().office.actor(), rules.preset("strict"), NotFound),
        (make.person("leader", unit=house.unit).actor(), rules.preset("strict"), NotPermitted),
        (house.office.actor(), rules.usual(), Conflict),
    ):
        with pytest.raises(refusal):
            check_rules.set_rules(round_.pk, actor=actor, settings=settings)
    assert Round.objects.get(pk=round_.pk).check_rules == rules.usual()
    check_rules.set_rules(round_.pk, actor=house.office.actor(), settings=rules.preset("lenient"))
    assert rules.is_preset(Round.objects.get(pk=round_.pk).check_rules) == "lenient"


def test_a_round_is_looked_at_again_item_by_item(monkeypatch: pytest.MonkeyPatch) -> None:
    house = make.house()
    round_ = make.round_(house)
    actor = house.office.actor()
    stranger = make.house().office.actor()
    with pytest.raises(NotFound):
        check_rules.recheck(round_.pk, actor=stranger, command_id=uuid4())
    with pytest.raises(Unmet, match="还没有事项"):
        check_rules.recheck(round_.pk, actor=actor, command_id=uuid4())
    item = make.item(State.RECTIFYING, house=house, round_=round_)
    told(item, house, "Nothing of note.", "")
    attach(item, house, "a.txt", "由××单位牵头负责，按月报送进展情况。".encode())
    make.take(item, "submit", house)
    checking.check_replies(item.pk)
    Owed.objects.filter(handler="checks").update(paid_at=timezone.now())
    job = check_rules.recheck(round_.pk, actor=actor, command_id=uuid4())
    jobs.sweep(60)
    [row] = job.rows.all()
    assert (row.done, row.data) == (True, {"flags": 1})
    job = check_rules.recheck(round_.pk, actor=actor, command_id=uuid4())

    def unread(_pk: int) -> int:
        raise checking.NotYetRead

    monkeypatch.setattr(checking, "check_citation", unread)
    jobs.sweep(60)
    [row] = job.rows.all()
    assert (row.done, row.data["flags"]) == (False, 0)
    assert row.data["rule"].startswith("1 ")


def test_what_was_looked_at_first_does_not_matter_the_flag_stands_on_what_came_later() -> None:
    house = make.house()
    first, second = two(house)
    attach(first, house, "a.jpg", tampering.encoded(photo(1)))
    attach(second, house, "b.jpg", tampering.encoded(tampering.tampered(photo(1), "desk", 2)))
    later, earlier = second.citations.get(), first.citations.get()
    assert checking.check_citation(later.pk) == 0
    assert checking.check_citation(earlier.pk) == 1
    flag = Flag.objects.get()
    assert (flag.citation, flag.other_citation) == (later, earlier)
    assert flag.told["size"] == [1600, 1000]
    assert flag.told["other_size"] == [600, 450]
    assert checking.check_citation(later.pk) == 0


def test_an_item_that_left_the_ledger_meanwhile_is_passed_over() -> None:
    house = make.house()
    round_ = make.round_(house)
    [draft] = make.entered(house, round_, make.line(house))
    actor = house.office.actor()
    job = check_rules.recheck(round_.pk, actor=actor, command_id=uuid4())
    ledgers.undo(draft.batch_id or 0, actor=actor)
    jobs.sweep(60)
    [row] = job.rows.all()
    assert (row.done, row.label) == (False, "")
