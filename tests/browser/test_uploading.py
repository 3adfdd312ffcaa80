"""What only a browser shows of uploads: pause, a page loaded again, folders, the clipboard."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from evidence import arrivals
from evidence.models import Upload
from tests import make
from tests.browser.conftest import Enter, violations
from workflows.models import Item
from workflows.states import State

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASTE = """
name => {
  const data = new DataTransfer();
  const bytes = Uint8Array.from(atob(name), (c) => c.charCodeAt(0));
  data.items.add(new File([bytes], "image.png", {type: "image/png"}));
  document.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true}));
}
"""
DOT = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJg"
    "gg=="
)


def opened(page: Page, item: Item) -> Locator:
    page.goto(f"/items/{item.pk}/")
    return page.locator(f"#measure-{item.measures.all()[0].pk} form.upload")


def choose(form: Locator, *paths: Path) -> None:
    form.locator(".drop input[type=file]").first.set_input_files([str(path) for path in paths])


def test_an_upload_is_paused_and_goes_on_after_the_page_was_loaded_again(
    enter: Enter, tmp_path: Path
) -> None:
    house = make.house()
    item = make.item(State.RECTIFYING, house=house)
    long, other = tmp_path / "记录.txt", tmp_path / "other.txt"
    long.write_bytes(b"The lamps are lit. " * (20 << 20 >> 4))
    other.write_bytes(b"The lamps are off. " * (20 << 20 >> 4))
    page = enter(house.staff, width=390)
    form = opened(page, item)
    parts: list[Route] = []
    held = lambda route: parts.append(route) if parts_of(route) else route.continue_()  # noqa: E731

    def parts_of(route: Route) -> bool:
        """From the second part on nothing gets through."""
        request = route.request
        return request.method == "PATCH" and request.headers["upload-offset"] != "0"

    page.route("**/uploads/*/", held)
    choose(form, long)
    line = form.locator(".file")
    expect(line.locator(".file-state")).to_contain_text("正在上传 33%")
    line.locator(".pause-file").click()
    expect(line.locator(".file-state")).to_have_text("已暂停")
    assert Upload.objects.get().offset == 8 << 20

    page.unroute("**/uploads/*/", held)
    form = opened(page, item)
    line = form.locator(".file")
    expect(form.locator(".arrived-note")).to_have_text("您有 1 个文件尚未提交为佐证，已在此保留。")
    expect(line.locator(".file-state")).to_contain_text("已传 33%")
    assert violations(page) == []
    line.locator(".again-file input").set_input_files(str(other))
    expect(line.locator(".file-state")).to_contain_text("这不是先前上传的那个文件")
    choose(form, long)
    expect(form.locator(".file")).to_have_count(1)
    expect(line.locator(".file-state")).to_have_text("已传完，正在查验")

    form.locator("[name=claim]").fill("Lit all night")
    form.locator(".hand-in").click()
    expect(form.locator(".hand-in-soon")).to_be_visible()
    assert arrivals.sweep() == 1
    expect(page.locator(f"#evidence-measure-{item.measures.all()[0].pk}")).to_contain_text(
        "记录.txt"
    )
    citation = item.citations.get()
    assert (citation.claim, citation.evidence.size) == ("Lit all night", long.stat().st_size)


def test_a_file_chosen_before_the_script_has_come_is_sent_by_it(
    enter: Enter, tmp_path: Path
) -> None:
    house = make.house()
    item = make.item(State.RECTIFYING, house=house)
    (tmp_path / "a.pdf").write_bytes(make.pdf("a"))
    page = enter(house.staff, width=390)
    late: list[Route] = []
    page.route("**/upload*.js", lambda route: late.append(route))  # noqa: PLW0108 -- it looks at names
    page.goto(f"/items/{item.pk}/", wait_until="commit")
    form = page.locator(f"#measure-{item.measures.all()[0].pk} form.upload")
    choose(form, tmp_path / "a.pdf")
    late[0].continue_()
    expect(form.locator(".file[data-state=clean]")).to_have_count(1)
    form.locator(".hand-in").click()
    expect(form.locator(".file")).to_have_count(0)
    assert item.citations.get().evidence.name == "a.pdf"


def test_a_folder_and_a_screenshot_are_handed_in_together_and_one_is_left_out(
    enter: Enter, tmp_path: Path
) -> None:
    house = make.house()
    item = make.item(State.RECTIFYING, house=house)
    place = tmp_path / "现场" / "一标段"
    place.mkdir(parents=True)
    (place / "a.pdf").write_bytes(make.pdf("a"))
    (place / "b.pdf").write_bytes(make.pdf("b"))
    (place / "Thumbs.db").write_bytes(b"x")
    page = enter(house.staff)
    form = opened(page, item)
    page.route("**/uploads/*/", lambda route: route.abort(), times=1)  # as by a killed server
    form.locator(".folder input").set_input_files(str(tmp_path / "现场"))
    expect(form).to_contain_text("连接中断，1 秒后自动继续")
    expect(form.locator(".file")).to_have_count(2)
    page.evaluate(PASTE, DOT)
    expect(form.locator(".file[data-state=clean]")).to_have_count(3)
    form.locator(".file", has_text="b.pdf").locator(".drop-file").click()
    expect(form.locator(".how-many")).to_have_text("(2)")
    assert violations(page) == []
    form.locator(".hand-in").click()
    expect(form.locator(".file")).to_have_count(0)
    names = [c.evidence.name for c in item.citations.order_by("evidence__name")]
    assert names[1] == "现场 - 一标段 - a.pdf"
    assert names[0].startswith("截图 20")
    assert names[0].endswith(".png")
    assert Upload.objects.waiting().count() == 0
