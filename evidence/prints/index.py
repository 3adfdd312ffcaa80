"""Keeping fingerprints, and finding what is like a new one without looking at all of them."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

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

    from evidence.prints.wording import Shingles

LEAST_KEYS = 2
"""What shares fewer keys with a picture is not laid over it."""
CANDIDATES = 12
"""So many pictures at most are laid over a new one: those that share most keys."""
TEXTS = 24
CROWDED = 120
"""A key that so many have tells nothing of any of them, and is kept for no more."""
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
    picture = Picture.objects.create(
        of=made,
        no=no,
        page=told["page"],
        width=width,
        height=height,
        ink=told["ink"],
        copy=base64.b64decode(told["copy"]),
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


def candidates(keys: list[int], *, beside: int) -> list[int]:
    """The pictures of other files that share most of these keys."""
    rows = PictureKey.objects.filter(key__in=keys).exclude(picture__of=beside)
    shared = rows.values("picture").annotate(n=Count("pk")).filter(n__gte=LEAST_KEYS)
    return list(shared.order_by("-n", "picture").values_list("picture", flat=True)[:CANDIDATES])


def pictures_like(picture: Picture, *, least: float) -> list[PictureLike]:
    """The pictures of other files that show the same, by at least this share of their patches."""
    if picture.ink < sight.LEAST_INK:
        return []
    seen = _seen(picture)
    near = candidates(sight.asked_keys(seen), beside=picture.of_id)
    found = Picture.objects.select_related("of").in_bulk(near)
    compared = [PictureLike(found[pk], likeness(seen, _seen(found[pk]))) for pk in near]
    return [one for one in compared if is_same(one.likeness, least)]


LEAST_COVERED = 0.55
FEWEST_PATCHES = 40


def is_same(found: Likeness, least: float) -> bool:
    """Whether so much is the same, of enough of it, that it is one picture."""
    return (
        found.alike >= least and found.covered >= LEAST_COVERED and found.patches >= FEWEST_PATCHES
    )


def _seen(picture: Picture) -> Sight:
    return Sight.kept(bytes(picture.copy))


def words_of(text: Text) -> Shingles:
    return np.frombuffer(bytes(text.shingles), dtype=np.uint64)


def keep_text(digest: str, words: str) -> Text:
    """A text under its digest; the same is kept once."""
    present = Text.objects.filter(digest=digest).first()
    if present is not None:
        return present
    shingles = wording.shingles(words)
    with transaction.atomic():
        text, made = Text.objects.get_or_create(
            digest=digest, defaults={"shingles": shingles.tobytes(), "made_at": timezone.now()}
        )
        if made:
            keys = (TextKey(text=text, key=key) for key in wording.keys(shingles))
            TextKey.objects.bulk_create(keys)
    return text


def texts_like(text: Text, *, least: float) -> list[TextLike]:
    """The other texts that say the same once what many say is left out."""
    own = words_of(text)
    keys = wording.keys(own)
    shared = TextKey.objects.filter(key__in=keys).exclude(text=text).values("text")
    ranked = shared.annotate(n=Count("pk")).order_by("-n", "text").values_list("text", flat=True)
    near = Text.objects.in_bulk(list(ranked[:TEXTS]))
    if not near:
        return []
    common = common_beside(own, _latest(text))
    found = [
        TextLike(one, wording.compared(own, words_of(one), common=common)) for one in near.values()
    ]
    return [one for one in found if wording.is_same(one.alike, least)]


def _latest(text: Text) -> list[Shingles]:
    return [words_of(one) for one in Text.objects.exclude(pk=text.pk).order_by("-pk")[:POOL]]


_COPY = 0.6


def common_beside(own: Shingles, others: Iterable[Shingles]) -> Shingles:
    """What several texts say that are no copies of this one."""
    apart = [words for words in others if wording.compared(own, words).shared < _COPY]
    return wording.common_of(apart, least=OFTEN)
