"""Make everything findable anew, or say whether it is kept as it should be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from workflows.actions import indexing

if TYPE_CHECKING:
    from argparse import ArgumentParser

SHOWN = 20


class Command(BaseCommand):
    help = "Keep anew what is searched: items, measures, and the text inside evidence."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="change nothing: say what is kept otherwise"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        if not options["check"]:
            self.stdout.write(_("%(n)s texts can be found.") % {"n": indexing.rebuild()})
            return
        if found := indexing.differences():
            for line in found[:SHOWN]:
                self.stdout.write(line)
            raise CommandError(
                _("%(n)s texts are kept otherwise than they are. Run rebuild_search.")
                % {"n": len(found)}
            )
        self.stdout.write(_("Everything is found as it is written."))
