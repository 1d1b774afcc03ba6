"""Blobs as files of a folder, each written whole or not at all."""

import os
import uuid
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from heliodesk.channels.blob_errors import NoSuchBlob, StoreTrouble


class FolderStore:
    """Files under ``folder/ab/cd/``, first written and flushed under another name."""

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder)
        self._new = self._folder / ".new"

    def write(self, blobs: dict[str, bytes]) -> None:
        """Write all new blobs before waiting for the disk, so that the waits overlap."""
        written: dict[Path, Path] = {}
        try:
            self._new.mkdir(parents=True, exist_ok=True, mode=0o700)
            for key, data in blobs.items():
                place = self._folder / key
                if not _freshened(place):
                    written[place] = self._write_beside(data)
            self._settle(written)
        except OSError as error:
            raise StoreTrouble(f"the attachment folder {self._folder}: {error}") from error
        finally:
            for beside in written.values():
                with suppress(OSError):
                    beside.unlink(missing_ok=True)

    def read(self, key: str) -> bytes:
        """All bytes of a blob."""
        with self.open(key) as file:
            return file.read()

    def open(self, key: str) -> BinaryIO:
        """The blob's file."""
        try:
            return (self._folder / key).open("rb")
        except FileNotFoundError as error:
            raise NoSuchBlob(f"no blob {key}") from error
        except OSError as error:
            raise StoreTrouble(f"the attachment folder {self._folder}: {error}") from error

    def has(self, key: str) -> bool:
        """Whether the file is there."""
        return (self._folder / key).exists()

    def remove(self, key: str, unless_since: datetime) -> bool:
        """Take the file aside first: whoever puts the same meanwhile then writes it anew."""
        place, aside = self._folder / key, self._new / uuid.uuid4().hex
        try:
            self._new.mkdir(parents=True, exist_ok=True, mode=0o700)
            place.rename(aside)
            if aside.stat().st_mtime >= unless_since.timestamp():
                aside.rename(place)
                return False
            aside.unlink()
        except FileNotFoundError:
            return False
        except OSError as error:
            raise StoreTrouble(f"the attachment folder {self._folder}: {error}") from error
        return True

    def _write_beside(self, data: bytes) -> Path:
        """Write the bytes under a name of their own, and start them on their way to the disk."""
        beside = self._new / uuid.uuid4().hex
        try:
            beside.write_bytes(data)
        except OSError:
            beside.unlink(missing_ok=True)
            raise
        return beside

    def _settle(self, written: dict[Path, Path]) -> None:
        """Wait until the bytes are on the disk, then give the files their names, durably too.

        The folders are flushed last, all together: the first of these waits carries the others.
        """
        for beside in written.values():
            _flush(beside)
        changed: set[Path] = set()
        for place, beside in written.items():
            if not place.parent.exists():
                place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                changed.update(place.parents[1:3])
            beside.rename(place)
            changed.add(place.parent)
        for folder in changed:
            _flush(folder)


def _freshened(place: Path) -> bool:
    """Whether the file is there; it then counts as put just now."""
    try:
        os.utime(place)
    except FileNotFoundError:
        return False
    return True


def _flush(path: Path) -> None:
    """Wait until a file or the entries of a folder are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
