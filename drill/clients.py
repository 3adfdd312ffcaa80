"""python -m drill.clients [ITEMS [CLIENTS]]: a crowd at the same items, over HTTP.

ITEMS (1000) items that are ready are handed in and approved by CLIENTS (64) clients at once, each
item by several: two forms of one person, or the same form sent twice; then two heads, or one head
twice. Of two decisions one must win and the other be told so (409); the same form again is the
same decision. Counted afterwards from the record: acts that were confirmed and are not there, acts
that are there twice, and answers that were neither.

The server is the one of `make run`; the worker runs beside it.
"""

from __future__ import annotations

import http.client
import random
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from drill import stage
from drill.broker import free_port
from drill.crowd import Crowd, both, press_all
from tools.run import commands

if TYPE_CHECKING:
    from tests.make import House

LONGEST = 420.0
READY = 3
"""The version of an item that was assigned, accepted and worked on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    database: str
    items: int
    clients: int
    requests: int
    done: int
    conflicts: int
    errors: dict[str, int]
    lost: int
    """Acts that were answered as done and are not on the record, or items left behind."""
    double: int
    """Decisions beyond the one that each item has of each kind."""
    a_second: float
    median: float
    p95: float
    longest: float
    seconds: float

    @property
    def good(self) -> bool:
        return self.lost == self.double == 0 and not self.errors

    def __str__(self) -> str:
        errors = ", ".join(f"{n} {what}" for what, n in sorted(self.errors.items())) or "0 errors"
        return (
            f"{self.clients} clients, {self.items} items, {self.database}: {self.double} double, "
            f"{self.lost} lost, {errors}; {self.requests} requests ({self.done} done, "
            f"{self.conflicts} told they were late), {self.a_second:.0f} a second, "
            f"median {self.median:.2f} s, p95 {self.p95:.2f} s, longest {self.longest:.2f} s; "
            f"{self.seconds:.1f} s"
        )


def run(items: int, clients: int, folder: Path) -> Outcome:
    keys, crowd = _ready(items)
    port = free_port()
    words = commands(port)["The web process"][1:]
    server = stage.child(words, folder / "web.log")
    worker = stage.child(["manage.py", "work"], folder / "worker.log")
    try:
        _await(port)
        began = time.monotonic()
        press_all(crowd, port, clients, began + LONGEST)
        seconds = time.monotonic() - began
    finally:
        stage.stop(worker)
        stage.stop(server)
    return _counted(keys, clients, crowd, seconds)


def _await(port: int) -> None:
    give_up = time.monotonic() + 60
    while time.monotonic() < give_up:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/live")
            if connection.getresponse().status == http.client.OK:
                return
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
    raise RuntimeError("the web process did not answer in a minute")


def _ready(count: int) -> tuple[list[int], Crowd]:
    """So many items that may be handed in, and who presses."""
    from django.db import connection

    from tests import make

    if connection.vendor == "sqlite":
        connection.cursor().execute("PRAGMA synchronous=OFF")  # of this connection, to lay it out
    house = make.house()
    other = make.person("section_head", section=house.section)
    lines = (make.line(house, measures=("Repair it",)) for _ in range(count))
    items = make.entered(house, make.round_(house), *lines)
    for item in items:
        _make_ready(item.pk, house)
    crowd = Crowd(heads=[_session(house.head.pk), _session(other.pk)])
    staff = _session(house.staff.pk)
    first = [press for item in items for press in both(item.pk, "submit", [staff, staff], READY)]
    random.Random(5).shuffle(first)  # noqa: S311 -- an order, not a secret
    for press in first:
        crowd.put(press)
    return [item.pk for item in items], crowd


def _make_ready(item: int, house: House) -> None:
    from workflows.actions import assignments, rectification
    from workflows.actions.rectification import MeasureAccount
    from workflows.actions.step import Command
    from workflows.models import Measure

    office, staff = house.office.actor(), house.staff.actor()
    first = Command(id=uuid4(), version=0)
    assignments.assign(item, actor=office, command=first, assignee_id=house.staff.pk)
    assignments.accept(item, actor=staff, command=Command(id=uuid4(), version=1))
    measure = Measure.objects.get(item=item)
    account = MeasureAccount(measure_id=measure.pk, no_evidence_reason="It is kept elsewhere.")
    rectification.record_progress(
        item,
        actor=staff,
        command=Command(id=uuid4(), version=2),
        progress="done",
        result="It was repaired.",
        accounts=[account],
    )


def _session(person: int) -> str:
    """A session as a login leaves it, without the login."""
    from django.contrib import auth
    from django.contrib.sessions.backends.db import SessionStore

    from core.models import User
    from web.middleware import SINCE

    user = User.objects.get(pk=person)
    session = SessionStore()
    session[auth.SESSION_KEY] = str(user.pk)
    session[auth.BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[auth.HASH_SESSION_KEY] = user.get_session_auth_hash()
    session[SINCE] = time.time()
    session.create()
    return str(session.session_key)


def _counted(keys: list[int], clients: int, crowd: Crowd, seconds: float) -> Outcome:
    from django.db import connection

    from audit.models import Event
    from workflows.models import Item

    decided = Event.objects.filter(name__in=["item.submitted", "item.approved"])
    acts = list(decided.values_list("subject", "name", "command"))
    kept = {command for _subject, _name, command in acts}
    left_behind = Item.objects.filter(pk__in=keys).exclude(state="verifying").count()
    answers, times = crowd.answers, sorted(crowd.times)
    return Outcome(
        database=connection.vendor,
        items=len(keys),
        clients=clients,
        requests=sum(answers.values()),
        done=answers["done"],
        conflicts=answers["late"],
        errors={what: n for what, n in answers.items() if what not in {"done", "late"}},
        lost=len(crowd.confirmed - kept) + left_behind,
        double=len(acts) - len({(subject, name) for subject, name, _command in acts}),
        a_second=sum(answers.values()) / seconds,
        median=statistics.median(times),
        p95=times[int(len(times) * 0.95)],
        longest=times[-1],
        seconds=seconds,
    )


def main(arguments: list[str]) -> int:
    items, clients = (int(word) for word in [*arguments, *("1000", "64")[len(arguments) :]])
    with stage.prepared() as folder:
        return stage.conclude("clients", run(items, clients, folder))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
