"""The commands for people and customers, run as a person or a program runs them."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from heliodesk.config.cli import main
from heliodesk.customers.models import Account
from heliodesk.identity.models import Team, User
from heliodesk.journal.models import Event

pytestmark = pytest.mark.django_db

SECRET = "a-long-enough-secret\n"


def run(*words: str, input: str | None = None) -> Result:
    return CliRunner().invoke(main, list(words), input=input, catch_exceptions=False)


def answer(*words: str, input: str | None = None) -> Any:
    result = run(*words, "--json", input=input)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_person_is_added_listed_changed_and_kept_out() -> None:
    Team.objects.create(code="uk", name="UK", queues=["uk"])
    added = answer(
        "user", "add", "Lee@desk.example", "--name", "Lee", "--role", "admin", "--team", "uk",
        "--password-stdin", input=SECRET,
    )  # fmt: skip
    assert added["email"] == "lee@desk.example" and added["teams"] == ["uk"]
    assert User.objects.get().check_password(SECRET.strip())
    answer("user", "add", "ann@desk.example", "--name", "Ann", "--password-stdin", input=SECRET)
    assert answer("user", "role", "ANN@desk.example", "lead")["role"] == "lead"
    assert answer("user", "teams", "ann@desk.example", "--set", "uk")[0]["code"] == "uk"
    assert answer("user", "teams", "ann@desk.example", "--set", "") == []
    assert not answer("user", "deactivate", "ann@desk.example")["active"]
    assert [row["email"] for row in answer("user", "list")] == ["lee@desk.example"]
    assert len(answer("user", "list", "--all")) == 2
    assert answer("user", "activate", "ann@desk.example")["active"]
    answer("user", "password", "ann@desk.example", "--password-stdin", input="b" + SECRET)
    assert User.objects.get(name="Ann").check_password("b" + SECRET.strip())
    assert "command line" in Event.objects.first().by_name  # type: ignore[union-attr]  # there is one


def test_a_password_is_asked_for_twice_and_never_an_argument() -> None:
    words = ("user", "add", "lee@desk.example", "--name", "Lee")
    assert run(*words, input=SECRET + "other\n").exit_code != 0
    assert run(*words, input=SECRET * 2).exit_code == 0
    assert run(*words, "--password", "x").exit_code == 2


@pytest.mark.parametrize(
    ("words", "input", "code", "why"),
    [
        (["user", "role", "no@desk.example", "lead"], None, 1, "Nobody here"),
        (["user", "role", "lee@desk.example", "king"], None, 2, "king"),
        (["user", "deactivate", "lee@desk.example"], None, 1, "only administrator"),
        (["user", "teams", "lee@desk.example", "--set", "x"], None, 1, "no team x"),
        (["user", "teams", "--set", "x"], None, 2, "Name the person"),
        (["user", "password", "lee@desk.example", "--password-stdin"], "x\n", 1, "too short"),
        (["user", "password", "lee@desk.example", "--password-stdin"], "\n", 2, "empty"),
    ],
)
def test_a_refusal_says_why(words: list[str], input: str | None, code: int, why: str) -> None:
    run("user", "add", "lee@desk.example", "--name", "Lee", "--role", "admin",
        "--password-stdin", input=SECRET)  # fmt: skip
    result = run(*words, input=input)
    assert result.exit_code == code and why in result.output


def test_customers_come_in_after_a_dry_run_and_go_out_again(tmp_path: Path) -> None:
    sheet = tmp_path / "accounts.csv"
    sheet.write_text("id,name,region\n10-0000-0000001,Orchard,UK\n")
    forecast = run("customers", "import", "accounts", str(sheet), "--dry-run")
    assert forecast.exit_code == 0 and "1 would be made" in forecast.output
    assert not Account.objects.exists()
    done = answer("customers", "import", "accounts", str(sheet))
    assert (done["made"], done["written"]) == (1, True)
    assert answer("customers", "import", "accounts", "-", input=sheet.read_text())["unchanged"]
    out = tmp_path / "out.csv"
    assert run("customers", "export", "accounts", str(out)).exit_code == 0
    assert out.read_bytes().startswith(b"\xef\xbb\xbfid,name,region")
    assert "10-0000-0000001,Orchard,UK" in run("customers", "export", "accounts").output


def test_wrong_rows_are_named_and_end_with_one(tmp_path: Path) -> None:
    sheet = tmp_path / "accounts.csv"
    sheet.write_text("id,name,region\n42,Bad,UK\n10-0000-0000001,Good,UK\n")
    result = run("customers", "import", "accounts", str(sheet))
    assert result.exit_code == 1
    assert "row 2, id" in result.output and "Nothing was written" in result.output
    assert run("customers", "import", "accounts", str(sheet), "--skip-bad").exit_code == 0
    assert Account.objects.get().name == "Good"
    sheet.write_bytes(b"PK\x03\x04")
    assert "spreadsheet file" in run("customers", "import", "accounts", str(sheet)).output
