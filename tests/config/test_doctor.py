"""``heliodesk check``: dangerous settings are refused, each with what to do about it."""

import json
import os
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from click.testing import CliRunner
from pytest_django.fixtures import Settings
from tests import make

from heliodesk.channels.models import Mailbox
from heliodesk.config.cli import main
from heliodesk.config.doctor import CHECKS, Level, database, machine, mail, policy, variables
from heliodesk.config.doctor import settings as doctor
from heliodesk.entitlements.actions import activate_shipped
from heliodesk.kernel import clock

GOOD_KEY = "Zk3vJ0pQ9xYt7LwB2cRm8NdHs5GfAu1eXyWqTiOb"


@pytest.fixture
def production(settings: Settings) -> Settings:
    """A desk on the net, as it should be."""
    settings.DEBUG = False
    settings.SECRET_KEYS = [GOOD_KEY]
    settings.BASE_URL = "https://support.vendor.com"
    settings.ALLOWED_HOSTS = ["support.vendor.com"]
    settings.MAIL_OUTBOUND = "smtp"
    settings.MAIL_SMTP_URL = "smtp://mail.vendor.com:587"
    return settings


def test_a_sound_desk_has_no_findings(production: Settings) -> None:
    assert list(doctor.look()) == []


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DEBUG", True, "HELIODESK_DEBUG"),
        ("SECRET_KEYS", [GOOD_KEY, "short"], "HELIODESK_SECRET_KEYS"),
        ("SECRET_KEYS", ["a" * 64], "HELIODESK_SECRET_KEYS"),
        ("SECRET_KEYS", ["django-insecure-" + GOOD_KEY], "HELIODESK_SECRET_KEYS"),
        ("BASE_URL", "http://support.vendor.com", "is http"),
        ("BASE_URL", "support.vendor.com", "not an address"),
        ("ALLOWED_HOSTS", ["*"], "has *"),
        ("ALLOWED_HOSTS", ["other.com"], "refuses its own address"),
        ("MAIL_FAILED_AUTH", "deliver", "HELIODESK_MAIL_FAILED_AUTH"),
        ("MAIL_TLS_CERT", "/nowhere/cert.pem", "no file"),
        ("METRICS_TOKEN", "metrics", "HELIODESK_METRICS_TOKEN"),
    ],
)
def test_a_dangerous_setting_is_an_error(
    production: Settings, name: str, value: object, said: str
) -> None:
    setattr(production, name, value)
    errors = [found for found in doctor.look() if found.level is Level.ERROR]
    assert any(said in found.says for found in errors)
    assert all(found.do for found in errors)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("WEB", "abc", "HELIODESK_WEB_PORT is 'abc'"),
        ("SMTP", "70000", "HELIODESK_SMTP_PORT is 70000"),
        ("LMTP", "0", "HELIODESK_LMTP_PORT is 0"),
        ("LMTP", "2525", "HELIODESK_LMTP_PORT and HELIODESK_SMTP_PORT are both 2525"),
        ("SMTP", "8001", "HELIODESK_SMTP_PORT and HELIODESK_LIVE_PORT are both 8001"),
    ],
)
def test_a_port_that_cannot_be_is_an_error(
    production: Settings, monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    for port in doctor.PORTS:
        monkeypatch.delenv(f"HELIODESK_{port}_PORT", raising=False)
    monkeypatch.setenv(f"HELIODESK_{name}_PORT", value)
    (found,) = doctor.look()
    assert found.level is Level.ERROR and found.says.startswith(said)


def test_debug_on_this_machine_only_is_a_warning(production: Settings) -> None:
    production.BASE_URL, production.ALLOWED_HOSTS = "http://127.0.0.1:8000", ["127.0.0.1"]
    production.DEBUG = True
    assert [found.level for found in doctor.look()] == [Level.WARNING]


@pytest.mark.django_db
def test_mail_may_not_leave_from_a_sample_address(production: Settings) -> None:
    Mailbox.objects.create(code="sample", address="support@helio.example")
    Mailbox.objects.create(code="own", address="support@vendor.com")
    found = [one.says for one in mail.look_out()]
    assert found == ["Mail would be sent from support@helio.example, an address of the samples."]


def test_mail_out_without_a_server_is_an_error(production: Settings) -> None:
    production.MAIL_SMTP_URL = ""
    assert "HELIODESK_MAIL_SMTP_URL" in next(iter(mail.look_out())).says


def test_a_silent_listener_is_told(production: Settings, tmp_path: Path) -> None:
    production.DATA, production.SMTP_PORT, production.LMTP_PORT = tmp_path, 1, 1
    assert [found.level for found in mail.look_in()] == [Level.WARNING] * 2


def test_an_open_or_full_data_folder_is_told(
    production: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    production.DATA = tmp_path
    tmp_path.chmod(0o755)
    monkeypatch.setattr(machine, "TOO_LITTLE_BYTES", 2**60)
    monkeypatch.setattr(machine, "LITTLE_BYTES", 2**60)
    full, seen = machine.look()
    assert full.level is Level.ERROR
    assert "GB are free" in full.says
    assert "Other users may look" in seen.says


@pytest.mark.django_db
def test_a_skewed_clock_is_told(production: Settings) -> None:
    production.DATABASE_DSN = _test_dsn()
    with time_machine.travel(clock.now() + timedelta(minutes=10), tick=True):
        found = list(database.look())
    assert [one.level for one in found if "clocks" in one.says] == [Level.ERROR]


def test_a_database_that_is_away_is_told(production: Settings) -> None:
    production.DATABASE_DSN = "postgresql://nobody@127.0.0.1:1/none"
    (found,) = database.look()
    assert found.level is Level.ERROR
    assert "does not answer" in found.says


def test_the_report_is_json_and_the_exit_code_tells() -> None:
    result = CliRunner().invoke(main, ["check", "--json"])
    report = json.loads(result.stdout)
    assert list(report["findings"]) == list(CHECKS)
    errors = [
        one for area in report["findings"].values() for one in area if one["level"] == "error"
    ]
    assert report["ok"] is not bool(errors)
    assert result.exit_code == bool(errors)


def _test_dsn() -> str:
    from django.db import connection

    made = connection.get_connection_params()
    return f"host={made['host']} dbname={made['dbname']} user={made['user']}"


@pytest.mark.django_db
def test_the_policy_is_looked_at(settings: Settings) -> None:
    assert [finding.says for finding in policy.look()] == ["No policy pack is in force."]
    activate_shipped(at=clock.now())
    settings.MAIL_OUTBOUND = "capture"
    found = [finding.says for finding in policy.look()]
    assert found[0] == "10 cells of mimecast-2018 v1 are unknown and taken as guessed."
    assert found[1].startswith("Holidays that nobody has confirmed")
    assert len(found) == 2
    make.contract(make.account(), package="titanium")
    settings.MAIL_OUTBOUND = "smtp"
    found = [finding.says for finding in policy.look()]
    assert "is a sample, and mail goes out" in found[1]
    assert found[2] == "Contracts hold packages that mimecast-2018 v1 does not have: 1 of titanium."


ROOT = Path(__file__).parents[2]
#: Of the processes among themselves; nobody sets them, so they are not documented.
INTERNAL = {"HELIODESK_PARENT", "HELIODESK_TEST_RUN"}


def test_every_variable_that_is_read_is_known_and_documented() -> None:
    """Names as the code has them whole, in quotes, and as the documentation has them."""
    name = re.compile(r"""["'](HELIODESK_[A-Z0-9_]*[A-Z0-9])["']""")
    files = [path for path in (ROOT / "src").rglob("*.py") if "doctor" not in path.parts]
    read = {found for path in files for found in name.findall(path.read_text("utf-8"))}
    ports = {f"HELIODESK_{part}_PORT" for part in doctor.PORTS}
    own = {one for one in variables.KNOWN if one.startswith("HELIODESK_")}
    assert read | ports | {"HELIODESK_MAIL_TLS_CERT"} == own
    documented = (ROOT / "docs" / "settings.md").read_text("utf-8")
    said = set(re.findall(r"`(HELIODESK_[A-Z0-9_]+)`", documented))
    assert said <= own
    short = {end for one in re.findall(r"`…(_[A-Z0-9_]+)`", documented) for end in [one]}
    missing = [one for one in own - said - INTERNAL if not any(one.endswith(end) for end in short)]
    assert missing == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "meant", "level"),
    [
        ("HELIODESK_WEB_PROT", "HELIODESK_WEB_PORT", Level.WARNING),
        ("HELIODESK_WEBPORT", "HELIODESK_WEB_PORT", Level.WARNING),
        ("heliodesk_web_port", "HELIODESK_WEB_PORT", Level.WARNING),
        ("HELIODESK_FAVOURITE_COLOUR", "", Level.WARNING),
        ("HELIODESK_SECRETKEYS", "HELIODESK_SECRET_KEYS", Level.ERROR),
        ("HELIODESK_DATABASE_URL", "DATABASE_URL", Level.ERROR),
        ("HELIODESK_MAIL_TLS_CERTT", "HELIODESK_MAIL_TLS_CERT", Level.ERROR),
    ],
)
def test_a_misspelt_variable_is_named_with_what_was_meant(
    monkeypatch: pytest.MonkeyPatch, name: str, meant: str, level: Level
) -> None:
    for one in variables.KNOWN:
        monkeypatch.delenv(one, raising=False)
    before = [found.says for found in variables.look()]
    monkeypatch.setenv(name, "x")
    (found,) = [one for one in variables.look() if one.says not in before]
    assert found.level is level
    assert name in found.says
    assert meant in found.do
    assert found.do.startswith("Name it") is bool(meant)
    if meant:
        monkeypatch.setenv(meant, "x")
        assert all(one.level is Level.WARNING for one in variables.look()), "the right one is set"


@pytest.mark.django_db
def test_a_mailboxs_password_may_be_named_as_one_likes(monkeypatch: pytest.MonkeyPatch) -> None:
    make.mailbox(imap_secret="HELIODESK_IMAP_UK")
    monkeypatch.setenv("HELIODESK_IMAP_UK", "x")
    assert not [found for found in variables.look() if "IMAP_UK" in found.says]


def test_misspelt_variables_are_named_where_the_desk_cannot_be_opened() -> None:
    given = {"HELIODESK_SMTP_PORT": "abc", "HELIODESK_WEB_PROT": "1", "HELIODESK_DATA": "/proc/x"}
    done = subprocess.run(
        [sys.executable, "-m", "heliodesk", "check"],
        env=os.environ | given,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "Name it HELIODESK_WEB_PORT" in done.stdout
    assert "Traceback" not in done.stderr
