"""Bytes in a bucket of an S3 server: their SHA-256 is sent along, so the server checks it too."""

from __future__ import annotations

import base64
import hashlib
import io
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.utils.translation import gettext_lazy as _

from core.refusals import Conflict
from evidence.storage.place import CHUNK, Found, Stored, name_of
from evidence.storage.receiving import PREFIX, full, unreachable, writable

if TYPE_CHECKING:
    from collections.abc import Iterator

_MISSING = frozenset({"404", "NoSuchKey", "NotFound"})
_LOCKED = frozenset({"AccessDenied", "ObjectLocked"})
_FULL = frozenset({"507", "XMinioStorageFull", "QuotaExceeded", "InsufficientStorage"})


@lru_cache
def _client(endpoint: str, region: str, key: str, secret: str, seconds: int) -> Any:
    """One a process: a client may be shared by threads, and takes long to make."""
    config = Config(
        connect_timeout=2,
        read_timeout=seconds,
        retries={"total_max_attempts": 2, "mode": "standard"},
        # The signature covers the bytes themselves, over plain HTTP and HTTPS alike.
        s3={"addressing_style": "path", "payload_signing_enabled": True},
    )
    return boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name=region,
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        config=config,
    )


@contextmanager
def _asked() -> Iterator[None]:
    """What the server answers, in our words: not there, full, or not to be had now."""
    try:
        yield
    except ClientError as fault:
        code = str(fault.response.get("Error", {}).get("Code", ""))
        if code in _MISSING:
            raise FileNotFoundError(code) from fault
        raise full() if code in _FULL else unreachable() from fault
    except BotoCoreError as fault:
        raise unreachable() from fault


class _Stream(io.RawIOBase):
    """The body of an answer, as a file that is read once."""

    def __init__(self, body: Any) -> None:
        self._body = body

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        with _asked():
            data = self._body.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._body.close()
        super().close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    scratch: Path
    """A folder of this machine, for copies while they are looked into."""
    endpoint: str
    bucket: str
    region: str
    key: str
    secret: str = field(repr=False)
    seconds: int
    """For how long an answer is waited for, each time of two."""
    lock_mode: str
    """GOVERNANCE, COMPLIANCE, or empty where nothing is locked."""
    lock_days: int

    @property
    def _s3(self) -> Any:
        return _client(self.endpoint, self.region, self.key, self.secret, self.seconds)

    def _at(self, digest: str) -> dict[str, str]:
        return {"Bucket": self.bucket, "Key": name_of(digest)}

    def take(self, path: Path, stored: Stored) -> None:
        """Sent even where it lies already: whatever was wrong with it there is mended."""
        checksum = base64.b64encode(bytes.fromhex(stored.digest)).decode()
        with path.open("rb") as file, _asked():
            self._s3.put_object(
                **self._at(stored.digest),
                Body=file,
                ContentLength=stored.size,
                ChecksumSHA256=checksum,
            )

    def opened(self, digest: str, start: int = 0) -> io.BufferedReader:
        part = {"Range": f"bytes={start}-"} if start else {}
        with _asked():
            answer = self._s3.get_object(**self._at(digest), **part)
        return io.BufferedReader(_Stream(answer["Body"]), CHUNK)

    @contextmanager
    def local(self, digest: str) -> Iterator[Path]:
        with writable():
            self.scratch.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self.scratch, prefix=PREFIX) as copy:
            with self.opened(digest) as file, writable():
                shutil.copyfileobj(file, copy, CHUNK)
                copy.flush()
            yield Path(copy.name)

    def exists(self, digest: str) -> bool:
        try:
            self.size(digest)
        except FileNotFoundError:
            return False
        return True

    def size(self, digest: str) -> int:
        with _asked():
            return int(self._s3.head_object(**self._at(digest))["ContentLength"])

    def intact(self, digest: str) -> bool:
        try:
            with self.opened(digest) as file:
                return hashlib.file_digest(file, "sha256").hexdigest() == digest
        except FileNotFoundError:
            return False

    def everything(self) -> Iterator[Found]:
        with _asked():
            for page in self._s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket):
                for one in page.get("Contents", ()):
                    yield Found(name=one["Key"], size=one["Size"], since=one["LastModified"])

    def lock(self, digest: str) -> None:
        if not self.lock_mode:
            return
        until = datetime.now(UTC) + timedelta(days=self.lock_days)
        retention = {"Mode": self.lock_mode, "RetainUntilDate": until}
        with _asked():
            self._s3.put_object_retention(**self._at(digest), Retention=retention)

    def delete(self, digest: str, before: datetime | None) -> bool:
        """Every version of them, or with `before` every one that is older.

        Without versions the server cannot be told to delete only what is old: whoever sends the
        same bytes between the question and the deletion loses them, and fsck says so.
        """
        with _asked():
            about = self._s3.head_object(**self._at(digest))
        if before is not None and about["LastModified"] >= before:
            return False
        with _asked(), _unlocked():
            for version in self._versions(digest, before) or [{}]:
                self._s3.delete_object(**self._at(digest), **version)
        return True

    def _versions(self, digest: str, before: datetime | None) -> list[dict[str, str]]:
        """Which versions there are; none in a bucket that keeps none."""
        if "Status" not in self._s3.get_bucket_versioning(Bucket=self.bucket):
            return []
        pages = self._s3.get_paginator("list_object_versions")
        return [
            {"VersionId": one["VersionId"]}
            for page in pages.paginate(Bucket=self.bucket, Prefix=name_of(digest))
            for one in (*page.get("Versions", ()), *page.get("DeleteMarkers", ()))
            if before is None or one["LastModified"] < before
        ]


@contextmanager
def _unlocked() -> Iterator[None]:
    try:
        yield
    except ClientError as fault:
        if fault.response.get("Error", {}).get("Code") not in _LOCKED:
            raise
        raise Conflict(
            _("The bucket does not let these bytes be deleted."),
            then=_("They are under object lock, or the key may not delete: see docs/storage.md."),
        ) from fault
