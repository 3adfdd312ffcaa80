"""Pictures of every page for docs/screenshots, from a running demonstration.

python -m tools.screenshots http://127.0.0.1:8000 [NAME…]

Logs in with the logins that `make run` kept in var/demo-logins.txt, in Chinese and
English, at 390 and 1440 pixels. Says any line the pages' console complained in.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, sync_playwright

from tools.browser import ARGUMENTS, chromium

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "docs/screenshots"
SIZES = {"phone": (390, 844), "desk": (1440, 900)}
LANGUAGES = ("zh-hans", "en")
OFFICE, HEAD, STAFF, LEADER = "shenruochuan", "gaozhenyue", "zhangqihang", "zhouqiheng"
SYSTEM, SECURITY, AUDITOR = "xuzhiyuan", "songanzhi", "zhengqingyuan"


@dataclass(frozen=True, slots=True)
class Shot:
    """A page as somebody sees it; `open_first` follows the first such link on it."""

    name: str
    login: str
    path: str
    open_first: str = ""


SHOTS = (
    Shot("login", "", "/login/"),
    Shot("home-staff", STAFF, "/"),
    Shot("home-head", HEAD, "/"),
    Shot("home-office", OFFICE, "/"),
    Shot("home-leader", LEADER, "/"),
    Shot("home-security", SECURITY, "/"),
    Shot("home-auditor", AUDITOR, "/"),
    Shot("item", STAFF, "/", "main a[href^='/items/']"),
    Shot("review", HEAD, "/review/"),
    Shot("review-office", OFFICE, "/review/"),
    Shot("ledger", OFFICE, "/ledger/"),
    Shot("board", LEADER, "/board/"),
    Shot("board-wall", LEADER, "/board/?wall=1"),
    Shot("import", OFFICE, "/import/"),
    Shot("import-preview", OFFICE, "/import/", "main a[href^='/import/']:not([href*=marked])"),
    Shot("people", OFFICE, "/people/"),
    Shot("people-security", SECURITY, "/people/"),
    Shot("person", SYSTEM, "/people/", "main a[href^='/people/']"),
    Shot("rounds", OFFICE, "/rounds/"),
    Shot("account", STAFF, "/account/"),
    Shot("matrix-round", OFFICE, "/rounds/", "main a[href^='/matrix/round/']"),
    Shot("matrix", HEAD, "/matrix/item/3/"),
    Shot("catalogue", OFFICE, "/catalogue/item/3/"),
    Shot("flags", HEAD, "/flags/"),
    Shot("flag", HEAD, "/flags/", ".flag-row a.btn"),
    Shot("paper", HEAD, "/review/", ".proof-paper .paper-name"),
    Shot("checks", OFFICE, "/rounds/", "main a[href$='/checks/']"),
    Shot("retention", OFFICE, "/rounds/", "main a[href$='/retention/']"),
    Shot("archives", OFFICE, "/rounds/", "main a[href*='/archives/']"),
    Shot("search", OFFICE, "/search/?q=防汛"),
    Shot("faults", OFFICE, "/faults/"),
    Shot("record", AUDITOR, "/record/"),
)
TALLEST = 4000
"""Pixels of a phone's page that a picture shows: what is longer repeats itself."""


def passwords() -> dict[str, str]:
    """Login to password, from the table `make run` kept."""
    var = Path(os.environ.get("RECTIFY_VAR") or ROOT / "var")
    lines = (var / "demo-logins.txt").read_text(encoding="utf-8").splitlines()
    found = (re.findall(r"\b([a-z]{5,})\s+([A-Za-z0-9]{16})\b", line) for line in lines)
    return {login: password for pairs in found for login, password in pairs}


def log_in(page: Page, address: str, login: str, password: str) -> None:
    page.goto(f"{address}/login/")
    page.fill("#id_username", login)
    page.fill("#id_password", password)
    page.click("main form button[type=submit]")
    page.wait_for_url(lambda url: "/login/" not in url)


def take(context: BrowserContext, address: str, shots: list[Shot]) -> Iterator[str]:
    """Take the pictures of one person; yields complaints."""
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda e: complaints.append(str(e)))
    if shots[0].login:
        log_in(page, address, shots[0].login, passwords()[shots[0].login])
    for shot in shots:
        for language in LANGUAGES:
            context.add_cookies([{"name": "django_language", "value": language, "url": address}])
            for size, (width, height) in SIZES.items():
                page.set_viewport_size({"width": width, "height": height})
                page.goto(address + shot.path)
                if shot.open_first and (href := first_link(page, shot.open_first)):
                    page.goto(address + href)
                page.wait_for_timeout(600)
                path = OUT / f"{shot.name}-{size}-{language}.jpg"
                tall = page.evaluate("document.documentElement.scrollHeight")
                whole = size == "phone" and shot.name != "ledger"
                seen = max(height, min(tall, TALLEST)) if whole else height
                page.set_viewport_size({"width": width, "height": seen})
                page.wait_for_timeout(200)
                page.screenshot(path=path, type="jpeg", quality=72)
                wide = page.evaluate("document.documentElement.scrollWidth > innerWidth + 1")
                if wide:
                    yield f"{path.name}: wider than the screen"
        yield from (f"{shot.name}: {line}" for line in complaints)
        complaints.clear()
    page.close()


def first_link(page: Page, selector: str) -> str | None:
    link = page.query_selector(selector)
    return link.get_attribute("href") if link else None


def main(address: str, names: list[str]) -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    chosen = [shot for shot in SHOTS if not names or shot.name in names]
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        for login in dict.fromkeys(shot.login for shot in chosen):
            context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai")
            mine = [shot for shot in chosen if shot.login == login]
            for complaint in take(context, address, mine):
                print(complaint, flush=True)
            context.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"), sys.argv[2:])
