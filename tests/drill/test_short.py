"""The drills of `make drill`, short: a few kills, a small crowd."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from drill import broker
from drill.stage import EMPTY, RESULT
from tests import template
from tests.house.source import ROOT

kombu: Any = import_module("kombu")  # ships no types
refused: Any = import_module("amqp.exceptions").PreconditionFailed
pytestmark = pytest.mark.sqlite  # databases of their own, on either run


def drilled(name: str, *words: str, folder: Path, **extra: str) -> dict[str, Any]:
    figures = folder / "figures.json"
    environment = {**os.environ, RESULT: str(figures), EMPTY: str(template.MADE), **extra}
    environment.pop("RECTIFY_DATABASE_URL", None)
    done = subprocess.run(
        [sys.executable, "-m", f"drill.{name}", *words],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, Any] = json.loads(figures.read_text())
    return found


def declared_as_classic(address: str) -> None:
    queue = kombu.Queue("rectify", queue_arguments={"x-queue-type": "classic"})
    with kombu.Connection(address) as connection:
        queue(connection).declare()


@contextmanager
def rabbit() -> Iterator[str]:
    try:
        with broker.running() as address:
            yield address
    except broker.NoBrokerError as why:
        pytest.skip(str(why))


def test_the_embedded_worker_killed_twice_loses_and_repeats_nothing(tmp_path: Path) -> None:
    figures = drilled("worker", "120", "2", folder=tmp_path)
    assert (figures["broker"], figures["kills"]) == ("embedded", 2)
    assert (figures["lost"], figures["double"]) == (0, 0)


def test_celery_on_rabbitmq_killed_loses_and_repeats_nothing(tmp_path: Path) -> None:
    with rabbit() as address:
        figures = drilled("worker", "120", "2", folder=tmp_path, RECTIFY_BROKER_URL=address)
        with pytest.raises(refused, match="quorum"):
            declared_as_classic(address)
    assert figures["broker"] == "amqp"
    assert figures["kills"] == 2
    assert (figures["lost"], figures["double"]) == (0, 0)


def test_uploads_go_on_after_the_web_process_was_killed(tmp_path: Path) -> None:
    figures = drilled("uploads", "3", "4", folder=tmp_path)
    assert (figures["kills"], figures["files"]) == (3, 4)
    assert figures["equal"] == figures["cited"] == 4
    assert (figures["dangling"], figures["damaged"], figures["strays"]) == (0, 0, 0)


def test_a_small_crowd_at_the_same_items_gets_each_decided_once(tmp_path: Path) -> None:
    figures = drilled("clients", "12", "8", folder=tmp_path)
    assert figures["requests"] == 48  # each item handed in twice and approved twice
    assert (figures["lost"], figures["double"], figures["errors"]) == (0, 0, {})
    assert (figures["done"], figures["conflicts"]) == (36, 12)
