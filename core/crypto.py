"""The two hashes a deployment may choose between, and the keyed tag over them."""

from __future__ import annotations

import hashlib
import hmac as std_hmac
from typing import Literal

from cryptography.hazmat.primitives import hashes, hmac

Algorithm = Literal["sha256", "sm3"]


def digest(data: bytes, *, algorithm: Algorithm) -> bytes:
    """32 bytes in either algorithm. SM3 (GB/T 32905) comes from `cryptography`."""
    if algorithm == "sha256":
        return hashlib.sha256(data).digest()
    context = hashes.Hash(hashes.SM3())
    context.update(data)
    return context.finalize()


def tag(key: bytes, data: bytes, *, algorithm: Algorithm) -> bytes:
    """HMAC of `data` under `key`, 32 bytes."""
    if algorithm == "sha256":
        return std_hmac.digest(key, data, "sha256")
    context = hmac.HMAC(key, hashes.SM3())
    context.update(data)
    return context.finalize()
