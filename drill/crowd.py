"""Many clients of one server: what is pressed, in whose session, and what was answered."""

from __future__ import annotations

import http.client
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from urllib.parse import urlencode
from uuid import UUID, uuid4

PATIENCE = 30.0
"""Seconds a client waits for one answer; longer is an error."""
SECRET = "d" * 32
"""The forms' own, as the cookie and the header both carry it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """One press of a button: which, on which item, in whose session, with which form."""

    item: int
    verb: str
    session: str
    version: int
    command: UUID
    words: str = ""


@dataclass(slots=True)
class Crowd:
    """What is still to be pressed, and what came of it so far."""

    heads: list[str]
    waiting: SimpleQueue[Press] = field(default_factory=SimpleQueue)
    submitted: set[int] = field(default_factory=set)
    confirmed: set[UUID] = field(default_factory=set)
    answers: Counter[str] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    open: int = 0

    def put(self, press: Press) -> None:
        with self.lock:
            self.open += 1
        self.waiting.put(press)

    def told(self, press: Press, answer: str, seconds: float) -> None:
        """Note an answer; the first to hand an item in opens it to the heads."""
        with self.lock:
            self.answers[answer] += 1
            self.times.append(seconds)
            first = answer == "done" and press.verb == "submit" and press.item not in self.submitted
            if answer == "done":
                self.confirmed.add(press.command)
            if first:
                self.submitted.add(press.item)
        if first:
            for one in both(press.item, "approve", self.heads, press.version + 1):
                self.put(one)
        with self.lock:
            self.open -= 1


def both(item: int, verb: str, sessions: list[str], version: int) -> list[Press]:
    """Two presses that meet: of odd items one form twice, of even ones two forms."""
    one, other = uuid4(), uuid4()
    if item % 2:
        sessions, other = sessions[:1], one
    return [
        Press(item=item, verb=verb, session=session, version=version, command=command)
        for session, command in ((sessions[0], one), (sessions[-1], other))
    ]


def client(crowd: Crowd, port: int, give_up: float) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    while crowd.open and time.monotonic() < give_up:
        try:
            press = crowd.waiting.get(timeout=0.1)
        except Empty:
            continue
        began = time.monotonic()
        try:
            answer = pressed(connection, press)
        except (OSError, http.client.HTTPException) as fault:
            answer = type(fault).__name__
            connection.close()
        crowd.told(press, answer, time.monotonic() - began)
    connection.close()


def pressed(connection: http.client.HTTPConnection, press: Press) -> str:
    """Send the form; `done`, `late`, or what else the server said."""
    form = {"command": str(press.command), "version": press.version, "opinion": press.words}
    connection.request(
        "POST",
        f"/items/{press.item}/{press.verb}/",
        urlencode(form),
        {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": f"sessionid={press.session}; csrftoken={SECRET}",
            "X-CSRFToken": SECRET,
        },
    )
    response = connection.getresponse()
    response.read()
    if response.status == http.client.CONFLICT:
        return "late"
    # A redirection to the item is the answer to a form that was done.
    if response.status == http.client.FOUND and "/login" not in response.headers["Location"]:
        return "done"
    return str(response.status)


def press_all(crowd: Crowd, port: int, clients: int, give_up: float) -> None:
    """Until nothing is left to press, or it is time to give up."""
    crew = [threading.Thread(target=client, args=(crowd, port, give_up)) for _ in range(clients)]
    for one in crew:
        one.start()
    for one in crew:
        one.join()
