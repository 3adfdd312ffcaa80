"""Archives of a round that has some of everything, made as the worker makes them."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any
from uuid import uuid4

from audit import jobs
from audit.models import Job
from core.models import User
from evidence import storage
from reports.archive import closing, making
from reports.archive.scope import scope_of
from tests import make
from tests.make import House
from workflows.models import Round
from workflows.states import State


def furnished(of: House | None = None) -> tuple[House, Round]:
    """A round with an item in every state, one of them reopened, one returned, one extended."""
    at = of or make.house()
    round_ = make.round_(at)
    for state in State:
        make.item(state, house=at, round_=round_)
    again = make.item(State.CLOSED, house=at, round_=round_)
    make.take(again, "reopen", at)
    longer = make.item(State.RECTIFYING, house=at, round_=round_)
    make.take(longer, "extend", at)
    return at, round_


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
