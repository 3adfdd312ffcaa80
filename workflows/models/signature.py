"""A signature under decisions: typed or drawn by one person, once, and never changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.models import Deliberate
from evidence.drawn import digest_of
from evidence.storage import holders
from workflows.models.item import Item
from workflows.models.plan import Plan
from workflows.models.request import Request
from workflows.models.submission import Submission

if TYPE_CHECKING:
    from core.actor import Actor


class SignatureQuerySet(models.QuerySet["Signature"]):
    def visible_to(self, actor: Actor) -> SignatureQuerySet:
        """Whoever sees an item or a plan sees who signed for it, and how."""
        of_items = Q(acts__item__in=Item.objects.visible_to(actor))
        return self.filter(of_items | Q(acts__plan__in=Plan.objects.visible_to(actor))).distinct()

    def update(self, **_fields: Any) -> NoReturn:
        raise TypeError("A signature is never changed.")

    def delete(self) -> NoReturn:
        raise TypeError("A signature is never taken away.")


class Signature(Deliberate):
    """What the event says of it (name and digests) is sealed there; verify_audit compares."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    verb = models.CharField(max_length=12)
    """What was signed for: approve, close, agree (to a request) or plan."""
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
    item = models.ForeignKey(Item, models.PROTECT, null=True, related_name="signed_acts")
    """Of a submission or a request; a plan is its round's."""
    submission = models.ForeignKey(
        Submission, models.PROTECT, null=True, related_name="signed_acts"
    )
    request = models.ForeignKey(Request, models.PROTECT, null=True, related_name="signed_acts")
    plan = models.ForeignKey(Plan, models.PROTECT, null=True, related_name="signed_acts")
    seq = models.PositiveIntegerField()
    """Of the event on the chain of the item or the round that names the signature."""

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["item", "seq"], name="an_act_is_signed_once"),
            models.UniqueConstraint(fields=["plan", "seq"], name="an_act_on_a_plan_is_signed_once"),
            models.CheckConstraint(
                condition=Q(item__isnull=False, plan__isnull=True)
                & (Q(submission__isnull=False) ^ Q(request__isnull=False))
                | Q(item__isnull=True, plan__isnull=False)
                & Q(submission__isnull=True, request__isnull=True),
                name="a_signature_stands_under_one_matter",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item or self.plan} #{self.seq}"

    @property
    def subject(self) -> str:
        """Whose chain tells of it."""
        return self.item.subject if self.item else self.plan.round.subject if self.plan else ""


holders.hold("signature", "workflows.Signature", "picture")
