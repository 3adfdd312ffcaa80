"""The part of the settings that the record stands on: its hash, its keys, and the log's name."""

from __future__ import annotations

import os

# The record (audit): which hash, and the keys of its seals by id, 32 bytes in hex each.
UNSAFE_AUDIT_KEY = "00" * 32
AUDIT_HASH = os.environ.get("RECTIFY_AUDIT_HASH", "sha256")
AUDIT_KEY_ID = os.environ.get("RECTIFY_AUDIT_KEY_ID", "1")
AUDIT_KEYS: dict[str, str] = {
    # Earlier keys, `id:hex,id:hex`, still verify what they sealed.
    **dict(
        pair.split(":", 1)
        for pair in os.environ.get("RECTIFY_AUDIT_OLD_KEYS", "").split(",")
        if pair
    ),
    AUDIT_KEY_ID: os.environ.get("RECTIFY_AUDIT_KEY", UNSAFE_AUDIT_KEY),
}

# What hashes and signs (core/crypto.py); a certified module is put in by its dotted path.
CRYPTO_PROVIDER = os.environ.get("RECTIFY_CRYPTO_PROVIDER", "core.software.Software")
# The log over the record (docs/checkpoints.md): its name, and the keys that sign its checkpoints,
# Ed25519 or SM2 or both, 32 bytes in hex each. Public keys of before (`name+id+key`) still verify.
UNSAFE_CHECKPOINT_KEY = "01" * 32
LOG_ORIGIN = os.environ.get("RECTIFY_LOG_ORIGIN", "rectify/record")
CHECKPOINT_KEYS = {
    scheme: key
    for scheme, key in (
        ("ed25519", os.environ.get("RECTIFY_CHECKPOINT_KEY", "")),
        ("sm2", os.environ.get("RECTIFY_CHECKPOINT_SM2_KEY", "")),
    )
    if key
} or {"ed25519": UNSAFE_CHECKPOINT_KEY}
CHECKPOINT_OLD_KEYS = [k for k in os.environ.get("RECTIFY_CHECKPOINT_OLD_KEYS", "").split(",") if k]

# Where checkpoints are copied to, out of the reach of whoever has the database: a folder on another
# machine (mounted; nothing is written where it is not there), letters, a receiver of the house
# (RECTIFY_OUTSIDE_URL and _SECRET, among the callouts).
OUTSIDE_FOLDER = os.environ.get("RECTIFY_OUTSIDE_FOLDER", "")
OUTSIDE_MAIL = [a for a in os.environ.get("RECTIFY_OUTSIDE_MAIL", "").split(",") if a]
# One letter carries all seals since the last one: half a minute apart they would bury a letterbox.
OUTSIDE_MAIL_MINUTES = int(os.environ.get("RECTIFY_OUTSIDE_MAIL_MINUTES", "60"))
