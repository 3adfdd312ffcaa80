"""SM2 with SM3 (GB/T 32918), by the libcrypto that the system has; no Python package signs it well.

Keys and signatures are those of the `openssl` command: a key is the scalar of 32 bytes, a public
key the uncompressed point, a signature the DER sequence of r and s, made for the user id that the
standard names where nobody agreed on another.
"""

from __future__ import annotations

import ctypes
from contextlib import contextmanager
from ctypes import POINTER, byref, c_char_p, c_int, c_long, c_size_t, c_void_p
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

USER = b"1234567812345678"
LIBRARY = "libcrypto.so.3"
ORDER = 0xFFFFFFFE_FFFFFFFF_FFFFFFFF_FFFFFFFF_7203DF6B_21C6052B_53BBF409_39D54123
# What stands before the point in a SubjectPublicKeyInfo, and before the scalar in a PKCS #8 key:
# id-ecPublicKey on the curve 1.2.156.10197.1.301.
SPKI = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")
PKCS8 = bytes.fromhex("3041020100301306072a8648ce3d020106082a811ccf5501822d042730250201010420")
POINT = 65


class Unavailable(RuntimeError):
    """There is no libcrypto of OpenSSL 3 here, or it does without SM2."""


@lru_cache(maxsize=1)
def _library() -> ctypes.CDLL:
    """With the types of the dozen functions used: ctypes would cut pointers to 32 bits."""
    try:
        library = ctypes.CDLL(LIBRARY)
    except OSError as fault:
        raise Unavailable(f"SM2 needs {LIBRARY} (OpenSSL 3): {fault}") from None
    pointer = c_void_p
    for name, result, arguments in (
        ("d2i_AutoPrivateKey", pointer, [pointer, POINTER(c_char_p), c_long]),
        ("d2i_PUBKEY", pointer, [pointer, POINTER(c_char_p), c_long]),
        ("i2d_PUBKEY", c_int, [pointer, POINTER(c_void_p)]),
        ("EVP_PKEY_free", None, [pointer]),
        ("EVP_MD_CTX_new", pointer, []),
        ("EVP_MD_CTX_free", None, [pointer]),
        ("EVP_MD_CTX_set_pkey_ctx", None, [pointer, pointer]),
        ("EVP_PKEY_CTX_new", pointer, [pointer, pointer]),
        ("EVP_PKEY_CTX_free", None, [pointer]),
        ("EVP_PKEY_CTX_set1_id", c_int, [pointer, c_char_p, c_size_t]),
        ("EVP_sm3", pointer, []),
        ("EVP_DigestSignInit", c_int, [pointer, pointer, pointer, pointer, pointer]),
        ("EVP_DigestSign", c_int, [pointer, c_char_p, POINTER(c_size_t), c_char_p, c_size_t]),
        ("EVP_DigestVerifyInit", c_int, [pointer, pointer, pointer, pointer, pointer]),
        ("EVP_DigestVerify", c_int, [pointer, c_char_p, c_size_t, c_char_p, c_size_t]),
        ("ERR_clear_error", None, []),
    ):
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


def public_of(secret: bytes) -> bytes:
    """The point of a private key; ValueError where the 32 bytes are no key of this curve."""
    with _private(secret) as key:
        written = ctypes.create_string_buffer(len(SPKI) + POINT)
        end = c_void_p(ctypes.addressof(written))
        _library().i2d_PUBKEY(key, byref(end))
        return written.raw[-POINT:]


def sign(secret: bytes, data: bytes) -> bytes:
    library = _library()
    with _private(secret) as key, _context(key) as context:
        size = c_size_t(80)  # a sequence of two integers of 33 bytes at most is 72
        written = ctypes.create_string_buffer(size.value)
        done = library.EVP_DigestSignInit(context, None, library.EVP_sm3(), None, key)
        if done != 1 or library.EVP_DigestSign(context, written, byref(size), data, len(data)) != 1:
            raise Unavailable(f"{LIBRARY} does not sign with SM2")
        return written.raw[: size.value]


def verify(public: bytes, signature: bytes, data: bytes) -> bool:
    library = _library()
    with _key("d2i_PUBKEY", SPKI + public) as key:
        if not key or len(public) != POINT:
            return False
        with _context(key) as context:
            done = library.EVP_DigestVerifyInit(context, None, library.EVP_sm3(), None, key)
            told = library.EVP_DigestVerify(context, signature, len(signature), data, len(data))
            return bool(done == 1 and told == 1)


@contextmanager
def _private(secret: bytes) -> Iterator[int]:
    if len(secret) != 32 or not 0 < int.from_bytes(secret) < ORDER - 1:  # noqa: PLR2004 -- of the curve
        raise ValueError("these bytes are no private key of the SM2 curve")
    with _key("d2i_AutoPrivateKey", PKCS8 + secret) as key:
        if not key:
            raise Unavailable(f"{LIBRARY} knows no SM2")
        yield key


@contextmanager
def _key(reads: str, der: bytes) -> Iterator[int | None]:
    library = _library()
    key = getattr(library, reads)(None, byref(c_char_p(der)), len(der))
    try:
        yield key
    finally:
        library.EVP_PKEY_free(key)
        library.ERR_clear_error()  # what was refused here is nobody else's fault


@contextmanager
def _context(key: int) -> Iterator[int]:
    """A digest context that hashes the user id, and then the data, as the standard has it."""
    library = _library()
    of_key = library.EVP_PKEY_CTX_new(key, None)
    context = library.EVP_MD_CTX_new()
    try:
        library.EVP_PKEY_CTX_set1_id(of_key, USER, len(USER))
        library.EVP_MD_CTX_set_pkey_ctx(context, of_key)
        yield context
    finally:
        library.EVP_MD_CTX_free(context)
        library.EVP_PKEY_CTX_free(of_key)
