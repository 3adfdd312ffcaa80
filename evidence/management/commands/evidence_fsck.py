"""Whether the storage of files is whole: for the system administrator, and for the night."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from core.refusals import Refusal
from evidence import fsck, orphans

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from evidence.fsck import Checked
    from evidence.orphans import Swept

EACH = 1000
"""After so many rows a word is said of how far it is."""


class Command(BaseCommand):
    help = (
        "Read the bytes of every row that names some, and look for the row of every file. Exit 1"
        " when bytes are missing or changed. Changes nothing without --sweep."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the findings as JSON")
        parser.add_argument(
            "--sweep", action="store_true", help="delete what no row names and is not young"
        )
        parser.add_argument(
            "--insist", action="store_true", help="sweep even where that is most of what there is"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            found = fsck.check(along=self._along)
            swept = orphans.sweep(insist=options["insist"]) if options["sweep"] else None
        except Refusal as refused:
            raise CommandError(f"{refused} {refused.then}") from refused
        (self._as_json if options["json"] else self._say)(found, swept)
        if found.damaged:
            raise CommandError(_("The storage of files is damaged: see above."))

    def _along(self, rows: int) -> None:
        if rows % EACH == 0:
            self.stderr.write(_("%(n)s rows read …") % {"n": rows})

    def _as_json(self, found: Checked, swept: Swept | None) -> None:
        told = found.as_dict()
        if swept:
            told |= {"deleted": swept.deleted, "broken_off": swept.broken_off}
            told["locked"] = swept.locked
        self.stdout.write(json.dumps(told, ensure_ascii=False))

    def _say(self, found: Checked, swept: Swept | None) -> None:
        for fault in found.faults:
            self.stdout.write(f"{fault.kind}: {fault.at} {fault.digest} {fault.text}")
        told = {"rows": found.rows, "files": found.files, "young": found.young}
        self.stdout.write(
            _("%(rows)s rows and %(files)s files read; %(young)s files wait for their row.") % told
        )
        if swept:
            told = {"n": swept.deleted, "m": swept.broken_off, "k": swept.locked}
            self.stdout.write(
                _("Swept: %(n)s files of nobody, %(m)s broken off; %(k)s are under lock.") % told
            )
