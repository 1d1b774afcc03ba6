"""Backup and restore by the real commands, on embedded databases of their own."""

import os
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

Heliodesk = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def heliodesk(folder: Path) -> Heliodesk:
    """Runs the command on a data folder of the test, with its embedded database."""

    def run(data: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        return subprocess.run(
            [sys.executable, "-m", "heliodesk", *arguments],
            env=kept | {"HELIODESK_DATA": str(folder / data)},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def _sql(heliodesk: Heliodesk, data: str, statement: str) -> str:
    done = heliodesk(data, "db", "psql", "-qAt", "-c", statement)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_what_was_saved_is_restored(heliodesk: Heliodesk, folder: Path) -> None:
    assert heliodesk("one", "db", "migrate").returncode == 0
    _sql(heliodesk, "one", "insert into django_content_type values (9999, 'kept', 'kept')")
    blob = folder / "one" / "blobs" / "ab" / "cd"
    blob.parent.mkdir(parents=True)
    blob.write_bytes(b"attached")
    file = folder / "desk.tar"
    saved = heliodesk("one", "db", "backup", str(file))
    assert saved.returncode == 0, saved.stderr
    assert file.stat().st_mode & 0o777 == 0o600

    restored = heliodesk("two", "db", "restore", str(file))
    assert restored.returncode == 0, restored.stderr
    kept = "select app_label from django_content_type where id = 9999"
    assert _sql(heliodesk, "two", kept) == "kept"
    assert (folder / "two" / "blobs" / "ab" / "cd").read_bytes() == b"attached"
    secrets = [(folder / data / "secret").read_text() for data in ("one", "two")]
    assert secrets[0] == secrets[1]

    refused = heliodesk("two", "db", "restore", str(file))
    assert refused.returncode == 1
    assert "already holds" in refused.stderr
    _sql(heliodesk, "two", "delete from django_content_type where id = 9999")
    assert heliodesk("two", "db", "restore", "--force", str(file)).returncode == 0
    assert _sql(heliodesk, "two", kept) == "kept"


def test_a_place_that_is_not_there_is_told_in_a_sentence(
    heliodesk: Heliodesk, folder: Path
) -> None:
    away = folder / "away" / "desk.tar"
    refused = heliodesk("one", "db", "backup", str(away))
    assert refused.returncode == 1
    assert refused.stderr.strip().endswith(f"There is no folder {away.parent}; make it first.")


def test_half_an_archive_is_refused(heliodesk: Heliodesk, folder: Path) -> None:
    file = folder / "half.tar"
    file.write_bytes(b"x" * 1000)
    refused = heliodesk("one", "db", "restore", str(file))
    assert refused.returncode == 1
    assert "not a whole tar file" in refused.stderr
    assert "Traceback" not in refused.stderr and "gzip" not in refused.stderr


def test_a_foreign_archive_is_refused(heliodesk: Heliodesk, folder: Path) -> None:
    file = folder / "bad.tar"
    with tarfile.open(file, "w") as archive:
        archive.add(__file__, arcname="blobs/../../escaped")
    refused = heliodesk("one", "db", "restore", str(file))
    assert refused.returncode == 1
    assert "not one of our backups" in refused.stderr
    assert not (folder / "escaped").exists()
