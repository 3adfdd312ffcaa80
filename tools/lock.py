"""Print the lock's lines for one package, hashes and all: python -m tools.lock NAME."""

from __future__ import annotations

import sys
from pathlib import Path

LOCK = Path(__file__).resolve().parent.parent / "requirements.lock"


def lines_for(name: str, text: str) -> str:
    """One requirement with its continuation lines, or nothing."""
    taking = False
    found = []
    for line in text.splitlines():
        if not line.startswith((" ", "#")):
            taking = line.startswith(f"{name}==")
        if taking and not line.lstrip().startswith("#"):
            found.append(line)
    return "\n".join(found) + "\n"


if __name__ == "__main__":
    sys.stdout.write(lines_for(sys.argv[1], LOCK.read_text(encoding="utf-8")))
