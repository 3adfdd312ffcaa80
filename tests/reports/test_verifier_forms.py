"""The verifier takes events in their canonical form and in no other, whatever way it looks."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from audit import canonical, chain
from reports.archive import verify

BODY: dict[str, Any] = {
    "v": 1,
    "subject": "item:1",
    "seq": 1,
    "name": "item.amended",
    "at": "2026-08-01T00:00:00+00:00",
    "actor": {"id": "person:7", "label": "张三", "address": ""},
    "command": None,
}
PLAIN = canonical.encode({**BODY, "data": {"s": "无", "z": 1}}).decode()
SPACED = canonical.encode({**BODY, "data": {"s": "无 空", "z": 1}}).decode()


def judged(
    text: str,
    label: str = '"张三"',
    command: str = "",
    at: str = BODY["at"],
    name: str = BODY["name"],
) -> str:
    """What is found of an event of these words, hashed and sealed as they stand."""
    told = chain.hash_of(text.encode(), prev=chain.GENESIS, algorithm="sha256").hex()
    columns = [BODY["subject"], "1", name, at, "person:7", label, command]
    line = "\t".join([*columns, chain.GENESIS.hex(), told, "", "1", "sha256", text]) + "\n"
    try:
        return verify.follow(b"#\n" + line.encode(), "item:1", {}, [verify.GENESIS], [], [], [])
    except (ValueError, TypeError, StopIteration):
        return "refused"


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"z": 0, "s": "无空格"},
        {"a": [1, {"b": 2}], "d": -3, "t": "x y", "q": 'a"b":c', "e": [], "n": None, "y": True},
        {"t": "\n\t\\/\x7f\u2028"},
        {"n": 2**53 - 1, "m": -(2**53) + 1},
    ],
)
def test_what_we_write_is_canonical(data: dict[str, Any]) -> None:
    assert judged(canonical.encode({**BODY, "data": data}).decode()) == ""


def test_odd_names_and_addresses_are_canonical_in_one_way_only() -> None:
    actor = {"id": "person:7", "label": 'a"b\\ 三', "address": 'x","id":"y'}
    text = canonical.encode({**BODY, "actor": actor, "command": "c-1", "data": {}}).decode()
    label = json.dumps(actor["label"], ensure_ascii=False)
    assert judged(text, label, "c-1") == ""
    assert judged(text, label, "c-2") == "column"
    assert judged(text, '"a"', "c-1") == "column"
    escaped = label.replace("三", "\\u4e09")
    assert judged(text.replace(label, escaped), escaped, "c-1") == "refused"
    assert judged(text.replace('"address":"x', '"address":"\\u0078'), label, "c-1") == "refused"


@pytest.mark.parametrize("text", [PLAIN, SPACED])
@pytest.mark.parametrize(
    ("here", "there"),
    [
        ('"z":1', '"z":1,"z":1'),
        ('"z":1', '"a":1'),
        ('{"s"', '{ "s"'),
        ('"s":"无', '"s":"\\u65e0'),
        ('"z":1', '"z":-0'),
        ('"z":1', '"z":[-0]'),
        ('"z":1', '"z":[1,-0]'),
        ('"z":1', '"z":1.0'),
        ('"z":1', '"z":1e2'),
        ('"z":1', '"z":9007199254740992'),
        ('"z":1', '"z":NaN'),
        ('"z":1', '"章":1'),
        ('"z":1', '"z":"a\\/b"'),
        ('"v":1}', '"v":1} '),
        ('"v":1}', '"v":1}{}'),
    ],
)
def test_every_other_form_is_found(text: str, here: str, there: str) -> None:
    assert here in text
    assert judged(text.replace(here, there, 1)) in {"canon", "refused"}


def test_sm3_and_ed25519_are_those_of_the_standards() -> None:
    assert verify.HASHES["sm3"](b"abc").hexdigest().startswith("66c7f0f4")
    for size in (0, 1, 55, 56, 63, 64, 65, 400):  # around the ends of blocks
        data = bytes(range(200)) * 2
        ours = verify.PureSM3(data[:size])
        assert ours.digest() == hashlib.new("sm3", data[:size]).digest()
    # RFC 8032, 7.1, test 2.
    public = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    signature = bytes.fromhex(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    assert verify.ed25519(public, signature, b"\x72")
    assert not verify.ed25519(public, signature, b"\x73")
    assert not verify.ed25519(public, signature[:63], b"\x72")


@pytest.mark.parametrize("field", ["at", "name", "command"])
def test_a_column_smuggles_no_key_into_the_body(field: str) -> None:
    """What stands in a column is compared as it stands: it could bring a key of its own."""
    told = {**BODY, "command": "c-1", "data": {"z": 1}}
    text = canonical.encode(told).decode()
    smuggled = f'{told[field]}","x":"y'
    columns = {"at": BODY["at"], "name": BODY["name"], "command": "c-1", field: smuggled}
    body = text.replace(f'"{told[field]}"', f'"{smuggled}"', 1)
    assert body != text
    assert judged(body, **columns) == "canon"


@pytest.mark.parametrize("address", ["1.5", "null", '""', '"a" '])
def test_an_address_is_a_plain_text(address: str) -> None:
    text = PLAIN.replace('"address":""', f'"address":{address}', 1)
    assert (judged(text) == "") is (address == '""')
