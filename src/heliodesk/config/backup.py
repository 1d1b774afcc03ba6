"""Saving a desk into one tar file and restoring it: database, attachments, secret key."""

import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath
from typing import BinaryIO

import psycopg

from heliodesk import __version__
from heliodesk.config.postgres import DatabaseTrouble
from heliodesk.config.programs import program
from heliodesk.kernel import clock

Tell = Callable[[str], object]

MANIFEST = "manifest.json"
DUMP = "database.dump"
#: What of the data folder is saved beside the database.
KEPT = ("blobs", "secret")
FORMAT = 1


def save(file: Path, *, dsn: str, data: Path, tell: Tell) -> int:
    """Write the archive, readable by its owner only; it appears whole or not at all.

    The database is saved first: an attachment is stored before the row that names it, so what
    the saved rows name is among the files saved later. Returns the size in bytes.
    """
    if not file.absolute().parent.is_dir():
        raise DatabaseTrouble(f"There is no folder {file.absolute().parent}; make it first.")
    unfinished = file.with_name(f".{file.name}.{os.getpid()}")
    with tempfile.TemporaryDirectory(dir=file.absolute().parent, prefix=".backup-") as scratch:
        dump = Path(scratch) / DUMP
        tell("Saving the database.")
        _run("pg_dump", "--format=custom", "--no-owner", "--file", str(dump), dsn)
        manifest = Path(scratch) / MANIFEST
        manifest.write_text(json.dumps(_manifest(), indent=2))
        tell("Saving the attachments.")
        try:
            with _private(unfinished) as raw:
                with tarfile.open(fileobj=raw, mode="w") as archive:
                    for path, name in _members(manifest, dump, data):
                        archive.add(path, arcname=name, recursive=False)
                raw.flush()
                os.fsync(raw.fileno())
            unfinished.replace(file)
        finally:
            unfinished.unlink(missing_ok=True)
    return file.stat().st_size


def restore(file: Path, *, dsn: str, data: Path, force: bool, tell: Tell) -> None:
    """Put an archive into an empty database and the data folder.

    Raises:
        DatabaseTrouble: the database is not empty and ``force`` is not given, or the archive is
            not one of ours.
    """
    with tempfile.TemporaryDirectory(dir=data, prefix=".restore-") as name:
        scratch = Path(name)
        tell("Reading the archive.")
        _unpack(file, scratch)
        _make_empty(dsn, force=force)
        tell("Restoring the database.")
        _restore_dump(scratch, dsn)
        for kept in KEPT:
            _put_back(scratch / kept, data / kept)


def _manifest() -> dict[str, object]:
    return {"format": FORMAT, "version": __version__, "saved_at": clock.now().isoformat()}


def _members(manifest: Path, dump: Path, data: Path) -> Iterable[tuple[Path, str]]:
    yield manifest, MANIFEST
    yield dump, DUMP
    for name in KEPT:
        top = data / name
        for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
            if path.is_file():
                yield path, path.relative_to(data).as_posix()


def _unpack(file: Path, target: Path) -> None:
    """Unpack the regular files that an archive of ours may hold, and nothing else."""
    try:
        with tarfile.open(file) as archive:
            for member in archive:
                if not member.isreg() or not _is_ours(PurePosixPath(member.name)):
                    raise DatabaseTrouble(f"{file} holds {member.name!r}: not one of our backups.")
                source = archive.extractfile(member)
                assert source is not None  # noqa: S101 (it is a regular file)
                path = target / member.name
                path.parent.mkdir(parents=True, exist_ok=True)
                with source, _private(path) as written:
                    shutil.copyfileobj(source, written)
    except tarfile.TarError as error:
        reason = str(error).partition("\n")[0].removesuffix(":")
        raise DatabaseTrouble(f"{file} is not a whole tar file ({reason}).") from error
    if not (target / DUMP).exists() or not (target / MANIFEST).exists():
        raise DatabaseTrouble(f"{file} is not one of our backups: it lacks {DUMP}.")
    if json.loads((target / MANIFEST).read_text()).get("format") != FORMAT:
        raise DatabaseTrouble(f"{file} was made by another version of the desk; use that one.")


def _is_ours(name: PurePosixPath) -> bool:
    safe = not name.is_absolute() and ".." not in name.parts
    return safe and (str(name) in {MANIFEST, DUMP} or name.parts[:1] in [(kept,) for kept in KEPT])


def _make_empty(dsn: str, *, force: bool) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        row = connection.execute(
            "select count(*) from pg_class join pg_namespace n on n.oid = relnamespace "
            "where nspname = 'public' and relkind in ('r', 'p') "
        ).fetchone()
        tables = row[0] if row else 0
        if tables and not force:
            raise DatabaseTrouble(
                f"The database already holds {tables} tables. Restore into a new data folder, or "
                "give --force to throw away what is there."
            )
        connection.execute("drop schema public cascade")
        connection.execute("create schema public")


def _restore_dump(scratch: Path, dsn: str) -> None:
    """Restore all but the statistics extension, which only the server's superuser may make."""
    dump = scratch / DUMP
    listed = _run("pg_restore", "--list", str(dump)).splitlines()
    wanted = [line for line in listed if "pg_stat_statements" not in line]
    contents = scratch / "contents"
    contents.write_text("\n".join(wanted) + "\n")
    _run(
        "pg_restore",
        *("--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges"),
        *("--no-comments", "--use-list", str(contents), "--dbname", dsn, str(dump)),
    )


def _put_back(saved: Path, target: Path) -> None:
    if saved.is_dir():
        shutil.copytree(saved, target, dirs_exist_ok=True)
    elif saved.exists():
        target.unlink(missing_ok=True)
        shutil.copy2(saved, target)


def _run(name: str, *arguments: str) -> str:
    done = subprocess.run([program(name), *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise DatabaseTrouble(f"{name} failed: {done.stderr.strip()[-2000:]}")
    return done.stdout


def _private(path: Path) -> BinaryIO:
    """A new file that only its owner may read."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
