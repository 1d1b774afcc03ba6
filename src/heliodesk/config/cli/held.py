"""``heliodesk held``: decide what could not be matched, from the shell."""

import json

import click

from heliodesk.config.cli.open import open_desk
from heliodesk.kernel.clock import now
from heliodesk.kernel.references import spoken

_AS = click.option("--as", "email", help="Address of the agent who decides. [default: the first]")
_JSON = click.option("--json", "as_json", is_flag=True, help="For programs: print JSON.")


@click.group()
def command() -> None:
    """List held items, make cases of them, or end them.

    Exit codes: 0 done, 1 no such item or refused (the reason is told), 2 wrong usage.
    """


@command.command("list")
@click.option("--all", "everything", is_flag=True, help="Those already decided too.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@_JSON
def list_(everything: bool, limit: int, as_json: bool) -> None:
    """List held items, the newest first; with --json an array."""
    open_desk()
    from heliodesk.intake.listing import held_items

    rows = held_items(limit=limit, everything=everything)
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        click.echo(
            f"{row['ref']:8} {row['state']:9} {row['reason']:24} "
            f"{row['sender'][:32]:32} {row['subject'][:50]}"
        )
    if not rows:
        click.echo(
            "Nothing is held. Mail that cannot be matched to an account waits here.", err=True
        )


@command.command()
@click.argument("ref")
@click.option("--account", help="ID of the account that it becomes a case of.")
@click.option("--contact", help="Address of the contact who sent it.")
@click.option("--case", "case_ref", help="Reference of the case that it is added to.")
@click.option("--again", is_flag=True, help="Take its messages in again, as if they came now.")
@_AS
@_JSON
def release(
    ref: str,
    account: str | None,
    contact: str | None,
    case_ref: str | None,
    again: bool,
    email: str | None,
    as_json: bool,
) -> None:
    """Make a case of a held item, add it to a case, or take it in again."""
    if sum(map(bool, (account, case_ref, again))) != 1:
        raise click.UsageError("Give one of --account, --case and --again.")
    open_desk()
    from heliodesk.config.cli import held_release

    made = held_release.release(
        ref, account=account, contact=contact, case_ref=case_ref, email=email, at=now()
    )
    if as_json:
        click.echo(json.dumps({"held": ref, "case": made}))
    elif made:
        click.echo(f"{ref} is now case {spoken(made)}.")
    else:
        click.echo(f"{ref} is taken in again; see `heliodesk case list` in a moment.")


@command.command()
@click.argument("ref")
@click.option("--text", default="", help="What the sender is told.")
@click.option("--spam", is_flag=True, help="End it as spam; nothing is sent.")
@_AS
@_JSON
def reject(ref: str, text: str, spam: bool, email: str | None, as_json: bool) -> None:
    """End a held item: with an answer (--text), or as spam."""
    if bool(text.strip()) == spam:
        raise click.UsageError("Give either --text with an answer, or --spam.")
    open_desk()
    from heliodesk.config.cli import held_release

    state = held_release.reject(ref, text=text, spam=spam, email=email, at=now())
    click.echo(json.dumps({"held": ref, "state": state}) if as_json else f"{ref} is {state}.")
