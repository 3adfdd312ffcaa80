"""What a file or an account says against itself, with the numbers of the usual rules."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from workflows.checks import judging, rules
from workflows.checks.judging import Paper
from workflows.checks.rules import EXPLAINED, RULES, Preset, Rule

USUAL = rules.usual()
FED_BACK, SAID = date(2026, 3, 1), date(2026, 4, 10)


def found(name: str = "a.jpg", **about: Any) -> dict[str, dict[str, Any]]:
    words: dict[str, Any] = {"feedback": FED_BACK, "formed_on": SAID}
    judged = judging.judged(Paper(name=name, **{**words, **about}), USUAL)
    return {str(one.rule): one.told for one in judged}


@pytest.mark.parametrize(
    ("taken", "said"),
    [
        ("2026-04-10T09:00:00", set()),
        ("2026-04-09T23:30:00-05:00", set()),  # the morning of the tenth here
        ("2026-04-11T09:00:00", set()),  # a day is let pass
        ("2026-04-12T00:00:00", {"taken_after"}),
        ("2026-02-28T09:00:00", set()),
        ("2026-02-27T23:00:00", {"taken_before"}),
        ("soon", set()),
    ],
)
def test_when_a_photograph_was_taken(taken: str, said: set[str]) -> None:
    assert set(found(facts={"taken": taken})) == said


def test_a_picture_of_the_state_before_may_be_older() -> None:
    old = {"taken": "2025-11-02T09:00:00"}
    assert found("现场.jpg", facts=old)["taken_before"] == {
        "taken": "2025-11-02",
        "feedback": "2026-03-01",
    }
    assert found("整改前.jpg", facts=old) == {}
    assert found("现场.jpg", claim="改造前的井盖", facts=old) == {}
    assert found("现场.jpg", facts=old, feedback=None) == {}


def test_an_editor_left_its_name_in_a_picture_and_a_camera_its_own() -> None:
    assert found(facts={"software": "Adobe Photoshop 25.0"})["edited"] == {
        "software": "Adobe Photoshop 25.0"
    }
    assert found(facts={"software": "MIUI Camera"}) == {}
    assert found("a.docx", facts={"software": "Photoshop"}) == {}


@pytest.mark.parametrize(
    ("name", "facts", "said"),
    [
        ("a.docx", {"created": "2026-09-20T08:00:00+00:00"}, True),
        ("a.docx", {"created": "2026-04-20T08:00:00+00:00"}, False),
        ("a.docx", {"created": "2019-01-01T08:00:00+00:00", "modified": "2026-09-20"}, False),
        ("a.xlsx", {"modified": "2026-09-20T08:00:00"}, True),
        ("a.pdf", {"created": "2026-09-20T08:00:00", "scanned": True}, False),
        ("a.jpg", {"created": "2026-09-20T08:00:00"}, False),
    ],
)
def test_a_paper_made_later_than_it_says(name: str, facts: dict[str, Any], said: bool) -> None:
    assert ("made_after" in found(name, facts=facts)) is said


def test_the_date_under_a_paper_is_the_one_it_bears() -> None:
    made = {"created": "2026-09-20T08:00:00+08:00"}
    text = "整改情况报告\n……\n2026年4月10日"
    assert found("a.docx", facts=made, text=text, formed_on=None)["made_after"] == {
        "made": "2026-09-20",
        "claimed": "2026-04-10",
        "days": 163,
    }
    assert found("a.docx", facts=made, text="没有日期", formed_on=None) == {}


def test_a_meeting_before_the_feedback() -> None:
    text = "整改专题会议纪要\n会议时间：{}\n……"
    early = found("a.docx", text=text.format("2025年12月5日"))
    assert early["meeting_before"] == {"held": "2025-12-05", "feedback": "2026-03-01"}
    assert found("a.docx", text=text.format("2026年3月1日")) == {}
    assert found("a.docx", text=text.format("另行通知")) == {}
    assert found("a.docx", text="验收单 2025年12月5日") == {}


def test_places_nobody_filled_in_one_page_for_many_and_blank_pages() -> None:
    text = "由××单位负责，[请填写]。"
    assert found("a.docx", text=text)["placeholder"]["count"] == 2
    one = {"pages": 1}
    assert found("a.pdf", facts=one, measures=8)["one_scan_for_many"] == {"measures": 8}
    assert found("a.pdf", facts=one, measures=7) == {}
    assert found("a.pdf", facts={"pages": 2}, measures=20) == {}
    assert found("a.pdf", facts={"pages": 3, "blank": [2, 3]})["blank_pages"] == {
        "blank": [2, 3],
        "count": 2,
        "pages": 3,
    }
    assert found("a.pdf", facts={"pages": 6, "blank": [2]}) == {}
    assert found("a.docx", facts={"says_nothing": True})["blank_pages"]["pages"] == 1
    assert judging.says_nothing("标题", 0)
    assert not judging.says_nothing("标题", 1)


def test_an_account_that_is_the_measure_again() -> None:
    measure = "对全区破损井盖逐一登记，建立台账，明确专人每周巡查并及时更换。"
    again = "已对全区破损井盖逐一登记，建立台账，明确专人每周巡查并及时更换。"
    repeated = judging.repeats(again, measure, USUAL)
    assert repeated is not None
    assert repeated.told["share"] >= 90
    told = again + "截至四月底共更换井盖四十二座，其中学府路十一座，均经街道验收签字。"
    assert judging.repeats(told, measure, USUAL) is None
    assert judging.repeats("已完成", measure, USUAL) is None
    off = rules.preset("normal")
    off["rules"]["repeats_measure"]["on"] = False
    assert judging.repeats(again, measure, off) is None


def test_a_rule_that_is_off_says_nothing_and_one_that_is_not_set_is_as_usual() -> None:
    off = rules.preset("normal")
    off["rules"]["edited"]["on"] = False
    paper = Paper(name="a.jpg", facts={"software": "GIMP"})
    assert judging.judged(paper, off) == []
    assert len(judging.judged(paper, {"gate": False, "rules": {}})) == 1


def test_presets_grow_stricter_and_are_known_again() -> None:
    assert {one.rule for one in RULES} == set(Rule)
    for one in RULES:
        if one.threshold:
            bounds = [one.threshold.of(name) for name in Preset]
            assert bounds in (sorted(bounds), sorted(bounds, reverse=True)), one.rule
            assert all(one.threshold.least <= n <= one.threshold.most for n in bounds)
    assert [rules.is_preset(rules.preset(name)) for name in Preset] == list(Preset)
    assert rules.is_preset({"gate": True, "rules": {}}) == ""
    assert EXPLAINED[Rule.EDITED].threshold is None
    assert rules.preset("strict")["gate"] is True
