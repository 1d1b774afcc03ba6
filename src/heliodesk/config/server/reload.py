"""Noticing that code changed, for development."""

import time
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2]
WATCHED = {".py", ".html", ".yaml", ".sql", ".mo"}
LOOK_SECONDS = 1.0


class Changes:
    """The files of the package as they were when last looked at, once a second at most."""

    def __init__(self) -> None:
        self._known = _snapshot()
        self._looked = time.monotonic()

    def seen(self) -> bool:
        """Whether any file was added, removed or written since the last look."""
        if time.monotonic() - self._looked < LOOK_SECONDS:
            return False
        now = _snapshot()
        self._looked = time.monotonic()
        changed, self._known = now != self._known, now
        return changed


def _snapshot() -> dict[Path, int]:
    return {
        path: path.stat().st_mtime_ns
        for path in PACKAGE.rglob("*")
        if path.suffix in WATCHED and path.is_file()
    }
