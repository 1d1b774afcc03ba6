"""``heliodesk calendar`` from the outside."""

import json

import pytest
from click.testing import CliRunner, Result

from heliodesk.config.cli import main

DUE = {
    "due": "2026-03-30T10:00Z",
    "intervals": [
        ["2026-03-27T15:00Z", "2026-03-27T17:00Z"],
        ["2026-03-30T08:00Z", "2026-03-30T10:00Z"],
    ],
}


def run(*words: str, given: str = "") -> Result:
    return CliRunner().invoke(main, ["calendar", *words], input=given)


def add(code: str, start: str, minutes: str, *more: str) -> Result:
    return run("add", "--calendar", code, "--from", start, "--minutes", minutes, *more)


def test_add() -> None:
    result = add("UK", "2026-03-27T15:00+00:00", "240", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == DUE
    assert "Due 2026-03-30T10:00Z" in add("UK", "2026-03-27T16:00+01:00", "240").stdout


def test_between() -> None:
    words = ("--calendar", "UK", "--from", "2026-03-27T15:00Z", "--to", "2026-03-30T10:00Z")
    found = json.loads(run("between", *words, "--json").stdout)
    assert found == {"minutes": 240, "intervals": DUE["intervals"]}
    assert run("between", *words).stdout.startswith("240 minutes\n")


def test_lines() -> None:
    good = '{"calendar": "UK", "from": "2026-03-27T15:00Z", "minutes": 240}'
    result = run("add", "--jsonl", given=f"{good}\n{{\n{good}\n")
    first, second, third = map(json.loads, result.stdout.splitlines())
    assert first == third == DUE
    assert list(second) == ["error"]
    assert result.exit_code == 1
    assert run("add", "--jsonl", given=f"{good}\n").exit_code == 0
    measured = (
        '{"calendar": "NZ", "from": "2026-04-02T15:00+13:00", "to": "2026-04-07T10:00+12:00"}'
    )
    assert json.loads(run("between", "--jsonl", given=measured).stdout)["minutes"] == 180


@pytest.mark.parametrize(
    ("code", "start", "minutes", "says"),
    [
        ("MOON", "2026-03-27T15:00Z", "10", "'MOON' is not in the pack; there are AU, NA"),
        ("UK", "2026-03-27T15:00", "10", "has no offset"),
        ("UK", "soon", "10", "not an ISO 8601 instant"),
        ("UK", "2026-03-27T15:00Z", "-10", "at least 0"),
        ("UK", "2026-03-27T15:00Z", "nan", "at least 0"),
        ("UK", "2026-03-27T15:00Z", "1e30", "does not have 1e+30 open minutes"),
        ("UK", "9999-12-31T23:00-12:00", "1", "calendars reach"),
    ],
)
def test_what_cannot_be_answered_says_why(code: str, start: str, minutes: str, says: str) -> None:
    result = add(code, start, minutes)
    assert result.exit_code == 1
    assert says in result.stderr


def test_wrong_usage() -> None:
    assert run("add", "--calendar", "UK").exit_code == 2
    assert run("add", "--calendar", "UK", "--from", "x", "--minutes", "many").exit_code == 2


def test_calendars_of_another_pack() -> None:
    result = add("JP", "2026-03-06T18:30+09:00", "60", "--json", "--pack", "tidewater-2026")
    assert json.loads(result.stdout)["due"] == "2026-03-07T09:30Z"
