"""Hashes and signatures against the vectors of their standards, and whose they may be."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from core import crypto
from core.software import Software

ABC_SHA256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # FIPS 180-4
ABC_SM3 = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"  # GB/T 32905, A.1
ABCD16_SM3 = "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"  # GB/T 32905, A.2
JEFE_SHA256 = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"  # RFC 4231, case 2


def test_sha256_of_the_standards_example() -> None:
    assert crypto.digest(b"abc", algorithm="sha256").hex() == ABC_SHA256


def test_sm3_of_the_standards_examples() -> None:
    assert crypto.digest(b"abc", algorithm="sm3").hex() == ABC_SM3
    assert crypto.digest(b"abcd" * 16, algorithm="sm3").hex() == ABCD16_SM3


def test_the_keyed_tag_in_sha256_is_hmac() -> None:
    tag = crypto.tag(b"Jefe".hex(), b"what do ya want for nothing?", algorithm="sha256")
    assert tag.hex() == JEFE_SHA256


def test_the_keyed_tag_in_sm3_is_hmac_over_sm3() -> None:
    """RFC 2104 by hand: H(key ^ opad || H(key ^ ipad || text))."""
    key, text = b"Jefe".ljust(64, b"\0"), b"what do ya want for nothing?"
    inner = crypto.digest(bytes(k ^ 0x36 for k in key) + text, algorithm="sm3")
    outer = crypto.digest(bytes(k ^ 0x5C for k in key) + inner, algorithm="sm3")
    assert crypto.tag(b"Jefe".hex(), text, algorithm="sm3") == outer


# RFC 8032, 7.1, test 2: one byte.
SECRET = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"
PUBLIC = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
SIGNED = (
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)


def test_ed25519_of_the_standards_example() -> None:
    provider = crypto.provider()
    public = provider.public(SECRET, scheme="ed25519")
    assert public.hex() == PUBLIC
    assert provider.sign(SECRET, b"\x72", scheme="ed25519").hex() == SIGNED
    signed = bytes.fromhex(SIGNED)
    assert provider.verify(public, signed, b"\x72", scheme="ed25519")
    assert not provider.verify(public, signed, b"\x73", scheme="ed25519")
    assert not provider.verify(public, signed[:-1], b"\x72", scheme="ed25519")
    assert not provider.verify(public[:-1], signed, b"\x72", scheme="ed25519")


def test_sm2_goes_by_the_same_door() -> None:
    provider = crypto.provider()
    public = provider.public(SECRET, scheme="sm2")
    signed = provider.sign(SECRET, b"said", scheme="sm2")
    assert provider.verify(public, signed, b"said", scheme="sm2")
    assert not provider.verify(public, signed, b"else", scheme="sm2")


def test_keys_of_the_settings_are_sixty_four_digits() -> None:
    provider = crypto.provider()
    assert provider.knows("aB" * 32)
    assert not any(provider.knows(key) for key in ("", "ab" * 31, "zz" * 32, "ab" * 32 + "\n"))


def test_random_bytes_are_as_many_as_asked_for_and_never_the_same() -> None:
    provider = crypto.provider()
    assert len({provider.random(16) for _n in range(100)}) == 100
    assert len(provider.random(7)) == 7


def test_every_letter_is_drawn_as_often_as_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """A provider whose bytes are every value once: 256 is no multiple of 3, so 255 is passed by."""
    bytes_ = iter([*range(256), 0])
    monkeypatch.setattr(Software, "random", lambda _self, _size: bytes([next(bytes_)]))
    drawn = "".join(crypto.choice("abc") for _n in range(256))
    assert (drawn.count("a"), drawn.count("b"), drawn.count("c")) == (86, 85, 85)


class Module(Software):
    """A module whose keys have names and never leave it."""

    def tag(self, key: str, data: bytes, *, algorithm: crypto.Algorithm) -> bytes:
        return super().tag({"slot-1": b"Jefe".hex()}[key], data, algorithm=algorithm)


@pytest.fixture
def _another_module(settings: Settings) -> Iterator[None]:
    crypto.provider.cache_clear()
    settings.CRYPTO_PROVIDER = f"{Module.__module__}.Module"
    yield
    crypto.provider.cache_clear()


@pytest.mark.usefixtures("_another_module")
def test_another_module_takes_over_by_its_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.crypto.import_string", {f"{Module.__module__}.Module": Module}.get)
    tag = crypto.tag("slot-1", b"what do ya want for nothing?", algorithm="sha256")
    assert tag.hex() == JEFE_SHA256
