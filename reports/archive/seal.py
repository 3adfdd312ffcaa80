"""The manifest's digest signed, and its short code for paper."""

from __future__ import annotations

import base64

from django.conf import settings

from audit import keys, notes


def signed(digest: str) -> str:
    """A note over the manifest's digest, by the keys of the log.

    No checkpoint says this: its first line is another, and its second a number.
    """
    said = base64.b64encode(bytes.fromhex(digest)).decode()
    return keys.signed(f"{settings.LOG_ORIGIN}/archive\nmanifest {said}\n")


def code_of(digest: str) -> str:
    return notes.code_of(bytes.fromhex(digest))
