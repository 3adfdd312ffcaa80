"""My account: who I am here, my roles, my password, my language."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.urls import reverse
from django.utils.translation import gettext as _

from core.refusals import Unmet
from web.acting import actor_of
from web.answers import go, page
from web.views import deputies
from workflows import directory, notices
from workflows.actions import inbox
from workflows.actions import people as acts

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from core.models import User


def account(request: HttpRequest) -> HttpResponse:
    person = cast("User", request.user)
    context = {
        "person": person,
        "posts": directory.roles_of(person),
        "ways": notices.ways_to(person),
    }
    if not person.must_change_password:
        context |= deputies.shown_to(actor_of(request))
    return page(request, "account.html", context)


def channels(request: HttpRequest) -> HttpResponse:
    inbox.choose_channels(actor=actor_of(request), wanted=request.POST.getlist("channel"))
    messages.success(request, _("Saved: this is how word reaches you from now on."))
    return go(request, reverse("account"))


def password(request: HttpRequest) -> HttpResponse:
    new = request.POST.get("new", "")
    if new != request.POST.get("again", ""):
        raise Unmet(
            _("The new password was typed differently the second time."),
            then=_("Type it again, twice the same."),
            holes=[("again", _("the new password once more"))],
        )
    user = acts.change_password(actor=actor_of(request), old=request.POST.get("old", ""), new=new)
    update_session_auth_hash(request, user)
    messages.success(request, _("Your password was changed. You stay logged in here."))
    return go(request, reverse("account"))
