"""Try files by hand: what the gate says of each, in a sentence or in JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from core.refusals import Refusal, Unmet
from evidence import kinds, quarantine
from evidence.inspection import inspector
from evidence.inspection.verdict import Verdict

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "Say of each file whether it could be evidence, and if not, why."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="*", type=Path, help="files, or folders of files")
        parser.add_argument(
            "--waiting", action="store_true", help="inspect the evidence that waits in quarantine"
        )
        parser.add_argument("--json", action="store_true", help="answer in JSON, a line a file")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["waiting"]:
            done = quarantine.sweep(most=100_000)
            self.stdout.write(_("%(n)s pieces of evidence inspected.") % {"n": done})
        for path in _files(options["files"]):
            told = _told(path)
            line = json.dumps(told, ensure_ascii=False) if options["json"] else _sentence(told)
            self.stdout.write(line)


def _files(paths: list[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise CommandError(_("There is no file %(path)s.") % {"path": path})
        found += sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
    return found


def _told(path: Path) -> dict[str, Any]:
    name = kinds.clean_name(path.name)
    try:
        verdict = inspector.judge(path, name)
    except Unmet as refused:
        return {"file": str(path), "name": name, "state": "refused", **_why(refused)}
    return {"file": str(path), "name": name, **_about(verdict, name)}


def _about(verdict: Verdict, name: str) -> dict[str, Any]:
    told: dict[str, Any] = {
        "state": verdict.state.value,
        "preview": verdict.preview,
        "pages": verdict.pages,
        "notes": list(verdict.notes),
        "code": verdict.code,
    }
    if verdict.spent:
        told |= {"peak_kb": verdict.spent.peak_kb, "cpu_ms": verdict.spent.cpu_ms}
    if not verdict.clean:
        return told | _why(verdict.refusal(name))
    return told | {"reason": " ".join(verdict.told_notes()), "next": ""}


def _why(refused: Refusal) -> dict[str, Any]:
    return {"reason": str(refused), "next": str(refused.then)}


def _sentence(told: dict[str, Any]) -> str:
    words = {
        "clean": _("taken in"),
        "refused": _("refused"),
        "quarantined": _("waits for inspection"),
    }
    parts = [f"{told['file']}: {words[told['state']]}.", told["reason"], told["next"]]
    if told["state"] == "clean" and not told["preview"]:
        parts.append(_("It is handed out as a file only, never shown in a page."))
    return " ".join(part for part in parts if part)
