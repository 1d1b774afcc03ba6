"""The real command, in a process of its own, against the test's database."""

import os
import subprocess
import sys

from tests.channels.listening import dsn_of_test


def mail_command(
    *arguments: str, given: bytes = b"", dsn: str = "", **variables: str
) -> "subprocess.CompletedProcess[bytes]":
    """Run ``heliodesk mail`` against the test's database."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HELIODESK_")}
    environment = kept | {"DATABASE_URL": dsn or dsn_of_test()} | variables
    environment.setdefault("HELIODESK_DATA", os.environ["HELIODESK_DATA"])
    return subprocess.run(
        [sys.executable, "-m", "heliodesk", "mail", *arguments],
        input=given,
        env=environment,
        capture_output=True,
        timeout=180,
        check=False,
    )
