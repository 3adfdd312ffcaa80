from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import polib

from tests.house.source import ROOT
from tools.compile_messages import compile_all
from tools.lock import lines_for


def bare(tmp_path: Path, *commands: str) -> Path:
    """A PATH that holds these commands and no Python but what a test adds."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("sh", "dirname", "cat", "rm", *commands):
        (folder / name).symlink_to(str(shutil.which(name)))
    return folder


def script(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{text}\n")
    (folder / name).chmod(0o755)


def setup(tmp_path: Path, path: Path) -> subprocess.CompletedProcess[str]:
    """Run the script in a copy of the project that has nothing but what it needs."""
    project = tmp_path / "project"
    (project / "tools").mkdir(parents=True)
    shutil.copy(ROOT / "tools/setup.sh", project / "tools")
    return subprocess.run(
        [str(shutil.which("sh")), str(project / "tools/setup.sh")],
        env={"PATH": str(path)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_machine_without_python_is_told_what_to_install(tmp_path: Path) -> None:
    done = setup(tmp_path, bare(tmp_path))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "Rectify needs Python 3.11 or newer, and none was found on the PATH.\n"
        "Install it (on Debian or Ubuntu: apt-get install python3 python3-venv), then try again.\n"
    )
    assert not (tmp_path / "project/.venv").exists()


def test_a_python_that_is_too_old_counts_as_none(tmp_path: Path) -> None:
    folder = bare(tmp_path)
    script(folder, "python3", "exit 1")  # what the version question answers on 3.9
    done = setup(tmp_path, folder)
    assert done.returncode == 1
    assert "none was found" in done.stderr


def test_a_python_without_venv_is_told_which_package_has_it(tmp_path: Path) -> None:
    folder = bare(tmp_path)
    script(folder, "python3", 'case "$*" in *ensurepip*) exit 1;; *) exit 0;; esac')
    done = setup(tmp_path, folder)
    assert done.returncode == 1
    assert "its venv module is not installed" in done.stderr
    assert "apt-get install python3-venv" in done.stderr
    assert not (tmp_path / "project/.venv").exists()


def test_an_environment_whose_python_has_gone_is_made_anew(tmp_path: Path) -> None:
    project = tmp_path / "project"
    (project / ".venv/bin").mkdir(parents=True)
    (project / ".venv/bin/python").symlink_to("/nowhere/python3")
    (project / ".venv/old").write_text("from before")
    done = setup(tmp_path, bare(tmp_path))
    assert "making it anew" in done.stderr
    assert not (project / ".venv").exists()


def test_a_second_setup_with_the_same_lock_and_python_installs_nothing(tmp_path: Path) -> None:
    project = tmp_path / "project"
    (project / ".venv/bin").mkdir(parents=True)
    (project / "requirements.lock").write_text("nothing\n")
    digest = hashlib.sha256(b"nothing\n").hexdigest()
    asked = project / "asked"
    script(
        project / ".venv/bin",
        "python",
        f'echo "$*" >> {asked}\ncase "$*" in *hashlib*) echo {digest} 3.11;; esac',
    )
    (project / ".venv/stamp").write_text(f"{digest} 3.11\n")
    done = setup(tmp_path, bare(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    assert "pip" not in asked.read_text()
    assert "tools.compile_messages" in asked.read_text()


def test_make_alone_says_what_there_is_to_make() -> None:
    done = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True)
    for target in ("run", "test", "setup", "check", "bench"):
        assert f"make {target} " in done.stdout


def test_the_lines_of_one_package_come_with_their_digests() -> None:
    lock = (
        "a==1 \\\n    --hash=sha256:1\n    # via b\nuv==2 ; x \\\n    --hash=sha256:2\nuvloop==3\n"
    )
    assert lines_for("uv", lock) == "uv==2 ; x \\\n    --hash=sha256:2\n"


def test_messages_are_compiled_once_and_again_when_they_change(tmp_path: Path) -> None:
    folder = tmp_path / "zh_Hans/LC_MESSAGES"
    folder.mkdir(parents=True)
    source = folder / "django.po"
    source.write_text('msgid "close"\nmsgstr "销号"\n', encoding="utf-8")
    assert compile_all(tmp_path) == [folder / "django.mo"]
    assert compile_all(tmp_path) == []
    assert polib.mofile(str(folder / "django.mo"))[0].msgstr == "销号"

    source.write_text('msgid "close"\nmsgstr "结案"\n', encoding="utf-8")
    later = (folder / "django.mo").stat().st_mtime + 5
    os.utime(source, (later, later))
    assert compile_all(tmp_path) == [folder / "django.mo"]
    assert polib.mofile(str(folder / "django.mo"))[0].msgstr == "结案"
