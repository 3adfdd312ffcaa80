"""Where the project is, and where it writes."""

from __future__ import annotations

import os
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("RECTIFY_VAR", BASE_DIR / "var"))
