"""What the rules of a round find on one citation, or in what was said of an item. Reads only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evidence import texts
from evidence.prints import index, wording
from evidence.prints.endings import ENDINGS
from evidence.prints.models import Picture, Print, Text
from workflows.checks import judging, rules
from workflows.checks.found import Found
from workflows.checks.judging import Paper
from workflows.checks.rules import Rule
from workflows.models import Citation, Reply

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from workflows.checks.rules import Settings
    from workflows.models import Item


def on_citation(citation: Citation) -> list[Found]:
    """Everything that a file cited for a measure says against itself, or shares with another."""
    settings = citation.item.round.check_rules
    digest = citation.evidence.digest
    read = texts.text_of(digest)
    text = read.whole if read else ""
    made = Print.objects.filter(digest=digest).first()
    found = [
        Found(rule=one.rule, citation=citation, measure=citation.measure, told=one.told)
        for one in judging.judged(_paper(citation, made, text), settings)
    ]
    same = list(_same_bytes(citation, settings))
    seen = {one.other_citation.item_id for one in same if one.other_citation}
    pictures = _same_pictures(citation, made, settings)
    worded = _same_words(citation, text, settings)
    like = [*same, *_of_other_items(pictures, seen), *_of_other_items(worded, seen)]
    return [*found, *(one.on_the_later() for one in like)]


def _paper(citation: Citation, made: Print | None, text: str) -> Paper:
    evidence = citation.evidence
    facts = dict(made.facts) if made else {}
    if evidence.ending in ENDINGS or text:
        pictures = made.pictures.count() if made else 0
        pages_are_known = bool(facts.get("pages")) or evidence.ending not in ENDINGS | {"txt"}
        facts["says_nothing"] = not pages_are_known and judging.says_nothing(text, pictures)
    same = Citation.objects.standing().filter(evidence__digest=evidence.digest)
    return Paper(
        name=evidence.name,
        claim=f"{citation.claim} {citation.measure.text}"[:400],
        formed_on=evidence.formed_on,
        feedback=citation.item.round.feedback_date,
        facts=facts,
        text=text,
        measures=same.filter(item__round=citation.item.round_id)
        .values("measure")
        .distinct()
        .count(),
    )


def _of_other_items(found: Iterable[Found], seen: set[int]) -> Iterator[Found]:
    """Each other item once, whatever else it shares."""
    for one in found:
        if one.other_citation is not None and one.other_citation.item_id not in seen:
            seen.add(one.other_citation.item_id)
            yield one


def _elsewhere(citation: Citation, digests: Iterable[str]) -> dict[str, Citation]:
    """By digest, where such bytes were first cited for another item and still stand."""
    rows = Citation.objects.standing().filter(evidence__digest__in=list(digests))
    rows = rows.exclude(item=citation.item_id).select_related("evidence", "item", "measure")
    found: dict[str, Citation] = {}
    for one in rows.order_by("pk"):
        found.setdefault(one.evidence.digest, one)
    return found


def _same_bytes(citation: Citation, settings: Settings) -> Iterator[Found]:
    if not rules.is_on(settings, Rule.SAME_BYTES):
        return
    for other in _elsewhere(citation, [citation.evidence.digest]).values():
        yield Found(
            rule=Rule.SAME_BYTES, citation=citation, measure=citation.measure, other_citation=other
        )


def _same_pictures(citation: Citation, made: Print | None, settings: Settings) -> Iterator[Found]:
    if made is None or not rules.is_on(settings, Rule.SAME_PICTURE):
        return
    least = rules.share(settings, Rule.SAME_PICTURE)
    for picture in made.pictures.all():
        like = index.pictures_like(picture, least=least)
        where = _elsewhere(citation, {one.picture.of.digest for one in like})
        for one in like:
            other = where.get(one.picture.of.digest)
            if other is not None:
                yield Found(
                    rule=Rule.SAME_PICTURE,
                    citation=citation,
                    measure=citation.measure,
                    other_citation=other,
                    told=_of_pictures(picture, one),
                )


def _of_pictures(picture: Picture, like: index.PictureLike) -> dict[str, Any]:
    return {
        "alike": round(100 * like.likeness.alike),
        "covered": round(100 * like.likeness.covered),
        "picture": picture.no,
        "page": picture.page,
        "other_picture": like.picture.no,
        "other_page": like.picture.page,
        "size": [picture.width, picture.height],
        "other_size": [like.picture.width, like.picture.height],
        "box": list(like.likeness.in_one),
        "other_box": list(like.likeness.in_other),
    }


def _same_words(citation: Citation, text: str, settings: Settings) -> Iterator[Found]:
    if not text.strip():
        return
    kept = index.keep_text(citation.evidence.digest, text)
    like = _like(kept, settings)
    where = _elsewhere(citation, {one.text.digest for one in like})
    for one in like:
        other = where.get(one.text.digest)
        if other is None:
            continue
        said = texts.text_of(one.text.digest)
        numbers = wording.differ_in_numbers(text, said.whole if said else "")
        rule = Rule.ALIKE_BUT_NUMBERS if numbers else Rule.SAME_TEXT
        if rules.is_on(settings, rule):
            yield Found(
                rule=rule,
                citation=citation,
                measure=citation.measure,
                other_citation=other,
                told=_of_words(one),
            )


def _like(kept: Text, settings: Settings) -> list[index.TextLike]:
    return index.texts_like(kept, least=rules.share(settings, Rule.SAME_TEXT))


def _of_words(like: index.TextLike) -> dict[str, Any]:
    return {"alike": round(100 * max(like.alike.shared, like.alike.within))}


def on_replies(item: Item, replies: Iterable[Reply]) -> list[Found]:
    """What was said of an item's measures, against the measures and against other items."""
    settings = item.round.check_rules
    found: list[Found] = []
    seen: set[int] = set()
    for reply in replies:
        if reply.measure is not None:
            repeated = judging.repeats(reply.text, reply.measure.text, settings)
            if repeated:
                found.append(
                    Found(
                        rule=repeated.rule,
                        measure=reply.measure,
                        own_digest=reply.digest,
                        told=repeated.told,
                    )
                )
        for one in _same_replies(reply, settings):
            other = one.other_reply
            if other is not None and other.item_id not in seen:
                seen.add(other.item_id)
                found.append(one)
    return found


def _same_replies(reply: Reply, settings: Settings) -> Iterator[Found]:
    kept = index.keep_text(reply.digest, reply.text)
    like = {one.text.digest: one for one in _like(kept, settings)}
    rows = Reply.objects.filter(digest__in=[*like, reply.digest]).exclude(item=reply.item_id)
    for other in rows.select_related("item", "measure").order_by("said_at", "pk"):
        numbers = wording.differ_in_numbers(reply.text, other.text)
        rule = Rule.ALIKE_BUT_NUMBERS if numbers else Rule.SAME_TEXT
        same = reply.digest == other.digest and wording.says_enough(reply.text)
        if rules.is_on(settings, rule) and (same or other.digest in like):
            told = {"alike": 100} if same else _of_words(like[other.digest])
            yield Found(
                rule=rule,
                measure=reply.measure,
                own_digest=reply.digest,
                other_reply=other,
                told=told,
            )
