"""``heliodesk mail``: parse mail, and what else is done with mail by hand."""

import json
import sys
from pathlib import Path

import click


@click.group()
def command() -> None:
    """Parse, take in, import and send mail."""


@command.command()
@click.option("--json", "as_json", is_flag=True, help="One message on standard input (default).")
@click.option("--jsonl", "as_lines", is_flag=True, help="Paths on standard input, one a line.")
def parse(as_json: bool, as_lines: bool) -> None:
    """Print what the desk reads in a raw message, as JSON.

    Exit codes: 0 done, 1 a path could not be read, 2 wrong usage.
    """
    if as_json and as_lines:
        raise click.UsageError("Give --json or --jsonl, not both.")
    if as_lines:
        sys.exit(_parse_paths())
    from heliodesk.intake.mail import parse as parse_mail

    found = parse_mail(sys.stdin.buffer.read())
    click.echo(json.dumps(found, ensure_ascii=False, indent=2))


def _parse_paths() -> int:
    """One JSON object a line, in the order of the paths; 1 when any could not be read."""
    from heliodesk.intake.mail import parse as parse_mail

    failed = 0
    for line in sys.stdin:
        path = line.rstrip("\r\n")
        if not path:
            continue
        try:
            found = parse_mail(Path(path).read_bytes())
        except OSError as error:
            found, failed = {"error": f"{path}: {error.strerror or error}"}, 1
        sys.stdout.write(json.dumps(found, ensure_ascii=True) + "\n")
        sys.stdout.flush()
    return failed
