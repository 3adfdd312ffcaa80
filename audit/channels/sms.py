"""By short message, through a gateway of the house that takes JSON: a phone number and a text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from audit.channels import callout, robots
from audit.channels.message import Channel
from audit.channels.webhook import signed_post

if TYPE_CHECKING:
    from audit.channels.message import Message, Recipient


def reaches(to: Recipient) -> bool:
    return bool(to.phone)


def send(message: Message) -> None:
    body = {"key": message.key, "phone": message.to.phone, "text": robots.hint(message)}
    signed_post("sms", callout.encoded(body), message.key)


CHANNEL = Channel(
    name="sms",
    label=_("Text message"),
    is_configured=robots.has_target("sms"),
    reaches=reaches,
    send=send,
)
