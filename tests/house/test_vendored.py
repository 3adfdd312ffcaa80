from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from tests.house.source import ROOT, name, within
from tools.vendor import PACKAGES, without_map

FOLDERS = ("static/vendor", "tests/vendor")
ADDRESS = re.compile(r"(?:https?:)?//[a-z0-9-]+(?:\.[a-z0-9-]+)+[^\s\"'<>)]*", re.IGNORECASE)
NAMESPACE = "http://www.w3.org/"


def rows(folder: str) -> dict[str, list[str]]:
    """VENDORED.md's table: file -> package, version, licence, digest."""
    lines = (ROOT / folder / "VENDORED.md").read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if "|" in line]
    return {row[0]: row[1:] for row in cells[2:]}


@pytest.mark.parametrize("folder", FOLDERS)
def test_each_vendored_file_has_the_digest_that_is_written_down(folder: str) -> None:
    written = {file: row[3] for file, row in rows(folder).items()}
    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (ROOT / folder).iterdir()
        if path.suffix in {".js", ".css"}
    }
    assert found == written


@pytest.mark.parametrize("folder", FOLDERS)
def test_each_vendored_package_keeps_its_terms(folder: str) -> None:
    packages = {package.name: package for package in PACKAGES}
    for package, version, licence, _ in rows(folder).values():
        assert packages[package].version == version
        assert packages[package].licence == licence
        terms = ROOT / folder / "licenses" / packages[package].licence_name
        assert len(terms.read_text(encoding="utf-8")) > 500


def test_no_vendored_file_points_to_a_source_map() -> None:
    for path in [*within("static"), *within("tests")]:
        if path.suffix not in {".js", ".css"}:
            continue
        assert b"sourceMappingURL=" not in path.read_bytes(), name(path)


def test_dropping_the_source_map_line_keeps_the_rest() -> None:
    assert without_map(b"var a = 1\n//# sourceMappingURL=a.js.map\n") == b"var a = 1\n"
    assert without_map(b"a{}\n/*# sourceMappingURL=a.css.map */") == b"a{}\n"
    assert without_map(b"one\ntwo\n") == b"one\ntwo\n"


def outside(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8")
    return [found for found in ADDRESS.findall(text) if not found.startswith(NAMESPACE)]


def test_our_pages_scripts_and_styles_name_no_other_host() -> None:
    own = [
        path
        for path in within("static", "templates")
        if "vendor" not in path.parts and path.suffix in {".html", ".js", ".css", ".svg", ".txt"}
    ]
    assert {name(path): outside(path) for path in own if outside(path)} == {}


def test_vendored_styles_load_nothing_from_another_host() -> None:
    loads = re.compile(r"@import|url\(\s*[\"']?+(?!data:|#)", re.IGNORECASE)
    for path in (ROOT / "static/vendor").glob("*.css"):
        assert loads.findall(path.read_text(encoding="utf-8")) == [], path.name
