"""By letter, through the SMTP server that the deployment names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext_lazy as _

from audit.channels.message import Channel

if TYPE_CHECKING:
    from audit.channels.message import Message, Recipient


def reaches(to: Recipient) -> bool:
    return "@" in to.email


def send(message: Message) -> None:
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ") or "localhost"
    EmailMessage(
        # A workbook's cell may hold line breaks, a letter's subject may not.
        subject=" ".join(message.subject.split()),
        body=f"{message.text}\n\n{message.url}\n",
        to=[message.to.email],
        headers={
            "Message-ID": f"<{message.key}@{domain}>",
            "Auto-Submitted": "auto-generated",
        },
    ).send()


CHANNEL = Channel(
    name="email",
    label=_("E-mail"),
    # Without a server letters are kept as files, so there is always somewhere to send to.
    is_configured=lambda: True,
    reaches=reaches,
    send=send,
)
