"""A browser test waits for what it asserts: a click is over before the page that it leads to."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.house.source import name, within

AT_ONCE = {
    "all_inner_texts",
    "all_text_contents",
    "count",
    "is_checked",
    "is_disabled",
    "is_enabled",
    "is_hidden",
    "is_visible",
}
"""What Playwright answers of the page as it is this moment; `expect` asks until it is so."""
ROWS = {"objects", "citations"}


def hasty(tree: ast.AST) -> Iterator[str]:
    """Calls that look at a page once; counting rows of the database is none of them."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        named = {part.attr for part in ast.walk(node.func) if isinstance(part, ast.Attribute)}
        if node.func.attr in AT_ONCE and not named & ROWS:
            yield ast.unparse(node)


def test_no_browser_test_looks_at_a_page_that_may_not_have_come_yet() -> None:
    assert {
        name(path): found
        for path in within("tests", suffix=".py")
        if "/browser/" in name(path)
        and (found := list(hasty(ast.parse(path.read_text(encoding="utf-8")))))
    } == {}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("assert page.locator('#a').count() == 0", ["page.locator('#a').count()"]),
        ("if box.is_checked(): pass", ["box.is_checked()"]),
        ("assert Item.objects.filter(pk=1).count() == 1", []),
        ("expect(page.locator('#a')).to_have_count(0)", []),
    ],
)
def test_looking_at_once_is_found_and_waiting_is_not(source: str, found: list[str]) -> None:
    assert list(hasty(ast.parse(source))) == found
