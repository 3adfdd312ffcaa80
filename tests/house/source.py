"""The source as files, for the rules of the house."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = (
    "core",
    "audit",
    "evidence",
    "workflows",
    "ledger",
    "reports",
    "web",
    "api",
    "project",
    "demo",
)


@cache
def tracked() -> tuple[Path, ...]:
    """Every file of the repository, and what is about to be added to it."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return tuple(path for name in names.split("\0") if name and (path := ROOT / name).is_file())


def within(*folders: str, suffix: str = "") -> list[Path]:
    """Tracked files under any of the folders."""
    return [
        path
        for path in tracked()
        if path.relative_to(ROOT).parts[0] in folders and path.name.endswith(suffix)
    ]


def name(path: Path) -> str:
    """The path as a reader would write it."""
    return str(path.relative_to(ROOT))
