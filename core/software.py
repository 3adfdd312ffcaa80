"""The provider that every deployment has: hashlib, `cryptography`, and libcrypto for SM2."""

from __future__ import annotations

import hashlib
import hmac as std_hmac
import re
import secrets
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from core import sm2

if TYPE_CHECKING:
    from core.crypto import Algorithm, Scheme

_SM3 = hashes.Hash(hashes.SM3())
"""Never fed, always copied: that takes two thirds of the time of making one."""


class Software:
    """Keys are 64 hexadecimal digits."""

    def digest(self, data: bytes, *, algorithm: Algorithm) -> bytes:
        if algorithm == "sha256":
            return hashlib.sha256(data).digest()
        context = _SM3.copy()
        context.update(data)
        return context.finalize()

    def tag(self, key: str, data: bytes, *, algorithm: Algorithm) -> bytes:
        secret = bytes.fromhex(key)
        if algorithm == "sha256":
            return std_hmac.digest(secret, data, "sha256")
        context = hmac.HMAC(secret, hashes.SM3())
        context.update(data)
        return context.finalize()

    def public(self, key: str, *, scheme: Scheme) -> bytes:
        secret = bytes.fromhex(key)
        if scheme == "sm2":
            return sm2.public_of(secret)
        return Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()

    def sign(self, key: str, data: bytes, *, scheme: Scheme) -> bytes:
        secret = bytes.fromhex(key)
        if scheme == "sm2":
            return sm2.sign(secret, data)
        return Ed25519PrivateKey.from_private_bytes(secret).sign(data)

    def verify(self, public: bytes, signature: bytes, data: bytes, *, scheme: Scheme) -> bool:
        if scheme == "sm2":
            return sm2.verify(public, signature, data)
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(signature, data)
        except (InvalidSignature, ValueError):
            return False
        return True

    def random(self, size: int) -> bytes:
        return secrets.token_bytes(size)

    def knows(self, key: str) -> bool:
        return re.fullmatch(r"[0-9a-fA-F]{64}", key) is not None
