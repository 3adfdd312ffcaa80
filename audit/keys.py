"""Who signs checkpoints, and whose signatures are believed: today's keys, and those before."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.utils.translation import gettext as _

from audit import notes
from audit.notes import BadNote, Signature
from core import crypto, sm2

if TYPE_CHECKING:
    from audit.notes import Sealed
    from core.crypto import Scheme

# What stands before a public key where it is named: the signature types of C2SP signed-note. SM2
# has none assigned, so it has the byte for that, and a name after it.
TYPES: dict[Scheme, bytes] = {"ed25519": b"\x01", "sm2": b"\xffsm2-sm3"}
SIZES: dict[Scheme, int] = {"ed25519": 32, "sm2": sm2.POINT}
SPKI: dict[Scheme, bytes] = {"ed25519": bytes.fromhex("302a300506032b6570032100"), "sm2": sm2.SPKI}
_VKEY = re.compile(r"(?P<name>[^\s+]+)\+(?P<id>[0-9a-f]{8})\+(?P<key>[A-Za-z0-9+/]+={0,2})")


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """A key that signatures are checked with, as others write it down."""

    name: str
    """The log's origin, which every key that signs for it is named after."""
    scheme: Scheme
    public: bytes

    @property
    def key_id(self) -> bytes:
        said = self.name.encode() + b"\n" + TYPES[self.scheme] + self.public
        return crypto.digest(said, algorithm="sha256")[:4]

    @property
    def vkey(self) -> str:
        """As verifiers of notes take it: `name+id+type and key`."""
        key = base64.b64encode(TYPES[self.scheme] + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{key}"

    @property
    def pem(self) -> str:
        """As the openssl command takes it."""
        body = base64.b64encode(SPKI[self.scheme] + self.public).decode()
        lines = [body[at : at + 64] for at in range(0, len(body), 64)]
        return "\n".join(["-----BEGIN PUBLIC KEY-----", *lines, "-----END PUBLIC KEY-----", ""])

    def signed(self, signature: Signature, text: str) -> bool:
        return crypto.provider().verify(
            self.public, signature.signature, text.encode(), scheme=self.scheme
        )


def from_vkey(vkey: str) -> PublicKey:
    """ValueError when it is none, or when its id is not that of the key."""
    found = _VKEY.fullmatch(vkey)
    try:
        data = base64.b64decode(found["key"], validate=True) if found else b""
    except binascii.Error:
        data = b""
    for scheme, type_ in TYPES.items():
        public = data.removeprefix(type_)
        if found and data.startswith(type_) and len(public) == SIZES[scheme]:
            key = PublicKey(name=found["name"], scheme=scheme, public=public)
            if key.key_id.hex() == found["id"]:
                return key
    raise ValueError("this is no public key of a note: name+id+key")


def own() -> list[PublicKey]:
    """The keys that this deployment signs with now."""
    return [
        PublicKey(
            name=settings.LOG_ORIGIN,
            scheme=cast("Scheme", scheme),
            public=crypto.provider().public(key, scheme=cast("Scheme", scheme)),
        )
        for scheme, key in settings.CHECKPOINT_KEYS.items()
    ]


def old() -> list[PublicKey]:
    """Those that it signed with before."""
    return [from_vkey(vkey) for vkey in settings.CHECKPOINT_OLD_KEYS]


def believed() -> list[PublicKey]:
    """The keys that signatures of this log are checked with."""
    return own() + old()


def sign(sealed: Sealed) -> str:
    """The note: the text with a signature by every key that signs now."""
    return signed(sealed.text)


def signed(text: str) -> str:
    """Any text as a note. Its first line must tell it from a checkpoint of this log."""
    signatures = [
        Signature(
            name=key.name,
            key_id=key.key_id,
            signature=crypto.provider().sign(secret, text.encode(), scheme=key.scheme),
        )
        for key, secret in zip(own(), settings.CHECKPOINT_KEYS.values(), strict=True)
    ]
    return notes.note_of(text, signatures)


def opened(note: str, believed_keys: list[PublicKey] | None = None) -> Sealed:
    """What a note says, once somebody believed has signed it and nobody believed falsely.

    BadNote otherwise. Signatures of unknown keys are passed over, as the specification has it.
    """
    text, signatures = notes.split(note)
    sealed = notes.read(text)
    keys = believed() if believed_keys is None else believed_keys
    known = {(key.name, key.key_id): key for key in keys if key.name == sealed.origin}
    mine = [(known.get((one.name, one.key_id)), one) for one in signatures]
    checked = [key.signed(one, text) for key, one in mine if key]
    if not checked:
        raise BadNote(_("No key known here has signed this checkpoint."))
    if not all(checked):
        raise BadNote(_("A signature under this checkpoint is not by the key that it names."))
    return sealed
