"""What must hold before a process serves; each fault is a sentence that says what to do."""

from __future__ import annotations

import importlib
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from pytest_django.fixtures import Settings

from project import readiness
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def production(settings: Settings) -> Settings:
    """A deployment that is as it should be."""
    settings.PRODUCTION = True
    settings.DEBUG = False
    settings.SECRET_KEY = "k" * 32
    settings.AUDIT_KEYS = {"1": "ab" * 32}
    settings.AUDIT_HASH = "sm3"
    settings.CHECKPOINT_KEYS = {"ed25519": "c4" * 32, "sm2": "c4" * 32}
    settings.ALLOWED_HOSTS = ["rectify.example.test"]
    return settings


def faults() -> list[str]:
    with pytest.raises(ImproperlyConfigured) as refused:
        readiness.insist()
    head, *lines = str(refused.value).split("\n- ")
    assert head == "Rectify does not start:"
    return lines


def test_a_deployment_that_is_as_it_should_be_starts(production: Settings) -> None:
    readiness.insist()


@pytest.mark.parametrize("secret", ["test", "k" * 31, "not-a-secret-and-refused-in-production"])
def test_a_secret_that_is_none_is_refused(secret: str, production: Settings) -> None:
    production.SECRET_KEY = secret
    assert faults() == ["RECTIFY_SECRET_KEY is not set, or shorter than 32 characters."]


def test_a_record_sealed_with_the_key_everybody_knows_is_refused(production: Settings) -> None:
    production.AUDIT_KEYS = {"0": "00" * 32, "1": "ab" * 32}
    assert faults() == [
        "RECTIFY_AUDIT_KEY is not set: the record would be sealed with a known key."
    ]


@pytest.mark.parametrize("key", ["", "ab" * 31, "zz" * 32, "ab" * 33])
def test_a_key_that_is_none_is_refused(key: str, production: Settings) -> None:
    production.AUDIT_KEYS = {"1": key}
    assert faults() == ["A key of the record is not 64 hexadecimal digits."]


def test_checkpoints_signed_with_the_key_everybody_knows_are_refused(production: Settings) -> None:
    production.CHECKPOINT_KEYS = {"ed25519": "01" * 32}
    assert faults() == [
        "RECTIFY_CHECKPOINT_KEY is not set: seals would be signed with a known key."
    ]


@pytest.mark.parametrize(
    ("scheme", "key", "why"),
    [
        ("ed25519", "ab" * 31, "An Ed25519 private key is 32 bytes long"),
        ("ed25519", "zz" * 32, "non-hexadecimal number found in fromhex() arg at position 0"),
        ("sm2", "ff" * 32, "these bytes are no private key of the SM2 curve"),
    ],
)
def test_a_key_that_could_not_sign_is_refused(
    scheme: str, key: str, why: str, production: Settings
) -> None:
    production.CHECKPOINT_KEYS = {scheme: key}
    assert faults() == [f"A key that signs checkpoints cannot be used: {why}."]


def test_an_old_key_that_is_none_is_refused(production: Settings) -> None:
    production.CHECKPOINT_OLD_KEYS = ["rectify/record+0+AA=="]
    assert faults() == [
        "RECTIFY_CHECKPOINT_OLD_KEYS: this is no public key of a note: name+id+key."
    ]


def test_a_hash_that_nobody_knows_is_refused(production: Settings) -> None:
    production.AUDIT_HASH = "md5"
    assert faults() == ["RECTIFY_AUDIT_HASH is neither sha256 nor sm3."]


@pytest.mark.parametrize("hosts", [["*"], [], [""], ["rectify.example.test", "*"]])
def test_any_host_and_no_host_are_refused(hosts: list[str], production: Settings) -> None:
    production.ALLOWED_HOSTS = hosts
    assert faults() == ["RECTIFY_ALLOWED_HOSTS does not name the hosts this is reached under."]


def test_debugging_is_refused(production: Settings) -> None:
    production.DEBUG = True
    assert faults() == ["RECTIFY_DEBUG is 1: pages would show settings and memory to anyone."]


def test_a_superuser_and_the_demonstration_round_are_refused(production: Settings) -> None:
    make.user(is_superuser=True)
    make.round_(demo=True)
    assert faults() == [
        "There is a superuser, who could pass by every rule: take the flag away.",
        "The database holds the demonstration round: start with an empty one.",
    ]


@pytest.fixture
def own_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[BaseDatabaseWrapper]:
    """A database of its own, because a journal's mode is not changed in a transaction."""
    own = connection.copy()
    own.settings_dict = {**own.settings_dict, "NAME": tmp_path / "own.sqlite3"}
    monkeypatch.setattr(readiness, "connection", own)
    yield own
    own.close()


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("mode", "version", "refused"),
    [
        ("wal", (3, 40, 1), True),
        ("wal", (3, 51, 2), True),
        ("wal", (3, 51, 3), False),
        ("delete", (3, 40, 1), False),
    ],
)
def test_wal_on_an_sqlite_that_may_lose_commits_is_refused(
    mode: str,
    version: tuple[int, ...],
    refused: bool,
    own_file: BaseDatabaseWrapper,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", version)
    with own_file.cursor() as cursor:
        cursor.execute(f"PRAGMA journal_mode={mode}")
    found = readiness.faults_of_journal()
    assert len(found) == refused
    assert all("PRAGMA journal_mode=DELETE" in fault for fault in found)


@pytest.mark.postgresql
def test_postgresql_has_no_journal_to_ask_about() -> None:
    assert readiness.faults_of_journal() == []


def drop_a_trigger() -> None:
    table = " ON audit_event" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER audit_event_no_update{table}")


def test_a_missing_trigger_is_refused_in_every_environment(settings: Settings) -> None:
    readiness.insist()
    drop_a_trigger()
    assert faults() == [
        "The record's trigger audit_event_no_update is missing: run manage.py migrate."
    ]


def test_all_faults_are_told_at_once(production: Settings) -> None:
    production.SECRET_KEY, production.DEBUG = "short", True
    drop_a_trigger()
    assert len(faults()) == 3


def test_the_server_asks_before_it_opens_its_door() -> None:
    sys.modules.pop("project.wsgi", None)
    drop_a_trigger()
    with pytest.raises(ImproperlyConfigured, match="does not start"):
        importlib.import_module("project.wsgi")


def test_the_servers_door_opens_when_all_is_well() -> None:
    sys.modules.pop("project.wsgi", None)
    assert callable(importlib.import_module("project.wsgi").application)


def test_the_deployment_checks_tell_the_same_faults(production: Settings) -> None:
    ours = [m for m in run_checks(include_deployment_checks=True) if str(m.id).startswith("rect")]
    assert ours == []
    production.SECRET_KEY, production.AUDIT_HASH = "short", "md5"
    ours = [m for m in run_checks(include_deployment_checks=True) if str(m.id).startswith("rect")]
    assert [(m.id, m.msg) for m in ours] == [
        ("rectify.E001", "RECTIFY_SECRET_KEY is not set, or shorter than 32 characters."),
        ("rectify.E002", "RECTIFY_AUDIT_HASH is neither sha256 nor sm3."),
    ]


def test_a_channel_that_could_never_be_called_is_refused_at_the_start(
    production: Settings,
) -> None:
    none = {"url": "", "secret": ""}
    production.CALLOUTS = {
        "wecom": {"url": "https://hooks.example.test/?key=t0ken", "secret": ""},
        "dingtalk": none,
        "feishu": none,
        "outside": none,
        "sms": {"url": "https://sms.example.test/", "secret": "k" * 16},
        "webhook": {"url": "https://sms.example.test/x", "secret": "short"},
    }
    production.CALLOUT_HOSTS = ["sms.example.test"]
    assert faults() == [
        "RECTIFY_WECOM_URL: hooks.example.test is not in RECTIFY_CALLOUT_HOSTS.",
        "RECTIFY_WEBHOOK_SECRET is shorter than 16 characters.",
    ]
    production.CALLOUT_HOSTS.append("hooks.example.test")
    production.CALLOUTS["webhook"]["secret"] = "k" * 16
    readiness.insist()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"bucket": ""}, "RECTIFY_EVIDENCE_S3_BUCKET is not set."),
        ({"secret": ""}, "RECTIFY_EVIDENCE_S3_SECRET is not set."),
        (
            {"endpoint": "http://s3.example.test"},
            "RECTIFY_EVIDENCE_S3 is no https address: files would be read on the way.",
        ),
        (
            {"lock_mode": "FOREVER"},
            "RECTIFY_EVIDENCE_S3_LOCK is neither governance nor compliance.",
        ),
    ],
)
def test_a_bucket_that_is_half_named_open_to_others_or_oddly_locked_is_refused(
    wrong: dict[str, str], said: str, production: Settings
) -> None:
    whole = {"endpoint": "https://s3.example.test", "bucket": "b", "key": "k", "secret": "s"}
    production.EVIDENCE_S3 = {**production.EVIDENCE_S3, **whole}
    readiness.insist()
    production.EVIDENCE_S3 = {**production.EVIDENCE_S3, **wrong}
    assert faults() == [said]
    production.EVIDENCE_S3 = {**production.EVIDENCE_S3, "endpoint": "http://127.0.0.1:9000"}
    if "endpoint" in wrong:
        readiness.insist()
