from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests import postgres
from tests.house.source import ROOT

ASK = (
    "import os, psycopg; c = psycopg.connect(os.environ['RECTIFY_DATABASE_URL']);"
    "print(c.execute('SHOW server_encoding').fetchone()[0],"
    " c.execute('SHOW listen_addresses').fetchone()[0] or 'socket only',"
    " c.execute('SHOW data_directory').fetchone()[0])"
)


def beside(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.postgres", "--", *command],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_command_gets_a_server_of_its_own_that_is_gone_afterwards() -> None:
    done = beside(sys.executable, "-c", ASK)
    assert done.returncode == 0, done.stderr
    first, second = done.stdout.splitlines()
    assert first.startswith("Testing on postgres (PostgreSQL) ")
    assert second.startswith("UTF8 socket only ")
    assert not Path(second.split()[-1]).exists()


def test_the_commands_exit_code_is_handed_on() -> None:
    assert beside(sys.executable, "-c", "raise SystemExit(7)").returncode == 7


def test_a_folder_without_postgresql_is_said_so_in_a_sentence(tmp_path: Path) -> None:
    done = beside(sys.executable, "-c", "print('ran')", RECTIFY_TEST_PG_BIN=str(tmp_path))
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("No PostgreSQL can be started here. Tried: ")
    assert "Traceback" not in done.stderr


def test_the_newest_release_is_preferred() -> None:
    folders = [Path(f"/usr/lib/postgresql/{release}/bin") for release in ("9.6", "17", "15")]
    assert [folder.parent.name for folder in sorted(folders, key=postgres.release)] == [
        "9.6",
        "15",
        "17",
    ]


def test_root_and_only_root_steps_down_to_run_it() -> None:
    assert bool(postgres.unprivileged()) == (os.geteuid() == 0)
