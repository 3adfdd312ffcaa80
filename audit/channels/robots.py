"""What the robots of group chats share: a target of the settings, a hint, an answer with a code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings

from audit.channels import callout

if TYPE_CHECKING:
    from collections.abc import Callable

    from audit.channels.message import Message, Recipient


def has_target(name: str) -> Callable[[], bool]:
    return lambda: bool(settings.CALLOUTS[name]["url"])


def anybody(to: Recipient) -> bool:
    """A group is told of anybody; who has a phone number is also called by it."""
    return bool(to.name)


def hint(message: Message) -> str:
    """A whole group reads along: who is meant and where to look, not what the item says."""
    return f"{message.hint}\n{message.url}"


def post(url: str, body: dict[str, Any], message: Message, *, code: str, words: str) -> None:
    """Send, and believe only an answer whose `code` is 0: these answer 200 to everything."""
    answer = callout.post(url, callout.encoded(body), {callout.KEY_HEADER: message.key})
    read = answer.json()
    if read.get(code) != 0:
        raise callout.NotTaken(f"{answer.host} answered {read.get(code)}: {read.get(words)}")
