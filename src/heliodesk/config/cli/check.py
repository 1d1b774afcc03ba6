"""``heliodesk check``: the doctor."""

import json
from collections.abc import Iterator
from dataclasses import asdict

import click

from heliodesk.config.cli.open import open_database, start_django
from heliodesk.config.doctor import examine, variables
from heliodesk.config.doctor.finding import Finding, Level, wrong

COLOURS = {"warning": "yellow", "error": "red"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as one JSON object.")
def command(as_json: bool) -> None:
    """Look at settings, data folder, database, mail and pages; say what is wrong and what to do.

    Exit codes: 0 nothing wrong (there may be warnings), 1 something must be put right.
    """
    report: dict[str, list[dict[str, str]]] = {}
    for area, findings in _examine():
        report[area] = [asdict(found) for found in findings]
        if not as_json:
            _print(area, report[area])
    well = all(found["level"] != Level.ERROR for area in report.values() for found in area)
    if as_json:
        click.echo(json.dumps({"ok": well, "findings": report}, indent=2))
    raise SystemExit(0 if well else 1)


def _examine() -> Iterator[tuple[str, list[Finding]]]:
    """All checks; only the reason, where the desk cannot even be opened."""
    try:
        open_database()
        start_django()
    except click.ClickException as error:
        yield "settings", [wrong(error.message, "Correct this first, then check again.")]
        yield "variables", list(variables.look())
        return
    yield from examine()


def _print(area: str, findings: list[dict[str, str]]) -> None:
    if not findings:
        click.secho(f"{area}: well", fg="green")
    for found in findings:
        click.secho(f"{area}: {found['level']}: {found['says']}", fg=COLOURS[found["level"]])
        click.echo(f"    {found['do']}")
