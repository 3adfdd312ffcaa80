"""Fetch the front-end files anew with the npm client: python -m tools.vendor.

Pages load nothing from outside, so what they need lies in static/vendor with its version, licence
and digest in VENDORED.md. To take a newer release, change the version here, run this, and look at
the pages again.
"""

from __future__ import annotations

import hashlib
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MIT = """MIT License

{holders}

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """One npm package and what of it we ship."""

    name: str
    version: str
    licence: str
    files: dict[str, str]
    """Path in the package -> our file name."""
    notices: tuple[str, ...] = ()
    """Licence files that the package carries."""
    holders: str = ""
    """For an MIT package that carries no licence file: the copyright lines of its bundle."""
    folder: str = "static/vendor"

    @property
    def licence_name(self) -> str:
        """The file under licenses/ that holds this package's terms."""
        return f"{self.name.strip('@').replace('/', '-')}.txt"


PACKAGES = (
    Package(
        name="@tabler/core",
        version="1.6.1",
        licence="MIT",
        files={
            "dist/css/tabler.min.css": "tabler.min.css",
            "dist/js/tabler.min.js": "tabler.min.js",
        },
        holders=(
            "Copyright (c) 2018-2026 The Tabler Authors\n"
            "Copyright (c) 2018-2026 codecalm.net Paweł Kuna\n"
            "Includes Bootstrap, Copyright (c) 2011-2025 The Bootstrap Authors\n"
            "Includes Popper, Copyright (c) 2019 Federico Zivolo"
        ),
    ),
    Package(
        name="htmx.org",
        version="2.0.11",
        licence="0BSD",
        files={"dist/htmx.min.js": "htmx.min.js"},
        notices=("LICENSE",),
    ),
    Package(
        name="@alpinejs/csp",
        version="3.17.4",
        licence="MIT",
        files={"dist/cdn.min.js": "alpine-csp.min.js"},
        holders=(
            "Copyright (c) 2019-2026 Caleb Porzio and contributors\n"
            "Includes @vue/reactivity, Copyright (c) 2018-present Yuxi (Evan) You"
            " and Vue contributors"
        ),
    ),
    Package(
        name="echarts",
        version="6.1.0",
        licence="Apache-2.0",
        files={"dist/echarts.common.min.js": "echarts.common.min.js"},
        notices=("LICENSE", "NOTICE", "licenses/LICENSE-d3"),
    ),
    Package(
        name="axe-core",
        version="4.14.1",
        licence="MPL-2.0",
        files={"axe.min.js": "axe.min.js"},
        notices=("LICENSE", "LICENSE-3RD-PARTY.txt"),
        folder="tests/vendor",
    ),
)


def unpack(package: Package, folder: Path) -> Path:
    """Let the npm client fetch one package, and unpack it; its scripts are not run."""
    spec = f"{package.name}@{package.version}"
    subprocess.run(["npm", "pack", "--silent", spec], cwd=folder, check=True)
    (archive,) = folder.glob("*.tgz")
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    archive.unlink()
    return folder / "package"


def without_map(content: bytes) -> bytes:
    """Drop the pointer to a source map we do not ship: collectstatic would look for it."""
    lines = content.rstrip().split(b"\n")
    return b"\n".join(line for line in lines if b"sourceMappingURL=" not in line) + b"\n"


def take(package: Package, source: Path) -> list[str]:
    """Copy one package's files and terms into the tree; answer its rows for VENDORED.md."""
    target = ROOT / package.folder
    (target / "licenses").mkdir(parents=True, exist_ok=True)
    terms = [(source / name).read_text(encoding="utf-8") for name in package.notices]
    text = "\n\n".join(terms) or MIT.format(holders=package.holders)
    (target / "licenses" / package.licence_name).write_text(text, encoding="utf-8")
    rows = []
    for path, name in package.files.items():
        content = without_map((source / path).read_bytes())
        (target / name).write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        facts = (name, package.name, package.version, package.licence, digest)
        rows.append("| " + " | ".join(facts) + " |")
    return rows


def main() -> None:
    """Fetch every package and write each folder's VENDORED.md."""
    tables: dict[str, list[str]] = {}
    for package in PACKAGES:
        with tempfile.TemporaryDirectory() as folder:
            rows = take(package, unpack(package, Path(folder)))
        tables.setdefault(package.folder, []).extend(rows)
    for folder, rows in tables.items():
        head = [
            "# Files of others, unchanged but for the source map line",
            "",
            "Written by `python -m tools.vendor`; terms under `licenses/`.",
            "",
            "| file | package | version | licence | sha256 |",
            "|---|---|---|---|---|",
        ]
        text = "\n".join([*head, *rows]) + "\n"
        (ROOT / folder / "VENDORED.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
