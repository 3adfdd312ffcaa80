"""The browser that is there, and how it is started without reaching for the world outside."""

from __future__ import annotations

import os
import shutil

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


def chromium() -> str | None:
    """The browser to drive: RECTIFY_CHROMIUM, or the first on the PATH."""
    named = os.environ.get("RECTIFY_CHROMIUM")
    return named or next((path for name in BROWSERS if (path := shutil.which(name))), None)
