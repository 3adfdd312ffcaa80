#!/usr/bin/env python3
"""Verify an archive of Rectify, offline, with nothing but Python 3.8 or newer.

    python3 -I verify.py [archive.zip or folder] [--key FILE] [--pin KEY] [--outside FILE]

Exits with 0 when all that was checked holds, 1 when something does not, 2 when this is no archive.
"""

from __future__ import annotations

import argparse, base64, gc, hashlib, hmac, io, json, os, re, stat, subprocess, sys, tempfile, zipfile
from bisect import bisect_left, bisect_right
from pathlib import Path
from typing import Any, Callable
EVENT, SEAL, GENESIS = b"rectify-event-v1\0", b"rectify-seal-v1\0", bytes(32)
LINE, TEXT, SHOWN, SMALL, DESKTOP = 1 << 22, 1 << 30, 40, 1 << 13, (".DS_Store", "Thumbs.db", "desktop.ini")
TEXTS = {
    "unlisted": ("the manifest does not list this file", "清单中没有这个文件"), "missing": ("the manifest lists this file, and it is not there", "清单列有此文件，但文件缺失"),
    "differs": ("the bytes are not those of the manifest", "文件内容与清单不符"), "shape": ("cannot be read: {0}", "无法读取：{0}"),
    "seq": ("event {0} is missing, or stands elsewhere", "事件 {0} 缺失或错位"), "canon": ("event {0} is not in canonical form", "事件 {0} 不是规范格式"),
    "retold": ("does not say what the events say", "与事件所记不符"), "three": ("event {0}: submitter, approvers and closer are not all different", "事件 {0}：提交人、审核人、销号人并非各不相同"),
    "root": ("the events do not lead to the root of the checkpoint", "由事件推导不出检查点的根"), "bytes": ("is not here as the events tell of it: {0}", "未按事件所记收入：{0}"),
    "good": ("WHOLE: all that was checked holds.", "完好：所查各项均成立。"), "bad": ("NOT WHOLE: {0} findings.", "不完好：发现 {0} 处问题。"),
    "signature": ("the signature is false, or by no key that counts, or under something else", "签名不成立、不是被认可的密钥所签，或所签的并非此内容"), "none": ("THIS IS NO ARCHIVE: {0}", "这不是归档：{0}"), "not": ("Not checked:", "未查："),
    "column": ("a column of event {0} says something else than its body", "事件 {0} 的列与正文不符"), "mac": ("the seal of event {0} was not made with this key", "事件 {0} 的封签不是用该密钥制作的"),
    "chain": ("the chain is not what the ledger names, or ends elsewhere", "事件链与台账所列不符，或末端不同"), "content": ("the content is not what event {0} decided on", "内容与事件 {0} 所决定的不一致"),
    "hash": ("event {0} is not what was hashed, or does not follow the one before it", "事件 {0} 与其摘要不符，或与前一事件不衔接"), "says": ("{0} is said to be {1}, the events lead to {2}", "所记 {0} 为 {1}，而事件得出 {2}"),
    "outside": ("the outside copy has another root over {0} events", "外存副本中 {0} 个事件的根与此不同"), "late": ("{0} events lie beyond the checkpoint: archives are made of sealed ones", "{0} 个事件晚于检查点：归档只应含已封存的事件"),
    "not mac": ("the seals of {0} events (--key)", "{0} 个事件的封签（可用 --key）"), "not pin": ("whose the keys are: they come from the archive itself (--pin)", "密钥是谁的：密钥取自归档本身（可用 --pin）"),
    "not outside": ("whether a checkpoint over {0} events was kept outside (--outside)", "外存副本中是否有 {0} 个事件的检查点（可用 --outside）"), "not older": ("{0} outside checkpoints: nothing here leads from them to this one", "{0} 个外存检查点：归档中没有由其通向本检查点的证明"),
    "did": ("Checked: {0} files, {1} chains, {2} events, {3} items.", "已查：{0} 个文件，{1} 条事件链，{2} 个事件，{3} 个事项。"), "code": ("Digest of manifest.json: {0}\nShort code: {1}", "manifest.json 的摘要：{0}\n短码：{1}"),
    "not others": ("pages, the workbook and texts that no event tells; whom deputies stood in for in the ledger; other chains; what came later", "网页、工作簿及事件未记载的文字；台账中代理人代谁行事；其他事件链；此后发生的事"), "not sm2": ("an SM2 signature: there is no openssl that knows SM2", "SM2 签名：没有支持 SM2 的 openssl"),
}
SETS = {"created": "no title due raw=deadline target remark", "assigned": "assignee_text=assignee",
        "reassigned": "assignee_text=assignee", "progress_recorded": "progress result", "extended": "due=until", "reopened": "cycle progress=begun", "closed": "result effectiveness"}
CITING = ("evidence_attached", "evidence_supplied", "evidence_replaced", "evidence_relinked")
ENDS = ("returned", "closed", "withdrawn", "cancelled", "merged")
NEUTRAL = """claimed released handed_over help_asked given_back signer_added signer_dropped copied disclosed evidence_asked
    evidence_declined evidence_spared extension_asked suspension_asked cancellation_asked merger_asked reopening_asked request_taken_back request_agreed request_refused request_handed_over extended""".split()  # change no content
P, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D, ROOT = -121665 * pow(121666, -1, P) % P, pow(2, (P - 1) // 4, P)
HASHES: dict[str, Callable[[bytes], bytes]] = {"sha256": lambda data: hashlib.sha256(data).digest(), "sm3": lambda data: hashlib.new("sm3", data).digest()}
def refuse(text: str) -> Any:
    raise ValueError(text)
DECODE = vars(json.JSONDecoder(parse_float=refuse, parse_constant=refuse))["scan_once"]
SORTED, LABELS, QUOTED = set(), set(), json.encoder.encode_basestring
ENCODE = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
VKEY = re.compile(r"([^\s+]+)\+[0-9a-f]{8}\+([A-Za-z0-9+/]+=*)")
SIGNED = re.compile(r"^\u2014 ([^\s+]+) ([A-Za-z0-9+/]+=*)$", re.MULTILINE)
OUTSIDE = re.compile(r"^([^\s+]+)\n([0-9]+)\n([A-Za-z0-9+/]{43}=)$", re.MULTILINE)
def shown(text: object) -> str:
    """What a stranger wrote, such that a terminal only shows it."""
    return "".join(c if c.isprintable() else "?" for c in str(text)[:120])
def canonical(value: Any) -> str:
    return hashlib.sha256(ENCODE(value).encode()).hexdigest()
def keys_in(value: Any) -> int:
    """How many keys; refused unless every reader takes it for the same: sorted, ASCII, below 2^53."""
    total = 0
    if value.__class__ is dict:
        if (keys := tuple(value)) not in SORTED:
            SORTED.add(keys if "".join(keys).isascii() and sorted(keys) == [*keys] else refuse("keys"))
        total, value = len(keys), value.values()
    for one in value:
        kind = one.__class__
        if kind is dict or kind is list:
            total += keys_in(one)
        elif kind is int and not -(2**53) < one < 2**53:
            refuse("number")
    return total
def plus(a: Any, b: Any) -> Any:
    k = D * a[0] * b[0] * a[1] * b[1] % P
    x, y, both = a[0] * b[1] + a[1] * b[0], a[1] * b[1] + a[0] * b[0], pow(1 - k * k, -1, P)
    return x * (1 - k) * both % P, y * (1 + k) * both % P
def times(number: int, point: Any) -> Any:
    total = (0, 1)
    for bit in bin(number)[2:]:
        total = plus(total, total)
        total = plus(total, point) if bit == "1" else total
    return total
def point_of(data: bytes) -> Any:
    y, odd = int.from_bytes(data, "little") & (1 << 255) - 1, data[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if x * x % P == square else x * ROOT % P
    if y >= P or x * x % P != square or (x == 0 and odd):
        raise ValueError("no point of the curve")
    return (x if x & 1 == odd else P - x), y
def ed25519(public: bytes, signature: bytes, text: bytes) -> bool:  # RFC 8032, 5.1.7
    s = int.from_bytes(signature[32:], "little")
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + text).digest(), "little") % ORDER
    if len(signature) != 64 or s >= ORDER:
        return False
    far = plus(point_of(signature[:32]), times(k, point_of(public)))
    return times(s, point_of(b"\x58" + b"\x66" * 31)) == far
def sm2(public: bytes, signature: bytes, text: bytes) -> bool | None:
    """By the openssl command; None where there is none that can."""
    der = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200") + public
    with tempfile.TemporaryDirectory() as folder:
        for name, data in (("key", der), ("signature", signature), ("text", text)):
            Path(folder, name).write_bytes(data)
        how = "openssl dgst -sm3 -keyform DER -verify key -sigopt distid:1234567812345678 -signature signature text"
        try:
            said = subprocess.run(how.split(), cwd=folder, stdout=-1, stderr=-1, check=False).stdout
        except OSError:
            return None
    return b"Verified OK" in said if said else None
class Box:
    """A ZIP or a folder: plain files under plain names; all else has a size that nothing has."""

    def __init__(self, path: str) -> None:
        self.path, self.sizes, self.zip, self.kept, found = path, {}, None, {}, []
        if os.path.isfile(path):
            self.zip = zipfile.ZipFile(path)
            for one in self.zip.infolist():
                plain = not stat.S_ISLNK(one.external_attr >> 16) and not one.flag_bits & 1
                found += [] if one.is_dir() else [(one.filename, one.file_size if plain else -1)]
        for folder, _folders, files in os.walk(path):
            for full in (os.path.join(folder, name) for name in files if name not in DESKTOP):
                name, about = os.path.relpath(full, path).replace(os.sep, "/"), os.lstat(full)
                found.append((name, about.st_size if stat.S_ISREG(about.st_mode) else -1))
        for name, size in found:
            odd = name in self.sizes or {"", ".", ".."} & set(re.split(r"[/\\:]", name))
            self.sizes[name] = -1 if odd else size
    def stream(self, name: str) -> Any:
        if name in self.kept:
            return io.BytesIO(self.kept.pop(name))
        name = name if self.sizes[name] >= 0 else refuse("no plain file")
        return io.BufferedReader(self.zip.open(name)) if self.zip else open(f"{self.path}/{name}", "rb")
    def text(self, name: str) -> str:
        with self.stream(name) as file:
            return file.read(TEXT).decode()
    def digest(self, name: str) -> str:
        """What is small and read again, a chain, is kept: to open it takes longer than to read it."""
        with self.stream(name) as file:
            if self.sizes[name] <= SMALL and name.endswith(".tsv") and len(self.kept) < SMALL:
                self.kept[name] = data = file.read(SMALL + 1)
                return hashlib.sha256(data).hexdigest()
            sha = hashlib.sha256()
            for data in iter(lambda: file.read(1 << 16), b""):
                sha.update(data)
        return sha.hexdigest()

class Verification:
    def __init__(self, box: Box, macs: dict[str, bytes], pins: str, outside: str) -> None:
        self.box, self.macs, self.pins, self.outside = box, macs, pins, outside
        self.findings: list[tuple[str, str, list[str]]] = []
        self.files, self.hashes, self.manifest, self.gone = {}, {}, "", set()
        self.items = self.unsealed = self.late = self.alone = self.apart = 0
        for work in (self.check_manifest, self.check_chains, self.check_log):
            self.attempt(work.__name__[6:], work)
        for code, many in (("not mac", self.unsealed), ("late", self.late), ("not outside", self.alone), ("not older", self.apart), ("not others", 1)):
            if many:
                self.find(code, "", many)
    def find(self, code: str, where: str, *about: Any) -> None:
        self.findings.append((code, shown(where), [shown(one) for one in about]))
    def attempt(self, where: str, work: Callable[..., Any], *args: Any) -> Any:
        """Whatever a stranger's bytes do to our code is a finding, never a traceback."""
        try:
            return work(*args)
        except Exception as fault:
            return self.find("shape", where, f"{type(fault).__name__} {fault}")
    def check_manifest(self) -> None:
        self.manifest = self.box.digest("manifest.json")
        listed = {name: (size, told) for name, size, told in json.loads(self.box.text("manifest.json"))["files"]}
        for name in sorted(set(listed) | (set(self.box.sizes) - {"manifest.json", "manifest.sig"})):
            (size, told), here = listed.get(name, (None, None)), self.box.sizes.get(name)
            if size is None or here is None:
                self.find("unlisted" if size is None else "missing", name)
            elif size != here or told != self.attempt(name, self.box.digest, name):
                self.find("differs", name)
            else:
                self.files[name] = told
    def check_chains(self) -> None:
        ledger = json.loads(self.box.text("ledger.json"))
        named = [(one["subject"], one["chain"], one) for one in ledger["items"]]
        named += [(one["subject"], one, None) for one in ledger["chains"]]
        chains = sorted(name for name in self.box.sizes if name.endswith(".tsv"))
        if chains != sorted(chain["file"] for _subject, chain, _item in named):
            self.find("chain", "ledger.json")
        for subject, chain, item in named:
            self.attempt(subject, self.check_chain, subject, chain, item)
    def check_chain(self, subject: str, chain: Any, item: Any) -> None:
        events: list[Any] = []
        hashes = self.hashes[subject] = [GENESIS]
        with self.box.stream(chain["file"]) as lines:
            for line in iter(lambda: lines.readline(LINE), b""):
                wrong = line[:1] != b"#" and self.event(line, subject, events, hashes)
                if wrong:
                    return self.find(wrong, subject, len(hashes))
        if (chain["events"], chain["head"]) != (len(events), hashes[-1].hex()):
            return self.find("chain", subject)
        return self.check_item(item, events, hashes) if item else None
    def event(self, line: bytes, subject: str, events: list[Any], hashes: list[bytes]) -> str:
        """What is wrong with one event: a code, or nothing once it was added."""
        row, seq, prev = line[:-1].decode().split("\t", 12), len(hashes), hashes[-1]
        told, said = HASHES[row[11]](EVENT + prev + row[12].encode()), self.said(row, subject, seq)
        follows = row[7] == prev.hex() and row[8] == told.hex()
        if not said or not follows or row[0] != subject or row[1] != str(seq):
            canon = ENCODE(DECODE(row[12], 0)[0]) == row[12]
            return "canon" if not canon else "column" if follows else "hash" if row[1] == str(seq) else "seq"
        self.unsealed += not self.macs
        if self.macs and (row[10] not in self.macs or hmac.digest(self.macs[row[10]], SEAL + told, row[11]).hex() != row[9]):
            return "mac"
        events.append(said)
        hashes.append(told)
        return ""
    def said(self, row: list[str], subject: str, seq: int) -> Any:
        """The event, if its body is the canonical form of what the columns say, around data of its own."""
        (name, at, by, label, command), text = row[2:7], row[12]
        address, here = DECODE(text, 20) if text.startswith('{"actor":{"address":"') else ("", 0)
        head = f',"id":{QUOTED(by)},"label":{label}}},"at":{QUOTED(at)},"command":{QUOTED(command) if command else "null"},"data":'
        if not text.startswith(head, here) or text[20:here] != QUOTED(address):
            return None
        data, end = DECODE(text, start := here + len(head))
        if text[end:] != f',"name":{QUOTED(name)},"seq":{seq},"subject":{QUOTED(subject)},"v":1}}':
            return None
        if label not in LABELS:
            LABELS.add(label if QUOTED(json.loads(label)) == label else refuse("label"))
        # Where nothing is escaped, spaced apart or below zero, only a key told twice could hide.
        body, keys = text[start:end], keys_in(data)
        odd = len(body.split(None, 1)) > 1 or "\\" in body or ":-" in body or ",-" in body or "[-" in body
        if (ENCODE(data) != body) if odd else keys != body.count('":'):
            return None
        return {"seq": seq, "name": name, "data": data, "actor": {"id": by}, "whole": body,
                "told": (f'{{"at":{QUOTED(at)},"by":{QUOTED(by)}', f',"label":{label},"name":{QUOTED(name)},"seq":{seq}}}')}
    def check_told(self, folder: str, events: list[Any], hashes: list[bytes]) -> None:
        """The decisions and the events in short, byte for byte as the events tell them."""
        given = [f',"data":{one["whole"]}'.join(one["told"]) for one in events if "to" in one["data"] and type(one["data"].get("no")) is int]
        acts = [f',"hash":"{told.hex()}"'.join(one["told"]) for one, told in zip(events, hashes[1:])]
        for name, rows in ((f"{folder}/timeline.json", acts), (f"{folder}/approvals.json", given)):
            if self.files.get(name) != hashlib.sha256(("[\n" + ",\n".join(rows) + "\n]\n" if rows else "[]\n").encode()).hexdigest():
                self.find("retold", name)

    def check_item(self, item: Any, events: list[Any], hashes: list[bytes]) -> None:
        """The ledger says of an item what its events lead to."""
        where, at = item["subject"], {"state": None, "version": -1, "cycle": 1, "result": ""}
        handed, cited, signed, last, given, decided = [], {}, {}, None, [], None
        for event in events:
            seq, name, data, by = event["seq"], event["name"][5:], event["data"], event["actor"]["id"]
            if "to" in data:
                if (data["from"], data["version"]) != (at["state"], at["version"] + 1):
                    self.find("says", where, f"event {seq}", data["from"], at["state"])
                at["state"], at["version"] = data["to"], data["version"]
                decided = decided if name in NEUTRAL else None
            for field, _equals, key in (one.partition("=") for one in SETS.get(name, "").split()):
                at[field] = data.get(key or field, "not_done" if key else "")
            changes = {field: after for field, (_, after) in data.get("changes", {}).items()}
            if "deadline" in changes:
                at["raw"], at["due"] = changes["deadline"][0], changes["deadline"][3] or None
            at.update((field, after) for field, after in changes.items() if field not in ("deadline", "measures"))
            if name == "submitted":
                last, given = [data["no"], data["cycle"], by, None, None, "open"], []
                handed += [last]
            if "voids" in data or name in ("stepped_back", "route_changed"):
                given = [one for one in given if one[0] < data.get("to_step", 0)]
            if name in ("endorsed", "approved"):
                given.append((data["step"], by, data["digest"]))
            if name in ("submitted", "endorsed", "approved", "closed"):
                decided = (seq, data["digest"])
            if name == "closed":
                people = [last[2], by, *{one[1] for one in given}]
                if len(set(people)) != len(people) or not given:
                    self.find("three", where, seq)
                elif data["digest"] != given[-1][2]:
                    self.find("content", where, seq)
            if last and last[5] == "open":
                last[3] = given[-1][1] if given else None
                if name in ENDS:
                    last[4:] = by if name in ENDS[:2] else None, "cancelled" if name == "merged" else name
            for file in data.get("files", [data]) if name in CITING else ():
                cited[file["citation"]] = [file["digest"], file["name"], False]
            if name in ("evidence_withdrawn", *CITING[2:]):
                cited[data.get("earlier") or data.get("before", data)["citation"]][2] = True
            self.gone |= {one["citation"] for one in data["files"]} if name == "evidence_destroyed" else set()
            if "signature" in data:
                signed[data["signature"]["id"]] = data["signature"]
        self.compare(item, at, handed, cited, signed, decided)
        self.check_told(item["folder"], events, hashes)
        self.items += 1
    def compare(self, item: Any, at: Any, handed: Any, cited: Any, signed: Any, decided: Any) -> None:
        says, where = {**item, **item["deadline"]}, item["subject"]
        at["submissions"], who = handed, lambda person: person and person["id"]
        people = ("submitted_by", "approved_by", "decided_by")
        says["submissions"] = [[one["no"], one["cycle"], *(who(one[p]) for p in people), one["outcome"]] for one in item["submissions"]]
        for field, value in at.items():
            if says.get(field) != value:
                self.find("says", where, field, says.get(field), value)
        papers = {one["citation"]: one for one in item["evidence"]}
        drawn = {one["id"]: one for one in item["signatures"]}
        for citation in {*papers, *cited}:
            one = papers.get(citation, {})
            told = [one.get("digest"), one.get("name"), one.get("withdrawn_at") is not None]
            if told != cited.get(citation) or (citation not in self.gone and self.files.get(one["file"]) != one["digest"]):
                self.find("bytes", where, f"{one.get('catalogue')} {one.get('name')} {citation}")
        for key in {*drawn, *signed}:
            one, told = drawn.get(key, {}), signed.get(key, {"id": 0})
            whole = {**one, "picture": self.files.get(one.get("file"), "")}
            whole["points"] = told.get("points") and canonical({"strokes": one.get("strokes")})
            if {field: whole.get(field) for field in told} != told:
                self.find("bytes", where, f"signature {key}")
        content, standing = item["content"], [one for one in papers.values() if not one["withdrawn_at"]]
        told = [[row[1], sorted(link[0] for link in row[5])] for row in content["measures"]]
        wanted = [[m["text"], sorted(one["digest"] for one in standing if one["measure"] == m["no"])] for m in item["measures"]]
        if told != wanted or (decided and canonical(content) != decided[1]):
            self.find("content", where, decided[0] if decided else 0)

    def check_log(self) -> None:
        named = VKEY.findall(self.box.text("keys/vkeys.txt"))
        keys = {(name, hashlib.sha256(name.encode() + b"\n" + told).digest()[:4]): told
                for name, told in ((name, base64.b64decode(text)) for name, text in named)}
        if self.pins:
            texts = [text for _name, text in VKEY.findall(self.pins)] + re.findall(r"BEGIN PUBLIC KEY-----([^-]+)-----END", self.pins)
            known = b"\n".join(map(base64.b64decode, texts))
            keys = {key: told for key, told in keys.items() if told[-32:] in known}
        else:
            self.find("not pin", "")
        note = self.opened("checkpoint.txt", keys)
        origin, size, root = note[0], int(note[1]), base64.b64decode(note[2])
        told = "manifest " + base64.b64encode(bytes.fromhex(self.manifest)).decode()
        if self.opened("manifest.sig", keys, origin) != [f"{origin}/archive", told]:
            self.find("signature", "manifest.sig")
        proof, digest = json.loads(self.box.text("proof.json")), HASHES["sm3" if "hash sm3" in note else "sha256"]
        leaves = {}
        for subject, hashes in self.hashes.items():
            places = proof["leaves"].get(subject, [])
            self.late += len(hashes) - 1 - len(places)
            if places != sorted(places) or len(places) >= len(hashes) or leaves.keys() & places:
                refuse("places")
            leaves.update(zip(places, (digest(b"\0" + told) for told in hashes[1:])))
        places, nodes, older, peaks = sorted(leaves), iter(proof["nodes"]), proof.get("older", []), {}
        split: Callable[[int, int], int] = lambda low, high: low + (1 << ((high - low - 1).bit_length() - 1))
        def over(low: int, high: int, first: int, end: int) -> bytes:
            ends = bisect_right(older, low) < bisect_left(older, high)  # an older tree, within this range
            if first == end and not ends:
                return bytes.fromhex(next(nodes))
            if high - low == 1:
                return leaves[low]
            middle = split(low, high)
            cut = bisect_left(places, middle, first, end)
            left, right = over(low, middle, first, cut), over(middle, high, cut, end)
            peaks.update({(low, middle): left, (middle, high): right} if ends else {})
            return digest(b"\1" + left + right)
        def before(low: int, high: int) -> bytes:
            return peaks.get((low, high)) or digest(b"\1" + before(low, split(low, high)) + before(split(low, high), high))
        if over(0, size, 0, len(places)) != root or next(nodes, None) or proof["size"] != size or [*older, size] != sorted({0, *older, size})[1:]:
            self.find("root", "proof.json")
        kept = {(int(many), base64.b64decode(told)) for name, many, told in OUTSIDE.findall(self.outside) if name == origin}
        roots = {size: root, **{many: before(0, many) for many in older}}
        for many in (many for many, told in sorted(kept) if roots.get(many, told) != told):
            self.find("outside", "", many)
        self.alone, self.apart = size * (size not in dict(kept)), sum(many not in roots for many, _told in kept)
    def opened(self, name: str, keys: dict[Any, bytes], origin: str = "") -> list[str]:
        """The lines of a note. One key that counts has signed it, and none of them falsely."""
        text, _blank, under = self.box.text(name).rpartition("\n\n")
        lines, good = text.split("\n"), []
        for who, told in SIGNED.findall(under):
            data, signed = base64.b64decode(told), (text + "\n").encode()
            key = keys.get((who, data[:4])) if who == (origin or lines[0]) else None
            if key:
                check = ed25519 if key[:1] == b"\1" else sm2
                good.append(check(key[1:][-65:], data[4:], signed))
        if None in good:
            self.find("not sm2", name)
        if False in good or not good:
            self.find("signature", name)
        return lines
def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("archive", nargs="?", default=os.path.dirname(os.path.abspath(__file__)))
    parser.add_argument("--key", help="a file with keys of the seals, id:hex a line", default="")
    parser.add_argument("--pin", help="a file with public keys known from elsewhere, PEM or vkey", default="")
    parser.add_argument("--outside", help="a file with checkpoints that were kept outside", default="")
    parser.add_argument("--json", action="store_true", help="answer in JSON")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh" if "zh" in os.environ.get("LANG", "zh") else "en")
    asked = parser.parse_args()
    gc.disable()  # nothing in here goes in circles
    sys.stdout.reconfigure(errors="replace")
    say: Callable[..., str] = lambda code, about: TEXTS[code][asked.lang == "zh"].format(*about)
    try:
        key, *given = [Path(one).read_text("utf-8") if one else "" for one in (asked.key, asked.pin, asked.outside)]
        macs = {name: bytes.fromhex(told) for name, told in re.findall(r"([^:\s]+):([0-9a-fA-F]+)", key)}
        box = Box(asked.archive)
        box.digest("manifest.json")
    except Exception as fault:
        print(say("none", [shown(fault)]))
        return 2
    done = Verification(box, macs, *given)
    lines = [(code, where, f"{where}: {say(code, told)}".lstrip(": ")) for code, where, told in done.findings]
    bad = [one for one in lines if not one[0].startswith("not ")]
    left = [line for code, _where, line in lines if code.startswith("not ")]
    letters = "".join("0123456789ABCDEFGHJKMNPQRSTVWXYZ"[int(done.manifest[:15] or "0", 16) >> 5 * at & 31] for at in range(11, -1, -1))
    code = "-".join((letters[:4], letters[4:8], letters[8:]))
    told = {"ok": not bad, "findings": [dict(zip(("code", "where", "text"), one)) for one in bad], "not_checked": left,
            "checked": [len(done.files), len(done.hashes), sum(len(one) - 1 for one in done.hashes.values()), done.items], "manifest": done.manifest, "code": code}
    report = [say("did", told["checked"]), *(one[2] for one in bad[:SHOWN]), say("not", ()), *(f"- {one}" for one in left),
              say("bad" if bad else "good", [len(bad)]), say("code", [done.manifest, code])]
    print(json.dumps(told) if asked.json else "\n".join(report))
    return 1 if bad else 0
if __name__ == "__main__":
    sys.exit(main())
