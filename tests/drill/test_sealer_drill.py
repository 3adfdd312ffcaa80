"""The drill in its short form; `python -m drill.sealer` kills a hundred."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from drill.stage import EMPTY
from tests import template
from tests.house.source import ROOT

pytestmark = pytest.mark.sqlite  # a database of its own, on either run


def test_every_event_has_its_place_and_every_seal_its_copy_after_twelve_kills() -> None:
    environment = {**os.environ, EMPTY: str(template.MADE)}
    environment.pop("RECTIFY_DATABASE_URL", None)
    done = subprocess.run(
        [sys.executable, "-m", "drill.sealer", "12"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "12 kills, " in done.stdout
    assert " 0 breaks; " in done.stdout
    assert done.stdout.endswith("good\n")
