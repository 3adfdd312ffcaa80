"""Who stands in for me, and for whom I do: on the account page, appointed and recalled there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.models import Membership
from core.refusals import Unmet
from web.acting import actor_of, date_or_none
from web.answers import go
from web.colleagues import chosen, stand_ins
from web.forms import text_of
from web.roles import ACTING
from web.selection import key
from workflows.actions import deputies
from workflows.models import Deputy

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from core.actor import Actor

SHOWN = 20


def shown_to(actor: Actor) -> dict[str, Any]:
    """What the account page tells of deputies; nothing for whoever decides nothing."""
    if not actor.roles & ACTING:
        return {}
    rows = Deputy.objects.visible_to(actor).select_related("person", "deputy")
    found = list(rows.order_by("-starts", "-pk")[:SHOWN])
    today = timezone.localdate()
    lent = Membership.objects.select_related("unit", "section").in_bulk(
        {post for row in found for post in row.posts}
    )
    return {
        "may_appoint": True,
        "mine": [
            (row, _standing(row), _scope(row, lent)) for row in found if row.person_id == actor.id
        ],
        "for_others": [
            (row, _scope(row, lent))
            for row in found
            if row.deputy_id == actor.id and row.recalled_at is None and row.ends >= today
        ],
        "own_posts": [(post.pk, _words(post)) for post in _own(actor)],
        "stand_ins": stand_ins(actor),
        "today": today,
    }


def _own(actor: Actor) -> list[Membership]:
    posts = Membership.objects.in_force().filter(user=actor.id, role__in=ACTING)
    return list(posts.select_related("unit", "section").order_by("unit__path", "section", "pk"))


def _words(post: Membership) -> str:
    return f"{post.get_role_display()} · {post.section.name if post.section else post.unit.name}"


def _scope(row: Deputy, lent: dict[int, Membership]) -> str:
    """Which posts are lent, in words; empty for all of them."""
    return _(", ").join(_words(lent[post]) for post in row.posts if post in lent)


def _standing(row: Deputy) -> str:
    today = timezone.localdate()
    if row.recalled_at is not None:
        return "recalled"
    if row.ends < today:
        return "over"
    return "planned" if row.starts > today else "now"


def appoint(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    starts, ends = date_or_none(request, "starts"), date_or_none(request, "ends")
    if starts is None or ends is None:
        raise Unmet(
            _("A deputy is appointed from a day to a day."),
            then=_("Fill in both days."),
            holes=[("starts", _("the first day"))],
        )
    posts = request.POST.getlist("post") if request.POST.get("scope") == "posts" else None
    if posts == []:
        raise Unmet(
            _("No post was chosen that the deputy stands in for."),
            then=_("Tick at least one, or choose all of your work."),
            holes=[("posts", _("the posts"))],
        )
    row = deputies.appoint(
        actor=actor,
        deputy_id=chosen(request, stand_ins(actor)),
        starts=starts,
        ends=ends,
        reason=text_of(request, "reason", most=300),
        posts=[key(post) or 0 for post in posts or ()],
        with_tray="with_tray" in request.POST,
    )
    messages.success(
        request, _("%(name)s stands in for you in that period.") % {"name": row.deputy.name}
    )
    return go(request, reverse("account"))


def recall(request: HttpRequest, deputyship_id: int) -> HttpResponse:
    row = deputies.recall(deputyship_id, actor=actor_of(request))
    messages.success(request, _("%(name)s was recalled.") % {"name": row.deputy.name})
    return go(request, reverse("account"))
