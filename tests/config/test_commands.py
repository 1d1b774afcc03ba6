"""The command as a whole: every subcommand explains itself and loads only what it needs."""

import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from heliodesk.config.cli import COMMANDS, main
from heliodesk.config.server.options import Options
from heliodesk.config.welcome import Login, Welcome


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_explains_itself(name: str) -> None:
    result = CliRunner().invoke(main, [name, "--help"])
    assert result.exit_code == 0, result.output
    assert "Usage: " in result.output


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_tells_its_exit_codes(name: str) -> None:
    def leaves(command: click.Command, words: list[str]) -> list[list[str]]:
        if not isinstance(command, click.Group):
            return [words]
        found = command.commands.items()
        return [leaf for part, each in found for leaf in leaves(each, [*words, part])]

    command = main.get_command(click.Context(main), name)
    assert command is not None
    for words in leaves(command, [name]):
        shown = CliRunner().invoke(main, [*words, "--help"]).output
        assert "xit codes" in shown and "Usage: " in shown, " ".join(words)


def test_the_list_names_them_without_loading_any() -> None:
    code = (
        "import sys; from heliodesk.config.cli import main; "
        "main(['--help'], standalone_mode=False); "
        "assert 'django' not in sys.modules and 'psycopg' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "serve" in done.stdout
    assert "load-demo" not in done.stdout


@pytest.mark.parametrize("name", ["mail", "calendar", "policy"])
def test_commands_that_need_no_database_load_no_django(name: str) -> None:
    code = (
        f"import sys; from heliodesk.config.cli import main; "
        f"main(['{name}', '--help'], standalone_mode=False); assert 'django' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_state_that_no_case_can_have_is_wrong_usage() -> None:
    result = CliRunner().invoke(main, ["case", "list", "--state", "done"])
    assert result.exit_code == 2
    assert "pending_customer" in result.output


def test_options_name_every_port_and_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HELIODESK_BASE_URL", raising=False)
    options = Options(Path("/data"), "0.0.0.0", 8080, 8081, "127.0.0.1", 2525, 2424)
    assert options.address == "http://127.0.0.1:8080"
    assert {port.variable for port in options.ports()} <= set(options.variables())
    assert options.variables()["HELIODESK_LIVE_PORT"] == "8081"


def test_an_address_of_one_s_own_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELIODESK_BASE_URL", "https://support.vendor.com")
    options = Options(Path("/data"), "::1", 8080, 8081, "127.0.0.1", 2525, 2424)
    assert options.address == "https://support.vendor.com"


def test_the_welcome_survives_being_kept() -> None:
    told = Welcome(
        [Login("a@b.example", "word", "agent")], "c@d.example", "desk@b.example", "(1) x"
    )
    assert Welcome.from_json(told.as_json()) == told
