"""Whether the record is whole: for auditors, and for the night."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from audit import triggers
from workflows.verification import verify_all


class Command(BaseCommand):
    help = (
        "Walk every chain of the record, explain every item's state by its events, compare every"
        " evidence digest with its bytes, and the log with its checkpoints and the copies outside."
        " Exit 0 and a count, or 1 and each chain's first break."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the findings as JSON")
        parser.add_argument(
            "--outside",
            type=Path,
            default=Path(settings.OUTSIDE_FOLDER) if settings.OUTSIDE_FOLDER else None,
            help="the folder of checkpoints outside to compare with; RECTIFY_OUTSIDE_FOLDER if set",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        outside = options["outside"]
        if outside and not outside.is_dir():
            raise CommandError(_("The folder %(path)s is not there.") % {"path": outside})
        found = verify_all(outside)
        gone = sorted(triggers.missing())
        if options["json"]:
            told = found.as_dict()
            told["missing_triggers"] = gone
            told["ok"] = told["ok"] and not gone
            self.stdout.write(json.dumps(told, ensure_ascii=False))
        else:
            self._say(found.as_dict())
        for name in gone:
            self.stderr.write(_("The trigger %(name)s is missing.") % {"name": name})
        if found.breaks or gone:
            raise CommandError(
                _("The record is not whole: %(n)s breaks.") % {"n": len(found.breaks) + len(gone)}
            )

    def _say(self, told: dict[str, Any]) -> None:
        for broken in told["breaks"]:
            self.stdout.write(f"{broken['subject']} #{broken['seq']}: {broken['text']}")
        if told["ok"]:
            self.stdout.write(
                _(
                    "The record is whole: %(events)s events in %(chains)s chains,"
                    " %(items)s items explained, %(evidence)s files intact."
                )
                % told
            )
            self.stdout.write(
                _(
                    "The log is whole: %(places)s places, %(sealed)s sealed,"
                    " %(checkpoints)s checkpoints, %(copies)s copies outside agree."
                )
                % told
            )
        for text in told["unchecked"]:
            self.stdout.write(_("Not checked: %(what)s") % {"what": text})
