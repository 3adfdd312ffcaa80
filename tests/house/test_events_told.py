"""Whatever may stand on an item's chain can be told on its page, or the page is none."""

from __future__ import annotations

import re

from tests.house.source import ROOT
from workflows.queries import OTHER_EVENTS, VERB_OF

ROW = re.compile(r"^\| `([a-z]+\.[a-z_]+)` \|", re.MULTILINE)


def documented_of_an_item() -> set[str]:
    page = (ROOT / "docs/events.md").read_text(encoding="utf-8")
    parts = [part for part in page.split("\n## ") if "On the item's chain" in part]
    return {name for part in parts for name in ROW.findall(part)}


def test_every_event_of_an_item_has_its_words() -> None:
    known = documented_of_an_item()
    assert {"item.submitted", "evidence.viewed", "flag.raised"} <= known
    assert known - VERB_OF.keys() - OTHER_EVENTS.keys() == set()
