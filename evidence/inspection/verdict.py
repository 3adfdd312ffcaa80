"""What became of an inspection, for whoever decides on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.refusals import Conflict
from evidence.inspection import words

if TYPE_CHECKING:
    from datetime import datetime

    from core.refusals import Refusal


class State(models.TextChoices):
    RECEIVING = "receiving", _("Arriving")
    QUARANTINED = "quarantined", _("Waiting for inspection")
    CLEAN = "clean", _("Inspected")
    REFUSED = "refused", _("Refused")
    DESTROYED = "destroyed", _("Destroyed at the end of its retention")


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

    def refusal(self, name: str) -> Refusal:
        """The sentence to raise: what was found in which file, and what to do."""
        refused = words.refusal(self.code, name, about=self.about, ending=self.kind)
        if self.state is State.REFUSED:
            return refused
        return Conflict(refused.rule, state=self.state.label, then=refused.then)

    def as_fields(self, at: datetime) -> dict[str, Any]:
        """What the row of the evidence keeps of it."""
        return {
            "inspection": self.state,
            "finding": self.code,
            "finding_about": self.about[:200],
            "notes": list(self.notes),
            "preview": self.preview,
            "page_count": self.pages,
            "inspected_at": at,
        }

    def told_notes(self) -> list[str]:
        return [str(words.NOTES[note]) for note in self.notes]
