"""To another system of the house: JSON, signed by HMAC-SHA256 over the time and the body."""

from __future__ import annotations

import hashlib
import hmac
import time
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from audit.channels import callout, robots
from audit.channels.message import Channel

if TYPE_CHECKING:
    from audit.channels.message import Message


def sign(secret: str, seconds: int, body: bytes) -> str:
    """What a receiver computes from the header X-Rectify-Timestamp and the bytes it read."""
    said = f"{seconds}.".encode() + body
    return "sha256=" + hmac.digest(secret.encode(), said, hashlib.sha256).hex()


def signed_post(name: str, body: bytes, key: str) -> None:
    to = settings.CALLOUTS[name]
    headers = {callout.KEY_HEADER: key}
    if to["secret"]:
        now = int(time.time())
        headers["X-Rectify-Timestamp"] = str(now)
        headers["X-Rectify-Signature"] = sign(to["secret"], now, body)
    callout.post(to["url"], body, headers)


def send(message: Message) -> None:
    body = {
        "key": message.key,
        "kinds": list(message.kinds),
        "to": {
            "login": message.to.login,
            "name": message.to.name,
            "email": message.to.email,
            "phone": message.to.phone,
        },
        "subject": message.subject,
        "text": message.text,
        "url": message.url,
    }
    signed_post("webhook", callout.encoded(body), message.key)


CHANNEL = Channel(
    name="webhook",
    label=_("The unit's own message platform"),
    is_configured=robots.has_target("webhook"),
    reaches=robots.anybody,
    send=send,
)
