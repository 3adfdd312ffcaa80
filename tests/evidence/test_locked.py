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
from django.utils import timezone
from moto import mock_aws
from pytest_django.fixtures import Settings

from evidence import storage
from evidence.storage import s3

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
