"""Archives of a round that has some of everything, made as the worker makes them."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

from django.conf import settings

from audit import jobs, keys
from audit.models import Checkpoint, Job
from core.models import User
from core.refusals import Refusal
from evidence import storage
from reports.archive import closing, making, verify
from reports.archive.scope import scope_of
from tests import make
from tests.make import House
from tests.workflows import scene
from workflows.models import Item, Problem, Round
from workflows.states import State


def asked(subject: str, by: User) -> Job:
    actor = by.actor()
    return making.ask(scope_of(subject, actor=actor), actor=actor, command_id=uuid4())


def made(subject: str, by: User) -> bytes:
    """The bytes of an archive, as they lie in the storage once its job is done."""
    job = asked(subject, by)
    jobs.sweep(60)
    job.refresh_from_db()
    assert (job.state, job.fault) == ("done", "")
    file = making.file_of(job)
    assert file is not None
    with storage.opened(file.digest) as opened:
        return opened.read()


def verified(archive: bytes, folder: Path, *words: str) -> tuple[int, dict[str, Any]]:
    """What a stranger's plain Python says of it: the exit code, and the answer in JSON."""
    path = folder / "archive.zip"
    path.write_bytes(archive)
    done = subprocess.run(
        [sys.executable, "-I", str(closing.VERIFIER), str(path), "--json", *words],
        capture_output=True,
        check=False,
    )
    assert done.stderr == b""
    return done.returncode, json.loads(done.stdout)


def files_of(archive: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def furnished(of: House | None = None, *, by: Random | None = None) -> tuple[House, Round]:
    """A round with an item in every state, one reopened, one extended; or one played at random."""
    at = of or make.house()
    round_ = make.round_(at)
    if by is not None:
        play(at, round_, by)
        return at, round_
    for state in State:
        make.item(state, house=at, round_=round_)
    for state, more in ((State.CLOSED, "reopen"), (State.RECTIFYING, "extend")):
        make.take(make.item(state, house=at, round_=round_), more, at)
    return at, round_


ON = {
    "draft": ("assign", "assign", "amend", "cancel"),
    "assigned": ("accept", "accept", "amend", "reassign", "ask_extension"),
    "rectifying": (
        *("record_progress", "attach", "attach", "withdraw_evidence", "replace_evidence"),
        *("submit", "submit", "prove", "prove", "amend", "ask_suspension", "ask_cancel"),
    ),
    "in_review": (
        *("approve", "approve", "send_back", "withdraw", "copy_to", "ask_help"),
        *("ask_evidence", "supply_evidence", "supply_evidence", "decline_evidence"),
    ),
    "verifying": (
        *("close", "close", "send_back", "attach", "amend", "disclose", "add_signer"),
        *("ask_evidence", "supply_evidence", "spare_evidence"),
    ),
    "suspended": ("wake",),
    "closed": ("ask_reopen", "disclose"),
    "cancelled": ("disclose",),
}
"""What is tried in a state; whatever is refused is an event as well."""


def play(of: House, round_: Round, by: Random, *, items: int = 8, steps: int = 18) -> None:
    """Items of a round moved at random by whoever is about, as far as they may."""
    people = [of.staff, of.head, of.office, of.closer, make.leader_of(of)]
    rows = make.entered(of, round_, *(make.line(of) for _ in range(items)))
    for row in rows:
        for _step in range(by.randrange(steps)):
            item = Item.objects.get(pk=row.pk)
            verb = by.choice(ON[item.state])
            doing = scene.verbs(heir=of.colleague.pk, file=make.paper(f"{make.number()}.pdf"))
            with suppress(Refusal):
                if verb == "prove":
                    make.prove(item, of)
                else:
                    who = of.staff if verb in _OF_STAFF else by.choice(people)
                    doing[verb](item, who.actor(), make.command(item))
            if by.random() < 0.3 and Item.objects.get(pk=row.pk).request is not None:
                make.grant(item, of)


_OF_STAFF = (
    *("accept", "record_progress", "attach", "submit", "withdraw", "withdraw_evidence"),
    *("supply_evidence", "decline_evidence"),
)


def subjects_of(round_: Round) -> list[str]:
    """Everything of a round that an archive can be of."""
    problems = Problem.objects.filter(aspect__round=round_).order_by("pk")
    items = round_.items.order_by("pk")
    return [round_.subject, *(f"problem:{p.pk}" for p in problems), *(i.subject for i in items)]


@dataclass
class Known:
    """What a verifier has from elsewhere: keys of the seals, keys of the log, outside copies."""

    folder: Path
    macs: dict[str, bytes] = field(default_factory=dict)
    pins: str = ""
    outside: str = ""

    @classmethod
    def now(cls, folder: Path) -> Known:
        macs = {name: bytes.fromhex(key) for name, key in settings.AUDIT_KEYS.items()}
        pins = "".join(f"{key.vkey}\n" for key in keys.believed())
        kept = "\n".join(Checkpoint.objects.order_by("size").values_list("note", flat=True))
        return cls(folder, macs, pins, kept)

    def findings(self, archive: bytes) -> list[tuple[str, str]]:
        """What the verifier finds, in this process: codes, and where."""
        path = self.folder / "in-question.zip"
        path.write_bytes(archive)
        box = verify.Box(str(path))
        done = verify.Verification(box, self.macs, self.pins, self.outside)
        return [(code, where) for code, where, _about in done.findings if code[:4] != "not "]
