"""``heliodesk mail list`` and ``mail raw``: what came in, what became of it, and its bytes."""

import json
import sys
from collections.abc import Sequence

import click

from heliodesk.config.cli.open import open_desk
from heliodesk.kernel.references import spoken


def show(states: Sequence[str], *, limit: int, as_json: bool) -> None:
    """Print the messages, the newest first."""
    open_desk()
    from heliodesk.intake.arrived import arrived

    rows = arrived(limit=limit, states=states)
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        went = spoken(row["case"]) if row["case"] else row["held"] or row["reason"]
        click.echo(
            f"{row['message']:>8} {row['at'][:16]} {row['state']:9} {went:24.24} "
            f"{row['from'][:32]:32} {row['subject'][:50]}"
        )
    if not rows:
        click.echo("No such message came in.", err=True)


def write_raw(number: int) -> None:
    """Write the bytes of a message to standard output."""
    open_desk()
    from heliodesk.intake.arrived import raw_of

    found = raw_of(number)
    if found is None:
        raise click.ClickException(f"There is no message {number}.")
    sys.stdout.buffer.write(found)
    sys.stdout.buffer.flush()
