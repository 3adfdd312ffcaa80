"""Ways for word to leave the house. They know a message and a recipient, and nothing of items."""

from __future__ import annotations

from audit.channels import dingtalk, email, feishu, sms, webhook, wecom
from audit.channels.message import Channel, Message, Recipient

__all__ = ["CHANNELS", "Channel", "Message", "Recipient", "configured", "send"]

CHANNELS: dict[str, Channel] = {
    channel.name: channel
    for channel in (
        email.CHANNEL,
        wecom.CHANNEL,
        dingtalk.CHANNEL,
        feishu.CHANNEL,
        sms.CHANNEL,
        webhook.CHANNEL,
    )
}


def configured() -> list[Channel]:
    """The channels that this deployment has named a target for."""
    return [channel for channel in CHANNELS.values() if channel.is_configured()]


def send(name: str, message: Message) -> None:
    """Send, or raise what went wrong in words that hold no secret."""
    CHANNELS[name].send(message)
