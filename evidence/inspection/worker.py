"""What `inspector` asks of a confined process: a verdict on one file, in one line of JSON.

Whatever else it answers, or nothing, means that the file was not found clean.
"""

from __future__ import annotations

import hashlib
import json
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


def answer(file: BufferedReader, ending: str) -> bytes:
    told = judge(file, ending)
    told |= {"peak_kb": _peak_kb(), "cpu_ms": int(1000 * time.process_time())}
    return json.dumps(told).encode()


def _peak_kb() -> int:
    """The most memory this program had; getrusage would tell that of whoever started it."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), 0)


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
