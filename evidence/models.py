"""A file that somebody handed in: what it is, when it was formed, when and from whom it came."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.models import Deliberate


class Evidence(Deliberate):
    """Never deleted. The bytes are named by `digest`; two rows may share the same bytes."""

    digest = models.CharField(max_length=64, db_index=True)
    size = models.BigIntegerField()
    name = models.CharField(max_length=160)
    media_type = models.CharField(max_length=100)
    formed_on = models.DateField(null=True, blank=True)
    """The date the paper itself bears, which is not the day it was handed in."""
    received_at = models.DateTimeField()
    received_from = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="evidence"
    )

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="a_real_sha256"
            ),
            models.CheckConstraint(condition=Q(size__gt=0), name="evidence_is_not_empty"),
        ]

    def __str__(self) -> str:
        return self.name
