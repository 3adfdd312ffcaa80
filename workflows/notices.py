"""Telling people: a row in each inbox, and word owed by every channel that reaches them.

    notify([head], kind="urged", key=f"event:{event.pk}", item=item, event=event)

`KINDS` holds the words. A new kind of notice is a row there; who gets it after which event is
said in workflows.effects.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit import channels, outbox
from audit.channels import Recipient
from core.models import User
from workflows.models import Muted, Notice
from workflows.models.deputy import in_place_of
from workflows.states import VERBS, State

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from django.utils.functional import Promise

    from audit.models import Event
    from workflows.models import Item

ITEM = "item"
REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Kind:
    words: Promise
    page: str = ITEM
    """Where the reader acts on it."""
    loud: bool = False
    """Goes out by every channel, also by those that the person muted."""


KINDS: dict[str, Kind] = {
    "assigned": Kind(_("%(who)s assigned you %(no)s %(title)s")),
    "reassigned": Kind(_("%(who)s passed %(no)s %(title)s on to you")),
    "returned": Kind(_("%(who)s returned %(no)s %(title)s: %(reason)s")),
    "reopened": Kind(_("%(who)s reopened %(no)s %(title)s: %(reason)s")),
    "submitted": Kind(_("%(who)s submitted %(no)s %(title)s for review"), page=REVIEW),
    "approved": Kind(_("%(who)s approved %(no)s %(title)s; it awaits close-out"), page=REVIEW),
    "turn": Kind(_("%(no)s %(title)s waits for your decision: %(who)s passed it on"), page=REVIEW),
    "back_at": Kind(_("%(who)s returned %(no)s %(title)s to your step: %(reason)s"), page=REVIEW),
    "handed": Kind(_("%(who)s handed %(no)s %(title)s over to you: %(reason)s"), page=REVIEW),
    "help": Kind(_("%(who)s asks for your help with %(no)s %(title)s: %(reason)s"), page=REVIEW),
    "helped": Kind(_("%(who)s answered, %(no)s %(title)s is yours again: %(reason)s"), page=REVIEW),
    "signer": Kind(_("%(who)s asks you to sign %(no)s %(title)s too"), page=REVIEW),
    "copied": Kind(_("%(who)s sent you a copy of %(no)s %(title)s to read")),
    "not_needed": Kind(_("%(no)s %(title)s no longer waits for your answer (%(who)s)")),
    "handed_away": Kind(_("%(who)s handed %(no)s %(title)s, which was yours, over to %(person)s")),
    "deputy": Kind(_("%(who)s made you their deputy from %(starts)s to %(ends)s: %(reason)s")),
    "deputy_over": Kind(_("%(who)s recalled you as their deputy")),
    "closed": Kind(_("%(who)s closed out %(no)s %(title)s")),
    "cancelled": Kind(_("%(who)s cancelled %(no)s %(title)s: %(reason)s")),
    "asked": Kind(_("%(who)s asks for a decision on %(no)s %(title)s: %(reason)s")),
    "passed_on": Kind(_("%(who)s agreed; a request of %(no)s %(title)s now waits for you")),
    "extended": Kind(_("%(who)s granted the extension of %(no)s %(title)s: now due %(until)s")),
    "suspended": Kind(_("%(who)s granted the suspension of %(no)s %(title)s until %(until)s")),
    "merged": Kind(_("%(who)s granted the merger of %(no)s %(title)s into %(into)s")),
    "refused": Kind(_("%(who)s refused what was asked of %(no)s %(title)s: %(reason)s")),
    "woken": Kind(_("%(no)s %(title)s rested and goes on now")),
    "due": Kind(_("%(no)s %(title)s, days left: %(days)s")),
    "due_today": Kind(_("%(no)s %(title)s is due today")),
    "undated": Kind(_("%(no)s %(title)s has no date and is not closed out: how far is it?")),
    "evidence_asked": Kind(
        _("%(who)s asks for one more paper for %(no)s %(title)s, until %(due)s: %(text)s")
    ),
    "evidence_spared": Kind(_("%(who)s no longer wants this paper for %(no)s %(title)s: %(text)s")),
    "evidence_supplied": Kind(
        _("%(who)s handed in for %(no)s %(title)s what you asked for: %(text)s")
    ),
    "evidence_declined": Kind(
        _("%(who)s has no such paper for %(no)s %(title)s (%(text)s): %(reason)s")
    ),
    "evidence_due": Kind(_("%(no)s %(title)s: a paper is wanted until %(due)s: %(text)s")),
    "evidence_overdue": Kind(
        _("%(no)s %(title)s: a paper was wanted until %(due)s and is not there: %(text)s"),
        loud=True,
    ),
    "urged": Kind(_("%(who)s urges you on: %(no)s %(title)s. %(reason)s")),
    "plan_asked": Kind(
        _("%(who)s: the plan of %(round)s, version %(version)s, asks for your opinion")
    ),
    "plan_returned": Kind(
        _("%(who)s returned the plan of %(round)s, version %(version)s: %(reason)s")
    ),
    "plan_approved": Kind(_("%(who)s approved the plan of %(round)s, version %(version)s")),
    "plan_withdrawn": Kind(_("%(who)s took the plan of %(round)s, version %(version)s, back")),
    "overdue": Kind(_("%(no)s %(title)s, days overdue: %(days)s"), loud=True),
} | {
    f"step-{verb}": Kind(
        format_lazy(_("On your list, %(no)s %(title)s: %(who)s {told}"), told=one.told)
    )
    for verb, one in VERBS.items()
}


def words(notice: Notice) -> str:
    """The notice in the language that is active now."""
    known = defaultdict(str, notice.params)
    if "for_whom" in known:
        known["who"] = in_place_of(known["who"], known["for_whom"])
    said = str(KINDS[notice.kind].words) % known
    if "instead_of" in known:
        said += gettext(" (you stand in for %(name)s)") % {"name": known["instead_of"]}
    return said


def notify(
    people: Iterable[User],
    *,
    kind: str,
    key: str,
    item: Item | None = None,
    params: dict[str, Any] | None = None,
    url: str = "",
    event: Event | None = None,
    bundle: str = "",
) -> None:
    """Tell people once for this key, in the caller's transaction or one of its own.

    `item` fills in the number, the title and the page; `params` says the rest. With a `bundle`
    nothing leaves the house until `send_bundles`.
    """
    told = {person.pk: person for person in people if person.is_active}
    if not told:
        return
    said = {**(params or {}), **({"no": item.no, "title": item.title} if item else {})}
    rows = [
        Notice(
            person=person,
            key=key,
            kind=kind,
            item=item,
            params=said,
            url=url or _page_of(kind, item),
            bundle=bundle,
            created=event.at if event else timezone.now(),
        )
        for person in told.values()
    ]
    with transaction.atomic():
        Notice.objects.bulk_create(rows, ignore_conflicts=True)
        if not bundle:
            _owe_word(Notice.objects.filter(person__in=told, key=key, bundle=""), event=event)


def send_bundles(bundle: str) -> None:
    """Owe each person of a bundle one message by every channel, however often this is said."""
    _owe_word(Notice.objects.filter(bundle=bundle), event=None)


def _page_of(kind: str, item: Item | None) -> str:
    if item is None:
        return reverse("inbox")
    if KINDS[kind].page == REVIEW:
        return _review_of(item)
    return reverse("item", args=[item.pk])


def page_to_decide(item: Item) -> str:
    """Where whoever has the item now acts on it; empty for the item's own page."""
    return _review_of(item) if item.state in {State.IN_REVIEW, State.VERIFYING} else ""


def request_to_decide(request_id: int | None) -> str:
    """Where whoever a request waits for answers it."""
    return f"{reverse('review')}?request={request_id}"


def _review_of(item: Item) -> str:
    return f"{reverse('review')}?item={item.pk}"


def _owe_word(notices: Iterable[Notice], *, event: Event | None) -> None:
    rows = list(notices)
    people = User.objects.in_bulk({n.person_id for n in rows})
    muted = set(Muted.objects.filter(person__in=people).values_list("person_id", "channel"))
    loud = {key_of(n) for n in rows if KINDS[n.kind].loud}
    owed: dict[tuple[str, str], None] = {}
    for notice in rows:
        key, person = key_of(notice), people[notice.person_id]
        for channel in channels.configured():
            heard = (person.pk, channel.name) not in muted or key in loud
            if heard and channel.reaches(recipient(person)):
                owed[handler_of(channel.name), key] = None
    outbox.owe_keyed(owed, event=event)


def key_of(notice: Notice) -> str:
    """What word of a notice is owed by: its own number, or its person's share of a bundle."""
    if notice.bundle:
        return f"{notice.person_id}/{notice.bundle}"
    return str(notice.pk)


def notices_of(key: str) -> list[Notice]:
    """The notices that one message is about; none when their item was taken off the ledger."""
    person, slash, bundle = key.partition("/")
    rows = Notice.objects.select_related("person", "item").order_by("pk")
    if slash:
        return list(rows.filter(person_id=int(person), bundle=bundle))
    return list(rows.filter(pk=int(key)))


def in_bundles(keys: Collection[str]) -> dict[str, Notice]:
    """One notice of each share of a bundle, by its key."""
    shares = [key.partition("/") for key in keys]
    rows = Notice.objects.select_related("person").filter(
        bundle__in={bundle for _person, _slash, bundle in shares},
        person__in={int(person) for person, _slash, _bundle in shares},
    )
    return {key_of(notice): notice for notice in rows}


def handler_of(channel: str) -> str:
    return f"by-{channel}"


def recipient(person: User) -> Recipient:
    return Recipient(
        name=person.name, login=person.username, email=person.email, phone=person.phone
    )


def link(notice: Notice) -> str:
    return f"{settings.SITE_URL}{notice.url}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A channel as its person sees it on the account page."""

    name: str
    label: Any
    on: bool
    reachable: bool


def ways_to(person: User) -> list[Way]:
    muted = set(person.muted.values_list("channel", flat=True))
    return [
        Way(
            name=channel.name,
            label=channel.label,
            on=channel.name not in muted,
            reachable=channel.reaches(recipient(person)),
        )
        for channel in channels.configured()
    ]
