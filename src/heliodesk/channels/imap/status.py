"""Which mailboxes are fetched by IMAP, and how it goes, for the people who look after them."""

import psycopg
import structlog
from django.db import Error as DatabaseError
from django.db import transaction

from heliodesk.channels.imap.session import ImapAccount
from heliodesk.channels.models import Mailbox
from heliodesk.journal.record import SYSTEM, Happening, record
from heliodesk.kernel import clock

log = structlog.get_logger()

_ACCOUNTS = """
select id, imap_host, imap_port, imap_security, imap_user, imap_secret, imap_login,
       imap_folder, imap_done_folder, imap_sealed,
       oauth_token_url, oauth_client, oauth_scope, oauth_sealed
  from channels_mailbox where active and imap_host <> '' order by id
"""


def accounts(dsn: str) -> list[ImapAccount]:
    """The mailboxes that are set up for IMAP; raises psycopg.Error."""
    with psycopg.connect(dsn, autocommit=True, connect_timeout=10) as asked:
        return [ImapAccount(*row) for row in asked.execute(_ACCOUNTS).fetchall()]


def report(mailbox_id: int, *, error: str) -> None:
    """Write how a fetch went. New trouble is a happening of its own; while it lasts it is none."""
    at = clock.now()
    try:
        with transaction.atomic():
            row = Mailbox.objects.select_for_update().get(pk=mailbox_id)
            if error and error != row.imap_error:
                happening = Happening("fetch_failed", "mailbox", mailbox_id, {"reason": error})
                record([happening], by=SYSTEM, at=at)
            row.imap_error = error
            if not error:
                row.imap_seen_at = at
            row.save(update_fields=["imap_error", "imap_seen_at"])
    except (DatabaseError, Mailbox.DoesNotExist) as trouble:
        log.warning("mailbox state not written", mailbox=mailbox_id, error=str(trouble))
