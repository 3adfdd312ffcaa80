"""The pages inside an archive: read without a network, in Chinese and in English."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string
from django.utils import translation

from reports.timeline import told
from workflows import dossier, queries

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reports.archive.facts import Facts

STYLE = Path(__file__).with_name("page.css")
LANGUAGES = (("zh-hans", "index.html", "中文"), ("en", "en.html", "English"))


@dataclass(frozen=True, slots=True)
class Page:
    name: str
    html: bytes


def of_item(facts: Facts) -> Iterator[Page]:
    """Everything of an item on one page, its evidence linked to the files beside it."""
    folder = facts.told["folder"]
    for language, name, _words in LANGUAGES:
        with translation.override(language):
            context = {**_context(facts), "up": "../../"}
            yield Page(f"{folder}/{name}", _html("item", context, language))


def of_all(context: dict[str, Any]) -> Iterator[Page]:
    """The first page: the ledger as a table, and how the archive is verified."""
    for language, name, _words in LANGUAGES:
        with translation.override(language):
            yield Page(name, _html("ledger", {**context, "up": ""}, language))


def _context(facts: Facts) -> dict[str, Any]:
    item, entries = facts.item, {one["citation"]: one for one in facts.told["evidence"]}
    history = [entry for entry in queries.history(item) if entry.seq <= item.trail_seq]
    people = ("submitted_by", "approved_by", "approved_behind", "decided_by", "decided_behind")
    asked = ("asked_by", "decided_by", "decided_behind", "into")
    return {
        "item": item,
        "told": facts.told,
        "measures": [
            (one, [(c, _beside(entries[c.pk])) for c in (*one.standing, *one.withdrawn)])
            for one in dossier.measures_of(item)
        ],
        "submissions": item.submissions.order_by("no").select_related(*people),
        "requests": item.requests.order_by("no").select_related(*asked),
        "disclosed": [one for _audience, one in dossier.disclosures(item) if one],
        "timeline": told(history),
        "pictures": {one["id"]: one["file"].rpartition("/")[2] for one in facts.told["signatures"]},
    }


def _beside(entry: dict[str, Any]) -> dict[str, Any]:
    """An entry with the address of its file as seen from the item's own folder."""
    return {**entry, "link": "/".join(entry["file"].split("/")[2:])}


def _html(template: str, context: dict[str, Any], language: str) -> bytes:
    others = [(page, words) for code, page, words in LANGUAGES if code != language]
    own = next(page for code, page, _words in LANGUAGES if code == language)
    words = {**context, "language": language, "others": others, "own": own}
    return render_to_string(f"archive/pages/{template}.html", words).encode()
