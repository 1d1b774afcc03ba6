"""Run a command beside a throw-away server of other PostgreSQL programs, its address set."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from heliodesk.config.postgres.use import dsn, running


def main(programs: str, *command: str) -> int:
    """Exit code of the command; ``programs`` is a folder of PostgreSQL programs."""
    os.environ["HELIODESK_PG_BIN"] = programs
    with tempfile.TemporaryDirectory(prefix="heliodesk-") as folder:
        data = Path(folder) / "data"
        with running(data, durable=False):
            return subprocess.run(
                command, check=False, env=os.environ | {"DATABASE_URL": dsn(data)}
            ).returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
