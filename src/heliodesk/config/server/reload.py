"""Noticing that code changed, for development."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2]
WATCHED = {".py", ".html", ".yaml", ".sql", ".mo"}


class Changes:
    """The files of the package as they were when last asked."""

    def __init__(self) -> None:
        self._known = _snapshot()

    def seen(self) -> bool:
        """Whether any file was added, removed or written since the last call."""
        now = _snapshot()
        changed, self._known = now != self._known, now
        return changed


def _snapshot() -> dict[Path, int]:
    return {
        path: path.stat().st_mtime_ns
        for path in PACKAGE.rglob("*")
        if path.suffix in WATCHED and path.is_file()
    }
