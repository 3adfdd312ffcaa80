"""Which items: somebody's to see, of some units, one that is held, those past their day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from core import prepared
from core.refusals import NotFound
from workflows import holders
from workflows.models.parties import ItemSection
from workflows.states import RUNNING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from core.actor import Actor
    from workflows.models.item import Item


def _below(paths: Iterable[str]) -> Q:
    within = Q(pk__in=())
    for path in paths:
        within |= Q(unit_path__startswith=path)
    return within


class ItemQuerySet(models.QuerySet["Item"]):
    def visible_to(self, actor: Actor) -> ItemQuerySet:
        """The items an actor may see: the only way that pages get at one."""
        within = _below(actor.unit_paths) | Q(lead_section__in=actor.sections)
        # Asked of one row at a time, and only where the tests above did not answer: a list of all
        # that a leader ever decided would be read through for each page.
        beside = ItemSection.objects.filter(item=OuterRef("pk"), section__in=actor.sections)
        asked = self.model.duties.rel.related_model._default_manager.filter(item=OuterRef("pk"))
        return self.filter(
            within | Exists(beside) | Exists(asked.filter(holders.has_a_part("", actor)))
        )

    def of_units(self, paths: Iterable[str]) -> ItemQuerySet:
        """The items of these units and of all below them."""
        return self.filter(_below(paths))

    def locked(self, item_id: int) -> Item:
        """Fetch one item and hold its row until the transaction ends."""
        item = prepared.locked(self.model, item_id)
        if item is None:
            raise NotFound
        return item

    def overdue(self, on: date | None = None) -> ItemQuerySet:
        day = on or timezone.localdate()
        return self.filter(due__lt=day, state__in=RUNNING)
