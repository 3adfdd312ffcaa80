"""Two states of a plan held against each other, line by line, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from workflows.plan_content import items_of, problems_of
from workflows.states import Track

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workflows.plan_content import Content


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    no: str
    title: str
    words: str
    item_id: int | None = None


def changes(before: Content, after: Content) -> list[Change]:
    """What is otherwise in `after`, in its order; then what is there no longer."""
    return [*_of_problems(before, after), *_of_items(before, after)]


def _of_problems(before: Content, after: Content) -> Iterator[Change]:
    earlier = {problem["id"]: problem for problem in problems_of(before)}
    for problem in problems_of(after):
        old = earlier.pop(problem["id"], None)
        if old is None:
            yield _of(problem, _("problem added"))
        elif old["title"] != problem["title"]:
            yield _of(problem, _otherwise(_("problem"), old["title"], problem["title"]))
    for gone in earlier.values():
        yield _of(gone, _("problem taken out"))


def _of_items(before: Content, after: Content) -> Iterator[Change]:
    earlier = {item["id"]: item for item in items_of(before)}
    for item in items_of(after):
        old = earlier.pop(item["id"], None)
        if old is None:
            yield _of(item, _("item added"), item["id"])
            continue
        for words in _in_item(old, item):
            yield _of(item, words, item["id"])
    for gone in earlier.values():
        yield _of(gone, _("item taken out"), gone["id"])


def _of(line: Content, words: str, item_id: int | None = None) -> Change:
    return Change(no=line["no"], title=line["title"], words=words, item_id=item_id)


def _in_item(old: Content, new: Content) -> Iterator[str]:
    for name, words in (
        ("title", _("title")),
        ("target", _("target")),
        ("section", _("responsible section")),
        ("person", _("responsible person")),
    ):
        if old[name] != new[name]:
            yield _otherwise(words, old[name], new[name])
    for name, words in (
        ("also", _("other responsible sections")),
        ("support", _("cooperating sections")),
        ("leaders", _("responsible leaders")),
    ):
        if old[name] != new[name]:
            yield _otherwise(words, _(", ").join(old[name]), _(", ").join(new[name]))
    if deadline(old) != deadline(new):
        yield _otherwise(_("deadline"), deadline(old), deadline(new))
    yield from _in_measures(old, new)


def deadline(item: Content) -> str:
    """The date as people say it, and what was written beside it."""
    day = date_format(date.fromisoformat(item["due"]), "DATE_FORMAT") if item["due"] else ""
    track = "" if item["track"] == Track.DATED else str(Track(item["track"]).label)
    ongoing = str(Track.ONGOING.label) if item["ongoing"] else ""
    parts = [day, track, ongoing, item["deadline"]]
    return " · ".join(dict.fromkeys(part for part in parts if part))


def _in_measures(old: Content, new: Content) -> Iterator[str]:
    earlier = {measure["id"]: measure for measure in old["measures"]}
    for place, measure in enumerate(new["measures"], 1):
        was = earlier.pop(measure["id"], None)
        if was is None:
            yield _("measure added: “%(text)s”") % {"text": measure["text"]}
            continue
        if was["text"] != measure["text"]:
            yield _otherwise(_("measure %(n)s") % {"n": place}, was["text"], measure["text"])
        if was["criterion"] != measure["criterion"]:
            words = _("criterion of measure %(n)s") % {"n": place}
            yield _otherwise(words, was["criterion"], measure["criterion"])
    for gone in earlier.values():
        yield _("measure taken out: “%(text)s”") % {"text": gone["text"]}


def _otherwise(what: str, before: str, after: str) -> str:
    told = {"what": what, "before": _quoted(before), "after": _quoted(after)}
    return _("%(what)s: %(before)s became %(after)s") % told


def _quoted(text: str) -> str:
    return _("“%(text)s”") % {"text": text} if text else _("(nothing)")
