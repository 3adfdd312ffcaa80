"""The fictional ledger S12 against what a person read out of it."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from ledger import Draft, as_json, from_json, read, to_json, write
from tests.ledger.books import doubted

DATA = Path(__file__).parent / "data"
WORKBOOK = DATA / "S12_ledger_merged.xlsx"


@pytest.fixture(scope="module")
def draft() -> Draft:
    return read(WORKBOOK.read_bytes(), name=WORKBOOK.name)


@pytest.fixture(scope="module")
def truth() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((DATA / "S12_ledger_merged.truth.json").read_text())
    return loaded


def test_aspects_problems_and_measures_equal_the_truth(draft: Draft, truth: dict[str, Any]) -> None:
    kept = ("no", "title", "measures", "leaders", "status")
    found = [
        (a["no"], a["title"], [[p[key] for key in kept] for p in a["problems"]])
        for a in as_json(draft)["aspects"]
    ]
    assert found == [
        (a["no"], a["title"], [[p[key] for key in kept] for p in a["problems"]])
        for a in truth["aspects"]
    ]


def test_sections_equal_the_truth(draft: Draft) -> None:
    assert [(item.lead, item.support) for item in draft.items] == [
        (["办公室"], []),
        (["市政科"], ["规划科"]),
        (["审批科"], []),
        (["财务科"], ["机关党委"]),
        (["办公室"], []),
        (["公园管理处"], ["法规科"]),
        (["整改办"], []),
    ]


def test_deadlines_equal_the_truth(draft: Draft) -> None:
    found = [(d.raw, d.kind, d.date, d.precision, d.ongoing) for d in _deadlines(draft)]
    assert found == [
        ("立行立改并长期坚持", "immediate", None, None, True),
        ("2022年12月底前", "dated", dt.date(2022, 12, 31), "month", False),
        ("2022.1", "dated", None, None, False),
        ("2023年6月30日", "dated", dt.date(2023, 6, 30), "day", False),
        ("即知即改", "immediate", None, None, False),
        ("2024年6月", "dated", dt.date(2024, 6, 30), "month", False),
        ("长期坚持", "ongoing", None, None, True),
    ]


def _deadlines(draft: Draft) -> list[Any]:
    return [item.deadline for item in draft.items]


def test_rows_are_where_the_truth_says(draft: Draft, truth: dict[str, Any]) -> None:
    assert list(draft.header_rows) == truth["header_rows"]
    assert list(draft.data_rows) == truth["data_rows"]
    assert draft.title == "示例市园林管护中心党组落实市委第三巡察组反馈意见整改台账"


def test_only_the_lost_zero_and_the_evidence_column_are_doubted(draft: Draft) -> None:
    assert doubted(draft.doubts) == [("K4", "ask"), ("I10", "ask")]
    lost_zero = draft.doubts[1]
    assert "2022年10月" in lost_zero.text
    assert "2022年1月" in lost_zero.text


def test_the_published_shape_has_no_items_where_the_ledger_has_none(draft: Draft) -> None:
    problem = as_json(draft)["aspects"][0]["problems"][1]
    assert problem == {
        "no": "1-2",
        "title": "城区内涝点整治推进缓慢",
        "measures": [
            "完成7处易涝点清淤，累计清淤管网3.2公里",
            "与住建、水务部门建立汛期联合值守机制",
            "将“十四五”排水项目前期经费列入2023年预算",
        ],
        "deadline": {
            "raw": "2022年12月底前",
            "class": "dated",
            "date": "2022-12-31",
            "precision": "month",
            "ongoing": False,
        },
        "leaders": ["吴海", "郑岚"],
        "sections": {"lead": ["市政科"], "support": ["规划科"]},
        "status": "基本完成",
    }


def test_every_fact_knows_its_cell(draft: Draft) -> None:
    item = draft.items[1]
    assert item.row == 7
    assert {name: item.cells[name] for name in ("no", "title", "deadline", "leaders")} == {
        "no": "A7",
        "title": "C7",
        "deadline": "I7",
        "leaders": "F7",
    }
    assert draft.aspects[1].cells == {"title": "B11"}


def test_a_stored_draft_comes_back_whole(draft: Draft) -> None:
    assert from_json(json.loads(json.dumps(to_json(draft)))) == draft


def test_what_is_written_out_reads_back_the_same(draft: Draft) -> None:
    again = read(write(draft, title=draft.title, unit="示例市园林管护中心"), name="out.xlsx")
    assert as_json(again)["aspects"] == as_json(draft)["aspects"]
    assert again.title == draft.title
    assert [item.progress for item in again.items] == [item.progress for item in draft.items]
