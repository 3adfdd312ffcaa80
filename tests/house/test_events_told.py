"""Whatever may stand on an item's chain can be told on its page, or the page is none."""

from __future__ import annotations

import re

from tests.house.source import ROOT
from workflows.directory import PERSON_EVENTS
from workflows.queries import OTHER_EVENTS, VERB_OF

ROW = re.compile(r"^\| `([a-z]+\.[a-z_]+)` \|", re.MULTILINE)


def documented(where: str) -> set[str]:
    page = (ROOT / "docs/events.md").read_text(encoding="utf-8")
    parts = [part for part in page.split("\n## ") if where in part]
    return {name for part in parts for name in ROW.findall(part)}


def test_every_event_of_an_item_has_its_words() -> None:
    known = documented("On the item's chain")
    assert {"item.submitted", "evidence.viewed", "flag.raised"} <= known
    assert known - VERB_OF.keys() - OTHER_EVENTS.keys() == set()


def test_every_event_of_a_person_has_its_words() -> None:
    of_people = {"person", "role", "deputy", "access", "upload", "job", "derivation"}
    known = {name for name in documented("") if name.split(".")[0] in of_people}
    assert {"person.logged_in", "upload.refused", "deputy.recalled"} <= known
    assert known - PERSON_EVENTS.keys() == set()
