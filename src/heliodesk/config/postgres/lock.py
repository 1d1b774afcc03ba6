"""Locks on files of the data folder: they end with the process, however it ends."""

import fcntl
import os
import time
from pathlib import Path
from types import TracebackType

POLL_SECONDS = 0.05
#: The descriptors of all locks that this process holds.
_held: set[int] = set()


def let_go_after_fork() -> None:
    """In a forked child: forget the parent's locks, which stay the parent's."""
    for descriptor in _held:
        os.close(descriptor)
    _held.clear()


class FileLock:
    """An advisory lock, shared or exclusive; as a context manager, exclusive and patient."""

    def __init__(self, path: Path, *, patience: float = 0.0) -> None:
        """``patience`` is how many seconds ``with`` waits for the lock."""
        self.path = path
        self.patience = patience
        self._descriptor: int | None = None

    def share(self, *, patience: float) -> bool:
        """Hold it together with others; false if one held it alone for ``patience`` seconds."""
        return self._take(fcntl.LOCK_SH, patience)

    def take(self, *, patience: float = 0.0) -> bool:
        """Hold it alone; false if it stayed held for ``patience`` seconds."""
        return self._take(fcntl.LOCK_EX, patience)

    def release(self) -> None:
        if self._descriptor is not None:
            _held.discard(self._descriptor)
            os.close(self._descriptor)
            self._descriptor = None

    def note(self, text: str) -> None:
        """Write into the lock file who holds it, for the message to the next one."""
        assert self._descriptor is not None  # noqa: S101 (only who holds the lock writes)
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, text.encode(), 0)

    def read_note(self) -> str:
        try:
            return self.path.read_text().strip()
        except OSError:
            return ""

    def __enter__(self) -> "FileLock":
        if not self.take(patience=self.patience):
            raise TimeoutError(f"{self.path} was held for {self.patience:.0f} s")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()

    def _take(self, how: int, patience: float) -> bool:
        if self._descriptor is None:
            self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
            _held.add(self._descriptor)
        deadline = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(self._descriptor, how | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    self.release()
                    return False
                time.sleep(POLL_SECONDS)
            else:
                return True
