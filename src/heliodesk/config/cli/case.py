"""``heliodesk case``: look at cases and answer them from the shell."""

import json
import sys

import click

from heliodesk.cases.rules import State
from heliodesk.config.cli.open import open_desk
from heliodesk.kernel.clock import now
from heliodesk.kernel.references import spoken

_JSON = click.option("--json", "as_json", is_flag=True, help="For programs: print JSON.")


@click.group()
def command() -> None:
    """List, show and answer cases.

    Exit codes: 0 done, 1 no such case or refused (the reason is told), 2 wrong usage.
    """


@command.command("list")
@click.option(
    "--state", type=click.Choice([state.value for state in State]), help="Only cases in this state."
)
@click.option("--queue", help="Only cases in this queue.")
@click.option("--account", help="Only cases of the account with this ID.")
@click.option("--before", help="Only cases opened before the one with this reference.")
@click.option("--all", "everything", is_flag=True, help="Closed and cancelled ones too.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@_JSON
def list_(
    state: str | None,
    queue: str | None,
    account: str | None,
    before: str | None,
    everything: bool,
    limit: int,
    as_json: bool,
) -> None:
    """List cases, the newest first; with --json an array."""
    open_desk()
    from heliodesk.cases.listing import listed

    rows = listed(
        limit=limit, everything=everything, state=state, queue=queue, account=account, before=before
    )
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        click.echo(
            f"{spoken(row['ref']):10} {row['priority']} {row['state']:16} "
            f"{row['account'][:28]:28} {row['title'][:60]}"
        )
    if not rows:
        click.echo("No cases. Mail to one of the desk's addresses makes one.", err=True)


@command.command()
@click.argument("ref")
@_JSON
def show(ref: str, as_json: bool) -> None:
    """Show a case and everything said on it."""
    open_desk()
    from heliodesk.cases.listing import shown

    case = shown(ref.replace(" ", ""))
    if case is None:
        raise click.ClickException(f"There is no case {ref}.")
    if as_json:
        click.echo(json.dumps(case, ensure_ascii=False))
        return
    click.echo(f"{spoken(case['ref'])}  {case['title']}")
    click.echo(f"{case['account']} ({case['account_id']}), {case['package']}, {case['priority']}")
    click.echo(f"{case['state']}, queue {case['queue']}, owner {case['owner'] or 'nobody'}")
    for message in case["messages"]:
        click.echo(f"\n--- {message['at']} {message['author']} ({message['direction']})")
        click.echo(message["new_text"] or message["text"])


@command.command()
@click.argument("ref")
@click.option("--as", "email", help="Address of the agent who answers. [default: the first one]")
@click.option("--note", is_flag=True, help="Write an internal note instead.")
@click.option(
    "--then",
    type=click.Choice(["await_customer", "await_vendor", "resolve"]),
    help="What the case does next.",
)
@click.option("--text", help="What to say. [default: standard input]")
@_JSON
def reply(
    ref: str, email: str | None, note: bool, then: str | None, text: str | None, as_json: bool
) -> None:
    """Answer a case; the text comes from --text or standard input."""
    open_desk()
    from heliodesk.cases import access, actions
    from heliodesk.cases.rules import Refused, Verb
    from heliodesk.config.cli.operator import acting_person

    said = text if text is not None else sys.stdin.read()
    try:
        person = acting_person(email)
        case = access.get_case(person, ref)
        if note:
            message = actions.note(case, text=said, by=person.by, at=now())
        else:
            following = Verb(then) if then else None
            message = actions.reply(case, text=said, then=following, by=person.by, at=now())
    except access.Hidden as error:
        raise click.ClickException(f"There is no case {ref}.") from error
    except (Refused, LookupError) as error:
        raise click.ClickException(str(error)) from error
    case.refresh_from_db()
    if as_json:
        click.echo(json.dumps({"case": case.ref, "message": message.pk, "state": case.state}))
    else:
        click.echo(
            f"{'Noted on' if note else 'Answered'} case {spoken(case.ref)}, now {case.state}."
        )
