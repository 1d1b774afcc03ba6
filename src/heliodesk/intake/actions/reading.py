"""Read a held item again from its raw bytes: nothing of it is stored twice."""

from dataclasses import dataclass

from django.conf import settings
from django.db import connection

from heliodesk.channels.mailboxes import active_mailboxes, own_addresses
from heliodesk.entitlements import packs
from heliodesk.intake.claim import Waiting
from heliodesk.intake.draft import Draft
from heliodesk.intake.models import HeldItem
from heliodesk.intake.pipeline import draft_of

_MESSAGES = """
select i.id, i.mailbox_id, i.channel, i.envelope_from, i.recipients, i.received_at, i.raw,
       i.attempts
  from intake_heldmessage m join channels_inbound i on i.id = m.inbound_id
 where m.held_id = %s order by m.id limit %s
"""
#: Messages of one held item that are read at a time.
_MOST = 50


@dataclass(frozen=True)
class HeldContent:
    """One message of a held item, or the error that stops it from being read."""

    inbound_id: int
    draft: Draft | None
    error: str = ""


def read_held(held: HeldItem) -> list[HeldContent]:
    """Everything said on a held item, the oldest first."""
    own, pack = own_addresses(active_mailboxes()), packs.active()
    with connection.cursor() as cursor:
        cursor.execute(_MESSAGES, [held.pk, _MOST])
        rows = cursor.fetchall()
    content = []
    for id, box, channel, sender, to, received_at, raw, attempts in rows:
        one = Waiting(id, box, channel, sender, tuple(to), received_at, bytes(raw), attempts)
        try:
            content.append(HeldContent(id, draft_of(one, own, pack)))
        except Exception as error:
            if settings.DEBUG:
                raise
            content.append(HeldContent(id, None, f"{type(error).__name__}: {error}"))
    return content
