"""Compute by hand what is derived from evidence: what is owed, what was never owed, or all anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Count
from django.utils.translation import gettext as _

from evidence import deriving
from evidence.models import Derivation

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "Compute what is derived from evidence and is not there yet."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--again", metavar="WHAT", help="compute everything of this kind anew, given up or not"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        if what := options["again"]:
            self._again(what)
        deriving.backfill()
        due = Derivation.objects.filter(standing=Derivation.Standing.WAITING).count()
        tried = 0
        while worked := deriving.sweep():
            tried += worked
            self.stdout.write(_("%(n)s of %(due)s tried.") % {"n": tried, "due": due})
        for line in _standing():
            self.stdout.write(line)

    def _again(self, what: str) -> None:
        if what not in deriving.names():
            raise CommandError(
                _("Nothing called “%(what)s” is derived; there is: %(names)s.")
                % {"what": what, "names": ", ".join(deriving.names())}
            )
        deriving.again(what)


def _standing() -> list[str]:
    """A line for each kind and standing, with its fault where it has one."""
    counted = Derivation.objects.values_list("what", "standing", "fault").annotate(n=Count("pk"))
    labels = dict(Derivation.Standing.choices)
    return [
        f"{what}: {labels[standing]}: {n}. {deriving.FAULTS.get(fault, fault)}".strip()
        for what, standing, fault, n in counted.order_by("what", "standing", "fault")
    ]
