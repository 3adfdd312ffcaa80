"""An archive in a browser: made, saved, verified by what is in it, and read without a network."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.fixtures import Settings

from audit import jobs
from tests import make
from tests.browser.conftest import Enter, fits, violations
from workflows.states import State

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("width", [390, 1440])
def test_an_archive_is_downloaded_and_verified(
    enter: Enter, browser: Browser, tmp_path: Path, settings: Settings, width: int
) -> None:
    settings.ARCHIVES_AT_WORK = tmp_path / "at-work"
    house = make.house()
    item = make.item(State.CLOSED, house=house, no="2-3")
    page = enter(house.office, width=width)
    page.goto(f"/items/{item.pk}/")
    page.get_by_role("link", name="归档", exact=True).click()
    expect(page.locator("h1")).to_have_text("事项 2-3 归档")
    assert violations(page) == []
    page.get_by_role("button", name="制作归档").click()
    page.wait_for_url("**/jobs/*/**")
    jobs.sweep(60)
    save = page.get_by_role("link", name="下载归档")
    expect(save).to_be_visible()
    assert violations(page) == []
    assert fits(page)
    code = page.locator(".archive-proof dd").first.inner_text()
    with page.expect_download() as download:
        save.click()
    assert download.value.suggested_filename.endswith("整改归档.zip")
    archive = tmp_path / "saved.zip"
    download.value.save_as(archive)
    verifier = tmp_path / "out/verify.py"
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(tmp_path / "out")
    done = subprocess.run(
        [sys.executable, "-I", verifier, "--lang", "zh"], capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert "完好：所查各项均成立。" in done.stdout.decode()
    assert code in done.stdout.decode()

    offline = browser.new_context(offline=True, viewport={"width": width, "height": 900})
    read = offline.new_page()
    read.goto((tmp_path / "out/index.html").as_uri())
    expect(read.locator("h1")).to_contain_text("2-3")
    assert fits(read)
    assert violations(read) == []
    read.get_by_role("link", name=item.title).click()
    expect(read.get_by_role("link", name="2-3-01 proof.pdf")).to_be_visible()
    assert fits(read)
    assert violations(read) == []
    read.get_by_role("link", name="English").click()
    expect(read.get_by_text("Closed", exact=True).first).to_be_visible()
    offline.close()
