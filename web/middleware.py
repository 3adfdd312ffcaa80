"""Session limits, the role table, and the one place where a refusal becomes a page."""

from __future__ import annotations

import time
from contextlib import suppress
from ipaddress import ip_address
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from audit import record
from core.models import User
from core.refusals import Conflict, NotPermitted, Refusal
from web.acting import actor_of
from web.answers import by_htmx, go
from web.roles import ANYONE, LOGGED_IN, TABLE

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from django.http import HttpRequest, HttpResponse

    Next = Callable[[HttpRequest], HttpResponse]

SINCE = "since"
"""When the session began, in seconds; written at login."""
SEEN = "seen"
"""When it was last lengthened, in seconds."""
DRAWN_FOR = "X-Drawn-For"
"""Sent by our scripts: the person whose page it is, who may no longer be the one logged in."""
WHILE_PASSWORD_IS_OLD = frozenset({"account", "password", "logout", "language"})


class AddressMiddleware:
    """Behind our own proxy the caller is the last address it wrote; what comes before is hearsay.

    Without this everybody would share the proxy's address: one clerk's five failures would
    lock the house out, and the record would name the proxy.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.BEHIND_PROXY:
            named = request.headers.get("X-Forwarded-For", "").rsplit(",", 1)[-1].strip()
            with suppress(ValueError):
                request.META["REMOTE_ADDR"] = str(ip_address(named))
        return self.get_response(request)


class SessionLimitMiddleware:
    """Ends a session after half a day, however busy; an idle one by its age.

    Its age is counted from the last look, to the minute: not every request writes it anew.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            since = request.session.get(SINCE, 0)
            now = time.time()
            if now - since > settings.SESSION_ABSOLUTE_SECONDS:
                logout(request)
            elif now - request.session.get(SEEN, 0) > settings.SESSION_RENEWED_AFTER:
                request.session[SEEN] = now  # a changed session is saved, for another half hour
        return self.get_response(request)


class RoleMiddleware:
    """Asks the role table before any view; records and refuses what it does not allow."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        match = request.resolver_match
        name = (match.url_name if match else None) or ""
        row = TABLE.get(name)
        if row is None:
            raise ImproperlyConfigured(f"the address {name!r} has no row in web.roles.TABLE")
        method = "GET" if request.method == "HEAD" else request.method or ""
        # Raised here a refusal would pass RefusalMiddleware by: answer it on the spot.
        if method not in row:
            return refused(request, _not_this_way())
        allowed = row[method]
        if allowed is ANYONE:
            return None
        if not isinstance(request.user, User):
            return _at_the_door(request)
        if by_htmx(request) and request.headers.get(DRAWN_FOR, str(request.user.pk)) != str(
            request.user.pk
        ):
            return refused(request, _another_is_here(request.user))
        if request.user.must_change_password and name not in WHILE_PASSWORD_IS_OLD:
            return go(request, reverse("account"))
        if allowed != LOGGED_IN and not (actor_of(request).roles & allowed):
            return refused(request, _not_for_this_role())
        return None


def _at_the_door(request: HttpRequest) -> HttpResponse:
    """To the login page; but what somebody wrote for long is not left behind for that."""
    if request.method == "GET":
        back = request.get_full_path() if not by_htmx(request) else "/"
        return go(request, redirect_to_login(back).url)
    if not by_htmx(request):
        return redirect_to_login("/")
    return _above_the_form(render(request, "parts/door.html", status=403))


def _another_is_here(person: User) -> Conflict:
    return Conflict(
        _("This page was drawn for somebody else; logged in now is %(name)s.")
        % {"name": person.name},
        then=_("Open the page again before you act. Nothing was changed."),
        holes=[(reverse("home"), _("To the work of %(name)s") % {"name": person.name})],
    )


def _not_this_way() -> NotPermitted:
    return NotPermitted(_("This page does not take such a request."), then=_("Go back."))


def _not_for_this_role() -> NotPermitted:
    return NotPermitted(
        _("This page is not for your role."), then=_("Go back to your own first page.")
    )


class RefusalMiddleware:
    """Views do not catch refusals: a page, or a fragment where htmx asked, says them here."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, fault: Exception) -> HttpResponse | None:
        return refused(request, fault) if isinstance(fault, Refusal) else None


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    if isinstance(refusal, NotPermitted):
        note_refused(request, refusal)
    by_fragment = by_htmx(request)
    template = "parts/refusal.html" if by_fragment else "refusal.html"
    response = render(request, template, {"refusal": refusal}, status=refusal.status)
    return _above_the_form(response) if by_fragment else response


def _above_the_form(response: HttpResponse) -> HttpResponse:
    """The form stays as it is, with what was typed; only the answer is put above it."""
    response["HX-Retarget"] = "#refusal"
    response["HX-Reswap"] = "innerHTML show:#refusal:top"
    return response


def note_refused(request: HttpRequest, refusal: NotPermitted) -> None:
    """That somebody tried what they may not is on the record."""
    actor = actor_of(request)
    with transaction.atomic():
        record.note(
            "access.refused",
            subject=actor.subject,
            actor=actor,
            data={"path": request.path[:200], "method": request.method or "", "rule": str(refusal)},
        )
