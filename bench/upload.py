"""python -m bench.upload [MB]: a large film by tus, against sha256 and a copy of the file.

The file (2,048 MB) goes by a public client (tuspy) in parts of 8 MB to the web process as
`make run` starts it, is looked into and kept. The floor is what no upload can do without: read it,
hash it, write it to the same disk and sync it. The figures go into bench/evidence.json.
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
from typing import Any

from drill import stage, uploads
from drill.web import Web, headers

RESULTS = Path(__file__).with_name("evidence.json")
PART = 8 << 20
MB = 1 << 20


def film(path: Path, megabytes: int) -> None:
    """An MP4 file that is whole to its end."""
    noise, size = os.urandom(MB), megabytes * MB
    head = _box(b"ftyp", b"isom" + bytes(4) + b"isommp42")
    head += _box(
        b"moov", _box(b"trak", _box(b"mdia", _box(b"hdlr", bytes(8) + b"vide" + bytes(13))))
    )
    left = size - len(head)
    head += (1).to_bytes(4, "big") + b"mdat" + left.to_bytes(8, "big")
    with path.open("wb") as file:
        file.write(head)
        for at in range(len(head), size, MB):
            file.write(noise[: size - at])


def _box(kind: bytes, body: bytes) -> bytes:
    return (len(body) + 8).to_bytes(4, "big") + kind + body


def floor(source: Path, target: Path) -> float:
    """Seconds to read, hash, write and sync the same bytes."""
    began = time.monotonic()
    sha = hashlib.sha256()
    with source.open("rb") as reader, target.open("wb") as writer:
        while chunk := reader.read(MB):
            sha.update(chunk)
            writer.write(chunk)
        writer.flush()
        os.fsync(writer.fileno())
    seconds = time.monotonic() - began
    target.unlink()
    return seconds


def peak(process: int) -> int:
    """The most memory that the web process or one of its workers had, in MB."""
    found = []
    for one in (process, *stage.children(process)):
        lines = Path(f"/proc/{one}/status").read_text().splitlines()
        found += [int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM:")]
    return max(found)


def sent(source: Path, web: Web) -> dict[str, Any]:
    from evidence import arrivals  # noqa: PLC0415 -- once Django is set up
    from evidence.models import Upload  # noqa: PLC0415

    owner, _item, [file] = uploads.laid(1)
    tus: Any = import_module("tusclient.client")
    client = tus.TusClient(f"http://127.0.0.1:{web.port}/uploads/", headers=headers(owner))
    words = {"filename": "film.mp4", "for": file.purpose}
    idle = peak(web.process.pid)
    began = time.monotonic()
    client.uploader(str(source), chunk_size=PART, metadata=words).upload()
    received = time.monotonic() - began
    if arrivals.sweep(again=True) != 1 or Upload.objects.get().inspection != "clean":
        raise SystemExit(f"the film was not taken: {Upload.objects.get().finding}")
    return {
        "seconds to receive": round(received, 1),
        "seconds to inspect and keep": round(time.monotonic() - began - received, 1),
        "web process MB before": idle,
        "web process MB at most": peak(web.process.pid),
        "inspection MB at most": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024,
    }


def main(megabytes: int) -> None:
    with stage.prepared() as folder:
        source = folder / "film.mp4"
        film(source, megabytes)
        least = floor(source, folder / "copy")
        web = Web(folder)
        try:
            figures = sent(source, web)
        finally:
            web.stop()
        least = min(least, floor(source, folder / "copy"))
    figures = {"MB": megabytes, "seconds for sha256 and a copy": round(least, 1), **figures}
    figures["receiving against it"] = round(figures["seconds to receive"] / least, 2)
    known = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    told = {**known, "upload against sha256 and a copy": figures}
    RESULTS.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 2048)
