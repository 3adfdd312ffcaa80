from __future__ import annotations

import re
import stat
import tomllib
from pathlib import Path

from tests.house.source import PACKAGES, ROOT, name, tracked, within

VENDORED = ("static/vendor/", "tests/vendor/")
# Put together here, so that this file does not name them either.
REGISTRIES = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("deb", "debian", "org"),
        ("jsdelivr", "net"),
        ("unpkg", "com"),
        ("cdnjs", "com"),
    )
]


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


WHOLE = {"reports/archive/verify.py": 400}
"""What strangers run is one file."""


def test_no_file_of_the_product_is_longer_than_300_lines() -> None:
    folders = (*PACKAGES, "tools", "bench", "drill")
    long = {
        name(path): lines
        for path in within(*folders, suffix=".py")
        if "migrations" not in path.parts
        and (lines := len(text_of(path).splitlines())) > WHOLE.get(name(path), 300)
    }
    assert long == {}


def test_no_module_is_named_for_nothing_in_particular() -> None:
    vague = re.compile(r"(^|_)(utils?|helpers?|common|mixins?|misc|services?)$")
    assert [
        name(path)
        for path in within(*PACKAGES, "tools", "bench", "drill", "tests", suffix=".py")
        if vague.search(path.stem) or vague.search(path.parent.name)
    ] == []


def test_nothing_is_left_for_later() -> None:
    marks = re.compile(
        r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "X" * 3, "HA" + "CK")) + r")\b"
    )
    assert [
        name(path)
        for path in within(
            *PACKAGES, "tools", "bench", "drill", "tests", "templates", "static", "docs"
        )
        if not name(path).startswith(VENDORED)
        and path.suffix in {".py", ".html", ".js", ".css", ".md", ".sh"}
        and marks.search(text_of(path))
    ] == []


def test_the_lock_holds_digests_and_no_address() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in lock
    pinned = re.findall(r"^([a-z0-9][\w.-]*)==", lock, re.MULTILINE)
    assert len(pinned) > 40
    for entry in re.split(r"^(?=[a-z0-9])", lock, flags=re.MULTILINE)[1:]:
        assert "--hash=sha256:" in entry, entry.splitlines()[0]


def test_every_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    packages = [re.split(r"[\[<>=]", requirement)[0] for requirement in wanted]
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "django" in packages
    assert [package for package in packages if f"\n{package}==" not in f"\n{lock}"] == []


def test_no_file_names_where_packages_come_from() -> None:
    assert [
        (name(path), host)
        for path in tracked()
        if not name(path).startswith(VENDORED)
        for host in REGISTRIES
        if host in text_of(path)
    ] == []


def test_what_is_run_directly_may_be_run() -> None:
    assert (ROOT / ".ci/run").stat().st_mode & stat.S_IXUSR
