"""飞书自定义机器人, with 签名校验: seconds and secret are the key, and nothing is signed by it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from audit.channels import robots
from audit.channels.message import Channel

if TYPE_CHECKING:
    from audit.channels.message import Message


def sign(secret: str, seconds: int) -> str:
    """Not as DingTalk does: time and secret together are the key of an empty message."""
    key = f"{seconds}\n{secret}".encode()
    return base64.b64encode(hmac.digest(key, b"", hashlib.sha256)).decode()


def send(message: Message) -> None:
    robot = settings.CALLOUTS["feishu"]
    body: dict[str, object] = {"msg_type": "text", "content": {"text": robots.hint(message)}}
    if robot["secret"]:
        now = int(time.time())
        body |= {"timestamp": str(now), "sign": sign(robot["secret"], now)}
    robots.post(robot["url"], body, message, code="code", words="msg")


CHANNEL = Channel(
    name="feishu",
    label=_("Feishu"),
    is_configured=robots.has_target("feishu"),
    reaches=robots.anybody,
    send=send,
)
