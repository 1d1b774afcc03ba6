"""``heliodesk customers``: accounts, contacts and partners in and out as sheets."""

import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from heliodesk.config.cli.open import open_desk

if TYPE_CHECKING:
    from heliodesk.customers.imports import Report

KIND = click.Choice(["accounts", "contacts", "partners"])
#: Lines of each list that are printed; --json has all.
_MOST_SHOWN = 40


@click.group()
def command() -> None:
    """Bring customers in from CSV sheets, and write them out again."""


@command.command("import")
@click.argument("kind", type=KIND)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option("--dry-run", is_flag=True, help="Say what would happen, and write nothing.")
@click.option("--skip-bad", is_flag=True, help="File the good rows although others are wrong.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole report as JSON.")
def import_(kind: str, file: str, dry_run: bool, skip_bad: bool, as_json: bool) -> None:
    """Import a sheet (- for standard input): everything, or nothing when a row is wrong.

    Rows are matched by account ID or e-mail address. An empty cell leaves what is there, a
    single hyphen clears it. Encoding, delimiter and the order of columns are found out.

    Exit codes: 0 done, or nothing wrong in a dry run; 1 rows were wrong (each is named) or the
    file cannot be read; 2 wrong usage.
    """
    open_desk()
    from heliodesk.config.cli.operator import operator
    from heliodesk.customers.imports import import_sheet
    from heliodesk.customers.sheets import Unreadable
    from heliodesk.entitlements.customer_rules import customer_rules
    from heliodesk.kernel import clock

    with _opened(file) as (source, size), _progress(source, size, hidden=as_json) as tell:
        try:
            report = import_sheet(
                kind,
                source,
                rules=customer_rules(),
                dry_run=dry_run,
                skip_bad=skip_bad,
                tell=tell,
                by=operator(),
                at=clock.now(),
            )
        except Unreadable as error:
            raise click.ClickException(str(error)) from error
    if as_json:
        click.echo(json.dumps(report.as_dict(), ensure_ascii=False, indent=2, default=str))
    else:
        _print(report)
    sys.exit(1 if report.problems and not skip_bad else 0)


@command.command("export")
@click.argument("kind", type=KIND)
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True), default="-")
def export(kind: str, file: str) -> None:
    """Write a sheet (UTF-8) that import takes back; cells are guarded against formulas."""
    open_desk()
    from heliodesk.customers.exports import export_sheet
    from heliodesk.kernel import clock

    on = clock.now().date()
    if file == "-":
        export_sheet(kind, sys.stdout, on=on)
        return
    with Path(file).open("w", encoding="utf-8-sig", newline="") as target:
        count = export_sheet(kind, target, on=on)
    click.echo(f"{count:,} rows written to {file}.", err=True)


@contextmanager
def _opened(file: str) -> Iterator[tuple[BinaryIO, int]]:
    """The file and its size; standard input is kept aside first, as it must be read twice."""
    if file != "-":
        path = Path(file)
        with path.open("rb") as source:
            yield source, path.stat().st_size
        return
    with tempfile.TemporaryFile() as kept:
        while block := sys.stdin.buffer.read(1 << 20):
            kept.write(block)
        yield kept, kept.tell()


@contextmanager
def _progress(source: BinaryIO, size: int, *, hidden: bool) -> Iterator[Callable[[int], None]]:
    """A bar on standard error that follows how far the file has been read."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[rows]:,} rows"),
        TimeRemainingColumn(),
        console=console,
        disable=hidden or not console.is_terminal,
        transient=True,
    ) as bar:
        task = bar.add_task("Reading", total=max(size, 1), rows=0)

        def tell(rows: int) -> None:
            bar.update(task, completed=source.tell(), rows=rows)

        yield tell


def _print(report: "Report") -> None:
    """The report for people: what happened, what is wrong, and what to do next."""
    would = "" if report.written or not (report.dry_run or report.problems) else "would be "
    for filed in report.filed[:_MOST_SHOWN]:
        told = ", ".join(
            f"{name} {_told(before)} → {_told(after)}"
            if filed.verb == "changed"
            else f"{name} {_told(after)}"
            for name, (before, after) in filed.changes.items()
        )
        click.echo(f"row {filed.row}: {filed.key} {would}{filed.verb}: {told}")
    _and_more(len(report.filed))
    for problem in report.problems[:_MOST_SHOWN]:
        column = f", {problem.column}" if problem.column else ""
        click.echo(f"row {problem.row}{column}: {problem.text}", err=True)
    _and_more(len(report.problems), err=True)
    for notice in report.notices:
        click.echo(notice, err=True)
    counts = (
        f"{report.rows:,} rows: {report.made:,} {would}made, {report.changed:,} {would}changed, "
        f"{report.unchanged:,} unchanged, {report.bad_rows:,} wrong."
    )
    click.echo(counts)
    if report.problems and not report.written:
        click.echo("Nothing was written. Correct these rows, or give --skip-bad.", err=True)


def _told(value: Any) -> str:
    if value is None or value in ("", []):
        return "(empty)"
    text = ", ".join(value) if isinstance(value, list) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _and_more(count: int, *, err: bool = False) -> None:
    if count > _MOST_SHOWN:
        click.echo(f"… and {count - _MOST_SHOWN:,} more; --json lists all.", err=err)
