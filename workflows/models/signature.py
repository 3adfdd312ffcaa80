"""A signature under decisions: typed or drawn by one person, once, and never changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from django.conf import settings
from django.db import models

from core.models import Deliberate
from evidence.drawn import digest_of
from evidence.storage import holders
from workflows.models.item import Item
from workflows.models.submission import Submission

if TYPE_CHECKING:
    from core.actor import Actor


class SignatureQuerySet(models.QuerySet["Signature"]):
    def visible_to(self, actor: Actor) -> SignatureQuerySet:
        """Whoever sees an item sees who signed for it, and how."""
        return self.filter(acts__item__in=Item.objects.visible_to(actor)).distinct()

    def update(self, **_fields: Any) -> NoReturn:
        raise TypeError("A signature is never changed.")

    def delete(self) -> NoReturn:
        raise TypeError("A signature is never taken away.")


class Signature(Deliberate):
    """What the event says of it (name and digests) is sealed there; verify_audit compares."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    verb = models.CharField(max_length=12)
    """What was signed for: approve or close."""
    typed_name = models.CharField(max_length=80)
    picture = models.CharField(max_length=64, blank=True)
    """Digest of the drawn picture, whose bytes are kept beside the evidence; empty when typed."""
    points = models.JSONField(default=list)
    """Strokes of [across, down, milliseconds]."""
    points_digest = models.CharField(max_length=64, blank=True)
    """Of the strokes in canonical form."""
    command = models.UUIDField()
    """The form it was given on; one form, one signature."""
    at = models.DateTimeField()

    objects = SignatureQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["person", "command"], name="a_form_is_signed_once")
        ]

    def __str__(self) -> str:
        return self.typed_name

    def told(self) -> dict[str, Any]:
        """What the event of an act says of the signature under it, the points by their digest."""
        points = digest_of(self.points) if self.points else ""
        return {"id": self.pk, "name": self.typed_name, "picture": self.picture, "points": points}

    def save_base(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("A signature is never changed.")
        super().save_base(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise TypeError("A signature is never taken away.")


class SignedAct(Deliberate):
    """One decision that a signature stands under; a signature for many at once has many."""

    signature = models.ForeignKey(Signature, models.PROTECT, related_name="acts")
    item = models.ForeignKey(Item, models.PROTECT, related_name="signed_acts")
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="signed_acts")
    seq = models.PositiveIntegerField()
    """Of the event on the item's chain that names the signature."""

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["item", "seq"], name="an_act_is_signed_once")
        ]

    def __str__(self) -> str:
        return f"{self.item} #{self.seq}"


holders.hold("signature", "workflows.Signature", "picture")
