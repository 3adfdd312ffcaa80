"""The indexes of items that the lists of work are read by.

For each list one that has its order, or that is short enough to be sorted. Only what was handed in
may have come back: those are few, so that the outcome of each can be looked up.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from workflows.states import OPEN

_OWED = Q(state__in=["assigned", "rectifying"])
_BACK = _OWED & Q(submission__isnull=False)
_STANDS = Q(state__in=sorted(OPEN))

INDEXES = [
    models.Index(
        fields=["assignee", "due", "id"],
        condition=_OWED,
        name="item_owed_by",
    ),
    models.Index(
        fields=["lead_section", "due", "id"],
        condition=_OWED,
        name="item_owed_by_section",
    ),
    models.Index(
        fields=["assignee", "due", "id"],
        condition=_STANDS,
        name="item_open_of",
    ),
    models.Index(
        fields=["lead_section", "due", "id"],
        condition=_STANDS,
        name="item_open_in_section",
    ),
    models.Index(
        fields=["unit_path", "due", "id"],
        opclasses=["varchar_pattern_ops", "date_ops", "int8_ops"],
        condition=_STANDS,
        name="item_open_in_unit",
    ),
    models.Index(fields=["due", "id"], condition=_STANDS, name="item_open"),
    models.Index(fields=["assignee", "due", "id"], condition=_BACK, name="item_came_back_to"),
    models.Index(
        fields=["lead_section", "due", "id"],
        condition=_BACK,
        name="item_came_back_in_section",
    ),
    models.Index(
        fields=["due", "id", "unit_path"],
        opclasses=["date_ops", "int8_ops", "varchar_pattern_ops"],
        condition=_BACK,
        name="item_came_back",
    ),
    models.Index(
        fields=["due", "id", "unit_path"],
        opclasses=["date_ops", "int8_ops", "varchar_pattern_ops"],
        condition=Q(state="draft"),
        name="item_to_assign",
    ),
]
