import base64
import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from demo import content

ROUND = content.the_round()
PEOPLE = content.the_people()
ITEMS = list(content.items(ROUND))
BUREAU = "澄岚市城市管理局"
RUNS = Path(__file__).parent / "data/notice_runs.txt"
HALF_TO_FULL = str.maketrans(",:;()?!", "，：；（）？！")


def named(role: str, section: str | None = None) -> list[str]:
    return [
        person["name"]
        for person in PEOPLE["people"]
        for post in person["memberships"]
        if post["role"] == role and post["unit"] == BUREAU and section in {None, post["section"]}
    ]


def words(part: object) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict):
        for inner in part.values():
            yield from words(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from words(inner)


def plain(text: str) -> str:
    return re.sub(r"\s", "", text).translate(HALF_TO_FULL)


def digest(run: str) -> bytes:
    return hashlib.blake2b(run.encode(), digest_size=5).digest()


def digests_of_the_notice() -> set[bytes]:
    """Of every eight characters in a row of a real notice, whose sentences are not shipped."""
    packed = base64.b64decode(RUNS.read_text(encoding="ascii"))
    return {packed[n : n + 5] for n in range(0, len(packed), 5)}


def runs_of_eight(text: str) -> set[str]:
    return {text[n : n + 8] for n in range(len(text) - 7)}


def test_the_round_has_four_aspects_seventeen_problems_and_forty_one_items() -> None:
    problems = [len(aspect["problems"]) for aspect in ROUND["aspects"]]
    assert problems == [5, 5, 4, 3]
    assert len(ITEMS) == 41
    assert sum(len(item["measures"]) for item in ITEMS) == 110


def test_items_are_numbered_without_a_gap_in_each_aspect() -> None:
    expected = [
        f"{a}-{n}" for a, last in ((1, 12), (2, 12), (3, 9), (4, 8)) for n in range(1, last + 1)
    ]
    assert [item["no"] for item in ITEMS] == expected


def test_every_item_has_two_to_four_measures() -> None:
    assert {len(item["measures"]) for item in ITEMS} == {2, 3, 4}


def test_the_items_stand_at_every_stage() -> None:
    assert Counter(item["stage"] for item in ITEMS) == {
        "draft": 3,
        "assigned": 5,
        "rectifying": 14,
        "in_review": 6,
        "verifying": 4,
        "closed": 9,
    }


def test_two_items_at_work_were_returned_once_by_each_reviewer() -> None:
    returned = [item for item in ITEMS if "returned" in item]
    assert [item["returned"]["by"] for item in returned] == ["section_head", "office"]
    assert {item["stage"] for item in returned} == {"rectifying"}
    assert all(len(item["returned"]["requirement"]) >= 10 for item in returned)


def test_deadlines_are_overdue_today_this_week_later_immediate_and_ongoing() -> None:
    days = [item["deadline"]["days"] for item in ITEMS if "days" in item["deadline"]]
    assert sum(d < 0 for d in days) == 4
    assert sum(d == 0 for d in days) == 2
    assert sum(0 < d <= 7 for d in days) == 6
    assert sum(d > 7 for d in days) == 23
    kinds = Counter(item["deadline"]["kind"] for item in ITEMS)
    assert kinds == {"dated": 35, "immediate": 4, "ongoing": 2}
    assert sum(item["deadline"].get("ongoing", False) for item in ITEMS) == 3


def test_only_dated_deadlines_carry_days() -> None:
    assert all(
        ("days" in item["deadline"]) == (item["deadline"]["kind"] == "dated") for item in ITEMS
    )


def test_the_cast_is_complete() -> None:
    roles = Counter(p["role"] for person in PEOPLE["people"] for p in person["memberships"])
    assert roles == {
        "office": 2,
        "leader": 4,
        "unit_head": 1,
        "section_head": 7,
        "staff": 11,
        "inspection_office": 1,
        "auditor": 1,
        "system_officer": 1,
        "security_officer": 1,
        "audit_officer": 1,
    }
    assert len({person["login"] for person in PEOPLE["people"]}) == 30
    assert len({person["name"] for person in PEOPLE["people"]}) == 30


def test_every_name_in_the_round_is_somebody_with_that_part() -> None:
    sections = {s for unit in PEOPLE["units"] if unit["name"] == BUREAU for s in unit["sections"]}
    assert len(sections) == 7
    for item in ITEMS:
        assert len(item["lead"]) == 1
        assert {*item["lead"], *item["support"]} <= sections, item["no"]
        assert item["lead"][0] not in item["support"], item["no"]
        assert set(item["leaders"]) <= set(named("leader")), item["no"]
        if item["stage"] == "draft":
            assert item["assignee"] is None, item["no"]
        else:
            assert item["assignee"] in named("staff", item["lead"][0]), item["no"]


def test_every_membership_stands_in_a_unit_and_a_section_that_exist() -> None:
    sections = {unit["name"]: unit["sections"] for unit in PEOPLE["units"]}
    for person in PEOPLE["people"]:
        for post in person["memberships"]:
            assert post["unit"] in sections
            if post["role"] in {"staff", "section_head"}:
                assert post["section"] in sections[post["unit"]]
            else:
                assert post["section"] is None


def test_every_section_of_the_bureau_has_one_head() -> None:
    for section in next(u["sections"] for u in PEOPLE["units"] if u["name"] == BUREAU):
        assert len(named("section_head", section)) == 1


def test_submitter_section_head_and_closer_are_three_people() -> None:
    for item in ITEMS:
        if item["stage"] == "closed":
            heads = named("section_head", item["lead"][0])
            assert item["closer"] in named("office")
            assert len({item["assignee"], *heads, item["closer"]}) == 3, item["no"]


def test_what_was_handed_in_has_a_result_and_evidence_or_a_reason_for_each_measure() -> None:
    for item in ITEMS:
        if item["stage"] in {"in_review", "verifying", "closed"} or "returned" in item:
            shown = {p["measure"] for p in item["evidence"]}
            excused = {r["measure"] for r in item.get("reasons", [])}
            assert shown | excused == set(range(1, len(item["measures"]) + 1)), item["no"]
            assert not shown & excused, item["no"]
            assert 80 <= len(item["result"]) <= 150, item["no"]
            assert re.search(r"\d", item["result"]), item["no"]


def test_only_closed_items_say_how_well_it_worked() -> None:
    for item in ITEMS:
        assert ("effectiveness" in item) == (item["stage"] == "closed"), item["no"]
        assert ("closer" in item) == (item["stage"] == "closed"), item["no"]


def test_what_a_section_head_approved_carries_their_opinion() -> None:
    for item in ITEMS:
        approved = item["stage"] in {"verifying", "closed"} or (
            "returned" in item and item["returned"]["by"] == "office"
        )
        assert ("opinion" in item) == approved, item["no"]


def test_items_nobody_has_signed_for_have_nothing_handed_in() -> None:
    for item in ITEMS:
        if item["stage"] in {"draft", "assigned"}:
            assert not {"evidence", "reasons", "result"} & set(item), item["no"]


def test_evidence_points_at_a_measure_of_its_item_by_a_name_we_can_draw() -> None:
    for item in ITEMS:
        names = [paper["file"] for paper in item.get("evidence", [])]
        assert len(names) == len(set(names)), item["no"]
        for paper in item.get("evidence", []):
            assert 1 <= paper["measure"] <= len(item["measures"]), item["no"]
            assert paper["file"].rpartition(".")[2] in {"pdf", "png", "jpg", "txt", "docx", "xlsx"}
            assert paper["description"]


def test_no_eight_characters_in_a_row_come_from_the_public_notice() -> None:
    theirs = digests_of_the_notice()
    assert len(theirs) > 8000
    for text in (*words(ROUND), *words(PEOPLE)):
        assert not {digest(run) for run in runs_of_eight(plain(text))} & theirs, text


def test_a_run_of_the_notice_would_be_noticed() -> None:
    assert digest("认真对照市委巡察") in digests_of_the_notice()
