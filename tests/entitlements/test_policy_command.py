"""``heliodesk policy`` from the outside."""

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from heliodesk.config.cli import main
from heliodesk.entitlements.pack.examples import examples_of
from heliodesk.entitlements.pack.shipped import shipped_source
from tests.entitlements.asking import ORDINARY

EXAMPLES = [asdict(example) for example in examples_of("mimecast-2018")]


def run(*words: str, given: str | bytes = "") -> Result:
    return CliRunner().invoke(main, ["policy", *words], input=given)


def line(**changes: object) -> str:
    return json.dumps({"id": "x", "input": ORDINARY | changes})


def test_simulate_answers_the_examples_in_order() -> None:
    given = "".join(
        json.dumps(example | {"input": ORDINARY | example["input"]}) + "\n" for example in EXAMPLES
    )
    result = run("simulate", given=given)
    assert result.exit_code == 0
    answers = [json.loads(text) for text in result.stdout.splitlines()]
    assert [answer["outcome"] for answer in answers] == [e["expect"] for e in EXAMPLES]
    assert [answer["id"] for answer in answers] == [e["id"] for e in EXAMPLES]
    assert all(answer["rules"][0]["refs"] for answer in answers)
    assert all(answer["customer_told"] or answer["id"] == "D54" for answer in answers)


MALFORMED = [
    ("{", "not JSON"),
    ("[]", "not a JSON object"),
    ("{}", "input is missing"),
    ('{"input": 3}', "input is missing"),
    (line(package="tin"), "package 'tin' is not in pack"),
    (line(region="MOON"), "region 'MOON'"),
    (line(at="2026-03-03T10:00"), "no offset"),
    (line(at="yesterday"), "not an ISO 8601 instant"),
    (line(at=None), "at is missing"),
    (line(at="9999-12-31T23:59-12:00"), "calendars reach"),
    (line(channel="pigeon"), "channel is one of"),
    (line(contact_role=None), "contact_role is one of"),
    (line(severity="P9"), "severity is one of"),
    (line(existing_case="lost"), "existing_case"),
    (line(issue_details_length=-1), "issue_details_length"),
    (line(auto_reply="no"), "auto_reply is true or false"),
    (line(missing_fields="date"), "missing_fields"),
    (line(contract=[]), "contract is an object"),
    (line(contract={"seats": 1}), "unknown fields: seats"),
    (line(colour="red"), "unknown fields: colour"),
    (line(settings={"no.such": 1}), "setting 'no.such'"),
    (line(settings={"phone.outside": "shout"}), "setting phone.outside"),
    ('{"input": ' + "[" * 100_000, "not JSON"),
]


@pytest.mark.parametrize(("bad", "reason"), MALFORMED, ids=[reason for _, reason in MALFORMED])
def test_a_bad_line_is_answered_in_its_place(bad: str, reason: str) -> None:
    result = run("simulate", given=f"{line()}\n{bad}\n\n{line()}\n")
    first, second, third = [json.loads(text) for text in result.stdout.splitlines()]
    assert result.exit_code == 1
    assert first["outcome"] == third["outcome"]
    assert list(second) == ["error"]
    assert reason in second["error"]
    assert "line 2" in second["error"]


def test_bytes_that_are_no_text() -> None:
    result = run("simulate", given=b"\xff\xfe\n" + line().encode())
    assert result.exit_code == 1
    assert "UTF-8" in json.loads(result.stdout.splitlines()[0])["error"]


def test_another_pack_answers_with_its_own_words() -> None:
    asked = {"at": "2026-12-24T11:30+01:00", "channel": "web", "contact_role": "authorised"}
    given = json.dumps({"input": asked | {"package": "harbour", "severity": "P2"}})
    result = run("simulate", "--pack", "tidewater-2026", given=given)
    answer = json.loads(result.stdout)
    assert answer["outcome"]["queue"] == "berlin"
    assert answer["outcome"]["due"] == "2026-12-28T15:30Z"
    assert "Berlin (CET)" in answer["customer_told"]


def test_validate_names_file_line_and_reason(tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text(shipped_source("tidewater-2026").replace("Asia/Tokyo", "Asia/Edo"))
    result = run("validate", str(mine))
    assert result.exit_code == 1
    assert f"{mine}:85: 'Asia/Edo' is not a time zone" in result.stderr


def test_validate_lists_what_to_look_at(tmp_path: Path) -> None:
    result = run("validate", "mimecast-2018")
    assert result.exit_code == 0
    assert result.stdout.count("is unknown, taken as") == 10
    mine = tmp_path / "mine.yaml"
    source = shipped_source("tidewater-2026").replace("country: JP}", "country: ZZ}")
    mine.write_text(source.replace("+4930901820", "+4930"))
    assert run("validate", str(mine)).exit_code == 1
    mine.write_text(source.replace("+4930901820", "+49309018201234"))
    told = run("validate", str(mine)).stdout
    assert "no public holidays are known for country 'ZZ'" in told


def test_show() -> None:
    told = run("show").stdout
    assert "Named Mimecast Executive Sponsor" in told
    assert "P2 120 24x7" in told
    plain = json.loads(run("show", "tidewater-2026", "--json").stdout)
    assert [package["code"] for package in plain["packages"]] == ["mooring", "harbour", "ocean"]


def test_compare_tells_what_changes(tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    source = shipped_source("mimecast-2018")
    mine.write_text(source.replace("gold: {P1: {minutes: 30", "gold: {P1: {minutes: 45", 1))
    result = run("compare", "mimecast-2018", str(mine), "--json")
    found = json.loads(result.stdout)
    assert found["changed"]
    assert all(change["input"]["package"] == "gold" for change in found["changed"])
    assert all(change["changes"]["target_minutes"] == [30, 45] for change in found["changed"])
    assert "0 of " in run("compare", "mimecast-2018", "mimecast-2018").stdout


def test_compare_with_a_table_of_ones_own(tmp_path: Path) -> None:
    table = tmp_path / "table.jsonl"
    table.write_text(line() + "\n" + line(package="harbour") + "\n")
    told = run("compare", "mimecast-2018", "tidewater-2026", "--examples", str(table)).stdout
    assert "package 'harbour' is not in pack mimecast-2018" in told
    assert "2 of 2 situations change" in told
    table.write_text("oops")
    assert run("compare", "mimecast-2018", "mimecast-2018", "--examples", str(table)).exit_code == 1


@pytest.mark.parametrize("words", [("simulate", "--pack", "/nowhere"), ("show", "/nowhere")])
def test_a_pack_that_is_not_there(words: tuple[str, ...]) -> None:
    result = run(*words)
    assert result.exit_code == 1
    assert "/nowhere:0: No such file" in result.stderr


def test_needs_neither_django_nor_database() -> None:
    program = (
        "import sys, heliodesk.config.cli.policy, heliodesk.config.cli.calendar;"
        "assert not [n for n in sys.modules if n.split('.')[0] in ('django', 'psycopg')]"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_the_worked_examples_of_a_pack_are_tried() -> None:
    result = run("examples")
    assert result.exit_code == 0
    assert "42 of 42 worked examples hold." in result.stdout
    found = json.loads(run("examples", "--json").stdout)
    assert [one["differs"] for one in found] == [{}] * 42


def test_an_example_that_no_longer_holds_is_named(tmp_path: Path) -> None:
    changed = tmp_path / "p.yaml"
    changed.write_text(
        shipped_source("mimecast-2018").replace(
            "silver: {P1: {minutes: 60", "silver: {P1: {minutes: 59"
        )
    )
    result = run("examples", "--pack", str(changed))
    assert result.exit_code == 1
    assert "target_minutes 60 expected, 59 came" in result.stdout
