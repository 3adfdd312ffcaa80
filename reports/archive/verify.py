#!/usr/bin/env python3
"""Verify an archive of Rectify, offline, with nothing but Python 3.8 or newer.

    python3 -I verify.py [archive.zip or folder] [--key FILE] [--pin KEY] [--outside FILE]

Exits with 0 when all that was checked holds, 1 when something does not, 2 when this is no archive.
"""

from __future__ import annotations

import argparse, base64, gc, hashlib, hmac, itertools, json, os, re, stat, struct, subprocess, sys, tempfile, zipfile
from binascii import crc32, hexlify
from bisect import bisect_left, bisect_right
from pathlib import Path
from typing import Any, Callable, Iterator
EVENT, SEAL, GENESIS = b"rectify-event-v1\0", b"rectify-seal-v1\0", bytes(32)
BLOCK, TEXT, SHOWN, DESKTOP = 1 << 16, 1 << 30, 40, (".DS_Store", "Thumbs.db", "desktop.ini")
TEXTS = {
    "unlisted": ("the manifest does not list this file", "清单中没有这个文件"), "missing": ("the manifest lists this file, and it is not there", "清单列有此文件，但文件缺失"), "differs": ("the bytes are not those of the manifest", "文件内容与清单不符"), "shape": ("cannot be read: {0}", "无法读取：{0}"),
    "seq": ("event {0} is missing, or stands elsewhere", "事件 {0} 缺失或错位"), "canon": ("event {0} is not in canonical form", "事件 {0} 不是规范格式"), "retold": ("does not say what the events say", "与事件所记不符"), "three": ("event {0}: submitter, approvers and closer are not all different", "事件 {0}：提交人、审核人、销号人并非各不相同"),
    "root": ("the events do not lead to the root of the checkpoint", "由事件推导不出检查点的根"), "bytes": ("is not here as the events tell of it: {0}", "未按事件所记收入：{0}"), "good": ("WHOLE: all that was checked holds.", "完好：所查各项均成立。"), "bad": ("NOT WHOLE: {0} findings.", "不完好：发现 {0} 处问题。"),
    "signature": ("the signature is false, or by no key that counts, or under something else", "签名不成立、不是被认可的密钥所签，或所签的并非此内容"), "none": ("THIS IS NO ARCHIVE: {0}", "这不是归档：{0}"), "not": ("Not checked:", "未查："),
    "column": ("a column of event {0} says something else than its body", "事件 {0} 的列与正文不符"), "mac": ("the seal of event {0} was not made with this key", "事件 {0} 的封签不是用该密钥制作的"), "chain": ("the chain is not what the ledger names, or ends elsewhere", "事件链与台账所列不符，或末端不同"), "content": ("the content is not what event {0} decided on", "内容与事件 {0} 所决定的不一致"),
    "hash": ("event {0} is not what was hashed, or does not follow the one before it", "事件 {0} 与其摘要不符，或与前一事件不衔接"), "says": ("{0} is said to be {1}, the events lead to {2}", "所记 {0} 为 {1}，而事件得出 {2}"),
    "outside": ("the outside copy has another root over {0} events", "外存副本中 {0} 个事件的根与此不同"), "late": ("{0} events lie beyond the checkpoint: archives are made of sealed ones", "{0} 个事件晚于检查点：归档只应含已封存的事件"),
    "not mac": ("the seals of {0} events (--key)", "{0} 个事件的封签（可用 --key）"), "not pin": ("whose the keys are: they come from the archive itself (--pin)", "密钥是谁的：密钥取自归档本身（可用 --pin）"),
    "not outside": ("whether a checkpoint over {0} events was kept outside (--outside)", "外存副本中是否有 {0} 个事件的检查点（可用 --outside）"), "not older": ("{0} outside checkpoints: nothing here leads from them to this one", "{0} 个外存检查点：归档中没有由其通向本检查点的证明"),
    "did": ("Checked: {0} files, {1} chains, {2} events, {3} items.", "已查：{0} 个文件，{1} 条事件链，{2} 个事件，{3} 个事项。"), "code": ("Digest of manifest.json: {0}\nShort code: {1}", "manifest.json 的摘要：{0}\n短码：{1}"),
    "not others": ("pages, the workbook and texts that no event tells; whom deputies stood in for in the ledger; other chains; what came later", "网页、工作簿及事件未记载的文字；台账中代理人代谁行事；其他事件链；此后发生的事"), "not sm2": ("an SM2 signature: there is no openssl that knows SM2", "SM2 签名：没有支持 SM2 的 openssl"),
}
SETS = {"created": "no title due raw=deadline target remark", "assigned": "assignee_text=assignee",
        "reassigned": "assignee_text=assignee", "progress_recorded": "progress result", "extended": "due=until", "reopened": "cycle progress=begun", "closed": "result effectiveness"}
FIELDS = {name: [(one.partition("=")[0], one.partition("=")[2] or one, "not_done" if "=" in one else "") for one in told.split()] for name, told in SETS.items()}
WITHDRAWING = {"evidence_withdrawn", "evidence_replaced", "evidence_relinked"}
CITING = WITHDRAWING - {"evidence_withdrawn"} | {"evidence_attached", "evidence_supplied"}
BY, DECIDING, ENDS = ("submitted_by", "approved_by", "decided_by"), {"submitted", "endorsed", "approved", "closed"}, ("returned", "closed", "withdrawn", "cancelled", "merged")
NEUTRAL = {*"""claimed released handed_over help_asked given_back signer_added signer_dropped copied disclosed evidence_asked
    evidence_declined evidence_spared extension_asked suspension_asked cancellation_asked merger_asked reopening_asked request_taken_back request_agreed request_refused request_handed_over extended""".split()}  # change no content
P, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D, ROOT = -121665 * pow(121666, -1, P) % P, pow(2, (P - 1) // 4, P)
def refuse(text: str) -> Any: raise ValueError(text)
def keyed(pairs: list[tuple[str, Any]]) -> dict[str, Any]:  # taken for the same by every reader: keys in ASCII, in order, each told once
    found = dict(pairs)
    if (keys := (*found,)) not in SORTED or len(keys) != len(pairs):
        SORTED.add(keys if "".join(keys).isascii() and sorted(keys) == [one for one, _value in pairs] else refuse("keys"))
    return found
class Numbers(dict):  # type: ignore[type-arg]  # as 3.8 has it; the small ones are read once
    def __missing__(self, text: str) -> int:
        told = int(text) if text != "-0" and (len(text) < 16 or (len(text) < 18 and abs(int(text)) < 2**53)) else refuse("number")
        return self.setdefault(text, told) if len(text) < 5 else told
SORTED, ACTORS, QUOTED = set(), {}, json.encoder.encode_basestring
DECODE = vars(json.JSONDecoder(parse_float=refuse, parse_constant=refuse, parse_int=Numbers().__getitem__, object_pairs_hook=keyed))["scan_once"]
ENCODE = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
class PureSM3:  # GB/T 32905, where OpenSSL has none: slow
    block_size, digest_size = 64, 32
    def __init__(self, data: bytes = b"") -> None: self.data = data
    def copy(self) -> PureSM3: return PureSM3(self.data)
    def update(self, more: bytes) -> None: self.data += more
    def digest(self) -> bytes:
        cut, turn = 2**32 - 1, lambda word, by: (word << by % 32 | word >> 32 - by % 32) & 2**32 - 1
        state = [int("7380166f4914b2b9172442d7da8a0600a96f30bc163138aae38dee4db0fb0e4e"[at:at + 8], 16) for at in range(0, 64, 8)]
        data = self.data + b"\x80" + bytes((55 - len(self.data)) % 64) + (8 * len(self.data)).to_bytes(8, "big")
        for block in range(0, len(data), 64):
            w = [int.from_bytes(data[at:at + 4], "big") for at in range(block, block + 64, 4)]
            a, b, c, d, e, f, g, h = state
            for at in range(64):
                x = w[at - 12] ^ w[at - 5] ^ turn(w[at + 1], 15) if at > 11 else 0
                w += [x ^ turn(x, 15) ^ turn(x, 23) ^ turn(w[at - 9], 7) ^ w[at - 2]] if at > 11 else []
                both = turn(turn(a, 12) + e + turn(0x7A879D8A if at > 15 else 0x79CC4519, at) & cut, 7)
                one = (a & b | a & c | b & c if at > 15 else a ^ b ^ c) + d + (both ^ turn(a, 12)) + (w[at] ^ w[at + 4]) & cut
                two = (e & f | ~e & g if at > 15 else e ^ f ^ g) + h + both + w[at] & cut
                a, b, c, d, e, f, g, h = one, a, turn(b, 9), c, two ^ turn(two, 9) ^ turn(two, 17), e, turn(f, 19), g
            state = [old ^ new for old, new in zip(state, (a, b, c, d, e, f, g, h))]
        return b"".join(word.to_bytes(4, "big") for word in state)
def longer(begun: Any, more: bytes) -> Any:  # a hash that has begun, and more: sooner than to look the kind up each time
    hashed = begun.copy()
    hashed.update(more)
    return hashed
try: SM3: Any = hashlib.new("sm3")
except ValueError: SM3 = PureSM3()
HASHES: dict[str, Callable[..., Any]] = {"sha256": hashlib.sha256, "sm3": lambda data=b"": longer(SM3, data)}
OF_EVENT = {kind.encode(): digest(EVENT) for kind, digest in HASHES.items()}
ODD = re.compile(r"(^|[/\\:])\.{0,2}($|[/\\:])").search
VKEY = re.compile(r"([^\s+]+)\+[0-9a-f]{8}\+([A-Za-z0-9+/]+=*)")
SIGNED = re.compile(r"^\u2014 ([^\s+]+) ([A-Za-z0-9+/]+=*)$", re.MULTILINE)
OUTSIDE = re.compile(r"^([^\s+]+)\n([0-9]+)\n([A-Za-z0-9+/]{43}=)$", re.MULTILINE)
def shown(text: object) -> str:  # what a stranger wrote, such that a terminal only shows it
    return "".join(c if c.isprintable() else "?" for c in str(text)[:120])
def canonical(value: Any) -> str: return hashlib.sha256(ENCODE(value).encode()).hexdigest()
def plus(a: Any, b: Any) -> Any:  # in extended coordinates: RFC 8032, 5.1.4
    u, v, w, z = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P, 2 * D * a[3] * b[3] % P, 2 * a[2] * b[2] % P
    e, f, g, h = v - u, z - w, z + w, v + u
    return e * f % P, g * h % P, f * g % P, e * h % P
def times(number: int, point: Any) -> Any:
    total = (0, 1, 1, 0)
    for bit in bin(number)[2:]:
        total = plus(plus(total, total), point) if bit == "1" else plus(total, total)
    return total
def point_of(data: bytes) -> Any:
    y, odd = int.from_bytes(data, "little") & (1 << 255) - 1, data[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if x * x % P == square else x * ROOT % P
    x = (x if x & 1 == odd else P - x) if y < P and x * x % P == square and (x or not odd) else refuse("no point of the curve")
    return x, y, 1, x * y % P
def ed25519(public: bytes, signature: bytes, text: bytes) -> bool:  # RFC 8032, 5.1.7
    s = int.from_bytes(signature[32:], "little")
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + text).digest(), "little") % ORDER
    if len(signature) != 64 or s >= ORDER: return False
    far = plus(point_of(signature[:32]), times(k, point_of(public)))
    near = times(s, point_of(b"\x58" + b"\x66" * 31))
    return all((near[at] * far[2] - far[at] * near[2]) % P == 0 for at in (0, 1))
def sm2(public: bytes, signature: bytes, text: bytes) -> bool | None:  # by the openssl command; None where there is none that can
    der = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200") + public
    with tempfile.TemporaryDirectory() as folder:
        for name, data in (("key", der), ("signature", signature), ("text", text)):
            Path(folder, name).write_bytes(data)
        how = "openssl dgst -sm3 -keyform DER -verify key -sigopt distid:1234567812345678 -signature signature text"
        try:
            said = subprocess.run(how.split(), cwd=folder, stdout=-1, stderr=-1, check=False).stdout
        except OSError: return None
    return b"Verified OK" in said if said else None
class Box:  # a folder, or a ZIP: plain files under plain names; each is read once, and its size and digest kept
    def __init__(self, path: str) -> None:
        self.path, self.plain, self.found, self.zip, folders = path, {}, {}, None, [""]
        if os.path.isfile(path):
            self.zip, folders = zipfile.ZipFile(path), []
            for one in self.zip.infolist():
                if not one.is_dir():
                    self.add(one.filename, plain=not stat.S_ISLNK(one.external_attr >> 16) and not one.flag_bits & 1)
        for under in folders:
            for here in os.scandir(f"{path}/{under}"):
                if here.is_dir(follow_symlinks=False):
                    folders.append(f"{under}{here.name}/")
                elif here.name not in DESKTOP:
                    self.add(under + here.name, plain=here.is_file(follow_symlinks=False))
    def add(self, name: str, *, plain: bool) -> None: self.plain[name] = plain and name not in self.plain and not ODD(name)
    def read(self, name: str, *, whole: bool = True) -> bytes:  # of what is not read whole, size and digest are kept
        sha, size, kept = hashlib.sha256(), 0, []
        for data in self.pieces(name) if self.plain[name] else refuse("no plain file"):
            sha.update(data)
            size += len(data)
            kept += [data if size < TEXT else refuse("too large")] if whole else []
        self.found[name] = size, sha.hexdigest()
        return kept[0] if len(kept) == 1 else b"".join(kept)
    def pieces(self, name: str) -> Iterator[bytes]:
        one, crc = self.zip and self.zip.getinfo(name), 0
        if not one or one.compress_type:
            with self.zip.open(one) if one else open(f"{self.path}/{name}", "rb", 0) as file:
                yield from iter(lambda: file.read(BLOCK), b"")
            return
        disk = self.zip.fp  # it is stored as it is: zipfile takes four times as long over a small file
        disk.seek(one.header_offset)
        mark, of_name, of_extra = struct.unpack("<4s22x2H", disk.read(30))
        told = disk.read(of_name + of_extra)[:of_name].decode("utf-8" if one.flag_bits & 0x800 else "cp437")
        left = one.file_size if (mark, told, one.compress_size) == (b"PK\3\4", one.orig_filename, one.file_size) else refuse("entry")
        while left:
            data = disk.read(min(left, BLOCK)) or refuse("cut short")
            crc, left = crc32(data, crc), left - len(data)
            yield data
        crc == one.CRC or refuse("CRC")
    def digest(self, name: str) -> str:  # nothing where there is no such file
        if name not in self.found and name in self.plain:
            self.read(name, whole=False)
        return self.found[name][1] if name in self.found else ""
def actor(told: bytes) -> Any:  # refused unless this is its canonical form
    text = told.decode()
    said = DECODE(text + "}", 9)[0]
    good = list(said) == ["address", "id", "label"] and '{"actor":' + ENCODE(said) == text + "}" and QUOTED(said["address"]) and QUOTED(said["id"]) == f'"{said["id"]}"'
    return ACTORS.setdefault(told, (said["id"].encode(), QUOTED(said["label"]).encode(), said["id"]) if good else refuse("actor"))
def terse(text: str, data: Any) -> bool:  # with spaces or escapes in it, and yet canonical
    return ENCODE(data) == text if "\\" in text else len("".join(text.split('"')[::2]).split(None, 1)) == 1
def follow(lines: bytes, subject: str, pads: Any, hashes: list[bytes], events: list[Any], acts: list[bytes], given: list[bytes]) -> str:
    """What is wrong with the first event that does not hold: a code, or nothing where all do."""
    rows = (lines if lines[:1] == b"#" and lines[-1:] == b"\n" and b"\r" not in lines else refuse("lines"))[:-1].split(b"\n")[1:]
    odd, own, told, before, plain = b" " in lines or b"\\" in lines, subject.encode(), GENESIS, hexlify(GENESIS), [subject.encode()]
    for seq, row in enumerate(rows, 1):
        of, no, name, at, by, label, command, was, now, mac, key, kind, body = row.split(b"\t")
        told, cut, data, text, stop = longer(OF_EVENT[kind], told + body).digest(), body.find(b'},"at":"'), None, "", 1
        who, asked, words, follows = body[:cut], b'"%b"' % command if command else b"null", body[body.find(b'"data":', cut) + 7:body.rfind(b',"name":"')], was == before and now == hexlify(told)
        # A body has to be, to the letter, what its columns say around data of its own: only that is read as JSON.
        if (follows and of == own and no == b"%d" % seq and body == b'%b},"at":"%b","command":%b,"data":%b,"name":"%b","seq":%b,"subject":"%b","v":1}' % (
                who, at, asked, words, name, no, own) and (ACTORS.get(who) or actor(who))[:2] == (by, label)):
            text = words.decode()
            data, stop = DECODE(text, 0)
        if data.__class__ is not dict or stop != len(text) or (odd and (" " in text or "\\" in text) and not terse(text, data)):
            canon = ENCODE(DECODE(body.decode(), 0)[0]).encode() == body
            return "canon" if not canon else "column" if follows else "hash" if no == b"%d" % seq else "seq"
        if pads and ((key, kind) not in pads or hexlify(longer(pads[key, kind], told).digest()) != mac): return "mac"
        hashes.append(told)
        events.append((name[5:].decode(), data, ACTORS[who][2]))
        acts.append(b'{"at":"%b","by":"%b","hash":"%b","label":%b,"name":"%b","seq":%b}' % (at, by, now, label, name, no))
        if "to" in data and data.get("no").__class__ is int:
            given.append(b'{"at":"%b","by":"%b","data":%b,"label":%b,"name":"%b","seq":%b}' % (at, by, words, label, name, no))
        plain += at, command, name, mac, key
        before = now
    letters = b"".join(plain).decode()
    return "" if QUOTED(letters) == f'"{letters}"' else "canon"
class Verification:
    def __init__(self, box: Box, macs: dict[str, bytes], pins: str, outside: str) -> None:
        self.box, self.pins, self.outside = box, pins, outside
        self.pads = {(name.encode(), kind.encode()): hmac.new(told, SEAL, digest) for name, told in macs.items() for kind, digest in HASHES.items()}
        self.findings: list[tuple[str, str, list[str]]] = []
        self.files, self.hashes, self.gone, self.manifest = 0, {}, set(), self.attempt("manifest.json", box.digest, "manifest.json") or ""
        self.items = self.unsealed = self.late = self.alone = self.apart = 0
        for work in (self.check_chains, self.check_log, self.check_manifest): self.attempt(work.__name__[6:], work)
        left = (("not mac", self.unsealed), ("late", self.late), ("not outside", self.alone), ("not older", self.apart), ("not others", 1))
        self.findings += [(code, "", [str(many)]) for code, many in left if many]
    def find(self, code: str, where: str, *about: Any) -> None: self.findings.append((code, shown(where), [shown(one) for one in about]))
    def attempt(self, where: str, work: Callable[..., Any], *args: Any) -> Any:
        try:  # whatever a stranger's bytes do to our code is a finding, never a traceback
            return work(*args)
        except Exception as fault:
            return self.find("shape", where, f"{type(fault).__name__} {fault}".replace("StopIteration", "no JSON at character"))
    def check_manifest(self) -> None:  # what has been read by then is not read again
        listed = {name: (size, told) for name, size, told in json.loads(self.box.read("manifest.json"))["files"]}
        for name in sorted(listed.keys() | (self.box.plain.keys() - {"manifest.json", "manifest.sig"})):
            if name not in listed or name not in self.box.plain:
                self.find("missing" if name in listed else "unlisted", name)
            elif (name not in self.box.found and not self.attempt(name, self.box.digest, name)) or self.box.found[name] != listed[name]:
                self.find("differs", name)
            else:
                self.files += 1
    def check_chains(self) -> None:
        head, _items, lines = self.box.read("ledger.json").decode().partition('"items":[\n')
        apart, named = lines.endswith("\n]\n}\n"), []  # one item a line, and one in memory at a time
        ledger = json.loads(head + '"items":[]}' if apart else head + _items + lines)
        ledger["items"] = map(json.loads, lines[:-5].split(",\n")) if apart else ledger["items"]
        for one in itertools.chain(ledger["items"], ledger["chains"]):
            named.append(one.get("chain", one)["file"])
            self.attempt(one["subject"], self.check_chain, one["subject"], one.get("chain", one), "chain" in one and one)
        if sorted(named) != sorted(name for name in self.box.plain if name.endswith(".tsv")): self.find("chain", "ledger.json")
    def check_chain(self, subject: str, ends: Any, item: Any) -> None:
        events, acts, given, hashes = [], [], [], [GENESIS]
        self.hashes[subject] = hashes
        wrong = follow(self.box.read(ends["file"]), subject, self.pads, hashes, events, acts, given)
        self.unsealed += 0 if self.pads else len(events)
        if wrong or (ends["events"], ends["head"]) != (len(events), hashes[-1].hex()): return self.find(wrong or "chain", subject, len(hashes))
        return self.check_item(item, events, acts, given) if item else None
    def check_item(self, item: Any, events: list[Any], acts: list[bytes], given: list[bytes]) -> None:
        """The ledger says of an item what its events lead to; its decisions and timeline say it byte for byte."""
        where, at, state, version = item["subject"], {"cycle": 1, "result": ""}, None, -1
        handed, cited, signed, last, agreed, decided = [], {}, {}, None, [], None
        for seq, (name, data, by) in enumerate(events, 1):
            if "to" in data:
                if data["from"] != state or data["version"] != version + 1:
                    self.find("says", where, f"event {seq}", data["from"], state)
                state, version = data["to"], data["version"]
                decided = decided if name in NEUTRAL else None
            for field, key, default in FIELDS.get(name, ()):
                at[field] = data.get(key, default)
            if "changes" in data:
                changes = {field: after for field, (_, after) in data["changes"].items()}
                if "deadline" in changes:
                    at["raw"], at["due"] = changes["deadline"][0], changes["deadline"][3] or None
                at.update((field, after) for field, after in changes.items() if field not in ("deadline", "measures"))
            if name == "submitted":
                last, agreed = [data["no"], data["cycle"], by, None, None, "open"], []
                handed.append(last)
            if "voids" in data or name in ("stepped_back", "route_changed"):
                agreed = [one for one in agreed if one[0] < data.get("to_step", 0)]
            if name in DECIDING:
                decided = (seq, data["digest"])
                agreed += [(data["step"], by, data["digest"])] if name in ("endorsed", "approved") else []
                people = [last[2], by, *{one[1] for one in agreed}] if name == "closed" else []
                if len(set(people)) != len(people) or (people and not agreed):
                    self.find("three", where, seq)
                elif people and data["digest"] != agreed[-1][2]:
                    self.find("content", where, seq)
            if last and last[5] == "open":
                last[3] = agreed[-1][1] if agreed else None
                if name in ENDS:
                    last[4:] = by if name in ENDS[:2] else None, "cancelled" if name == "merged" else name
            if name in CITING:
                cited.update((file["citation"], [file["digest"], file["name"], False]) for file in data.get("files", [data]))
            if name in WITHDRAWING:
                cited[data.get("earlier") or data.get("before", data)["citation"]][2] = True
            if name == "evidence_destroyed":
                self.gone |= {one["citation"] for one in data["files"]}
            if "signature" in data:
                signed[data["signature"]["id"]] = data["signature"]
        self.compare(item, {**at, "state": state, "version": version}, handed, cited, signed, decided)
        for name, rows in ((f"{item['folder']}/timeline.json", acts), (f"{item['folder']}/approvals.json", given)):
            told = b"[\n" + b",\n".join(rows) + b"\n]\n" if rows else b"[]\n"
            if name not in self.box.plain or self.attempt(name, self.box.read, name) != told:
                self.find("retold", name)
        self.items += 1
    def compare(self, item: Any, at: Any, handed: Any, cited: Any, signed: Any, decided: Any) -> None:
        says, where, who = {**item, **item["deadline"]}, item["subject"], lambda person: person and person["id"]
        at["submissions"] = handed
        says["submissions"] = [[one["no"], one["cycle"], *(who(one[by]) for by in BY), one["outcome"]] for one in item["submissions"]]
        for field in (field for field, value in at.items() if says.get(field) != value): self.find("says", where, field, says.get(field), at[field])
        papers = {one["citation"]: one for one in item["evidence"]}
        drawn = {one["id"]: one for one in item["signatures"]}
        for citation in {*papers, *cited}:
            one = papers.get(citation, {})
            told = [one.get("digest"), one.get("name"), one.get("withdrawn_at") is not None]
            if told != cited.get(citation) or (citation not in self.gone and self.box.digest(one["file"]) != one["digest"]):
                self.find("bytes", where, f"{one.get('catalogue')} {one.get('name')} {citation}")
        for key in {*drawn, *signed}:
            one, told = drawn.get(key, {}), signed.get(key, {"id": 0})
            whole = {**one, "picture": self.box.digest(one.get("file", ""))}
            whole["points"] = told.get("points") and canonical({"strokes": one.get("strokes")})
            if {field: whole.get(field) for field in told} != told:
                self.find("bytes", where, f"signature {key}")
        content, standing = item["content"], [one for one in papers.values() if not one["withdrawn_at"]]
        told = [[row[1], sorted(link[0] for link in row[5])] for row in content["measures"]]
        wanted = [[m["text"], sorted(one["digest"] for one in standing if one["measure"] == m["no"])] for m in item["measures"]]
        if told != wanted or (decided and canonical(content) != decided[1]):
            self.find("content", where, decided[0] if decided else 0)
    def check_log(self) -> None:
        named = VKEY.findall(self.box.read("keys/vkeys.txt").decode())
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
        proof, digest = json.loads(self.box.read("proof.json")), HASHES["sm3" if "hash sm3" in note else "sha256"]
        leaves, many = {}, 0
        for subject, hashes in self.hashes.items():
            places = proof["leaves"].get(subject, [])
            self.late += len(hashes) - 1 - len(places)
            many += len(places)
            if places != sorted(places) or len(places) >= len(hashes):
                refuse("places")
            leaves.update(zip(places, [digest(b"\0" + told).digest() for told in hashes[1:]]))
        places, nodes, older, peaks = sorted(leaves), iter(proof["nodes"]), proof.get("older", []), {}
        split: Callable[[int, int], int] = lambda low, high: low + (1 << ((high - low - 1).bit_length() - 1))
        def over(low: int, high: int, first: int, end: int) -> bytes:
            ends = bisect_right(older, low) < bisect_left(older, high)  # an older tree, within this range
            if first == end and not ends:
                return bytes.fromhex(next(nodes))
            if end - first == high - low and not ends:  # every leaf is at hand: level by level
                level = [leaves[place] for place in places[first:end]]
                while len(level) > 1:
                    level = [digest(b"\1" + left + right).digest() for left, right in zip(level[::2], level[1::2])] + level[len(level) & ~1:]
                return level[0]
            middle = split(low, high)
            cut = bisect_left(places, middle, first, end)
            left, right = over(low, middle, first, cut), over(middle, high, cut, end)
            peaks.update({(low, middle): left, (middle, high): right} if ends else {})
            return digest(b"\1" + left + right).digest()
        def before(low: int, high: int) -> bytes:
            return peaks.get((low, high)) or digest(b"\1" + before(low, split(low, high)) + before(split(low, high), high)).digest()
        if many != len(leaves) or over(0, size, 0, len(places)) != root or next(nodes, None) or proof["size"] != size or [*older, size] != sorted({0, *older, size})[1:]: self.find("root", "proof.json")
        kept = {(int(many), base64.b64decode(told)) for name, many, told in OUTSIDE.findall(self.outside) if name == origin}
        roots = {size: root, **{many: before(0, many) for many in older}}
        for many in (many for many, told in sorted(kept) if roots.get(many, told) != told): self.find("outside", "", many)
        self.alone, self.apart = size * (size not in dict(kept)), sum(many not in roots for many, _told in kept)
    def opened(self, name: str, keys: dict[Any, bytes], origin: str = "") -> list[str]:
        """The lines of a note. One key that counts has signed it, and none of them falsely."""
        text, _blank, under = self.box.read(name).decode().rpartition("\n\n")
        lines, good = text.split("\n"), []
        for who, told in SIGNED.findall(under):
            data, signed = base64.b64decode(told), (text + "\n").encode()
            key = keys.get((who, data[:4])) if who == (origin or lines[0]) else None
            good += [(ed25519 if key[:1] == b"\1" else sm2)(key[1:][-65:], data[4:], signed)] if key else []
        if None in good: self.find("not sm2", name)
        if False in good or not good: self.find("signature", name)
        return lines
def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("archive", nargs="?", default=os.path.dirname(os.path.abspath(__file__)))
    for flag, about in (("--key", "keys of the seals, id:hex a line"), ("--pin", "public keys known from elsewhere, PEM or vkey"), ("--outside", "checkpoints that were kept outside")):
        parser.add_argument(flag, metavar="FILE", help=f"a file with {about}", default="")
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
        box.digest("manifest.json") or refuse("manifest.json")
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
            "checked": [done.files, len(done.hashes), sum(len(one) - 1 for one in done.hashes.values()), done.items], "manifest": done.manifest, "code": code}
    report = [say("did", told["checked"]), *(one[2] for one in bad[:SHOWN]), say("not", ()), *(f"- {one}" for one in left),
              say("bad" if bad else "good", [len(bad)]), say("code", [done.manifest, code])]
    print(json.dumps(told) if asked.json else "\n".join(report))
    return 1 if bad else 0
if __name__ == "__main__": sys.exit(main())
