"""SM2 against the example of its standard, and both ways against the openssl command."""

from __future__ import annotations

import ctypes
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from core import sm2

# GB/T 32918.5, A.2: the curve recommended there, user 1234567812345678.
SECRET = bytes.fromhex("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8")
X = "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
Y = "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
PUBLIC = bytes.fromhex("04" + X + Y)
MESSAGE = b"message digest"
R = "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
S = "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
SIGNATURE = bytes.fromhex("3046022100" + R + "022100" + S)


@pytest.fixture
def _no_library(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    sm2._library.cache_clear()
    yield
    sm2._library.cache_clear()


def test_the_public_key_of_the_standards_example() -> None:
    assert sm2.public_of(SECRET) == PUBLIC


def test_the_signature_of_the_standards_example() -> None:
    assert sm2.verify(PUBLIC, SIGNATURE, MESSAGE)


def test_a_signature_is_for_one_message_and_one_key_and_never_twice_the_same() -> None:
    first, second = sm2.sign(SECRET, MESSAGE), sm2.sign(SECRET, MESSAGE)
    assert first != second
    assert sm2.verify(PUBLIC, first, MESSAGE)
    assert sm2.verify(PUBLIC, second, MESSAGE)
    assert not sm2.verify(PUBLIC, first, MESSAGE + b".")
    assert not sm2.verify(sm2.public_of(bytes(31) + b"\x07"), first, MESSAGE)


@pytest.mark.parametrize("signature", [b"", b"\x30", SIGNATURE[:-1], SIGNATURE + b"\0", bytes(72)])
def test_a_malformed_signature_is_none(signature: bytes) -> None:
    assert not sm2.verify(PUBLIC, signature, MESSAGE)


@pytest.mark.parametrize("public", [b"", PUBLIC[:-1], PUBLIC + b"\0", PUBLIC[:-1] + b"\0"])
def test_a_point_off_the_curve_is_no_key(public: bytes) -> None:
    assert not sm2.verify(public, SIGNATURE, MESSAGE)


@pytest.mark.parametrize("secret", [b"", bytes(32), bytes(31), b"\xff" * 32])
def test_bytes_outside_the_curves_order_are_no_key(secret: bytes) -> None:
    with pytest.raises(ValueError, match="no private key"):
        sm2.sign(secret, MESSAGE)


def openssl(*words: str, within: Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["openssl", *words], cwd=within, check=False, capture_output=True)


def test_openssl_believes_what_is_signed_here_and_the_other_way_round(tmp_path: Path) -> None:
    (tmp_path / "key.der").write_bytes(sm2.PKCS8 + SECRET)
    (tmp_path / "public.der").write_bytes(sm2.SPKI + PUBLIC)
    (tmp_path / "said").write_bytes(MESSAGE)
    (tmp_path / "ours").write_bytes(sm2.sign(SECRET, MESSAGE))
    user = ("-sigopt", "distid:1234567812345678")
    check = ("dgst", "-sm3", "-keyform", "DER", "-verify", "public.der", *user, "-signature")
    believed = openssl(*check, "ours", "said", within=tmp_path)
    assert believed.stdout == b"Verified OK\n"
    sign = ("dgst", "-sm3", "-keyform", "DER", "-sign", "key.der", *user, "-out", "theirs", "said")
    assert openssl(*sign, within=tmp_path).returncode == 0
    assert sm2.verify(PUBLIC, (tmp_path / "theirs").read_bytes(), MESSAGE)


@pytest.mark.usefixtures("_no_library")
def test_without_the_library_it_says_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sm2, "LIBRARY", "libcrypto-of-nobody.so")
    with pytest.raises(sm2.Unavailable, match="SM2 needs libcrypto-of-nobody"):
        sm2.sign(SECRET, MESSAGE)


@pytest.mark.parametrize(
    ("function", "what"), [("d2i_AutoPrivateKey", "knows no SM2"), ("EVP_DigestSign", "not sign")]
)
def test_a_library_built_without_it_is_told_of(
    function: str, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a libcrypto does that was configured with no-sm2."""
    nothing = ctypes.CFUNCTYPE(ctypes.c_int)(lambda: 0)
    monkeypatch.setattr(sm2._library(), function, lambda *_arguments: nothing())
    with pytest.raises(sm2.Unavailable, match=what):
        sm2.sign(SECRET, MESSAGE)
