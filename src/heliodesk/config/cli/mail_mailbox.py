"""``heliodesk mail mailbox``: the addresses of the desk, from the shell."""

import json
from typing import Any

import click

from heliodesk.config.cli.open import open_desk
from heliodesk.kernel import clock

SECURITY = click.Choice(["tls", "starttls", "none"])
LOGIN = click.Choice(["password", "xoauth2"])


@click.group()
def mailbox() -> None:
    """The addresses of the desk: list them, add them, change them.

    Exit codes: 0 done, 1 refused (the reason is told), 2 wrong usage.
    """


@mailbox.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print an array.")
def list_(as_json: bool) -> None:
    """List the mailboxes of the desk."""
    open_desk()
    from heliodesk.channels.models import Mailbox

    rows = [_shown(row) for row in Mailbox.objects.order_by("id")]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2, default=str))
        return
    if not rows:
        click.echo("None yet. Add one: heliodesk mail mailbox set support@company.example")
    for row in rows:
        off = "" if row["active"] else "  (not in use)"
        fetched = f"  IMAP {row['imap_host']}" if row["imap_host"] else ""
        trouble = f"  {row['imap_error']}" if row["imap_error"] else ""
        click.echo(f"{row['code']:<16} {row['address']}{fetched}{off}{trouble}")


@mailbox.command("set")
@click.argument("address")
@click.option("--code", help="Short name, for commands and filters.")
@click.option("--name", help="The sender's name that customers see.")
@click.option("--alias", "aliases", multiple=True, help="Another address of it; may be repeated.")
@click.option("--region", help="The region whose accounts it answers.")
@click.option("--offshore/--onshore", default=None, help="The side of the boundary it is on.")
@click.option("--active/--inactive", default=None, help="Whether it takes and sends mail.")
@click.option("--brand", help="The brand in the head of its mails.")
@click.option("--brand-color", help="Its colour, such as #1d4ed8.")
@click.option("--site", help="Where its customers find the portal; empty: HELIODESK_BASE_URL.")
@click.option("--footer", help="The last lines of its mails.")
@click.option("--imap-host", help="Fetch its mail from this server; empty ends that.")
@click.option("--imap-port", type=click.IntRange(1, 65535))
@click.option("--imap-security", type=SECURITY)
@click.option("--imap-user")
@click.option("--imap-secret", help="Environment variable or file that holds password or token.")
@click.option("--imap-login", type=LOGIN)
@click.option("--imap-folder", help="The folder that is fetched, usually INBOX.")
@click.option("--imap-done-folder", help="Where taken mail moves to; empty marks it as seen.")
@click.option("--json", "as_json", is_flag=True, help="Print the mailbox as JSON.")
def set_(address: str, as_json: bool, **given: Any) -> None:
    """Add the mailbox of this address, or change what is given of it."""
    open_desk()
    from heliodesk.channels.actions import Refused, set_mailbox
    from heliodesk.config.cli.operator import operator

    changes = {name: value for name, value in given.items() if value is not None}
    if not changes.get("aliases"):
        changes.pop("aliases", None)
    else:
        changes["aliases"] = list(changes["aliases"])
    try:
        row = set_mailbox(address, changes=changes, by=operator(), at=clock.now())
    except Refused as error:
        raise click.ClickException(str(error)) from error
    shown = _shown(row)
    if as_json:
        click.echo(json.dumps(shown, ensure_ascii=False, indent=2, default=str))
    else:
        click.echo(f"{shown['code']}: {shown['address']} is set.")


def _shown(row: Any) -> dict[str, Any]:
    return {field.name: getattr(row, field.name) for field in row._meta.concrete_fields}
