"""Keeping fingerprints, and finding what is like a new one without looking at all of them."""

from __future__ import annotations

import base64
import heapq
import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import orjson
from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from evidence.prints import sight, wording
from evidence.prints.alike import Likeness, likeness
from evidence.prints.models import Picture, PictureKey, Print, Text, TextKey
from evidence.prints.sight import Sight
from evidence.prints.wording import Alike

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from evidence.prints.wording import Shingles

Place = TypeVar("Place")
LEAST_KEYS = 3
"""What shares fewer keys with a picture is not laid over it; one of the whole counts for two."""
CANDIDATES = 16
"""So many pictures at most are laid over a new one: those that share most keys."""
TEXTS = 24
CROWDED = 24
"""A key that so many have tells nothing of any of them, and is kept for no more."""
_RARE = 1000
POOL = 80
"""So many of the latest texts say what is common: headings, forms of words."""
OFTEN = 4


@dataclass(frozen=True, slots=True)
class PictureLike:
    picture: Picture
    likeness: Likeness


@dataclass(frozen=True, slots=True)
class TextLike:
    text: Text
    alike: Alike


def keep(digest: str, answer: bytes) -> Print:
    """Write what a file's fingerprint is; made again, it takes the place of the former."""
    told = orjson.loads(answer)
    with transaction.atomic():
        Print.objects.filter(digest=digest).delete()
        made = Print.objects.create(digest=digest, facts=told["facts"], made_at=timezone.now())
        for no, one in enumerate(told["pictures"], 1):
            _keep_picture(made, no, one)
    return made


def _keep_picture(made: Print, no: int, told: dict[str, Any]) -> None:
    width, height = told["size"]
    copy, features = kept_of(told)
    picture = Picture.objects.create(
        of=made,
        no=no,
        page=told["page"],
        width=width,
        height=height,
        ink=told["ink"],
        copy=copy,
        features=features,
    )
    crowded = set(
        PictureKey.objects.filter(key__in=told["keys"])
        .values("key")
        .annotate(n=Count("pk"))
        .filter(n__gte=CROWDED)
        .values_list("key", flat=True)
    )
    keys = [PictureKey(picture=picture, key=key) for key in told["keys"] if key not in crowded]
    PictureKey.objects.bulk_create(keys)


def kept_of(told: dict[str, Any]) -> tuple[bytes, bytes]:
    """The small copy and the features of a picture that was told of."""
    return base64.b64decode(told["copy"]), base64.b64decode(told["features"])


def candidates(keys: list[int], *, beside: int) -> list[int]:
    """The pictures of other files that share most with these keys."""
    own = set(Picture.objects.filter(of=beside).values_list("pk", flat=True))
    return ranked(row for row in sharing(keys).iterator() if row[1] not in own)


def sharing(keys: list[int]) -> QuerySet[PictureKey, tuple[int, int]]:
    """Which pictures have which of these keys: read off the index alone."""
    return PictureKey.objects.filter(key__in=keys).values_list("key", "picture")


def ranked(rows: Iterable[tuple[int, Place]]) -> list[Place]:
    """The likeliest first; what few have counts for more than what many have, yet not much more.

    The copies of one picture have the same keys: counted by how many have them they would stand in
    each other's way.
    """
    having: dict[int, list[Place]] = defaultdict(list)
    for key, place in rows:
        having[key].append(place)
    weight: dict[Place, float] = defaultdict(float)
    shared: Counter[Place] = Counter()
    for key, places in having.items():
        for place in places:
            weight[place] += math.log(_RARE / len(places))
            shared[place] += 2 if sight.is_of_whole(key) else 1
    known = [place for place, count in shared.items() if count >= LEAST_KEYS]
    return heapq.nlargest(CANDIDATES, known, key=lambda place: weight[place])


def pictures_like(picture: Picture, *, least: float) -> list[PictureLike]:
    """The pictures of other files that show the same, by at least this share of their patches."""
    if picture.ink < sight.LEAST_INK:
        return []
    seen = _seen(picture)
    near = candidates(sight.asked_keys(seen), beside=picture.of_id)
    found = Picture.objects.select_related("of").in_bulk(near)
    compared = [PictureLike(found[pk], likeness(seen, _seen(found[pk]))) for pk in near]
    return [one for one in compared if is_same(one.likeness, least)]


LEAST_COVERED, LEAST_OF_ONE = 0.65, 0.4
"""Shares of the smaller that lie in the other; what is all but one may have lost more."""
ALL_BUT_ONE = 0.95
OF_PAPER = 0.4
"""Of a sheet so much less may differ: a form that was filled in anew is the same by up to 0.948, a
sheet that was scanned anew by 0.99."""
LEAST_CLOSE = 0.95
"""Of a copy the patches are all but one: 0.97 at least was seen, also strongly recompressed. Lines
of other words at the same height are less so."""
FEWEST_PATCHES = 40


def is_same(found: Likeness, least: float) -> bool:
    """Whether so much is the same, of enough of it, that it is one picture."""
    if found.paper:
        least = 1 - OF_PAPER * (1 - least)
    covered = LEAST_OF_ONE if found.alike >= ALL_BUT_ONE else LEAST_COVERED
    return (
        found.alike >= least
        and found.covered >= covered
        and found.patches >= FEWEST_PATCHES
        and found.close >= LEAST_CLOSE
    )


def _seen(picture: Picture) -> Sight:
    return Sight.kept(bytes(picture.copy), bytes(picture.features or b""))


def words_of(text: Text) -> Shingles:
    return np.frombuffer(bytes(text.shingles), dtype=np.uint64)


def keep_text(digest: str, words: str) -> Text:
    """A text under its digest; the same is kept once."""
    present = Text.objects.filter(digest=digest).first()
    if present is not None:
        return present
    shingles = wording.shingles(words)
    with transaction.atomic():
        text = Text.objects.create(
            digest=digest, shingles=shingles.tobytes(), made_at=timezone.now()
        )
        keys = (TextKey(text=text, key=key) for key in wording.keys(shingles))
        TextKey.objects.bulk_create(keys)
    return text


def texts_like(text: Text, *, least: float) -> list[TextLike]:
    """The other texts that say the same, what many say left out or not."""
    own = words_of(text)
    near = Text.objects.in_bulk(near_texts(wording.keys(own), beside=text.pk))
    if not near:
        return []
    common = common_beside(own, _latest(text))
    found = []
    for one in near.values():
        alike = wording.likeness(own, words_of(one), common=common, least=least)
        found += [TextLike(one, alike)] if alike else []
    return found


def near_texts(keys: list[int], *, beside: int) -> list[int]:
    """The other texts that share most of these keys."""
    shared = TextKey.objects.filter(key__in=keys).values("text").annotate(n=Count("key"))
    ranked = shared.order_by("-n", "text").values_list("text", flat=True)[: TEXTS + 1]
    return [pk for pk in ranked if pk != beside][:TEXTS]


def _latest(text: Text) -> list[Shingles]:
    return [words_of(one) for one in Text.objects.exclude(pk=text.pk).order_by("-pk")[:POOL]]


_COPY = 0.6


def common_beside(own: Shingles, others: Iterable[Shingles]) -> Shingles:
    """What several texts say that are no copies of this one."""
    apart = [words for words in others if wording.compared(own, words).shared < _COPY]
    return wording.common_of(apart, least=OFTEN)
