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


@command.command()
@click.option("--mailbox", default="", help="Code or address of the mailbox that gets it.")
@click.option("--from", "sender", default="", help="Envelope sender.")
@click.option("--to", "recipients", multiple=True, help="Envelope recipient; may be repeated.")
@click.option("--json", "as_json", is_flag=True, help="Wait until it is filed, and say where.")
def ingest(mailbox: str, sender: str, recipients: tuple[str, ...], as_json: bool) -> None:
    """Take in one message from standard input, as a mail server's pipe delivers it.

    Exit codes: 0 stored for good, 2 wrong usage, 65 no message or one too large, 67 no such
    mailbox, 75 try again later (nothing was stored).
    """
    from heliodesk.config.cli.mail_ingest import ingest as take_in

    sys.exit(take_in(mailbox, sender, recipients, as_json=as_json))


@command.command("list")
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice(["waiting", "filed", "held", "duplicate", "dropped", "failed"]),
    help="Only messages in this state; may be repeated.",
)
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="For programs: print a JSON array.")
def list_(states: tuple[str, ...], limit: int, as_json: bool) -> None:
    """List what came in, the newest first: what became of each message, and why."""
    from heliodesk.config.cli.mail_list import show

    show(states, limit=limit, as_json=as_json)


@command.command()
@click.argument("message", type=int)
def raw(message: int) -> None:
    """Print a message exactly as it came, by its number in the list."""
    from heliodesk.config.cli.mail_list import write_raw

    write_raw(message)


@command.command("import")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--mailbox", default="", help="Code or address of the mailbox that gets them all.")
@click.option("--dry-run", is_flag=True, help="Count only; take nothing in.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
def import_(path: Path, mailbox: str, dry_run: bool, as_json: bool) -> None:
    """Take in all messages of an mbox file or a Maildir folder.

    It may be stopped and started again: what is in already is not taken in twice. Imported mail
    is filed like any other and never answered automatically. Without --mailbox each message goes
    to the mailbox that it names. Exit codes: 0 done, 1 the path holds no mail, 2 wrong usage.
    """
    from heliodesk.config.cli.mail_import import import_mail

    tally = import_mail(path, mailbox, dry_run=dry_run)
    if as_json:
        counts = {"taken": tally.taken, "known": tally.known, "left_out": tally.refused}
        click.echo(json.dumps(counts))
        return
    verb = "would be taken in" if dry_run else "taken in"
    click.echo(f"{tally.taken} {verb}, {tally.known} already there, {tally.refused} left out.")


@command.command("send-sample")
@click.option("--host", envvar="HELIODESK_MAIL_HOST", default="127.0.0.1", show_default=True)
@click.option("--port", envvar="HELIODESK_SMTP_PORT", default=2525, show_default=True)
@click.option("--to", "recipient", help="The desk's address.  [default: the demo's]")
@click.option("--from", "sender", help="The customer's address.  [default: a demo contact's]")
@click.option("--subject", help="With the customer's ID in it.  [default: the demo's]")
@click.option("--count", default=1, type=click.IntRange(1, 10_000), show_default=True)
def send_sample(
    host: str, port: int, recipient: str | None, sender: str | None, subject: str | None, count: int
) -> None:
    """Send a customer's first mail to a running desk, over real SMTP.

    Exit codes: 0 the desk took it, 1 it did not, 2 wrong usage.
    """
    from heliodesk.config.cli.mail_sample import demo_mail, send_samples

    if not (recipient and sender and subject):
        demo = demo_mail()
        recipient, sender = recipient or demo.desk, sender or demo.sender
        subject = subject or demo.subject
    send_samples(host, port, sender=sender, recipient=recipient, subject=subject, count=count)
    sent = "One mail" if count == 1 else f"{count} mails"
    click.echo(f"{sent} from {sender} to {recipient} sent: {subject}")


@command.command()
@click.option("--once", is_flag=True, help="Take what is there now, and end.")
@click.option("--mailbox", default="", help="Code or address of the only mailbox to fetch.")
@click.option("--json", "as_json", is_flag=True, help="Print what was fetched as JSON.")
@click.option(
    "--patience",
    type=click.FloatRange(min=0),
    default=120,
    show_default=True,
    help="Seconds to wait for a database that is away.",
)
def fetch(once: bool, mailbox: str, as_json: bool, patience: float) -> None:
    """Fetch the mail of the mailboxes that are set up for IMAP.

    Without --once it goes on until stopped, as 'heliodesk imap' does, or until the database has
    been away for --patience. Exit codes: 0 done, 1 a mailbox could not be fetched or the database
    does not answer --once, 2 wrong usage, 75 the database stayed away (try again later).
    """
    from heliodesk.config.cli.mail_fetch import fetch_all, watch

    if not once:
        if mailbox or as_json:
            raise click.UsageError("--mailbox and --json go with --once.")
        watch(patience=patience)
        return
    fetched = fetch_all(mailbox)
    if as_json:
        click.echo(json.dumps([one.as_dict() for one in fetched]))
    else:
        for one in fetched:
            click.echo(str(one), err=bool(one.error))
    sys.exit(1 if any(one.error for one in fetched) else 0)


class _Mailbox(click.Group):
    """``mailbox``, imported when it is called."""

    def _group(self) -> click.Group:
        from heliodesk.config.cli.mail_mailbox import mailbox

        return mailbox

    def list_commands(self, ctx: click.Context) -> list[str]:
        return self._group().list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return self._group().get_command(ctx, cmd_name)


command.add_command(
    _Mailbox("mailbox", help="The addresses of the desk: list them, add them, change them.")
)
