"""Both hashes against the vectors of their standards."""

from __future__ import annotations

from core import crypto

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
    tag = crypto.tag(b"Jefe", b"what do ya want for nothing?", algorithm="sha256")
    assert tag.hex() == JEFE_SHA256


def test_the_keyed_tag_in_sm3_is_hmac_over_sm3() -> None:
    """RFC 2104 by hand: H(key ^ opad || H(key ^ ipad || text))."""
    key, text = b"Jefe".ljust(64, b"\0"), b"what do ya want for nothing?"
    inner = crypto.digest(bytes(k ^ 0x36 for k in key) + text, algorithm="sm3")
    outer = crypto.digest(bytes(k ^ 0x5C for k in key) + inner, algorithm="sm3")
    assert crypto.tag(b"Jefe", text, algorithm="sm3") == outer
