"""The drill in its short form; `python -m drill.outbox` kills a hundred."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from drill.stage import EMPTY
from tests import template
from tests.house.source import ROOT


@pytest.mark.sqlite
def test_what_a_killed_process_owed_is_announced_by_the_next_sweep() -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("RECTIFY_")}
    environment[EMPTY] = str(template.MADE)
    done = subprocess.run(
        [sys.executable, "-m", "drill.outbox", "5"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "5 kills, 5 commits, 5 unannounced at the time; after the sweep 0 never" in done.stdout
