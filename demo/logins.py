"""Who may try what: the table of demonstration logins, printed and kept in one private file."""

from __future__ import annotations

import os
import unicodedata
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.roles import Role
from demo.founding import role_of

if TYPE_CHECKING:
    from pathlib import Path

    from demo.content import Person
    from demo.founding import Admitted

SEES = {
    Role.STAFF: gettext_lazy("their items, the days left, what came back and why"),
    Role.SECTION_HEAD: gettext_lazy("what the section submitted, evidence beside each measure"),
    Role.LEADER: gettext_lazy("the board and every item of the bureau"),
    Role.UNIT_HEAD: gettext_lazy("every item of the bureau, and its warnings"),
    Role.OFFICE: gettext_lazy("the whole ledger: assign, check, close out, import"),
    Role.INSPECTION_OFFICE: gettext_lazy("every unit of the city, and how far each is"),
    Role.AUDITOR: gettext_lazy("everything with its trail; changes nothing"),
    Role.SYSTEM_OFFICER: gettext_lazy("accounts; no content, no roles"),
    Role.SECURITY_OFFICER: gettext_lazy("roles; opens no account, approves nothing"),
    Role.AUDIT_OFFICER: gettext_lazy("the record; changes nothing"),
}
GAP = "  "


def path() -> Path:
    place: Path = settings.VAR / "demo-logins.txt"
    return place


def keep(table: str) -> None:
    """Write the table for its owner's eyes only, from the first byte on."""
    path().parent.mkdir(parents=True, exist_ok=True)
    path().unlink(missing_ok=True)
    descriptor = os.open(path(), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(table + "\n")


def table(admitted: list[Admitted], *, unit: str) -> str:
    head = [_("Role"), _("Name"), _("Login name"), _("Password"), _("Sees")]
    rows = [
        [
            str(role_of(one.person).label),
            f"{one.person['name']} ({one.person['title']})",
            one.person["login"],
            one.password,
            _sees(one.person, unit),
        ]
        for one in admitted
    ]
    widths = [max(_width(row[n]) for row in [head, *rows]) for n in range(len(head))]
    return "\n".join(_line(row, widths) for row in [head, *rows])


def _sees(person: Person, unit: str) -> str:
    role = role_of(person)
    if role is Role.STAFF and person["memberships"][0]["unit"] != unit:
        return _("another bureau: nothing of this round")
    return str(SEES[role])


def _line(cells: list[str], widths: list[int]) -> str:
    padded = [
        cell + " " * (width - _width(cell)) for cell, width in zip(cells, widths, strict=True)
    ]
    return GAP.join(padded).rstrip()


def _width(text: str) -> int:
    """Columns on a terminal, where a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
