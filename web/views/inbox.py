"""The inbox: what one was told, newest first; opening a notice leads to where one acts on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.translation import gettext as _

from web.acting import actor_of, number_of
from web.answers import go, page
from workflows import notices
from workflows.actions import inbox as acts
from workflows.models import Item, Notice

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from core.actor import Actor

A_PAGE = 20


def inbox(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    unread = request.GET.get("show") == "unread"
    mine = Notice.objects.visible_to(actor)
    shown = Paginator(mine.unread() if unread else mine, A_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "rows": _rows(list(shown), actor),
        "shown": shown,
        "unread_only": unread,
        "newest": mine.values_list("pk", flat=True).first(),
    }
    return page(request, "inbox/inbox.html", context)


def _rows(told: list[Notice], actor: Actor) -> list[dict[str, Any]]:
    """Words only of items that the reader still sees: what went to somebody else is theirs now."""
    about = {n.item_id for n in told if n.item_id}
    seen = set(
        Item.objects.visible_to(actor).filter(pk__in=about).values_list("pk", flat=True)
        if about
        else ()
    )
    return [
        {
            "notice": notice,
            "words": notices.words(notice),
            "loud": notices.KINDS[notice.kind].loud,
            "gone": notice.item_id is not None and notice.item_id not in seen,
        }
        for notice in told
    ]


def read(request: HttpRequest, notice_id: int) -> HttpResponse:
    """`to` says where to go on: the notice's own page, or back to the list."""
    notice = acts.read(actor=actor_of(request), notice_id=notice_id)
    return go(request, reverse("inbox") if request.POST.get("to") == "inbox" else notice.url)


def read_all(request: HttpRequest) -> HttpResponse:
    count = acts.read_all(actor=actor_of(request), up_to=number_of(request, "newest"))
    messages.success(request, _("%(n)s notices marked as read.") % {"n": count})
    return go(request, reverse("inbox"))
