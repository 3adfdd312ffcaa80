"""Whether and how the result of an item is made known: inside the Party, and to society."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import Deliberate
from workflows.models.item import Item


class Audience(models.TextChoices):
    PARTY = "party", _("Inside the Party")
    SOCIETY = "society", _("To society")


class Ground(models.TextChoices):
    """Why a result is withheld."""

    STATE_SECRET = "state_secret", _("State secret")
    WORK_SECRET = "work_secret", _("Work secret")
    TRADE_SECRET = "trade_secret", _("Trade secret")
    PRIVACY = "privacy", _("Personal privacy")
    SECURITY = "security", _("Endangers security or stability")


class Disclosure(Deliberate):
    """One answer an audience: the text to be made known, or the ground for withholding it."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="disclosures")
    audience = models.CharField(max_length=8, choices=Audience.choices)
    text = models.TextField(blank=True)
    ground = models.CharField(max_length=16, choices=Ground.choices, blank=True)

    class Meta:
        ordering = ["audience", "id"]
        constraints = [
            models.UniqueConstraint(fields=["item", "audience"], name="one_answer_an_audience"),
            models.CheckConstraint(
                condition=(Q(text="") & ~Q(ground="")) | (~Q(text="") & Q(ground="")),
                name="disclosed_or_withheld_not_both",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item.no} {self.get_audience_display()}"
