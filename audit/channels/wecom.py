"""企业微信群机器人: the key in the robot's own address is all the proof it asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from audit.channels import robots
from audit.channels.message import Channel

if TYPE_CHECKING:
    from audit.channels.message import Message


def send(message: Message) -> None:
    text: dict[str, object] = {"content": robots.hint(message)}
    if message.to.phone:
        text["mentioned_mobile_list"] = [message.to.phone]
    robots.post(
        settings.CALLOUTS["wecom"]["url"],
        {"msgtype": "text", "text": text},
        message,
        code="errcode",
        words="errmsg",
    )


CHANNEL = Channel(
    name="wecom",
    label=_("WeCom"),
    is_configured=robots.has_target("wecom"),
    reaches=robots.anybody,
    send=send,
)
