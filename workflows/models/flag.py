"""What a check found, until somebody has answered it: a reason to look, never a verdict."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audit import canonical
from core.models import Deliberate
from workflows.checks.rules import Rule
from workflows.models.citation import Citation
from workflows.models.item import Item
from workflows.models.measure import Measure

if TYPE_CHECKING:
    from core.actor import Actor


class FlagState(models.TextChoices):
    OPEN = "open", _("to be answered")
    CLEARED = "cleared", _("cleared")
    SENT_BACK = "sent_back", _("sent back")


class Reply(Deliberate):
    """What was said of a measure, or of the whole item, when it was last handed in."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="replies")
    measure = models.ForeignKey(Measure, models.PROTECT, null=True, related_name="replies")
    """None: the result of the item."""
    text = models.TextField()
    digest = models.CharField(max_length=64, db_index=True)
    said_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item", "measure"], name="one_reply_a_measure"),
            models.UniqueConstraint(
                fields=["item"], condition=Q(measure=None), name="one_reply_an_item"
            ),
        ]

    def __str__(self) -> str:
        return self.digest[:12]


class FlagQuerySet(models.QuerySet["Flag"]):
    def visible_to(self, actor: Actor) -> FlagQuerySet:
        """By the item it stands on; the other side is asked about apart."""
        return self.filter(item__in=Item.objects.visible_to(actor))

    def standing(self) -> FlagQuerySet:
        """Of what is still there: a file taken back proves nothing, and repeats nothing."""
        own = Q(citation=None) | Q(citation__withdrawn_at=None)
        other = Q(other_citation=None) | Q(other_citation__withdrawn_at=None)
        return self.filter(own & other, over_at=None)

    def open(self) -> FlagQuerySet:
        return self.standing().filter(state=FlagState.OPEN)


class Flag(Deliberate):
    """Stands on one citation, or on what was said of one measure; `other_…` is what it is like.

    The same two things raise it once, whichever was looked at first.
    """

    item = models.ForeignKey(Item, models.PROTECT, related_name="flags")
    rule = models.CharField(max_length=20, choices=Rule.choices)
    key = models.CharField(max_length=160, unique=True)
    citation = models.ForeignKey(Citation, models.PROTECT, null=True, related_name="flags")
    measure = models.ForeignKey(Measure, models.PROTECT, null=True, related_name="flags")
    """None only where it stands on the result of the item."""
    other_item = models.ForeignKey(Item, models.PROTECT, null=True, related_name="+")
    other_citation = models.ForeignKey(Citation, models.PROTECT, null=True, related_name="+")
    other_measure = models.ForeignKey(Measure, models.PROTECT, null=True, related_name="+")
    told = models.JSONField(default=dict)
    """The values that its sentence names."""
    salt = models.CharField(max_length=32, blank=True)
    """Random: the event's mark of all above tells nobody what the other side is."""
    state = models.CharField(max_length=10, choices=FlagState.choices, default=FlagState.OPEN)
    raised_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    """Why it was cleared, or looked at again."""
    over_at = models.DateTimeField(null=True)
    """When the words it stood on were written anew, and no longer say so."""

    objects = FlagQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(fields=["item", "state"], name="flags_of_item"),
            models.Index(fields=["state", "-id"], name="flags_by_state"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(state="cleared")
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="a_cleared_flag_says_who",
            )
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.rule}"

    @property
    def mark(self) -> str:
        """SHA-256 over what never changes of it: the event says it, and names no other side."""
        sides = [self.citation_id, self.measure_id]
        others = [self.other_item_id, self.other_citation_id, self.other_measure_id]
        told = [str(self.rule), self.key, *sides, *others, json.dumps(self.told, sort_keys=True)]
        return hashlib.sha256(canonical.encode({"flag": told, "salt": self.salt})).hexdigest()
