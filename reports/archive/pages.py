"""The pages inside an archive: read without a network, in Chinese and in English."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from django.template.defaultfilters import filesizeformat
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _

from reports.timeline import told
from workflows import dossier, proof, queries

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from reports.archive.facts import Facts
    from workflows.models import Citation
    from workflows.proof import Proven

    Cited = list[tuple[Citation, dict[str, Any]]]

STYLE = Path(__file__).with_name("page.css")
LANGUAGES = (("zh-hans", "index.html", "中文"), ("en", "en.html", "English"))


@dataclass(frozen=True, slots=True)
class Page:
    name: str
    html: bytes


def of_item(facts: Facts) -> Iterator[Page]:
    """Everything of an item on one page, its evidence linked to the files beside it."""
    folder, rows = facts.told["folder"], _rows(facts)
    for language, name, _words in LANGUAGES:
        with translation.override(language):
            context = {**rows, **_words_of(facts, rows["cited"]), "up": "../../"}
            yield Page(f"{folder}/{name}", _html("item", context, language))


def of_all(context: dict[str, Any]) -> Iterator[Page]:
    """The first page: the ledger as a table, and how the archive is verified."""
    for language, name, _words in LANGUAGES:
        with translation.override(language):
            yield Page(name, _html("ledger", {**context, "up": ""}, language))


def _rows(facts: Facts) -> dict[str, Any]:
    """What is read once and told in every language."""
    item, entries = facts.item, {one["citation"]: one for one in facts.told["evidence"]}
    in_order = sorted(facts.citations, key=attrgetter("pk"))
    people = ("submitted_by", "approved_by", "approved_behind", "decided_by", "decided_behind")
    asked = ("asked_by", "decided_by", "decided_behind", "into")
    return {
        "item": item,
        "told": facts.told,
        "cited": [
            (one, [(c, entries[c.pk]) for c in (*one.standing, *one.withdrawn)])
            for one in proof.arranged([item.pk], in_order)[item.pk]
        ],
        "submissions": list(item.submissions.order_by("no").select_related(*people)),
        "requests": list(item.requests.order_by("no").select_related(*asked)),
        "disclosed": [one for _audience, one in dossier.disclosures(item) if one],
        "pictures": {one["id"]: one["file"].rpartition("/")[2] for one in facts.told["signatures"]},
    }


def _words_of(facts: Facts, cited: list[tuple[Proven, Cited]]) -> dict[str, Any]:
    """What reads otherwise in each language."""
    item = facts.item
    history = [entry for entry in queries.history(item) if entry.seq <= item.trail_seq]
    of_minute = cache(lambda at: date_format(at, "SHORT_DATETIME_FORMAT"))
    measures = [(one, [_paper(*paper, of_minute) for paper in papers]) for one, papers in cited]
    return {"measures": measures, "timeline": told(history)}


def _paper(c: Citation, entry: dict[str, Any], of_minute: Callable[[datetime], str]) -> str:
    """A paper in ready words: in a page of thousands a template would take most of the time."""

    def when(at: datetime) -> str:
        return of_minute(timezone.localtime(at).replace(second=0, microsecond=0))

    story = _("received %(at)s from %(who)s") % {"at": when(c.cited_at), "who": c.cited_by.name}
    if c.withdrawn_at and c.withdrawn_by:
        who = {"at": when(c.withdrawn_at), "who": c.withdrawn_by.name}
        gone = _("withdrawn %(at)s by %(who)s") % who
        story += f" · {gone}" + (f": {c.withdrawn_reason}" if c.withdrawn_reason else "")
    pages = "(" + _("p. %(pages)s") % {"pages": c.pages} + ")" if c.pages else ""
    claim = " ".join(words for words in (c.claim, pages) if words)
    return format_html(
        _PAPER,
        quote("/".join(entry["file"].split("/")[2:])),  # as seen from the item's own folder
        f"{entry['catalogue']} {entry['name']}",
        filesizeformat(entry["size"]),
        format_html(" <strong>{}</strong>", _("withdrawn")) if c.withdrawn_at else "",
        format_html("<br>{}", claim) if claim else "",
        story,
        entry["digest"][:16],
    )


_PAPER = """
<li><a href="{}">{}</a> <span class="quiet">{}</span>{}
{}
<br><span class="quiet">{} · <code>{}…</code></span></li>"""


def _html(template: str, context: dict[str, Any], language: str) -> bytes:
    others = [(page, words) for code, page, words in LANGUAGES if code != language]
    own = next(page for code, page, _words in LANGUAGES if code == language)
    words = {**context, "language": language, "others": others, "own": own}
    return render_to_string(f"archive/pages/{template}.html", words).encode()
