"""Raw messages made durable: one statement, one transaction, whatever their number.

Used by everything that takes mail in. It needs a connection and no Django, so that a mail
server's pipe starts quickly.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

#: The NOTIFY channel that wakes intake.
CHANNEL = "inbound"

# The commit waits for the disk even where the server was told not to: the sender forgets the
# message on our word. CTEs run once each, whatever the number of messages.
STORE = """
with stored as (
    insert into channels_inbound
        (mailbox_id, channel, envelope_from, recipients, peer, source_key, received_at, raw, size,
         state, attempts, error, message_id, result_kind)
    select mailbox, channel, sender, string_to_array(recipients, E'\\n'), peer, source_key, at, raw,
           octet_length(raw), 'waiting', 0, '', '', ''
    from unnest(%b::bigint[], %b::text[], %b::text[], %b::text[], %b::text[], %b::text[],
                %b::timestamptz[], %b::bytea[])
         as arrived (mailbox, channel, sender, recipients, peer, source_key, at, raw)
    on conflict (source_key) do nothing
    returning id
), told as (
    select pg_notify('inbound', ''),
           set_config('synchronous_commit', case current_setting('synchronous_commit')
               when 'off' then 'on' else current_setting('synchronous_commit') end, true)
)
select stored.id from stored, told
"""
#: Number, address and aliases of the mailboxes in use, the oldest first.
MAILBOXES = "select id, address, aliases from channels_mailbox where active order by id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A message as it arrived. ``source_key`` makes a second fetch of it the same message."""

    mailbox_id: int | None
    channel: str
    at: datetime
    raw: bytes
    sender: str = ""
    recipients: tuple[str, ...] = ()
    peer: str = ""
    source_key: str | None = None


def parameters(arrivals: Sequence[Arrival]) -> tuple[list[Any], ...]:
    """What ``STORE`` takes."""
    return (
        [arrival.mailbox_id for arrival in arrivals],
        [arrival.channel for arrival in arrivals],
        [arrival.sender for arrival in arrivals],
        ["\n".join(arrival.recipients) for arrival in arrivals],
        [arrival.peer for arrival in arrivals],
        [arrival.source_key for arrival in arrivals],
        [arrival.at for arrival in arrivals],
        [arrival.raw for arrival in arrivals],
    )


def keep(connection: psycopg.Connection, arrivals: Sequence[Arrival]) -> list[int]:
    """Make messages durable and return the numbers of those that are new, in order.

    ``connection`` is in autocommit mode: on return the messages are on the disk.
    """
    if not arrivals:
        return []
    return [row[0] for row in connection.execute(STORE, parameters(arrivals)).fetchall()]
