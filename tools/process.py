"""Starting the processes of one command so that none outlives it."""

from __future__ import annotations

import ctypes
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1


def die_with_parent(how: signal.Signals = signal.SIGTERM) -> Callable[[], None] | None:
    """What a child runs before exec, so that it is signalled however its parent ends.

    Linux alone offers it; elsewhere the parent's own clean-up has to do. The library is loaded
    here, in the parent: between fork and exec a child should do as little as it can.
    """
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def bind() -> None:
        prctl(PR_SET_PDEATHSIG, how, 0, 0, 0)

    return bind
