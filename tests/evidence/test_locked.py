"""A bucket that keeps versions and knows object lock: what is sealed there outlasts its deletion.

moto answers in S3's place: it checks no signature (tests/evidence/test_s3.py has a server that
does), but keeps versions and refuses what is locked as S3 does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from django.utils import timezone
from moto import mock_aws
from pytest_django.fixtures import Settings

from audit import outbox
from audit.models import Owed
from core.refusals import Conflict, Unsafe
from evidence import orphans, sealing, storage
from evidence.orphans import Swept
from evidence.storage import s3
from tests import make
from workflows.states import State

WORDS = b"the lamps are lit"
DIGEST = hashlib.sha256(WORDS).hexdigest()


@pytest.fixture
def bucket(settings: Settings, tmp_path: Path) -> Iterator[Any]:
    settings.EVIDENCE_ROOT = tmp_path
    settings.EVIDENCE_S3 = {
        "endpoint": "https://s3.us-east-1.amazonaws.com",
        "bucket": "sealed",
        "region": "us-east-1",
        "key": "key",
        "secret": "secret",
        "seconds": 5,
        "lock_mode": "COMPLIANCE",
        "lock_days": 30,
    }
    with mock_aws():
        s3._client.cache_clear()
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket="sealed", ObjectLockEnabledForBucket=True)
        yield client
    s3._client.cache_clear()


def versions(client: Any) -> int:
    answer = client.list_object_versions(Bucket="sealed")
    return len(answer.get("Versions", ())) + len(answer.get("DeleteMarkers", ()))


def test_deleting_deletes_every_version(bucket: Any) -> None:
    storage.keep([WORDS])
    storage.keep([WORDS])
    bucket.delete_object(Bucket="sealed", Key=f"{DIGEST[:2]}/{DIGEST}")
    assert not storage.exists(DIGEST)
    storage.keep([WORDS])
    assert versions(bucket) == 4
    assert storage.delete(DIGEST)
    assert versions(bucket) == 0


def test_what_was_kept_anew_stays(bucket: Any) -> None:
    storage.keep([WORDS])
    assert not storage.delete(DIGEST, before=timezone.now() - timedelta(hours=24))
    assert storage.intact(DIGEST)
    assert storage.delete(DIGEST, before=timezone.now() + timedelta(hours=24))
    assert versions(bucket) == 0


def test_what_is_locked_cannot_be_deleted_and_what_is_sent_again_lies_beside_it(
    bucket: Any,
) -> None:
    storage.keep([WORDS])
    storage.lock(DIGEST)
    with pytest.raises(Conflict):
        storage.delete(DIGEST)
    assert storage.intact(DIGEST)
    kept = bucket.head_object(Bucket="sealed", Key=f"{DIGEST[:2]}/{DIGEST}")
    assert kept["ObjectLockMode"] == "COMPLIANCE"
    days = (kept["ObjectLockRetainUntilDate"] - timezone.now()).total_seconds() / 86400
    assert 29.9 < days < 30.1


def test_a_deletion_that_the_bucket_does_not_explain_is_no_lock(
    bucket: Any, settings: Settings
) -> None:
    """Versions cannot be asked for: the server is at fault, and says nothing of a lock."""
    storage.keep([WORDS])
    place: Any = storage._place()
    bucket.delete_object(Bucket="sealed", Key=f"{DIGEST[:2]}/{DIGEST}")
    with pytest.raises(FileNotFoundError):
        storage.delete(DIGEST)
    with pytest.raises(Unsafe), s3._asked(), s3._unlocked():
        place._s3.get_bucket_versioning(Bucket="another")


def test_where_no_lock_is_set_none_is_put(bucket: Any, settings: Settings) -> None:
    settings.EVIDENCE_S3 = {**settings.EVIDENCE_S3, "lock_mode": ""}
    storage.keep([WORDS])
    storage.lock(DIGEST)
    assert storage.delete(DIGEST)
    sealing.owe(1, [DIGEST])  # asks no database


def test_an_orphan_under_lock_is_counted_and_left(bucket: Any, db: None) -> None:
    storage.keep([WORDS])
    storage.lock(DIGEST)
    later = timezone.now() + timedelta(hours=25)
    assert orphans.sweep(now=later) == Swept(deleted=0, broken_off=0, locked=1)


def test_what_a_close_out_stood_on_is_locked_after_it(bucket: Any, db: None) -> None:
    item = make.item(State.CLOSED)
    owed = Owed.objects.get(handler=sealing.NAME)
    digest = item.citations.get().evidence.digest
    assert owed.key == f"{item.submission_id}:{digest}"
    assert outbox.pay(owed)
    with pytest.raises(Conflict):
        storage.delete(digest)


def test_a_full_bucket_is_said_to_be_full(bucket: Any) -> None:
    answer = {"Error": {"Code": "XMinioStorageFull"}}
    with pytest.raises(Unsafe, match="已满"), s3._asked():
        raise ClientError(answer, "PutObject")
