"""The process that looks into one file: it may read, think and answer, and little of each.

Started by `inspector` with the file as its standard input. It answers one line of
JSON and ends; whatever else comes, or nothing, means that the file was not found clean.
"""

from __future__ import annotations

import hashlib
import json
import os
import resource
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from evidence.inspection.finding import Fault, Look

if TYPE_CHECKING:
    from io import BufferedReader

# A picture is judged without loading what reads a PDF.
PARSERS = {
    **dict.fromkeys(
        ("jpg", "jpeg", "png", "gif", "webp", "bmp", "tif", "tiff", "heic"), "pictures"
    ),
    "pdf": "pdf",
    **dict.fromkeys(("docx", "xlsx", "pptx"), "office"),
    "ofd": "ofd",
    **dict.fromkeys(("doc", "wps", "xls", "et", "ppt", "dps"), "legacy"),
    **dict.fromkeys(("txt", "csv", "md"), "plain"),
    **dict.fromkeys(("mp4", "mov", "m4a"), "boxes"),
    **dict.fromkeys(("mp3", "wav"), "sound"),
}
# No parser has business with any of these; should one be talked into it, it fails.
_FORBIDDEN = (
    "socket.",
    "subprocess.",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.spawn",
    "os.system",
    "os.remove",
    "os.rename",
    "os.truncate",
    "os.chmod",
    "os.kill",
    "os.link",
    "os.symlink",
)
_WRITING = os.O_WRONLY | os.O_RDWR


def main(ending: str, memory: int, seconds: int, *, source: int = 0, answer: int = 1) -> None:
    confine(memory, seconds)
    with os.fdopen(source, "rb", closefd=False) as file:
        told = judge(file, ending)
    told |= {"peak_kb": _peak_kb(), "cpu_ms": int(1000 * time.process_time())}
    os.write(answer, json.dumps(told).encode())


def _peak_kb() -> int:
    """The most memory this program had; getrusage would tell that of whoever started it."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), 0)


def confine(memory: int, seconds: int) -> None:
    """Give up what is not needed, before the first byte of the file is read."""
    for limit, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (most, most))
    sys.addaudithook(forbid)


def forbid(event: str, args: tuple[object, ...]) -> None:
    if event == "open":
        flags = args[2]
        if isinstance(flags, int) and flags & _WRITING:
            raise PermissionError(event)
    elif event.startswith(_FORBIDDEN):
        raise PermissionError(event)


def judge(file: BufferedReader, ending: str) -> dict[str, object]:
    """The verdict on one file, and the digest of the very bytes it was reached on."""
    try:
        found = import_module(f"evidence.inspection.{PARSERS[ending]}").look(file, ending)
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    except Fault as fault:
        return {"clean": False, "code": fault.code, "about": fault.about}
    except (MemoryError, RecursionError):
        return {"clean": False, "code": "heavy", "about": ""}
    except Exception as stumbled:  # noqa: BLE001 -- what a parser stumbles over is not clean
        return {"clean": False, "code": "damaged", "about": type(stumbled).__name__}
    return {"clean": True, "digest": digest, **_told(found)}


def _told(found: Look) -> dict[str, object]:
    return {"preview": found.preview, "pages": found.pages, "notes": list(found.notes)}
