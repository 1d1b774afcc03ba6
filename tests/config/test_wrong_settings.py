"""A setting that cannot work stops the start with a sentence, before anything is started."""

import os
import subprocess
import sys
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
