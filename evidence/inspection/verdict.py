"""What became of an inspection, for whoever decides on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from evidence.inspection import words

if TYPE_CHECKING:
    from core.refusals import Unmet


class State(models.TextChoices):
    RECEIVING = "receiving", _("Arriving")
    QUARANTINED = "quarantined", _("Waiting for inspection")
    CLEAN = "clean", _("Inspected")
    REFUSED = "refused", _("Refused")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What the inspection took of the machine."""

    peak_kb: int
    cpu_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    state: State
    kind: str
    """The ending the file was judged by."""
    code: str = ""
    """Why it is not clean; empty when it is."""
    about: str = ""
    notes: tuple[str, ...] = ()
    preview: bool = False
    pages: int | None = None
    spent: Spent | None = None

    @property
    def clean(self) -> bool:
        return self.state is State.CLEAN

    def refusal(self, name: str) -> Unmet:
        """The sentence to raise: what was found in which file, and what to do."""
        return words.refusal(self.code, name, about=self.about, ending=self.kind)

    def told_notes(self) -> list[str]:
        return [str(words.NOTES[note]) for note in self.notes]
