"""Bytes that no row names: left by who ended between bytes and row, and swept a day later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.refusals import Conflict
from evidence import storage
from evidence.storage import holders, receiving
from evidence.storage.folder import root

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from evidence.storage import Found

TOGETHER = 500
"""So many digests are asked for in one query."""
SUSPICIOUS = 100
"""More orphans than this, and more than half of all bytes, mean another database's files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    deleted: int
    broken_off: int
    """Temporary files of uploads that never got to their end."""
    locked: int
    """What the bucket does not let go yet."""


class _Counted:
    """What passes by, and how much it was."""

    def __init__(self, found: Iterable[Found]) -> None:
        self._found, self.count = found, 0

    def __iter__(self) -> Iterator[Found]:
        for one in self._found:
            self.count += 1
            yield one


def limit(now: datetime | None = None) -> datetime:
    """What was written after this is young: its row may be on its way."""
    return (now or timezone.now()) - timedelta(hours=settings.EVIDENCE_ORPHAN_HOURS)


def nobodys(found: Iterable[Found]) -> Iterator[Found]:
    """Those that no row names; asked after they were seen, so that a new row counts."""
    rest = iter(found)
    while some := list(islice(rest, TOGETHER)):
        named = holders.named({one.digest for one in some})
        yield from (one for one in some if one.digest not in named)


def sweep(*, now: datetime | None = None, insist: bool = False) -> Swept:
    """Delete what is old and nobody's. Refuses where that would be most of what there is."""
    before = limit(now)
    kept = _Counted(one for one in storage.everything() if one.digest)
    old = list(nobodys(one for one in kept if one.since < before))
    if len(old) > SUSPICIOUS and 2 * len(old) > kept.count and not insist:
        raise Conflict(
            _("%(n)s of %(all)s files belong to no row: nothing was swept.")
            % {"n": len(old), "all": kept.count},
            who=_("the system administrator"),
            then=_("Make sure that this is the right database, then sweep with --insist."),
        )
    deleted = locked = 0
    for one in old:
        # Asked once more: a row may have come while the others were deleted.
        if holders.named([one.digest]):
            continue
        try:
            deleted += storage.delete(one.digest, before=before)
        except FileNotFoundError:
            continue  # another sweep was faster
        except Conflict:
            locked += 1
    return Swept(deleted=deleted, broken_off=_broken_off(before), locked=locked)


def _broken_off(before: datetime) -> int:
    paths = receiving.broken_off(root(), before)
    for path in paths:
        path.unlink(missing_ok=True)
    return len(paths)
