"""The end of an archive: what is about all its items, the proof, the keys, and the manifest."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.functional import cached_property

from audit import keys
from audit.models import Event
from reports.archive import chains, pages, plain, proof, seal, sheet
from reports.archive.bundle import CHUNK
from reports.archive.scope import ROUND
from workflows.models import Citation
from workflows.states import State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from core.actor import Actor
    from reports.archive.bundle import Bundle
    from reports.archive.scope import Scope

FORMAT = "rectify-archive/1"
VERIFIER = Path(__file__).with_name("verify.py")
SLICE = 500


@dataclass
class Closing:
    bundle: Bundle
    scope: Scope
    actor: Actor
    hold: Callable[[], None]
    heads: dict[str, int] = field(default_factory=dict)
    others: list[dict[str, Any]] = field(default_factory=list)
    """The chains that are of no item, as ledger.json names them."""

    def write(self) -> str:
        """All that follows the items; returns the digest of the manifest."""
        for one in self.bundle.facts():
            self.heads[one["subject"]] = one["chain"]["events"]
        self._other_chains()
        checkpoint, places = proof.covering(self.heads, actor=self.actor)
        self._add("checkpoint.txt", [checkpoint.note.encode()])
        older = proof.older(checkpoint)
        nodes = proof.nodes(_all(places), checkpoint, older)
        self._add("proof.json", _proof(places, checkpoint.size, older, nodes))
        self._keys()
        self._add("ledger.json", self._ledger())
        self._workbook()
        for page in pages.of_all(self._about):
            self._add(page.name, [page.html])
        self._add("page.css", [pages.STYLE.read_bytes()])
        self._add("verify.py", [VERIFIER.read_bytes()])
        manifest = self._add("manifest.json", self._manifest())
        self._add("manifest.sig", [seal.signed(manifest).encode()])
        return manifest

    def _add(self, name: str, content: Iterable[bytes]) -> str:
        self.hold()
        return self.bundle.add(name, content, at=self.as_of).digest

    @cached_property
    def as_of(self) -> datetime:
        """The last act of its items: whatever is said of no item is dated by them."""
        found = [parse_datetime(step.said["at"]) for step in self.bundle.steps]
        return max(at for at in found if at) if found else timezone.now()

    def _other_chains(self) -> None:
        for subject in self._other_subjects():
            name = f"chains/{subject.replace(':', '-')}.tsv"
            last: list[Event] = []
            self._add(name, _lines(subject, last))
            self.heads[subject] = last[0].seq
            self.others.append({"subject": subject, "file": name, **chains.head_of(last[0])})

    def _other_subjects(self) -> Iterator[str]:
        """The round's own chain with a whole round, and those of its evidence that has one."""
        if self.scope.kind == ROUND:
            yield self.scope.subject
        items = [int(subject.partition(":")[2]) for subject in self.heads]
        for at in range(0, len(items), SLICE):
            cited = Citation.objects.filter(item__in=items[at : at + SLICE])
            ids = cited.order_by("evidence").values_list("evidence", flat=True).distinct()
            named = [f"evidence:{pk}" for pk in ids]
            known = set(Event.objects.filter(subject__in=named).values_list("subject", flat=True))
            yield from (name for name in named if name in known and name not in self.heads)

    def _ledger(self) -> Iterator[bytes]:
        """One item a line."""
        about = {
            "format": FORMAT,
            "scope": self.scope.subject,
            "no": self.scope.no,
            "title": self.scope.title,
            "round": {
                "subject": self.scope.round.subject,
                "code": self.scope.round.code,
                "title": self.scope.round.title,
                "unit": self.scope.round.unit.name,
                "feedback_date": self.scope.round.feedback_date.isoformat(),
            },
            "as_of": self.as_of.isoformat(),
            "chains": self.others,
        }
        yield plain.told(about)[:-1] + b',"items":'
        yield from plain.lines(self.bundle.facts())
        yield b"}\n"

    def _workbook(self) -> None:
        path = self.bundle.folder / "ledger.xlsx"
        at = timezone.localtime(self.as_of)
        sheet.write(path, self.bundle.facts(), title=self.scope.title, at=at)
        self._add("ledger.xlsx", _read(path))

    @cached_property
    def _about(self) -> dict[str, Any]:
        rows = [
            {
                **{key: one[key] for key in _SHOWN},
                "evidence": len(one["evidence"]),
                "state_words": State(one["state"]).label,
            }
            for one in self.bundle.facts()
        ]
        return {
            "round": self.scope.round,
            "no": self.scope.no,
            "title": self.scope.title,
            "as_of": self.as_of,
            "rows": rows,
            "items": len(rows),
            "files": sum(row["evidence"] for row in rows),
        }

    def _keys(self) -> None:
        known = keys.believed()
        self._add("keys/vkeys.txt", ["".join(f"{key.vkey}\n" for key in known).encode()])
        for key in known:
            self._add(f"keys/{key.key_id.hex()}.pem", [key.pem.encode()])

    def _manifest(self) -> Iterator[bytes]:
        files = {one.name: [one.size, one.digest] for one in self.bundle.entries}
        yield b'{"format":' + plain.told(FORMAT) + b',"files":'
        yield from plain.lines([name, *files[name]] for name in sorted(files))
        yield b"}\n"


_SHOWN = ("no", "title", "problem", "folder", "state", "lead_section", "assignee_text", "deadline")


def _lines(subject: str, last: list[Event]) -> Iterator[bytes]:
    """A chain as lines; leaves its last event in `last`."""
    yield chains.HEAD
    for event in Event.objects.filter(subject=subject).order_by("seq").iterator(chunk_size=SLICE):
        last[:] = [event]
        yield chains.line_of(event)


def _all(places: dict[str, list[int]]) -> list[int]:
    return sorted(index for found in places.values() for index in found)


def _proof(
    places: dict[str, list[int]], size: int, older: list[int], nodes: list[bytes]
) -> Iterator[bytes]:
    yield b'{"size":%d,"older":%b,"leaves":{' % (size, plain.told(older))
    lines = (plain.told(subject) + b":" + plain.told(places[subject]) for subject in sorted(places))
    yield b",\n".join(lines)
    yield b'},"nodes":' + plain.listed([node.hex() for node in nodes]) + b"}\n"


def _read(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk
    path.unlink()
