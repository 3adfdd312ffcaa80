"""Write docs/state-machine.svg and docs/state-machine.md from the machine itself."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand
from django.template.loader import render_to_string
from django.utils import translation

from web import diagrams
from workflows import machine
from workflows.models import Item
from workflows.states import EVENTS, VERBS, State

HEADER = """\
# The machine of an item

Drawn from `workflows/models/item.py` by `manage.py draw_machine`; a test keeps it true.

![The states of an item and the verbs between them](state-machine.svg)

| From | Verb | To | Who may | On condition that | Event |
|---|---|---|---|---|---|
"""


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = ()

    def handle(self, *args: object, **options: object) -> None:
        folder = Path(settings.BASE_DIR) / "docs"
        folder.mkdir(exist_ok=True)
        for name, text in documents().items():
            (folder / name).write_text(text, encoding="utf-8")
            self.stdout.write(f"docs/{name}")


def documents() -> dict[str, str]:
    """The two files by name, in English."""
    with translation.override("en"):
        return {"state-machine.svg": _drawn(), "state-machine.md": HEADER + _rows()}


def _drawn() -> str:
    svg = render_to_string(
        "item/diagram.svg",
        {
            "drawing": diagrams.of_machine(),
            "name": "machine",
            "title": "The states of an item",
            "desc": "Every state, and every verb that leads from one to another.",
        },
    )
    return "\n".join(line.strip() for line in svg.splitlines() if line.strip()) + "\n"


def _rows() -> str:
    return "".join(
        f"| {State(move.source).label} `{move.source}` | {VERBS[move.verb].button} `{move.verb}` "
        f"| {State(move.target).label} `{move.target}`{_voids(move)} | {move.who.words} "
        f"| {_conditions(move)} | `{EVENTS[move.verb]}` |\n"
        for move in machine.moves(Item)
    )


def _voids(move: machine.Move) -> str:
    return " (voids the approval)" if move.voids_approval else ""


def _conditions(move: machine.Move) -> str:
    return ", ".join(guard.__name__.replace("_", " ") for guard in move.guards) or "-"
