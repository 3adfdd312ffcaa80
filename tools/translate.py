"""Add translations to the Chinese catalogue: a JSON object {English: Chinese} on stdin."""

from __future__ import annotations

import fcntl
import json
import sys
from pathlib import Path

import polib

CATALOGUE = Path(__file__).parent.parent / "locale/zh_Hans/LC_MESSAGES/django.po"
HEADER = {
    "Project-Id-Version": "rectify",
    "Language": "zh_Hans",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=1; plural=0;",
}


def upsert(pairs: dict[str, str]) -> None:
    """Add or replace entries; sorted, so that two people's additions merge."""
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    with (CATALOGUE.parent / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        known = polib.pofile(str(CATALOGUE)) if CATALOGUE.exists() else polib.POFile()
        words = {entry.msgid: entry.msgstr for entry in known} | pairs
        catalogue = polib.POFile(wrapwidth=100)
        catalogue.metadata = HEADER
        for english in sorted(words):
            entry = polib.POEntry(msgid=english, msgstr=words[english])
            if "%(" in english:
                entry.flags.append("python-format")
            catalogue.append(entry)
        catalogue.save(str(CATALOGUE))
        catalogue.save_as_mofile(str(CATALOGUE.with_suffix(".mo")))


if __name__ == "__main__":
    upsert(json.load(sys.stdin))
