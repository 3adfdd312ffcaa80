"""The search box: a page of groups, all of one group by pages, and what the palette lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from web import found
from web.acting import actor_of
from web.answers import page
from workflows import searching

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

FEW_IN_THE_BOX = 4


def search(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    asked = searching.asked_of(request.GET.get("q", ""))
    context: dict[str, Any] = {"asked": asked, "numbered": [], "groups": []}
    only = request.GET.get("in", "")
    if asked.words and only in found.GROUPS:
        context["only"] = found.one_group(only, actor, asked, request.GET.get("page", "1"))
    elif asked.words:
        few = FEW_IN_THE_BOX if "HX-Request" in request.headers else found.FEW
        context["numbered"] = found.numbered(actor, asked)
        context["groups"] = found.groups(actor, asked, few=few)
    return page(request, "search/search.html", context, part="search/box.html")
