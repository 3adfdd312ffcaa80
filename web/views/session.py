"""At the door: login with its events, logout, the lock after failures."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from axes.signals import user_locked_out
from django.conf import settings
from django.contrib.auth import views as auth_views
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import connection, transaction
from django.dispatch import receiver
from django.http import HttpResponse
from django.shortcuts import render

from audit import record, triggers
from core.actor import Kind, nobody
from core.models import Membership, User
from core.roles import Role
from web.middleware import SINCE
from web.welcome import SEES

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.utils.functional import Promise


class LoginView(auth_views.LoginView):
    template_name = "login.html"
    redirect_authenticated_user = True

    def get_initial(self) -> dict[str, Any]:
        """A card of the demonstration carries its login name in the address."""
        return {"username": self.request.GET.get("login", "")[:150]}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        cards = demo_cards() if settings.ENV == "demo" else []
        first = list({card.post.role: card for card in reversed(cards)}.values())[::-1]
        others = [card for card in cards if card not in first]
        return super().get_context_data(**kwargs) | {"cards": first, "others": others}


@dataclass(frozen=True, slots=True)
class Card:
    """Somebody whom a visitor of the demonstration can be."""

    user: User
    post: Membership
    sees: Promise


def demo_cards() -> list[Card]:
    """One card a person, in the order of a first look. No password is in the database."""
    posts = Membership.objects.in_force().select_related("user", "unit", "section")
    people: dict[int, Membership] = {}
    # By section, so that the first of the staff and the first head are of the same one.
    for post in sorted(posts, key=lambda post: (_place(post), post.section_id or 0, post.pk)):
        people.setdefault(post.user_id, post)
    return [Card(post.user, post, SEES[Role(post.role)]) for post in people.values()]


def _place(post: Membership) -> int:
    return list(SEES).index(Role(post.role))


def live(_request: HttpRequest) -> HttpResponse:
    """For a proxy or supervisor: 200 when the database answers and the record is protected."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    if triggers.missing():
        return HttpResponse("the record is not protected\n", status=503)
    return HttpResponse("ok\n")


def locked_out(
    request: HttpRequest,
    _response: Any = None,
    _credentials: Any = None,
    *_rest: Any,
) -> HttpResponse:
    """After five failures: the same sentence whether the account exists or not."""
    return render(request, "locked.html", status=429)


@receiver(user_logged_in)
def _came_in(request: HttpRequest, user: User, **_kwargs: Any) -> None:
    request.session[SINCE] = time.time()
    actor = user.actor(address=request.META.get("REMOTE_ADDR", ""))
    with transaction.atomic():
        record.note("person.logged_in", subject=actor.subject, actor=actor, data={})


@receiver(user_logged_out)
def _went_out(request: HttpRequest, user: User | None, **_kwargs: Any) -> None:
    if user is None:
        return
    actor = user.actor(address=request.META.get("REMOTE_ADDR", ""))
    with transaction.atomic():
        record.note("person.logged_out", subject=actor.subject, actor=actor, data={})


@receiver(user_login_failed)
def _kept_out(
    credentials: dict[str, Any], request: HttpRequest | None = None, **_kwargs: Any
) -> None:
    _note_failure("person.login_failed", credentials.get("username"), request)


@receiver(user_locked_out)
def _locked(request: HttpRequest, username: str | None = None, **_kwargs: Any) -> None:
    _note_failure("person.locked_out", username, request)


def _note_failure(name: str, username: object, request: HttpRequest | None) -> None:
    """On the chain of the account that was tried, or of nobody when there is none of that name."""
    login = str(username or "")[:80]
    user = User.objects.filter(username=login).first()
    actor = nobody(request.META.get("REMOTE_ADDR", "") if request else "")
    subject = f"{Kind.PERSON}:{user.pk}" if user else str(Kind.NOBODY)
    with transaction.atomic():
        record.note(name, subject=subject, actor=actor, data={"login": login})
