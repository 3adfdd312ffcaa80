"""The peer built from django-fsm and django-simple-history, as their documents show it."""

from __future__ import annotations

from django.db import models
from django_fsm import FSMField, transition
from simple_history.models import HistoricalRecords


class HistoryItem(models.Model):
    """An item with as many fields as the verbs below change, and a history row for every save."""

    title = models.CharField(max_length=200)
    state = FSMField(default="draft", protected=True)
    assignee = models.ForeignKey("core.User", models.PROTECT, null=True)
    progress = models.CharField(max_length=16, default="not_done")
    result = models.TextField(blank=True)
    history = HistoricalRecords()

    def __str__(self) -> str:
        return self.title

    @transition(state, source="draft", target="assigned")
    def assign(self) -> None: ...

    @transition(state, source="assigned", target="rectifying")
    def accept(self) -> None: ...

    @transition(state, source="rectifying", target="rectifying")
    def record_progress(self) -> None: ...

    @transition(state, source="rectifying", target="assigned")
    def reassign(self) -> None: ...
