"""Whether every row has its bytes, and every byte its row."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from evidence import orphans, storage
from evidence.storage import holders, receiving
from evidence.storage.folder import root

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from evidence.storage import Found


class Kind(StrEnum):
    """Stored nowhere, but read by programs: literals."""

    MISSING = "missing"
    DAMAGED = "damaged"
    SIZE = "size"
    ORPHAN = "orphan"
    STRANGE = "strange"


DAMAGE = frozenset({Kind.MISSING, Kind.DAMAGED, Kind.SIZE})
"""Something is lost or was changed; the others cost room and nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    kind: Kind
    at: str
    """The row (`evidence:5`), or where it lies in the storage."""
    digest: str
    text: str


@dataclass(slots=True)
class Checked:
    rows: int = 0
    files: int = 0
    young: int = 0
    """Named by no row yet, and too new to say that none will come."""
    faults: list[Fault] = field(default_factory=list)

    @property
    def damaged(self) -> bool:
        return any(fault.kind in DAMAGE for fault in self.faults)

    def as_dict(self) -> dict[str, Any]:
        return {
            "ok": not self.damaged,
            "rows": self.rows,
            "files": self.files,
            "young": self.young,
            "faults": [asdict(fault) for fault in self.faults],
        }


def check(
    *, now: datetime | None = None, along: Callable[[int], None] = lambda _rows: None
) -> Checked:
    """Read all bytes once. `along` hears after each row how many were done."""
    found = Checked()
    _rows(found, along)
    _files(found, orphans.limit(now))
    return found


def _rows(found: Checked, along: Callable[[int], None]) -> None:
    known: dict[str, int | None] = {}
    """Digest -> size of the bytes; -1 where there are none, None where they are others."""
    for named in holders.everybody():
        found.rows += 1
        if named.digest not in known:
            known[named.digest] = _size_of(named.digest)
        size = known[named.digest]
        if size == -1:
            text = _("The bytes are missing.")
            found.faults.append(_fault(Kind.MISSING, named, text))
        elif size is None:
            text = _("The bytes are not what was handed in.")
            found.faults.append(_fault(Kind.DAMAGED, named, text))
        elif named.size not in {None, size}:
            text = _("The row says %(row)s bytes; there are %(size)s.")
            told = {"row": named.size, "size": size}
            found.faults.append(_fault(Kind.SIZE, named, text % told))
        along(found.rows)


def _size_of(digest: str) -> int | None:
    try:
        size = storage.size(digest)
    except FileNotFoundError:
        return -1
    return size if storage.intact(digest) else None


def _fault(kind: Kind, named: holders.Named, text: str) -> Fault:
    return Fault(kind=kind, at=named.subject, digest=named.digest, text=text)


def _files(found: Checked, before: datetime) -> None:
    for one in orphans.nobodys(_kept(found)):
        if one.since >= before:
            found.young += 1
            continue
        text = _("No row names these %(size)s bytes of %(day)s.")
        told = {"size": one.size, "day": one.since.date().isoformat()}
        fault = Fault(kind=Kind.ORPHAN, at=one.name, digest=one.digest, text=text % told)
        found.faults.append(fault)
    for path in receiving.broken_off(root(), before):
        text = _("An upload broke off here.")
        found.faults.append(Fault(kind=Kind.ORPHAN, at=path.name, digest="", text=text))


def _kept(found: Checked) -> Iterator[Found]:
    for one in storage.everything():
        found.files += 1
        if one.digest:
            yield one
            continue
        text = _("This is no file of the storage. It is left as it is.")
        found.faults.append(Fault(kind=Kind.STRANGE, at=one.name, digest="", text=text))
