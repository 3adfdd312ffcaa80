"""What follows an event: word by mail to whoever is to act next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import translation
from django.utils.translation import gettext as _

from audit.outbox import follows
from core.models import Membership, User
from core.roles import Role
from workflows.models import Item
from workflows.states import EVENTS, VERBS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from audit.models import Event

_VERB_OF = {event: verb for verb, event in EVENTS.items()}


@follows("item.assigned", "item.reassigned", "item.returned", "item.reopened", name="mail-assignee")
def tell_the_assignee(event: Event) -> None:
    item = _item(event)
    _mail(event, item, [item.assignee] if item.assignee else [])


@follows("item.submitted", name="mail-section-heads")
def tell_the_section_heads(event: Event) -> None:
    item = _item(event)
    heads = Membership.objects.in_force().filter(role=Role.SECTION_HEAD, section=item.lead_section)
    _mail(event, item, User.objects.filter(memberships__in=heads).distinct())


@follows("item.approved", name="mail-office")
def tell_the_office(event: Event) -> None:
    item = _item(event)
    office = Membership.objects.in_force().filter(role=Role.OFFICE, unit__path=item.unit_path)
    _mail(event, item, User.objects.filter(memberships__in=office).distinct())


@follows("item.closed", "item.cancelled", name="mail-end")
def tell_of_the_end(event: Event) -> None:
    item = _item(event)
    _mail(event, item, [item.assignee] if item.assignee else [])


def _item(event: Event) -> Item:
    return Item.objects.select_related("assignee").get(pk=int(event.subject.partition(":")[2]))


def _mail(event: Event, item: Item, people: Iterable[User]) -> None:
    """One message a person, in the deployment's language; whoever has no address is skipped."""
    with translation.override(settings.LANGUAGE_CODE):
        told = VERBS[_VERB_OF[event.name]].told
        for person in people:
            if not person.email:
                continue
            EmailMessage(
                subject=_one_line(
                    _("%(no)s %(title)s: %(who)s %(told)s")
                    % {"no": item.no, "title": item.title, "who": event.actor_label, "told": told}
                ),
                body=_("%(name)s, this item now stands at “%(state)s”.\n\n%(url)s\n")
                % {
                    "name": person.name,
                    "state": item.get_state_display(),
                    "url": f"{settings.SITE_URL}/items/{item.pk}/",
                },
                to=[person.email],
            ).send()


def _one_line(text: str) -> str:
    """A workbook's cell may hold line breaks, a letter's subject may not."""
    return " ".join(text.split())
