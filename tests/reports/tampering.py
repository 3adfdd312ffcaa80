"""What somebody may do to an archive: a table of kinds, each at any of many places.

Each kind is done by somebody who knows the form of an archive well: whatever would give it away at
a glance is made to fit again, as far as the keys in their hands reach. A kind names what has to be
found of it; finding something else beside that does no harm, finding nothing is a failure.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import stat
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from django.conf import settings

from audit import canonical, chain, keys, merkle, notes
from core import crypto
from core.crypto import Algorithm
from reports.archive import plain, seal
from reports.archive.proof import between
from tests.reports.archived import Known

COLUMNS = ("subject", "seq", "name", "at", "actor", "label", "command", "prev", "hash", "mac")
SEQ, NAME, LABEL, COMMAND, PREV, HASH, MAC, KEY, ALGORITHM, BODY = 1, 2, 5, 6, 7, 8, 9, 10, 11, 12


@dataclass
class Hands:
    """An archive in somebody's hands, who knows it well."""

    files: dict[str, bytes]
    by: Random
    other: dict[str, bytes]
    """Another genuine archive of the same deployment, made earlier."""
    known: Known
    """What whoever verifies it has from elsewhere."""
    extra: list[tuple[zipfile.ZipInfo, bytes]] = field(default_factory=list)

    @property
    def ledger(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.files["ledger.json"])
        return found

    def put(self, ledger: dict[str, Any]) -> None:
        self.files["ledger.json"] = json.dumps(ledger, ensure_ascii=False).encode()

    def chains(self, least: int = 1) -> list[str]:
        """The files of items' chains with so many events."""
        return [
            one["chain"]["file"] for one in self.ledger["items"] if one["chain"]["events"] >= least
        ]

    def some(self, *endings: str) -> str:
        return self.by.choice(sorted(n for n in self.files if n.endswith(endings or ("",))))

    def lines(self, name: str) -> list[list[bytes]]:
        rows = self.files[name].splitlines()[1:]
        return [row.split(b"\t", 12) for row in rows]

    def write(self, name: str, rows: list[list[bytes]]) -> None:
        head = self.files[name].splitlines()[0]
        self.files[name] = b"\n".join([head, *(b"\t".join(row) for row in rows)]) + b"\n"

    def fit_manifest(self) -> None:
        """The manifest as it would be; nobody without the log's key can sign it."""
        listed = [
            [name, len(data), hashlib.sha256(data).hexdigest()]
            for name, data in sorted(self.files.items())
            if name not in {"manifest.json", "manifest.sig"}
        ]
        told = {"format": "rectify-archive/1", "files": listed}
        self.files["manifest.json"] = json.dumps(told, ensure_ascii=False).encode()

    def fit_chain(self, name: str, rows: list[list[bytes]], *, sealed: bool = False) -> None:
        """Numbers, links, hashes, columns and the ledger's head made to fit the bodies."""
        prev = chain.GENESIS
        for no, row in enumerate(rows, 1):
            said = json.loads(row[BODY])
            said["seq"] = no
            row[BODY] = canonical.encode(said)
            algorithm: Algorithm = "sm3" if row[ALGORITHM] == b"sm3" else "sha256"
            told = chain.hash_of(row[BODY], prev=prev, algorithm=algorithm)
            if sealed:
                mac = chain.mac_of(told, key_id=row[KEY].decode(), algorithm=algorithm)
                row[MAC] = mac.hex().encode()
            row[SEQ], row[NAME] = str(no).encode(), said["name"].encode()
            row[PREV], row[HASH] = prev.hex().encode(), told.hex().encode()
            prev = told
        self.write(name, rows)
        ledger = self.ledger
        for one in ledger["items"]:
            if one["chain"]["file"] == name:
                one["chain"] |= {"events": len(rows), "head": prev.hex()}
        self.put(ledger)

    def zipped(self) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as opened, warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # names that are there twice
            for name, data in self.files.items():
                opened.writestr(zipfile.ZipInfo(name), data)
            for info, data in self.extra:
                opened.writestr(info, data)
        return out.getvalue()


Act = Callable[[Hands], None]
KINDS: dict[str, tuple[frozenset[str], Act]] = {}


def kind(*found: str) -> Callable[[Act], Act]:
    """A kind by the name of its function, and the codes one of which has to be found."""

    def register(act: Act) -> Act:
        KINDS[act.__name__.replace("_", " ")] = (frozenset(found), act)
        return act

    return register


# Files


@kind("differs")
def a_byte_of_a_file_is_changed(it: Hands) -> None:
    name = it.by.choice(sorted(n for n, data in it.files.items() if data and "manifest" not in n))
    data = bytearray(it.files[name])
    at = it.by.randrange(len(data))
    data[at] ^= 1 << it.by.randrange(8)
    it.files[name] = bytes(data if it.by.random() < 0.5 else data[:at])


@kind("missing")
def a_file_is_taken_out(it: Hands) -> None:
    del it.files[it.by.choice(sorted(n for n in it.files if "manifest" not in n))]


@kind("unlisted")
def a_file_is_slipped_in(it: Hands) -> None:
    it.files[f"items/{it.by.randrange(10**6)}/evidence/proof.pdf"] = it.by.randbytes(99)


@kind("differs")
def two_files_are_exchanged(it: Hands) -> None:
    one, two = it.by.sample(
        sorted(n for n in it.files if n.endswith((".html", ".json", ".tsv"))), 2
    )
    it.files[one], it.files[two] = it.files[two], it.files[one] + b"\n"


@kind("differs", "unlisted")
def an_entry_is_there_twice(it: Hands) -> None:
    name = it.some(".html", ".pdf", ".json")
    it.extra.append((zipfile.ZipInfo(name), it.by.randbytes(50)))


@kind("unlisted")
def an_entry_leads_out_of_the_folder(it: Hands) -> None:
    way = it.by.choice(["../", "/", "a/../../", "..\\", "C:", "./"])
    it.extra.append((zipfile.ZipInfo(f"{way}{it.by.randrange(999)}.txt"), b"out"))


@kind("unlisted")
def an_entry_is_a_link(it: Hands) -> None:
    info = zipfile.ZipInfo(f"items/link{it.by.randrange(999)}")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    it.extra.append((info, b"/etc/hostname"))


@kind("signature")
def a_page_is_rewritten_and_the_manifest_with_it(it: Hands) -> None:
    name = it.some(".html", ".xlsx", ".css", "verify.py", "approvals.json", "timeline.json")
    it.files[name] += b"<p>closed on time</p>"
    it.fit_manifest()


@kind("bytes")
def evidence_is_replaced_and_the_manifest_with_it(it: Hands) -> None:
    it.files[it.some(".pdf")] = b"%PDF-1.7 " + it.by.randbytes(200)
    it.fit_manifest()


@kind("bytes")
def evidence_is_replaced_and_the_ledger_with_it(it: Hands) -> None:
    ledger = it.ledger
    paper = it.by.choice([p for one in ledger["items"] for p in one["evidence"]])
    data = b"%PDF-1.7 " + it.by.randbytes(200)
    paper |= {"digest": hashlib.sha256(data).hexdigest(), "size": len(data)}
    it.files[paper["file"]] = data
    it.put(ledger)
    it.fit_manifest()


@kind("bytes")
def evidence_is_left_out_everywhere(it: Hands) -> None:
    ledger = it.ledger
    item = it.by.choice([one for one in ledger["items"] if one["evidence"]])
    paper = item["evidence"].pop(it.by.randrange(len(item["evidence"])))
    del it.files[paper["file"]]
    it.put(ledger)
    it.fit_manifest()


# Events


@kind("hash")
def an_event_says_something_else(it: Hands) -> None:
    name = it.by.choice(it.chains())
    rows = it.lines(name)
    row = it.by.choice(rows)
    said = json.loads(row[BODY])
    said["data"]["note"] = it.by.randrange(10**9)
    row[BODY] = canonical.encode(said)
    it.write(name, rows)
    it.fit_manifest()


@kind("mac", "root")
def a_chain_is_hashed_anew_from_a_changed_event_on(it: Hands) -> None:
    name = it.by.choice(it.chains())
    rows = it.lines(name)
    row = it.by.choice(rows)
    said = json.loads(row[BODY])
    said["data"]["note"] = it.by.randrange(10**9)
    row[BODY] = canonical.encode(said)
    it.fit_chain(name, rows)
    it.fit_manifest()


@kind("root")
def a_chain_is_sealed_anew_with_the_stolen_key(it: Hands) -> None:
    name = it.by.choice(it.chains())
    rows = it.lines(name)
    row = it.by.choice(rows)
    said = json.loads(row[BODY])
    said["at"] = "2026-01-01T08:00:00+00:00"
    said["data"]["note"] = it.by.randrange(10**9)
    row[BODY], row[3] = canonical.encode(said), said["at"].encode()
    it.fit_chain(name, rows, sealed=True)
    it.fit_manifest()


@kind("seq")
def an_event_is_left_out(it: Hands) -> None:
    name = it.by.choice(it.chains(2))
    rows = it.lines(name)
    del rows[it.by.randrange(len(rows) - 1)]
    it.write(name, rows)
    it.fit_manifest()


@kind("shape")
def the_last_events_are_cut_off(it: Hands) -> None:
    name = it.by.choice(it.chains(2))
    rows = it.lines(name)
    it.fit_chain(name, rows[: it.by.randrange(1, len(rows))], sealed=True)
    it.fit_manifest()


@kind("seq", "hash")
def two_events_are_exchanged(it: Hands) -> None:
    name = it.by.choice(it.chains(2))
    rows = it.lines(name)
    one, two = it.by.sample(range(len(rows)), 2)
    rows[one], rows[two] = rows[two], rows[one]
    it.write(name, rows)
    it.fit_manifest()


@kind("seq", "hash")
def an_event_is_told_twice(it: Hands) -> None:
    name = it.by.choice(it.chains())
    rows = it.lines(name)
    at = it.by.randrange(len(rows))
    rows.insert(at, list(rows[at]))
    it.write(name, rows)
    it.fit_manifest()


@kind("mac", "late")
def an_approval_is_forged_at_the_end_of_a_chain(it: Hands) -> None:
    name = it.by.choice(it.chains())
    rows = it.lines(name)
    said = json.loads(rows[-1][BODY]) | {"name": "item.approved", "command": None}
    said["data"] = {"no": 1, "step": 0, "opinion": str(it.by.randrange(10**9)), "digest": "0" * 64}
    last = list(rows[-1])
    last[BODY], last[COMMAND] = canonical.encode(said), b""
    it.fit_chain(name, [*rows, last])
    it.fit_manifest()


@kind("column")
def a_column_says_something_else(it: Hands) -> None:
    name = it.by.choice(it.chains())
    rows = it.lines(name)
    row, column = it.by.choice(rows), it.by.choice([NAME, 3, 4, LABEL, COMMAND])
    row[column] = json.dumps(str(it.by.randrange(10**6))).encode()
    it.write(name, rows)
    it.fit_manifest()


@kind("mac")
def a_seal_is_changed(it: Hands) -> None:
    name = it.by.choice(it.chains())
    rows = it.lines(name)
    row = it.by.choice(rows)
    row[MAC if it.by.random() < 0.5 else KEY] = it.by.randbytes(32).hex().encode()
    it.write(name, rows)
    it.fit_manifest()


@kind("canon", "shape")
def an_event_has_another_form(it: Hands) -> None:
    name = it.by.choice(it.chains())
    rows = it.lines(name)
    row = rows[-1]
    said = json.loads(row[BODY])
    body = it.by.choice(
        [
            json.dumps(said, ensure_ascii=False).encode(),
            json.dumps(said, sort_keys=True, separators=(",", ":"))
            .replace("e", "\\u0065")
            .encode(),
            row[BODY][:-1] + b',"z":1.0}',
            row[BODY][:-1] + b',"z":%d}' % (2**53 + it.by.randrange(99)),
            row[BODY][:-1] + ',"\u7ae0":1}'.encode(),
        ]
    )
    prev = bytes.fromhex(row[PREV].decode())
    told = chain.hash_of(body, prev=prev, algorithm="sha256")
    mac = chain.mac_of(told, key_id=row[KEY].decode(), algorithm="sha256")
    row[BODY], row[HASH], row[MAC] = body, told.hex().encode(), mac.hex().encode()
    it.write(name, rows)
    it.fit_manifest()


# The ledger


@kind("says")
def the_ledger_tells_another_state(it: Hands) -> None:
    ledger = it.ledger
    item = it.by.choice(ledger["items"])
    item["state"] = it.by.choice(
        [s for s in ("closed", "rectifying", "draft") if s != item["state"]]
    )
    it.put(ledger)
    it.fit_manifest()


@kind("says")
def the_ledger_names_another_person(it: Hands) -> None:
    ledger = it.ledger
    submissions = [s for one in ledger["items"] for s in one["submissions"] if s["approved_by"]]
    who = it.by.choice(["submitted_by", "approved_by", "decided_by"])
    it.by.choice(submissions)[who] = {"id": f"person:{it.by.randrange(900, 999)}", "name": "X"}
    it.put(ledger)
    it.fit_manifest()


@kind("says", "content")
def the_ledger_tells_another_text(it: Hands) -> None:
    ledger = it.ledger
    item = it.by.choice([one for one in ledger["items"] if one["measures"]])
    change = it.by.choice(["title", "target", "remark", "measure", "due"])
    text = f"{it.by.randrange(10**9)}"
    if change == "measure":
        it.by.choice(item["measures"])["text"] = text
    elif change == "due":
        item["deadline"]["due"] = "2031-01-01"
    else:
        item[change] = text
    it.put(ledger)
    it.fit_manifest()


@kind("bytes")
def the_ledger_says_that_evidence_was_withdrawn(it: Hands) -> None:
    ledger = it.ledger
    paper = it.by.choice([p for one in ledger["items"] for p in one["evidence"]])
    paper["withdrawn_at"] = None if paper["withdrawn_at"] else f"2026-0{it.by.randrange(1, 9)}-01"
    it.put(ledger)
    it.fit_manifest()


@kind("retold")
def a_decision_is_retold(it: Hands) -> None:
    name = it.by.choice([n for n in it.files if n.endswith("approvals.json") and it.files[n][3:]])
    rows = json.loads(it.files[name])
    row = it.by.choice(rows)
    data, change = row["data"], it.by.choice(["opinion", "label", "findings", "behind", "gone"])
    if change == "label":
        row["label"] = f"Person {it.by.randrange(900, 999)}"
    elif change == "findings":
        data["findings"] = [{"citation": 1, "name": "proof.pdf", "worth": "accepted"}]
    elif change == "gone":
        rows.remove(row)
    else:
        data[change] = f"{it.by.randrange(10**9)}"
    it.files[name] = plain.listed(rows)
    it.fit_manifest()


@kind("retold")
def the_timeline_is_retold(it: Hands) -> None:
    name = it.some("timeline.json")
    rows = json.loads(it.files[name])
    row, field_ = it.by.choice(rows), it.by.choice(["seq", "at", "name", "by", "label", "hash"])
    row[field_] = it.by.randrange(10**6) if field_ == "seq" else f"{row[field_]}0"
    it.files[name] = plain.listed(rows)
    it.fit_manifest()


# The log


@kind("root", "shape", "signature")
def an_older_checkpoint_is_said_to_end_elsewhere(it: Hands) -> None:
    """Where every event is at hand it leads nowhere else; then the signed manifest tells."""
    proof = json.loads(it.files["proof.json"])
    at = it.by.randrange(len(proof["older"]))
    proof["older"][at] += it.by.choice([-1, 1, 10**9])
    it.files["proof.json"] = json.dumps(proof).encode()
    it.fit_manifest()


@kind("root", "shape")
def a_proof_is_changed(it: Hands) -> None:
    proof = json.loads(it.files["proof.json"])
    places = proof["leaves"][it.by.choice(sorted(k for k, v in proof["leaves"].items() if v))]
    if proof["nodes"] and it.by.random() < 0.5:
        proof["nodes"][it.by.randrange(len(proof["nodes"]))] = it.by.randbytes(32).hex()
    else:
        places[it.by.randrange(len(places))] += it.by.choice([-1, 1, 10**9])
    it.files["proof.json"] = json.dumps(proof).encode()
    it.fit_manifest()


@kind("late", "root")
def events_are_passed_off_as_not_yet_sealed(it: Hands) -> None:
    proof = json.loads(it.files["proof.json"])
    places = proof["leaves"][it.by.choice(sorted(k for k, v in proof["leaves"].items() if v))]
    del places[it.by.randrange(len(places)) :]
    it.files["proof.json"] = json.dumps(proof).encode()
    it.fit_manifest()


@kind("signature")
def everything_is_signed_by_another_key(it: Hands) -> None:
    secret = it.by.randbytes(32).hex()
    name = settings.LOG_ORIGIN
    public = crypto.provider().public(secret, scheme="ed25519")
    key = keys.PublicKey(name=name, scheme="ed25519", public=public)
    it.files["keys/vkeys.txt"] = f"{key.vkey}\n".encode()

    def note(text: str) -> bytes:
        told = crypto.provider().sign(secret, text.encode(), scheme="ed25519")
        made = notes.Signature(name=name, key_id=key.key_id, signature=told)
        return notes.note_of(text, [made]).encode()

    it.files["checkpoint.txt"] = note(notes.split(it.files["checkpoint.txt"].decode())[0])
    it.fit_manifest()
    told = hashlib.sha256(it.files["manifest.json"]).digest()
    it.files["manifest.sig"] = note(f"{name}/archive\nmanifest {base64.b64encode(told).decode()}\n")


@kind("signature", "root", "shape")
def a_checkpoint_or_signature_is_of_another_archive(it: Hands) -> None:
    name = it.by.choice(["checkpoint.txt", "manifest.sig"])
    it.files[name] = it.other[name]
    it.fit_manifest()


@kind("outside")
def the_log_is_rewritten_with_all_the_keys(it: Hands) -> None:
    """Whoever has stolen every key is found only by what was kept outside."""
    _rewrite(it)


@kind("outside")
def the_log_is_rewritten_and_an_older_checkpoint_is_outside(it: Hands) -> None:
    """Before that checkpoint: another beginning, proven by nodes that lead to another root."""
    older = it.other["checkpoint.txt"].decode()
    it.known = replace(it.known, outside=older)
    _rewrite(it, before=notes.read(notes.split(older)[0]).size)


def _rewrite(it: Hands, *, before: int = 10**9) -> None:
    """One of the first so many events of the log, and all that must follow from it."""
    places = json.loads(it.files["proof.json"])["leaves"]
    known = [
        (name, at)
        for name in it.chains()
        for at, place in enumerate(places[it.lines(name)[0][0].decode()])
        if place < before
    ]
    name, at = it.by.choice(known)
    rows = it.lines(name)
    row = rows[at]
    said = json.loads(row[BODY])
    said["data"]["note"] = it.by.randrange(10**9)
    row[BODY] = canonical.encode(said)
    it.fit_chain(name, rows, sealed=True)
    sealed = notes.read(notes.split(it.files["checkpoint.txt"].decode())[0])
    forged = notes.Sealed(
        origin=sealed.origin,
        size=sealed.size,
        root=_root(it, sealed.size),
        at=sealed.at,
        algorithm=sealed.algorithm,
    )
    it.files["checkpoint.txt"] = keys.sign(forged).encode()
    it.fit_manifest()
    told = hashlib.sha256(it.files["manifest.json"]).hexdigest()
    it.files["manifest.sig"] = seal.signed(told).encode()


def _root(it: Hands, size: int) -> bytes:
    """The root that the events in these hands and the nodes of the proof lead to."""
    proof = json.loads(it.files["proof.json"])
    leaves: dict[int, bytes] = {}
    for name in (n for n in it.files if n.endswith(".tsv")):
        for row in it.lines(name):
            place = proof["leaves"][row[0].decode()][int(row[SEQ]) - 1]
            leaves[place] = merkle.leaf_hash(bytes.fromhex(row[HASH].decode()))
    gaps = between(sorted(leaves), size, proof["older"])
    known = dict(zip(gaps, map(bytes.fromhex, proof["nodes"]), strict=True))

    def over(low: int, high: int) -> bytes:
        if (low, high) in known:
            return known[low, high]
        if high - low == 1:
            return leaves[low]
        middle = low + (1 << ((high - low - 1).bit_length() - 1))
        return merkle.node_hash(over(low, middle), over(middle, high))

    return over(0, size)


def is_found(
    name: str, place: int, genuine: dict[str, bytes], earlier: dict[str, bytes], known: Known
) -> bool:
    """Whether the verifier finds what this kind has to be found by, done at this place."""
    codes, act = KINDS[name]
    it = Hands(dict(genuine), Random(f"{name} {place}"), earlier, known)
    act(it)
    archive = it.zipped()
    if archive == Hands(dict(genuine), Random(0), earlier, known).zipped():
        raise AssertionError(f"{name} did nothing at place {place}")
    return bool(codes & {code for code, _where in it.known.findings(archive)})
