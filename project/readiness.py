"""What must hold before a process serves: no writes without triggers, no production on defaults."""

from __future__ import annotations

import logging
import sqlite3
from typing import get_args
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from audit import alarms, keys, triggers
from audit.channels import guard
from core import crypto, sm2
from core.crypto import Algorithm
from core.models import User
from workflows.models import Round

# The WAL-reset race: 3.7.0 to 3.51.2 may lose commits with two connections.
WAL_IS_SAFE_FROM = (3, 51, 3)
SHORTEST_SECRET = 32
SHORTEST_CALLOUT_SECRET = 16
_log = logging.getLogger(__name__)
SIGNED = frozenset({"sms", "webhook", "outside"})
"""Our own receivers: without a secret they could not tell us from anybody.

The robots of group chats may be set to ask for a word or an address instead.
"""


def faults_of_settings() -> list[str]:
    """Sentences about what a production deployment must not be configured with."""
    faults = []
    if settings.SECRET_KEY == settings.UNSAFE_SECRET or len(settings.SECRET_KEY) < SHORTEST_SECRET:
        faults.append("RECTIFY_SECRET_KEY is not set, or shorter than 32 characters.")
    if settings.UNSAFE_AUDIT_KEY in settings.AUDIT_KEYS.values():
        faults.append("RECTIFY_AUDIT_KEY is not set: the record would be sealed with a known key.")
    if settings.AUDIT_HASH not in get_args(Algorithm):
        faults.append("RECTIFY_AUDIT_HASH is neither sha256 nor sm3.")
    if not all(crypto.provider().knows(key) for key in settings.AUDIT_KEYS.values()):
        faults.append("A key of the record is not 64 hexadecimal digits.")
    faults += faults_of_checkpoints()
    if "*" in settings.ALLOWED_HOSTS or not any(settings.ALLOWED_HOSTS):
        faults.append("RECTIFY_ALLOWED_HOSTS does not name the hosts this is reached under.")
    if settings.DEBUG:
        faults.append("RECTIFY_DEBUG is 1: pages would show settings and memory to anyone.")
    return faults + faults_of_channels() + faults_of_storage()


def faults_of_checkpoints() -> list[str]:
    """Keys that could not sign, or that everybody knows."""
    faults = []
    if settings.UNSAFE_CHECKPOINT_KEY in settings.CHECKPOINT_KEYS.values():
        faults.append("RECTIFY_CHECKPOINT_KEY is not set: seals would be signed with a known key.")
    try:
        keys.own()
    except (ValueError, sm2.Unavailable) as fault:
        faults.append(f"A key that signs checkpoints cannot be used: {fault}.")
    try:
        keys.old()
    except ValueError as fault:
        faults.append(f"RECTIFY_CHECKPOINT_OLD_KEYS: {fault}.")
    return faults


def faults_of_storage() -> list[str]:
    """A bucket is named whole, reached unseen by others, and locked in a way that there is."""
    bucket = settings.EVIDENCE_S3
    if not bucket["endpoint"]:
        return []
    faults = [
        f"RECTIFY_EVIDENCE_S3_{name.upper()} is not set."
        for name in ("bucket", "key", "secret")
        if not bucket[name]
    ]
    address = urlsplit(bucket["endpoint"])
    if address.scheme != "https" and address.hostname not in {"127.0.0.1", "::1", "localhost"}:
        faults.append("RECTIFY_EVIDENCE_S3 is no https address: files would be read on the way.")
    if bucket["lock_mode"] not in {"", "GOVERNANCE", "COMPLIANCE"}:
        faults.append("RECTIFY_EVIDENCE_S3_LOCK is neither governance nor compliance.")
    return faults


def faults_of_channels() -> list[str]:
    """A target that would be refused at the first message is refused before it."""
    faults = []
    for name, target in settings.CALLOUTS.items():
        if not target["url"]:
            continue
        try:
            guard.target_of(target["url"], settings.CALLOUT_HOSTS)
        except guard.Blocked as blocked:
            faults.append(f"RECTIFY_{name.upper()}_URL: {blocked}")
        if name in SIGNED and len(target["secret"]) < SHORTEST_CALLOUT_SECRET:
            faults.append(f"RECTIFY_{name.upper()}_SECRET is shorter than 16 characters.")
    return faults


def faults_of_data() -> list[str]:
    """Sentences about what a production database must not hold or be."""
    faults = []
    if User.objects.filter(is_superuser=True).exists():
        faults.append("There is a superuser, who could pass by every rule: take the flag away.")
    if Round.objects.filter(demo=True).exists():
        faults.append("The database holds the demonstration round: start with an empty one.")
    return faults + faults_of_journal()


def faults_of_journal() -> list[str]:
    if connection.vendor != "sqlite":
        return []
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode")
        mode = cursor.fetchone()[0]
    if mode == "wal" and sqlite3.sqlite_version_info < WAL_IS_SAFE_FROM:
        fault = f"SQLite {sqlite3.sqlite_version} may lose commits in WAL mode"
        return [f"{fault}: run PRAGMA journal_mode=DELETE, or use 3.51.3 or later."]
    return []


def insist() -> None:
    """Refuse to serve, in sentences. The triggers are asked for in every environment."""
    faults = [f"The record's trigger {name} is missing: run manage.py migrate."
              for name in sorted(triggers.missing())]  # fmt: skip
    if settings.PRODUCTION:
        faults += faults_of_settings() + faults_of_data()
    for alarm in alarms.alarms():
        _log.error("the seals of the record: %s", alarm)
    if faults:
        raise ImproperlyConfigured("Rectify does not start:\n- " + "\n- ".join(faults))
