"""Writers wait for SQLite's one lock in a row, not in a crowd.

SQLite has no queue: whoever finds the database locked sleeps, up to a tenth of
a second at a time, and tries again, so that of many writers some wait for
seconds while others walk in. Here one at a time tries; the rest wait, asleep,
on a lock of the system that a process loses however it ends.
"""

from __future__ import annotations

import fcntl
from pathlib import Path
from typing import IO, Any

from django.db.backends.sqlite3 import base

from core import grams

_Django: Any = base.DatabaseWrapper  # the stubs hide what is overridden here


class DatabaseWrapper(_Django):
    _door: IO[bytes] | None = None

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """The triggers of what is searched ask for the pairs of signs of a text."""
        made = super().get_new_connection(conn_params)
        made.create_function("search_grams", 2, grams.tokens, deterministic=True)
        return made

    def _start_transaction_under_autocommit(self) -> None:
        if self._door is None:
            self._door = _opened(self.settings_dict)
        if self._door is None:
            super()._start_transaction_under_autocommit()
            return
        fcntl.flock(self._door, fcntl.LOCK_EX)
        try:
            super()._start_transaction_under_autocommit()
        finally:
            fcntl.flock(self._door, fcntl.LOCK_UN)

    def _close(self) -> None:
        super()._close()
        if self._door is not None:
            self._door.close()
            self._door = None


def _opened(settings: dict[str, Any]) -> IO[bytes] | None:
    """Beside the database's file; a database in memory is nobody else's."""
    name = str(settings["NAME"])
    if ":memory:" in name or "mode=memory" in name:
        return None
    return Path(f"{name}-door").open("ab")
