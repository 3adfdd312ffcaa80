"""钉钉自定义机器人, with 加签: milliseconds and secret, signed by the secret, in the address."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from audit.channels import robots
from audit.channels.message import Channel

if TYPE_CHECKING:
    from audit.channels.message import Message


def sign(secret: str, milliseconds: int) -> str:
    """The secret is the key, and stands in what is signed as well."""
    said = f"{milliseconds}\n{secret}".encode()
    return base64.b64encode(hmac.digest(secret.encode(), said, hashlib.sha256)).decode()


def signed(url: str, secret: str, milliseconds: int) -> str:
    if not secret:
        return url
    mark = "&" if "?" in url else "?"
    proof = {"timestamp": milliseconds, "sign": sign(secret, milliseconds)}
    return f"{url}{mark}{urlencode(proof)}"


def send(message: Message) -> None:
    robot = settings.CALLOUTS["dingtalk"]
    body: dict[str, object] = {"msgtype": "text", "text": {"content": robots.hint(message)}}
    if message.to.phone:
        body["at"] = {"atMobiles": [message.to.phone], "isAtAll": False}
    robots.post(
        signed(robot["url"], robot["secret"], time.time_ns() // 10**6),
        body,
        message,
        code="errcode",
        words="errmsg",
    )


CHANNEL = Channel(
    name="dingtalk",
    label=_("DingTalk"),
    is_configured=robots.has_target("dingtalk"),
    reaches=robots.anybody,
    send=send,
)
