"""What the environment makes of the settings."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

SETTINGS = str(Path(__file__).parent.parent.parent / "project/settings.py")


RECORD = str(Path(__file__).parent.parent.parent / "project/record.py")


def settings(
    monkeypatch: pytest.MonkeyPatch, path: str = SETTINGS, **environment: str
) -> dict[str, Any]:
    names = ("ENV", "DEBUG", "SECRET_KEY", "DATABASE_URL", "BROKER_URL", "SMTP_HOST")
    for name in names:
        monkeypatch.delenv(f"RECTIFY_{name}", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(f"RECTIFY_{name}", value)
    return runpy.run_path(path)


def test_without_a_word_it_is_production_and_nothing_is_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = settings(monkeypatch)
    assert (found["PRODUCTION"], found["DEBUG"]) == (True, False)
    assert found["SESSION_COOKIE_SECURE"] is found["CSRF_COOKIE_SECURE"] is True
    assert found["SECURE_SSL_REDIRECT"] is True
    assert found["SECURE_HSTS_SECONDS"] == 365 * 86400
    assert found["SESSION_COOKIE_HTTPONLY"] is True
    assert found["X_FRAME_OPTIONS"] == "DENY"
    assert "*" not in found["ALLOWED_HOSTS"]
    assert "SECURE_PROXY_SSL_HEADER" not in found
    assert found["STORAGES"]["staticfiles"]["BACKEND"].startswith("whitenoise.")


def test_the_demonstration_runs_without_https(monkeypatch: pytest.MonkeyPatch) -> None:
    found = settings(monkeypatch, ENV="demo")
    assert (found["PRODUCTION"], found["SECURE_SSL_REDIRECT"]) == (False, False)
    assert found["SESSION_COOKIE_SECURE"] is False


def test_nothing_may_be_loaded_from_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    directives = settings(monkeypatch)["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]
    allowed = {source for sources in directives.values() for source in sources}
    assert allowed == {"'none'", "'self'", "data:", "blob:"}
    assert directives["script-src"] == directives["style-src"] == ["'self'"]
    assert directives["default-src"] == ["'none'"]


def test_earlier_keys_of_the_record_still_verify(monkeypatch: pytest.MonkeyPatch) -> None:
    found = settings(
        monkeypatch,
        RECORD,
        AUDIT_KEY_ID="3",
        AUDIT_KEY="33" * 32,
        AUDIT_OLD_KEYS=f"1:{'11' * 32},2:{'22' * 32}",
        AUDIT_HASH="sm3",
    )
    assert found["AUDIT_KEYS"] == {"1": "11" * 32, "2": "22" * 32, "3": "33" * 32}
    assert (found["AUDIT_KEY_ID"], found["AUDIT_HASH"]) == ("3", "sm3")


def test_letters_are_kept_as_files_until_there_is_somewhere_to_send_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert settings(monkeypatch)["EMAIL_BACKEND"].endswith("filebased.EmailBackend")
    found = settings(monkeypatch, SMTP_HOST="smtp.example.test")
    assert found["EMAIL_BACKEND"].endswith("smtp.EmailBackend")
    assert found["EMAIL_HOST"] == "smtp.example.test"


def test_a_broker_confirms_what_it_took_and_memory_is_the_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert settings(monkeypatch)["CELERY_BROKER_URL"] == "memory://"
    found = settings(monkeypatch, BROKER_URL="amqp://mq.example.test")
    assert found["CELERY_BROKER_TRANSPORT_OPTIONS"] == {"confirm_publish": True}
    assert found["CELERY_TASK_ACKS_LATE"] is found["CELERY_TASK_REJECT_ON_WORKER_LOST"] is True


def test_behind_a_proxy_https_is_what_the_proxy_says(monkeypatch: pytest.MonkeyPatch) -> None:
    found = settings(monkeypatch, BEHIND_PROXY="1")
    assert found["SECURE_PROXY_SSL_HEADER"] == ("HTTP_X_FORWARDED_PROTO", "https")


def test_checkpoints_are_signed_by_the_keys_that_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("CHECKPOINT_KEY", "CHECKPOINT_SM2_KEY", "CHECKPOINT_OLD_KEYS")
    for name in names:
        monkeypatch.delenv(f"RECTIFY_{name}", raising=False)
    assert settings(monkeypatch, RECORD)["CHECKPOINT_KEYS"] == {"ed25519": "01" * 32}
    found = settings(monkeypatch, RECORD, CHECKPOINT_SM2_KEY="5a" * 32, CHECKPOINT_OLD_KEYS="a,b")
    assert found["CHECKPOINT_KEYS"] == {"sm2": "5a" * 32}
    assert found["CHECKPOINT_OLD_KEYS"] == ["a", "b"]
    both = settings(monkeypatch, RECORD, CHECKPOINT_KEY="4b" * 32)
    assert both["CHECKPOINT_KEYS"] == {"ed25519": "4b" * 32, "sm2": "5a" * 32}
