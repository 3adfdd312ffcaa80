"""A ledger workbook from the command line: looked at, or entered whole."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils.translation import gettext as _

from core.actor import Actor
from core.models import User
from core.refusals import Refusal
from ledger import BadWorkbook, Draft, as_json, intake, read
from ledger.container import MAX_FILE
from ledger.outlook import Outlook, outlook
from workflows import policy
from workflows.models import Round


class Command(BaseCommand):
    help = "Enter a ledger workbook into a round, whole or not at all."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="the workbook, .xlsx")
        parser.add_argument("--round", required=True, help="the code of the round")
        parser.add_argument("--dry-run", action="store_true", help="only say what was read")
        parser.add_argument("--json", action="store_true", help="answer in JSON")
        parser.add_argument("--as", dest="login", help="the login of somebody of its office")

    def handle(self, *_args: Any, **options: Any) -> None:
        path, code = Path(options["file"]), options["round"]
        data = _bytes_of(path)
        if options["dry_run"]:
            self._tell(*_looked_at(data, path.name, _round_if_any(code)), json_=options["json"])
            return
        round_ = _round_if_any(code)
        if round_ is None:
            raise CommandError(_("There is no round with the code “%(code)s”.") % {"code": code})
        try:
            self._enter(data, path.name, round_, _actor(options["login"]), json_=options["json"])
        except Refusal as refused:
            raise CommandError(_sentence(refused)) from refused

    def _enter(self, data: bytes, name: str, round_: Round, actor: Actor, *, json_: bool) -> None:
        policy.insist_on_office(actor, round_.unit)
        draft = intake.understood(data, name=name, round_=round_)
        seen = outlook(draft, round_)
        intake.insist_on_no_errors(seen)
        batch = intake.keep(draft, data, name=name, round_=round_, actor=actor)
        _batch, entered, unchanged = intake.enter(
            batch, actor=actor, version=batch.version, accepted=True
        )
        if json_:
            self._print({"batch": batch.pk, "entered": entered, "unchanged": unchanged})
            return
        self._doubts(seen.asks)
        self.stdout.write(
            _("%(entered)s items entered, %(unchanged)s unchanged.")
            % {"entered": entered, "unchanged": unchanged}
        )

    def _tell(self, draft: Draft, seen: Outlook | None, *, json_: bool) -> None:
        if json_:
            faults = [doubt for doubt in seen.raised if doubt.severity == "error"] if seen else []
            self._print(as_json(replace(draft, doubts=draft.doubts + faults)))
            return
        self._doubts(seen.doubts if seen else draft.doubts)
        self.stdout.write(_counts(draft))
        self.stdout.write(_("Nothing was written."))

    def _doubts(self, doubts: list[Any]) -> None:
        for doubt in doubts:
            mark = "!" if doubt.severity == "error" else "?"
            self.stdout.write(f"{mark} {doubt.cell or '—'}  {doubt.text}")

    def _print(self, answer: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=1))


def _bytes_of(path: Path) -> bytes:
    """At most one byte more than a workbook may have, so that no file can fill the memory."""
    try:
        with path.open("rb") as file:
            return file.read(MAX_FILE + 1)
    except OSError as fault:
        raise CommandError(
            _("The file “%(name)s” cannot be opened: check its name and place.")
            % {"name": path.name or str(path)}
        ) from fault


def _looked_at(data: bytes, name: str, round_: Round | None) -> tuple[Draft, Outlook | None]:
    """A dry run needs no round: without one it says what the workbook says, and no more."""
    try:
        draft = read(data, name=name, year=round_.feedback_date.year if round_ else None)
    except BadWorkbook as bad:
        raise CommandError(str(bad)) from bad
    return draft, outlook(draft, round_) if round_ else None


def _round_if_any(code: str) -> Round | None:
    try:
        return Round.objects.select_related("unit").filter(code=code).first()
    except DatabaseError:
        return None


def _actor(login: str | None) -> Actor:
    if not login:
        raise CommandError(_("Say who enters the ledger: --as LOGIN, somebody of the office."))
    user = User.objects.filter(username=login, is_active=True).first()
    if user is None:
        raise CommandError(_("There is no active account “%(login)s”.") % {"login": login})
    return user.actor()


def _sentence(refused: Refusal) -> str:
    parts = [refused.rule, refused.then, *(text for _at, text in refused.holes)]
    return " ".join(str(part) for part in parts if part)


def _counts(draft: Draft) -> str:
    problems = [problem for aspect in draft.aspects for problem in aspect.problems]
    return _(
        "%(aspects)s aspects, %(problems)s problems, %(items)s items, %(measures)s measures"
    ) % {
        "aspects": len(draft.aspects),
        "problems": len(problems),
        "items": len(draft.items),
        "measures": sum(len(item.measures) for item in draft.items),
    }
