"""A setting that cannot work stops the start with a sentence, before anything is started."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.config.desk import free_ports

WRONG = {
    "HELIODESK_SMTP_PORT": ("abc", "--smtp-port"),
    "HELIODESK_WEB_PORT": ("70000", "--web-port"),
    "HELIODESK_HOST": ("192.0.2.1", "HELIODESK_WEB_PORT"),
    "HELIODESK_WEB_WORKERS": ("many", "HELIODESK_WEB_WORKERS"),
    "HELIODESK_MAIL_MAX_BYTES": ("lots", "HELIODESK_MAIL_MAX_BYTES"),
    "HELIODESK_MAIL_MAX_RECIPIENTS": ("0", "above 0"),
    "HELIODESK_MAIL_TRUSTED_RELAYS": ("our-relay", "HELIODESK_MAIL_TRUSTED_RELAYS"),
    "HELIODESK_MAIL_TLS_CERT": ("/nowhere/cert.pem", "no file"),
    "HELIODESK_MAIL_FAILED_AUTH": ("drop", "hold or flag"),
    "HELIODESK_MAIL_OUTBOUND": ("sendmail", "HELIODESK_MAIL_OUTBOUND"),
    "HELIODESK_MAIL_SMTP_URL": ("mail.vendor.com:587", "HELIODESK_MAIL_SMTP_URL"),
    "HELIODESK_ANYMAIL": ("{", "JSON object"),
    "HELIODESK_BLOB_URL": ("ftp://store", "s3://"),
    "HELIODESK_LOG_LEVEL": ("LOUD", "HELIODESK_LOG_LEVEL"),
    "HELIODESK_DEBUG": ("perhaps", "true or false"),
    "HELIODESK_PG_BIN": ("/nowhere", "HELIODESK_PG_BIN"),
    "DATABASE_URL": ("nonsense", "DATABASE_URL"),
    "HELIODESK_DATA": ("/proc/heliodesk", "/proc/heliodesk"),
}


def _heliodesk(folder: Path, url: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command on a database of one's own."""
    return subprocess.run(
        [sys.executable, "-m", "heliodesk", *words],
        env=os.environ | {"HELIODESK_DATA": str(folder), "DATABASE_URL": url},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("name", WRONG)
def test_it_is_said_in_a_sentence(tmp_path: Path, name: str) -> None:
    value, said = WRONG[name]
    own = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("HELIODESK_", "DATABASE_"))
    }
    ports = dict(zip(("WEB", "LIVE", "SMTP", "LMTP"), map(str, free_ports(4)), strict=True))
    given = {f"HELIODESK_{port}_PORT": number for port, number in ports.items()}
    done = subprocess.run(
        [sys.executable, "-m", "heliodesk", "serve"],
        env=own | given | {"HELIODESK_DATA": str(tmp_path / "data")} | {name: value},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode in {1, 2}, done.stderr
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("Error: ") and said in last, done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "data" / "postgres").exists(), "a database was made before the refusal"


@pytest.mark.parametrize(
    "words",
    [
        ("case", "list"), ("held", "list", "--json"), ("mail", "list"), ("user", "list"),
        ("policy", "list"), ("customers", "export", "accounts"), ("db", "migrate"),
    ],
)  # fmt: skip
def test_a_database_that_is_away_is_told_by_every_command(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    (port,) = free_ports(1)
    done = _heliodesk(tmp_path, f"postgresql://desk:pw@127.0.0.1:{port}/desk", *words)
    assert done.returncode == 1
    assert "The database does not answer" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_without_tables_is_told(tmp_path: Path, new_database: Callable[[], str]) -> None:
    done = _heliodesk(tmp_path, new_database(), "case", "list")
    assert done.returncode == 1
    assert "heliodesk db migrate" in done.stderr and "Traceback" not in done.stderr
