"""Ending with one's parent: no part of the desk outlives a supervisor that was killed."""

import ctypes
import os
import signal
import sys

#: Set by the supervisor for its children: its own process number.
PARENT = "HELIODESK_PARENT"
PR_SET_PDEATHSIG = 1


def end_with_parent() -> None:
    """Have the kernel kill this process when the process that started it ends (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def end_with_supervisor() -> None:
    """The same, in a part of a supervised desk; ends at once if the supervisor is already gone."""
    expected = os.environ.get(PARENT)
    if expected is None:
        return
    end_with_parent()
    if os.getppid() != int(expected):
        raise SystemExit(1)


def supervised() -> bool:
    """Whether a supervisor started this process, and with it the database."""
    return PARENT in os.environ
