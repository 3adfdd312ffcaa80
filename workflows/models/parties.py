"""Who else has a part in an item: its responsible leaders, and its other sections."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from core.models import Deliberate, Section


class ItemLeader(Deliberate):
    """A responsible leader as the ledger names them, and their account where there is one."""

    item = models.ForeignKey("Item", models.PROTECT, related_name="leaders")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=80)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="leads"
    )

    class Meta:
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item", "name"], name="a_leader_is_named_once")
        ]
        indexes: ClassVar = [models.Index(fields=["user", "item"], name="line_of")]

    def __str__(self) -> str:
        return self.name


class ItemSection(Deliberate):
    """Another section of an item: leading with the lead section, or supporting it."""

    class Part(models.TextChoices):
        LEAD = "lead"
        SUPPORT = "support"

    item = models.ForeignKey("Item", models.PROTECT, related_name="other_sections")
    section = models.ForeignKey(Section, models.PROTECT, related_name="supports")
    part = models.CharField(max_length=8, choices=Part.choices)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item", "section"], name="a_section_takes_one_part")
        ]

    def __str__(self) -> str:
        return str(self.section)
