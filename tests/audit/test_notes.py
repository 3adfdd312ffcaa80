"""Checkpoints as text: read in one form only, believed by known keys only."""

from __future__ import annotations

import base64
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.utils import translation
from pytest_django.fixtures import Settings

from audit import keys, notes
from audit.keys import PublicKey
from audit.notes import BadNote, Sealed, Signature
from core import crypto

AT = datetime(2026, 11, 28, 7, 15, tzinfo=UTC)
SEALED = Sealed(origin="rectify/record", size=41, root=bytes(range(32)), at=AT, algorithm="sha256")
TEXT = (
    "rectify/record\n41\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\ntime 2026-11-28T07:15:00Z\n"
)
# RFC 8032, 7.1, test 1.
SECRET = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
PUBLIC = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
# The private key of the examples of GB/T 32918.5, and its public point.
SM2_SECRET = "3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8"
SM2_PUBLIC = (
    "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
    "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
)


@pytest.fixture(autouse=True)
def _keys(settings: Settings) -> Iterator[None]:
    settings.LOG_ORIGIN = "rectify/record"
    settings.CHECKPOINT_KEYS = {"ed25519": SECRET}
    settings.CHECKPOINT_OLD_KEYS = []
    with translation.override("en"):
        yield


def test_a_checkpoint_is_this_text_and_is_read_back() -> None:
    assert SEALED.text == TEXT
    assert notes.read(TEXT) == SEALED


def test_the_hash_is_named_where_it_is_not_the_usual_one() -> None:
    sealed = Sealed(origin="a/b", size=1, root=bytes(32), at=AT, algorithm="sm3")
    assert sealed.text.endswith("\ntime 2026-11-28T07:15:00Z\nhash sm3\n")
    assert notes.read(sealed.text) == sealed


def test_the_code_is_the_first_sixty_bits_by_hand() -> None:
    bits = f"{int.from_bytes(crypto.digest(TEXT.encode(), algorithm='sha256')):0256b}"[:60]
    letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    by_hand = "".join(letters[int(bits[at : at + 5], 2)] for at in range(0, 60, 5))
    assert SEALED.code == f"{by_hand[:4]}-{by_hand[4:8]}-{by_hand[8:]}"


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("0123-4567-89AB", "0123-4567-89AB"),
        (" oi2e 4s67 b9al\n", "012E-4S67-B9A1"),
        ("0123-4567-89A", ""),
        ("0123-4567-89AU", ""),
        ("", ""),
        ("校验码校验码校验码校验码", ""),
    ],
)
def test_a_code_is_read_as_people_type_it(typed: str, read: str) -> None:
    assert notes.code_in(typed) == read


@pytest.mark.parametrize(
    "text",
    [
        "",
        TEXT[:-1],
        TEXT + "\n",
        TEXT.replace("41", "041"),
        TEXT.replace("41", "0"),
        TEXT.replace("41", "-1"),
        TEXT.replace("41", "４１"),
        TEXT.replace("rectify/record", "rectify record"),
        TEXT.replace("rectify/record", "rectify+record"),
        TEXT.replace("Hh8=", "Hh9="),
        TEXT.replace("Hh8=", "Hh8"),
        TEXT.replace("time 2026-11-28", "time 2026-02-30"),
        TEXT.replace("time ", ""),
        TEXT + "hash sha256\n",
        TEXT + "hash sm3\nhash sm3\n",
    ],
)
def test_any_other_text_is_no_checkpoint(text: str) -> None:
    assert text != TEXT
    with pytest.raises(BadNote):
        notes.read(text)


def test_the_key_id_is_what_the_specification_says() -> None:
    key = keys.own()[0]
    assert key.public.hex() == PUBLIC
    said = b"rectify/record\n\x01" + bytes.fromhex(PUBLIC)
    assert key.key_id == crypto.digest(said, algorithm="sha256")[:4]
    name, key_id, public = key.vkey.split("+", 2)
    assert (name, key_id) == ("rectify/record", key.key_id.hex())
    assert base64.b64decode(public) == b"\x01" + bytes.fromhex(PUBLIC)
    assert keys.from_vkey(key.vkey) == key


def test_a_known_note_of_the_specification_is_read() -> None:
    """The example of C2SP signed-note: the key's id stands before the signature."""
    note = (
        "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\n"
        "ed è subito sera.\n\n— quasimodo.example/salvatore "
        "NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwN"
        "tIc=\n"
    )
    text, [signature] = notes.split(note)
    assert text.endswith("\n\ned è subito sera.\n")
    assert signature.name == "quasimodo.example/salvatore"
    assert (signature.key_id.hex(), len(signature.signature)) == ("367ba04b", 64)


def test_what_was_signed_is_opened() -> None:
    note = keys.sign(SEALED)
    assert note.startswith(TEXT + "\n— rectify/record ")
    assert keys.opened(note) == SEALED


def test_both_keys_may_sign_and_one_known_is_enough(settings: Settings) -> None:
    settings.CHECKPOINT_KEYS = {"ed25519": SECRET, "sm2": SM2_SECRET}
    note = keys.sign(SEALED)
    assert note.count("— rectify/record ") == 2
    assert keys.opened(note) == SEALED
    for scheme, key in (("ed25519", SECRET), ("sm2", SM2_SECRET)):
        settings.CHECKPOINT_KEYS = {scheme: key}
        assert keys.opened(note) == SEALED


def test_an_old_key_still_opens_what_it_signed(settings: Settings) -> None:
    settings.CHECKPOINT_KEYS = {"sm2": SM2_SECRET}
    note, old = keys.sign(SEALED), keys.own()[0]
    assert old.public.hex() == SM2_PUBLIC
    settings.CHECKPOINT_KEYS = {"ed25519": SECRET}
    with pytest.raises(BadNote, match="No key known here"):
        keys.opened(note)
    settings.CHECKPOINT_OLD_KEYS = [old.vkey]
    assert keys.opened(note) == SEALED


def test_one_false_signature_spoils_the_note(settings: Settings) -> None:
    settings.CHECKPOINT_KEYS = {"ed25519": SECRET, "sm2": SM2_SECRET}
    text, [first, second] = notes.split(keys.sign(SEALED))
    false = Signature(name=first.name, key_id=first.key_id, signature=bytes(64))
    with pytest.raises(BadNote, match="not by the key that it names"):
        keys.opened(notes.note_of(text, [false, second]))


def test_a_signature_for_another_log_is_none_for_this_one() -> None:
    """The key of a log whose name is another signs what it likes."""
    stranger = PublicKey(name="other/record", scheme="ed25519", public=bytes.fromhex(PUBLIC))
    signature = crypto.provider().sign(SECRET, TEXT.encode(), scheme="ed25519")
    signed = Signature(name=stranger.name, key_id=stranger.key_id, signature=signature)
    with pytest.raises(BadNote, match="No key known here"):
        keys.opened(notes.note_of(TEXT, [signed]), [stranger])


@pytest.mark.parametrize(
    "spoil",
    [
        lambda note: note.replace("\n41\n", "\n42\n"),
        lambda note: note.replace("07:15", "07:16"),
        lambda note: note[:-1],
        lambda note: note + "x",
        lambda note: note.replace("— ", "- "),
        lambda note: note.replace("\n\n", "\n"),
        lambda note: note.rpartition("—")[0],
        lambda note: note.rpartition(" ")[0] + " AAAA\n",
        lambda note: note.rpartition(" ")[0] + " AAAAA\n",
        lambda note: "x" * 70000 + note,
    ],
)
def test_a_spoilt_note_is_not_opened(spoil: object) -> None:
    assert callable(spoil)
    with pytest.raises(BadNote):
        keys.opened(spoil(keys.sign(SEALED)))


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "rectify/record+00000000+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea",
        "rectify/record+0000000+AQ==",
        "rectify/record+00000000+AAA=",
        "rectify/record+00000000+AAAAA",
    ],
)
def test_what_is_no_public_key_is_not_taken_for_one(vkey: str) -> None:
    with pytest.raises(ValueError, match="this is no public key"):
        keys.from_vkey(vkey)


@pytest.mark.parametrize(
    ("scheme", "secret", "checks"),
    [
        ("ed25519", SECRET, ["pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", "key.pem",
                             "-in", "text", "-sigfile", "signature"]),
        ("sm2", SM2_SECRET, ["dgst", "-sm3", "-verify", "key.pem", "-sigopt",
                             "distid:1234567812345678", "-signature", "signature", "text"]),
    ],
)  # fmt: skip
def test_a_stranger_checks_a_note_by_the_commands_of_the_docs(
    scheme: str, secret: str, checks: list[str], settings: Settings, tmp_path: Path
) -> None:
    settings.CHECKPOINT_KEYS = {scheme: secret}
    (tmp_path / "note").write_text(keys.sign(SEALED), encoding="utf-8")
    (tmp_path / "key.pem").write_text(keys.own()[0].pem)
    docs = Path(settings.BASE_DIR, "docs/checkpoints.md").read_text(encoding="utf-8")
    taken = [line for line in docs.splitlines() if line.startswith("sed ")]
    assert len(taken) == 2
    subprocess.run(["bash", "-ec", "\n".join(taken)], cwd=tmp_path, check=True)
    said = " ".join(checks).replace("key.pem", f"{scheme}.pem")
    assert f"openssl {said}" in docs
    subprocess.run(["openssl", *checks], cwd=tmp_path, check=True, capture_output=True)
    (tmp_path / "text").write_text(TEXT.replace("41", "42"))
    done = subprocess.run(["openssl", *checks], cwd=tmp_path, check=False, capture_output=True)
    assert done.returncode != 0
