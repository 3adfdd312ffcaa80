"""At the door: login with its events, logout, the lock after failures."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from django.contrib.auth import views as auth_views
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import connection, transaction
from django.dispatch import receiver
from django.http import HttpResponse
from django.shortcuts import render

from audit import record, triggers
from core.actor import Kind, nobody
from core.models import User
from web.middleware import SINCE

if TYPE_CHECKING:
    from django.http import HttpRequest


class LoginView(auth_views.LoginView):
    template_name = "login.html"
    redirect_authenticated_user = True


def live(_request: HttpRequest) -> HttpResponse:
    """For a proxy or supervisor: 200 when the database answers and the record is protected."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    if triggers.missing():
        return HttpResponse("the record is not protected\n", status=503)
    return HttpResponse("ok\n")


def locked_out(
    request: HttpRequest, _response: Any = None, _credentials: Any = None, *_rest: Any  # noqa: ANN401
) -> HttpResponse:
    """After five failures: the same sentence whether the account exists or not."""
    return render(request, "locked.html", status=429)


@receiver(user_logged_in)
def _came_in(request: HttpRequest, user: User, **_kwargs: Any) -> None:  # noqa: ANN401
    request.session[SINCE] = time.time()
    actor = user.actor(address=request.META.get("REMOTE_ADDR", ""))
    with transaction.atomic():
        record.note("person.logged_in", subject=actor.subject, actor=actor, data={})


@receiver(user_logged_out)
def _went_out(request: HttpRequest, user: User | None, **_kwargs: Any) -> None:  # noqa: ANN401
    if user is None:
        return
    actor = user.actor(address=request.META.get("REMOTE_ADDR", ""))
    with transaction.atomic():
        record.note("person.logged_out", subject=actor.subject, actor=actor, data={})


@receiver(user_login_failed)
def _kept_out(
    credentials: dict[str, Any], request: HttpRequest | None = None, **_kwargs: Any  # noqa: ANN401
) -> None:
    address = request.META.get("REMOTE_ADDR", "") if request else ""
    login = str(credentials.get("username", ""))[:80]
    with transaction.atomic():
        record.note(
            "person.login_failed",
            subject=str(Kind.NOBODY),
            actor=nobody(address),
            data={"login": login},
        )
