"""The part of the settings that files stand on: where they are kept, what may go into one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from project.paths import VAR

EVIDENCE_ROOT = Path(os.environ.get("RECTIFY_EVIDENCE", VAR / "evidence"))
# Where an S3 server is named the bytes are in its bucket, and the folder holds only what is on its
# way in or being looked into.
EVIDENCE_S3: dict[str, Any] = {
    "endpoint": os.environ.get("RECTIFY_EVIDENCE_S3", ""),
    "bucket": os.environ.get("RECTIFY_EVIDENCE_S3_BUCKET", ""),
    "region": os.environ.get("RECTIFY_EVIDENCE_S3_REGION", "us-east-1"),
    "key": os.environ.get("RECTIFY_EVIDENCE_S3_KEY", ""),
    "secret": os.environ.get("RECTIFY_EVIDENCE_S3_SECRET", ""),
    "seconds": int(os.environ.get("RECTIFY_EVIDENCE_S3_SECONDS", "20")),
    # What a close-out stood on is put under object lock: governance or compliance, for so long.
    "lock_mode": os.environ.get("RECTIFY_EVIDENCE_S3_LOCK", "").upper(),
    "lock_days": int(os.environ.get("RECTIFY_EVIDENCE_S3_LOCK_DAYS", "3650")),
}
# For how long bytes may wait for the row that names them before they are swept.
EVIDENCE_ORPHAN_HOURS = int(os.environ.get("RECTIFY_EVIDENCE_ORPHAN_HOURS", "24"))
# Where archives are put together; what is finished is kept with the evidence.
ARCHIVES_AT_WORK = Path(os.environ.get("RECTIFY_ARCHIVES_AT_WORK", VAR / "archives"))
# For so many days a finished archive may be fetched; 0 keeps it for ever.
ARCHIVE_DAYS = int(os.environ.get("RECTIFY_ARCHIVE_DAYS", "30"))
# Films and recordings, which come in parts, and everything else, also by a plain form.
EVIDENCE_LARGEST = int(os.environ.get("RECTIFY_EVIDENCE_MB", "4096")) * 2**20
FORM_LARGEST = int(os.environ.get("RECTIFY_FORM_MB", "200")) * 2**20
# What is still arriving. On the file system of the evidence, or a finished file is copied there.
RECEIVING_ROOT = Path(os.environ.get("RECTIFY_RECEIVING", EVIDENCE_ROOT.with_name("receiving")))
UPLOAD_QUOTA = int(os.environ.get("RECTIFY_UPLOAD_QUOTA_MB", "20480")) * 2**20
UPLOAD_DAYS = int(os.environ.get("RECTIFY_UPLOAD_DAYS", "7"))
# How much memory and processor time may go into one file; larger files get a little more time.
INSPECTION_MEMORY = int(os.environ.get("RECTIFY_INSPECTION_MB", "1024")) * 2**20
INSPECTION_SECONDS = int(os.environ.get("RECTIFY_INSPECTION_SECONDS", "20"))
# How long LibreOffice may take to turn one paper into pages to look at.
OFFICE_SECONDS = int(os.environ.get("RECTIFY_OFFICE_SECONDS", "90"))
# A virus scanner that speaks clamd's protocol: tcp://host:3310 or unix:///run/clamav/clamd.ctl.
SCANNER = os.environ.get("RECTIFY_CLAMD", "")
SCANNER_SECONDS = int(os.environ.get("RECTIFY_CLAMD_SECONDS", "60"))
FILE_UPLOAD_MAX_MEMORY_SIZE = 2**20
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
DATA_UPLOAD_MAX_NUMBER_FILES = 100
# A page of the ledger is one form of 500 rows, each with its box and the choice of who does it.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
