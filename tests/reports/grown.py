"""Archives larger than a test would play them: many papers, or very many events."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from audit import canonical, chain, jobs, keys, merkle
from audit.models import Job
from audit.notes import Sealed
from core import crypto
from core.crypto import Algorithm
from core.roles import Role
from evidence import storage
from reports.archive import making, plain, seal
from tests import make
from tests.make import House
from tests.reports.archived import files_of, made
from workflows.actions import decisions, proving, rectification
from workflows.models import Item, Round
from workflows.states import State


def laden(of: House, round_: Round, *, items: int, files: int, size: int) -> None:
    """So many items under rectification, and so many papers of a size among them."""
    for _no in range(items):
        item = make.item(State.RECTIFYING, house=of, round_=round_)
        papers = [
            make.paper(f"{make.number()}.pdf", b"%PDF-1.7\n" + os.urandom(size))
            for _paper in range(files // items)
        ]
        proving.attach(
            item.pk,
            actor=of.staff.actor(),
            command=make.command(item),
            measure_id=item.measures.order_by("position")[0].pk,
            files=papers,
        )


def timed(job: Job, to: Path) -> float:
    """Have the worker make it; the seconds that took, and its bytes at `to`."""
    began = time.monotonic()
    jobs.sweep(3600)
    seconds = time.monotonic() - began
    job.refresh_from_db()
    file = making.file_of(job)
    if file is None:
        raise SystemExit(f"the archive was not made: {job.fault}")
    with storage.opened(file.digest) as opened, to.open("wb") as out:
        while chunk := opened.read(1 << 20):
            out.write(chunk)
    return seconds


def grown(folder: Path, *, events: int, algorithm: Algorithm) -> None:
    """One closed item's archive, unpacked, with its chain again and again under other numbers."""
    settings.AUDIT_HASH = algorithm
    house, item_ = _closed()
    files = files_of(made(item_.subject, house.office))
    ledger = json.loads(files["ledger.json"])
    [item] = ledger["items"]
    head, *rows = files[item["chain"]["file"]].splitlines()
    leaves: dict[str, list[int]] = {}
    tree = merkle.Frontier(digest=crypto.digester(algorithm))
    items = []
    for no in range(-(-events // len(rows))):
        subject, where = f"item:{10**6 + no}", f"items/{no}"
        lines, last = _again(rows, item["subject"], subject, algorithm)
        leaves[subject] = list(range(no * len(rows), (no + 1) * len(rows)))
        for told in (line.split(b"\t", 12)[8] for line in lines):
            tree.add(merkle.leaf_hash(bytes.fromhex(told.decode()), tree.digest))
        name = f"{where}/events.tsv"
        chain_of = {"file": name, "events": len(rows), "head": last.hex()}
        items.append({**item, "subject": subject, "folder": where, "chain": chain_of})
        files[name] = b"\n".join([head, *lines]) + b"\n"
        files[f"{where}/timeline.json"], files[f"{where}/approvals.json"] = _retold(lines)
    del files[item["chain"]["file"]]
    about = plain.told({key: told for key, told in ledger.items() if key != "items"})
    files["ledger.json"] = about[:-1] + b',"items":' + plain.listed(items) + b"}\n"
    files["proof.json"] = plain.told({"size": tree.size, "leaves": leaves, "nodes": []})
    at = timezone.now().replace(microsecond=0)
    origin, size, root = settings.LOG_ORIGIN, tree.size, tree.root()
    note = keys.sign(Sealed(origin=origin, size=size, root=root, at=at, algorithm=algorithm))
    files["checkpoint.txt"] = note.encode()
    _write(folder, files)


def bared(folder: Path) -> None:
    """The same chains in an archive that tells no more of them than that they are in the log."""
    retold = {"timeline.json", "approvals.json", "manifest.json", "manifest.sig"}
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name not in retold
    }
    ledger = json.loads(files["ledger.json"])
    ledger["chains"] += [{"subject": one["subject"], **one["chain"]} for one in ledger["items"]]
    files["ledger.json"] = plain.told({**ledger, "items": []})
    shutil.rmtree(folder)
    _write(folder, files)


def _closed() -> tuple[House, Item]:
    """A closed item in the language that records are kept in."""
    at = make.unit("城市管理局")
    lead, other = make.section(at, "市政科"), make.section(at, "综合科")
    house = House(
        unit=at,
        section=lead,
        other_section=other,
        staff=make.person(Role.STAFF, section=lead, name="张三"),
        colleague=make.person(Role.STAFF, section=lead, name="钱七"),
        head=make.person(Role.SECTION_HEAD, section=lead, name="李四"),
        office=make.person(Role.OFFICE, unit=at, name="王五"),
        closer=make.person(Role.OFFICE, unit=at, name="赵六"),
    )
    item = make.item(
        State.RECTIFYING, house=house, title="主干道路灯长期不亮", measures=("维修路灯",)
    )
    proof = make.paper("路灯维修验收单.pdf")
    of_item: dict[str, Any] = {"actor": house.staff.actor()}
    first = item.measures.all()[0].pk
    _attach(item, measure_id=first, files=[proof], claim="路灯已全部修复", **of_item)
    rectification.record_progress(
        item.pk, command=make.command(item), progress="done", result="路灯已全部修复。", **of_item
    )
    rectification.submit(item.pk, command=make.command(item), **of_item)
    decisions.approve(
        item.pk, actor=house.head.actor(), command=make.command(item), opinion="现场已核实。"
    )
    decisions.close(
        item.pk, actor=house.closer.actor(), command=make.command(item), effectiveness="效果良好。"
    )
    return house, item


def _attach(item: Item, **words: Any) -> None:
    proving.attach(item.pk, command=make.command(item), **words)


def _again(
    rows: list[bytes], was: str, subject: str, algorithm: Algorithm
) -> tuple[list[bytes], bytes]:
    prev, lines = chain.GENESIS, []
    for row in rows:
        columns = row.split(b"\t", 12)
        said: dict[str, Any] = json.loads(columns[12])
        body = canonical.encode({**said, "subject": subject})
        told = chain.hash_of(body, prev=prev, algorithm=algorithm)
        columns[0] = columns[0].replace(was.encode(), subject.encode())
        seal = chain.mac_of(told, key_id=columns[10].decode(), algorithm=algorithm)
        columns[7:10] = [one.hex().encode() for one in (prev, told, seal)]
        lines.append(b"\t".join([*columns[:12], body]))
        prev = told
    return lines, prev


def _retold(lines: list[bytes]) -> tuple[bytes, bytes]:
    """The events in short, and the decisions among them, as an archive tells them."""
    acts, given = [], []
    for line in lines:
        columns = line.split(b"\t", 12)
        said: dict[str, Any] = json.loads(columns[12])
        act = {key: said[key] for key in ("seq", "at", "name")}
        act |= {"by": said["actor"]["id"], "label": said["actor"]["label"]}
        acts.append({**act, "hash": columns[8].decode()})
        if "to" in said["data"] and isinstance(said["data"].get("no"), int):
            given.append({**act, "data": said["data"]})
    return plain.listed(acts), plain.listed(given)


def _write(folder: Path, files: dict[str, bytes]) -> None:
    listed = []
    for name, data in sorted(files.items()):
        if name in {"manifest.json", "manifest.sig"}:
            continue
        listed.append([name, len(data), hashlib.sha256(data).hexdigest()])
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    manifest = plain.told({"format": "rectify-archive/1", "files": listed})
    (folder / "manifest.json").write_bytes(manifest)
    note = seal.signed(hashlib.sha256(manifest).hexdigest())
    (folder / "manifest.sig").write_text(note, encoding="utf-8")
