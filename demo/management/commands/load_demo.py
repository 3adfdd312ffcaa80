"""Fill an empty database with the demonstration round, by the acts of its own people."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from core.models import Unit
from demo import content, founding, life, logins, workbook
from workflows.actions import rounds
from workflows.models import Round

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "Load the demonstration round and print a one-time login for each of its people."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--new-passwords",
            action="store_true",
            help="hand out new one-time passwords, when the file with the logins is lost",
        )

    def handle(self, *_args: Any, new_passwords: bool, **_options: Any) -> None:
        round_ = content.the_round()
        _insist_on_a_place_for(content.the_people())
        loaded = Round.objects.filter(demo=True, code=round_["round"]["code"]).first()
        if loaded is None or new_passwords:
            _hand_out(round_)
        if loaded is None:
            loaded = _open(round_)
        elif _is_complete(loaded, round_) and not new_passwords:
            self.stdout.write(_already())
            return
        _play(loaded, round_)
        self.stdout.write(logins.path().read_text(encoding="utf-8").rstrip())


def _insist_on_a_place_for(people: content.People) -> None:
    """Only a demonstration, and only among its own: never beside anybody's real work."""
    if settings.PRODUCTION:
        raise CommandError(_("This is a production system: the demonstration is not loaded here."))
    ours = [unit["name"] for unit in people["units"]]
    if Unit.objects.exclude(name__in=ours).exists() or Round.objects.filter(demo=False).exists():
        raise CommandError(
            _("The database holds real units or rounds: the demonstration goes into an empty one.")
        )


def _hand_out(round_: content.Round) -> None:
    admitted = founding.found(content.the_people())
    logins.keep(logins.table(admitted, unit=round_["round"]["unit"]))


def _already() -> str:
    if logins.path().exists():
        return _("The demonstration is there already; its logins are in %(path)s.") % {
            "path": logins.path()
        }
    return _(
        "The demonstration is there already, but the file with its logins is not."
        " New ones: manage.py load_demo --new-passwords"
    )


def _open(round_: content.Round) -> Round:
    facts = round_["round"]
    today = timezone.localdate()
    return rounds.open_round(
        actor=life.Cast.of(facts["unit"]).offices[0],
        unit_id=Unit.objects.get(name=facts["unit"]).pk,
        code=facts["code"],
        title=facts["title"],
        inspection_body=facts["inspection_body"],
        starts=today - timedelta(days=facts["started_days_ago"]),
        ends=today - timedelta(days=facts["ended_days_ago"]),
        feedback_date=today - timedelta(days=facts["feedback_days_ago"]),
        demo=True,
    )


def _play(loaded: Round, round_: content.Round) -> None:
    """Enter the ledger and bring every item to its stage; goes on where it was interrupted."""
    cast = life.Cast.of(round_["round"]["unit"])
    if not loaded.items.exists():
        today = timezone.localdate()
        workbook.enter(round_, round_id=loaded.pk, actor=cast.offices[0], today=today)
    items = {item.no: item for item in loaded.items.order_by("position")}
    for told in content.items(round_):
        life.live(items[told["no"]], told, cast)


def _is_complete(loaded: Round, round_: content.Round) -> bool:
    """Whether the last item got as far as its script; what people did since counts as further."""
    last = loaded.items.order_by("position").last()
    if last is None:
        return False
    told = list(content.items(round_))[-1]
    script = life.steps(last, told, life.Cast.of(round_["round"]["unit"]))
    return last.version >= sum(1 for _step in script)
