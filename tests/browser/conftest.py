"""A real Chromium on the live server; no page breaks its CSP or asks another host for anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from core.models import User
from tools.browser import ARGUMENTS, chromium

AXE = (Path(__file__).parent.parent / "vendor/axe.min.js").read_text(encoding="utf-8")
Enter = Callable[..., Page]
PATIENCE = 15_000
"""Milliseconds that a page may take to become what a test expects, on a machine that is busy."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def enter(browser: Browser, live_server: LiveServer) -> Iterator[Enter]:
    """enter(user, width=…) gives somebody their page; with a password, by the login page.

    Without one they come with a session made for them: that form need not be tried every time.
    """
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def come_in(
        user: User,
        *,
        width: int = 1440,
        language: str = "zh-CN",
        password: str = "",
    ) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            locale=language,
            timezone_id="Asia/Shanghai",
            viewport={"width": width, "height": 900},
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        watch(page, live_server.url, faults)
        if password:
            page.goto("/login/")
            page.fill("#id_username", user.username)
            page.fill("#id_password", password)
            page.click("main form button[type=submit]")
            page.wait_for_url(lambda url: "/login/" not in url)
        else:
            name, key = settings.SESSION_COOKIE_NAME, session(user)
            context.add_cookies([{"name": name, "value": key, "url": live_server.url}])
            page.goto("/")
        return page

    yield come_in
    for context in contexts:
        context.close()
    assert faults == []


def session(user: User) -> str:
    """The key of somebody who logged in a moment ago."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def watch(page: Page, home: str, faults: list[str]) -> None:
    """Collect every CSP violation, script error and request to another host."""

    def asked(url: str) -> None:
        if not url.startswith((home, "data:", "blob:")):
            faults.append(f"asked another host: {url}")

    page.on("request", lambda request: asked(request.url))
    page.on("pageerror", lambda error: faults.append(f"script error: {error}"))
    page.on(
        "console",
        lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None,
    )


def fits(page: Page) -> bool:
    """Nothing is wider than the window, once styles and fonts are there.

    A page's text can be read before its style sheet came: measured then, any page is too wide.
    """
    page.wait_for_load_state()
    page.evaluate("document.fonts.ready")
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def violations(page: Page) -> list[str]:
    """What axe finds wrong with the page, one line a rule and place."""
    page.wait_for_load_state()
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{rule['id']} at {node['target']}: {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]
