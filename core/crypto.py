"""The one door to cryptography: what hashes, tags or signs the record comes through here.

A deployment that must use a certified module (密码模块) names a `CryptoProvider` of its own in
RECTIFY_CRYPTO_PROVIDER. A key is handed on as the environment spells it: 64 hexadecimal digits for
the software provider, whatever a module calls its keys for another, so that they may stay inside.
"""

from __future__ import annotations

from functools import lru_cache, partial
from typing import TYPE_CHECKING, Literal, Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from collections.abc import Callable

Algorithm = Literal["sha256", "sm3"]
Scheme = Literal["ed25519", "sm2"]


class CryptoProvider(Protocol):
    """What a module has to be able to do. Every digest and every tag is of 32 bytes."""

    def digest(self, data: bytes, *, algorithm: Algorithm) -> bytes: ...

    def tag(self, key: str, data: bytes, *, algorithm: Algorithm) -> bytes:
        """HMAC of `data` under the key of that name."""

    def public(self, key: str, *, scheme: Scheme) -> bytes:
        """32 bytes for Ed25519; for SM2 the point, 65 bytes uncompressed."""

    def sign(self, key: str, data: bytes, *, scheme: Scheme) -> bytes:
        """64 bytes for Ed25519; for SM2 with SM3 the DER sequence of r and s, by the usual id."""

    def verify(self, public: bytes, signature: bytes, data: bytes, *, scheme: Scheme) -> bool:
        """False for anything that is not that key's signature, however malformed."""

    def random(self, size: int) -> bytes: ...

    def knows(self, key: str) -> bool:
        """Whether a key of the settings can be used: asked before the first event needs it."""


@lru_cache(maxsize=1)
def provider() -> CryptoProvider:
    return cast("CryptoProvider", import_string(settings.CRYPTO_PROVIDER)())


def digest(data: bytes, *, algorithm: Algorithm) -> bytes:
    """32 bytes in either algorithm."""
    return provider().digest(data, algorithm=algorithm)


def digester(algorithm: Algorithm) -> Callable[[bytes], bytes]:
    """The same for whoever hashes a million times: the provider is looked up once."""
    return partial(provider().digest, algorithm=algorithm)


def tag(key: str, data: bytes, *, algorithm: Algorithm) -> bytes:
    return provider().tag(key, data, algorithm=algorithm)


def choice(letters: str) -> str:
    """One of up to 256 letters, each as likely as any other."""
    even = 256 - 256 % len(letters)
    while (drawn := provider().random(1)[0]) >= even:
        pass
    return letters[drawn % len(letters)]
