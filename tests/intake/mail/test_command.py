"""``heliodesk mail parse``: one message, many paths, unreadable ones, no Django."""

import json
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner

from heliodesk.config.cli.mail import command
from tests.intake.mail.letters import letter


def test_one_message() -> None:
    result = CliRunner().invoke(command, ["parse", "--json"], input=letter(Subject="Größe"))
    assert result.exit_code == 0
    assert json.loads(result.output)["subject"] == "Größe"


def test_paths_keep_their_order_and_a_bad_one_fails_at_the_end(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(letter(Subject=name))
    paths = f"{tmp_path / 'b'}\n{tmp_path / 'missing'}\n{tmp_path / 'a'}\n"
    result = CliRunner().invoke(command, ["parse", "--jsonl"], input=paths)
    first, second, third = map(json.loads, result.output.splitlines())
    assert (first["subject"], third["subject"]) == ("b", "a")
    assert list(second) == ["error"]
    assert result.exit_code == 1


def test_both_forms_at_once_are_refused() -> None:
    assert CliRunner().invoke(command, ["parse", "--json", "--jsonl"]).exit_code == 2


def test_parsing_imports_no_django() -> None:
    program = (
        "import sys, heliodesk.config.cli.mail, heliodesk.intake.mail as m;"
        "m.parse(b'Subject: x\\n\\ny'); sys.exit(any(n.startswith('django') for n in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
