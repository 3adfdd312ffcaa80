"""Somebody at the screen: logged in, and forms as the page draws and the browser sends them."""

from __future__ import annotations

from uuid import uuid4

from django.test import Client

from core.models import User
from workflows.models import Item


def at_the_screen(person: User, *, language: str = "en") -> Client:
    client = Client()
    client.force_login(person)
    client.cookies["django_language"] = language
    return client


def form(item: Item, **words: object) -> dict[str, object]:
    """The hidden fields of a freshly drawn form, and what was typed."""
    version = Item.objects.values_list("version", flat=True).get(pk=item.pk)
    return {"command": str(uuid4()), "version": version, **words}


def now(item: Item) -> Item:
    return Item.objects.get(pk=item.pk)
