"""What `texts` asks of a confined process: the text of one file, in JSON."""

from __future__ import annotations

from importlib import import_module
from typing import BinaryIO

import orjson

READERS = {
    **dict.fromkeys(("docx", "xlsx", "pptx"), "office"),
    "pdf": "pdf",
    "ofd": "ofd",
    **dict.fromkeys(("txt", "csv", "md"), "plain"),
}


def answer(file: BinaryIO, ending: str) -> bytes:
    try:
        found = import_module(f"evidence.text.{READERS[ending]}").read(file, ending)
    except (MemoryError, RecursionError):
        return orjson.dumps({"fault": "heavy", "about": ""})
    except Exception as stumbled:  # noqa: BLE001 -- whatever a parser stumbles over, there is no text
        return orjson.dumps({"fault": "unreadable", "about": type(stumbled).__name__})
    return orjson.dumps({"unit": found.unit, "parts": found.parts, "cut": found.cut})
