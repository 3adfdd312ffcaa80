"""Measure the checks on files whose truth is known: precision, recall and F1 for each rule."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from core.refusals import Unmet
from evidence.text import worker
from workflows.checks import evaluation, rules
from workflows.checks.rules import Preset

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = (
        "Measure the checks on a folder with labels.csv (file_a,file_b,label; a label is "
        "same_picture, same_text, same_bytes or different), with flags.csv (file,flag, and where "
        "known feedback_date,claimed_date,claim; no flag says that the file is honest), or both."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--json", action="store_true", help="answer in JSON")
        parser.add_argument("--preset", choices=Preset.values, default=str(Preset.NORMAL))

    def handle(self, *_args: Any, **options: Any) -> None:
        folder = options["folder"]
        if not folder.is_dir():
            raise CommandError(_("There is no folder %(path)s.") % {"path": folder})
        try:
            found = evaluation.evaluated(folder, _text_of, rules.preset(options["preset"]))
        except Unmet as unmet:
            raise CommandError(f"{unmet.rule} {unmet.then}".strip()) from None
        if options["json"]:
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=1))
        else:
            self._tell(found)

    def _tell(self, found: dict[str, Any]) -> None:
        self.stdout.write(f"{'':20}{'precision':>10}{'recall':>8}{'F1':>8}{'right':>7}{'wrong':>7}"
                          f"{'missed':>8}")  # fmt: skip
        rows = {**found["pairs"], **found["flags"], "overall": found["overall"]}
        for name, row in rows.items():
            shares = "".join(f"{_share(row[key]):>{width}}" for key, width in _COLUMNS)
            counts = f"{row['right']:>7}{row['wrong']:>7}{row['missed']:>8}"
            self.stdout.write(f"{name:20}{shares}{counts}")
            for kind in ("wrong_examples", "missed_examples"):
                for example in row.get(kind, ()):
                    self.stdout.write(f"    {kind.removesuffix('_examples')}: {example}")
        for why, rows in found["left_out"].items():
            self.stdout.write(_("Not measured: %(why)s (rows: %(n)s)") % {"why": why, "n": rows})


_COLUMNS = (("precision", 10), ("recall", 8), ("f1", 8))


def _share(share: float | None) -> str:
    return "—" if share is None else f"{share:.3f}"


def _text_of(path: Path) -> str:
    ending = path.suffix.lower().lstrip(".")
    if ending not in worker.READERS:
        return ""
    with path.open("rb") as file:
        told = json.loads(worker.answer(file, ending))
    return "\n".join(told.get("parts", ()))
