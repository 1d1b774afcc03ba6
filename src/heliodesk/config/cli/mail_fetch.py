"""``heliodesk mail fetch``: the mail of the mailboxes that are set up for IMAP."""

from dataclasses import asdict, dataclass
from typing import Any

import click

from heliodesk.config.cli import database_trouble
from heliodesk.config.cli.open import open_desk


@dataclass(frozen=True)
class Fetched:
    """How the fetch of one mailbox went."""

    mailbox: str
    taken: int
    left: str
    error: str

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def __str__(self) -> str:
        if self.error:
            return f"{self.mailbox}: not fetched: {self.error}"
        return f"{self.mailbox}: {self.taken} taken" + (f"; {self.left}" if self.left else "")


class StaysAway(click.ClickException):
    """The database stays away: whoever started the command may start it again later."""

    exit_code = 75


def watch(*, patience: float) -> None:
    """Fetch until SIGTERM or SIGINT.

    Args:
        patience: seconds to wait for a database that is away.

    Raises:
        StaysAway: it stayed away for longer.
    """
    open_desk()
    from heliodesk.channels.imap.watching import DatabaseAway, run

    try:
        run(patience=patience)
    except DatabaseAway as error:
        said = database_trouble.told(error) or str(error)
        raise StaysAway(
            f"{said} Gave up after {patience:.0f} s; mail waits on its server."
        ) from None


def fetch_all(only: str) -> list[Fetched]:
    """Fetch every mailbox that is set up for IMAP, or the named one, once.

    Raises:
        click.ClickException: none is set up, or none of this name.
    """
    open_desk()
    from django.conf import settings

    from heliodesk.channels.imap.session import ImapAccount
    from heliodesk.channels.imap.status import accounts, report
    from heliodesk.channels.imap.watching import TROUBLE, fetch_once
    from heliodesk.channels.models import Mailbox

    names = {row.pk: row for row in Mailbox.objects.filter(active=True)}

    def fetched(account: ImapAccount) -> Fetched:
        address = names[account.mailbox_id].address
        try:
            taken, left = fetch_once(
                account, settings.DATABASE_DSN, most_bytes=settings.MAIL_MAX_BYTES
            )
        except TROUBLE as error:
            said = " ".join(str(error).split())
            report(account.mailbox_id, error=said)
            return Fetched(address, 0, "", said)
        return Fetched(address, taken, left, "")

    wanted = [
        account
        for account in accounts(settings.DATABASE_DSN)
        if only in ("", names[account.mailbox_id].code, names[account.mailbox_id].address)
    ]
    if not wanted:
        raise click.ClickException(
            "No mailbox is set up for IMAP" + (f" as {only}." if only else ".")
        )
    return [fetched(account) for account in wanted]
