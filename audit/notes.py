"""What is signed: a checkpoint's text, and the note around it (C2SP tlog-checkpoint, signed-note).

docs/checkpoints.md says it for strangers. Text and bytes only: keys stand in `audit/keys.py`.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from core import crypto

if TYPE_CHECKING:
    from core.crypto import Algorithm

DASH = "— "
LARGEST = 64 * 1024
"""Bytes: sixteen signatures of any kind are far below it."""
TIME = "%Y-%m-%dT%H:%M:%SZ"
_TEXT = re.compile(
    r"(?P<origin>[^\s+]+)\n(?P<size>[1-9][0-9]{0,18})\n(?P<root>[A-Za-z0-9+/]{43}=)\n"
    r"time (?P<at>[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)\n(?P<sm3>hash sm3\n)?"
)
_LINE = re.compile(DASH + r"(?P<name>[^\s+]+) (?P<signature>[A-Za-z0-9+/]+={0,2})")
# Without the letters that are taken for digits (I, L, O) and without U (Crockford).
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD = str.maketrans("ILO", "110")
CODE = 12


class BadNote(ValueError):
    """These bytes are no checkpoint, or nobody known signed them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """What a checkpoint says: which log, how many events, the root over them, when."""

    origin: str
    size: int
    root: bytes
    at: datetime
    """To the second, in UTC."""
    algorithm: Algorithm

    @property
    def text(self) -> str:
        lines = [self.origin, str(self.size), base64.b64encode(self.root).decode()]
        # Extension lines: a paper that names a time needs the time signed, a tree its hash named.
        lines.append(f"time {self.at.astimezone(UTC).strftime(TIME)}")
        if self.algorithm == "sm3":
            lines.append("hash sm3")
        return "\n".join([*lines, ""])

    @property
    def code(self) -> str:
        return code_of(crypto.digest(self.text.encode(), algorithm=self.algorithm))


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    name: str
    key_id: bytes
    signature: bytes

    @property
    def line(self) -> str:
        return f"{DASH}{self.name} {base64.b64encode(self.key_id + self.signature).decode()}\n"


def note_of(text: str, signatures: list[Signature]) -> str:
    return text + "\n" + "".join(one.line for one in signatures)


def split(note: str) -> tuple[str, list[Signature]]:
    """The signed text and the signatures under it; nothing is checked but the form."""
    text, blank, under = note.rpartition("\n\n")
    lines = under.split("\n")
    if len(note) > LARGEST or not blank or len(lines) < 2 or lines.pop():  # noqa: PLR2004 -- a line and its end
        raise BadNote(_("This is no signed note."))
    return text + "\n", [_signature(line) for line in lines]


def _signature(line: str) -> Signature:
    found = _LINE.fullmatch(line)
    try:
        data = base64.b64decode(found["signature"], validate=True) if found else b""
    except binascii.Error:
        data = b""
    if found is None or len(data) <= 4:  # noqa: PLR2004 -- the key's id
        raise BadNote(_("A line under the note is no signature."))
    return Signature(name=found["name"], key_id=data[:4], signature=data[4:])


def read(text: str) -> Sealed:
    """What a checkpoint's text says; BadNote unless it says it in the one form there is."""
    found = _TEXT.fullmatch(text)
    if found is None:
        raise BadNote(_("This is no checkpoint of a record."))
    try:
        sealed = Sealed(
            origin=found["origin"],
            size=int(found["size"]),
            root=base64.b64decode(found["root"], validate=True),
            at=datetime.strptime(found["at"], TIME).replace(tzinfo=UTC),
            algorithm="sm3" if found["sm3"] else "sha256",
        )
    except ValueError:  # a day that no month has
        raise BadNote(_("This is no checkpoint of a record.")) from None
    if sealed.text != text:  # base64 whose last bits are not zero
        raise BadNote(_("This is no checkpoint of a record."))
    return sealed


def code_of(digest: bytes) -> str:
    """Twelve letters for paper: the first 60 bits of a digest."""
    told = int.from_bytes(digest[:8]) >> 4
    letters = "".join(_LETTERS[told >> 5 * at & 31] for at in reversed(range(CODE)))
    return "-".join(letters[at : at + 4] for at in range(0, CODE, 4))


def code_in(said: str) -> str:
    """A code as somebody typed it from paper, in its one spelling; empty when it is none."""
    letters = re.sub(r"[\s-]", "", said.upper()).translate(_MISREAD)
    if len(letters) != CODE or not set(letters) <= set(_LETTERS):
        return ""
    return "-".join(letters[at : at + 4] for at in range(0, CODE, 4))
