"""Ask for mail to be sent: rows written in bulk, inside the caller's transaction.

A draft's ``key`` makes it one: asking again for the same key writes nothing, so a consequence
that is worked out twice is mailed once. Nothing touches the network here; ``sending`` does.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection

from heliodesk.channels.models import OutboundState
from heliodesk.kernel import sql
from heliodesk.kernel.text import one_line, storable

#: The NOTIFY channel that wakes the sender.
CHANNEL = "outbound"
#: As many ancestors as mail programs need; a thread of thousands must not grow every header.
_MOST_REFERENCES = 20
_ADDRESS = re.compile(r"[^\s<>,;:\x00-\x1f\x7f]+@[^\s<>,;:@\x00-\x1f\x7f]+")
_MESSAGE_ID = re.compile(r"<[^\s<>\x00-\x1f\x7f]{1,990}>")


class BadDraft(ValueError):
    """A draft that must not become mail: no recipient, or something that is no address."""


@dataclass(frozen=True, kw_only=True)
class OutboundDraft:
    """A message to the outside world, before it is written.

    ``attachments`` holds ``{"name", "content_type", "size", "sha256"}`` of stored blobs.
    """

    key: str
    mailbox_id: int | None
    kind: str
    subject_kind: str
    subject_id: int
    automatic: bool
    to: Sequence[str]
    from_address: str
    subject: str
    text: str
    message_id: str
    cc: Sequence[str] = ()
    bcc: Sequence[str] = ()
    from_name: str = ""
    reply_to: str = ""
    html: str = ""
    in_reply_to: str = ""
    references: Sequence[str] = ()
    attachments: Sequence[Mapping[str, Any]] = ()


_COLUMNS = """key, mailbox_id, kind, subject_kind, subject_id, automatic, "to", cc, bcc,
    from_address, from_name, reply_to, subject, text, html, message_id, in_reply_to,
    "references", attachments"""
_INSERT = f"""
insert into channels_outbound
    ({_COLUMNS}, state, attempts, next_attempt_at, error, created_at)
select {_COLUMNS}, %s, 0, %s::timestamptz, '', %s::timestamptz
from json_array_elements(%s::json) with ordinality as drafts (draft, n),
     json_to_record(draft) as (
        key text, mailbox_id bigint, kind text, subject_kind text, subject_id bigint,
        automatic boolean, "to" text[], cc text[], bcc text[], from_address text,
        from_name text, reply_to text, subject text, text text, html text, message_id text,
        in_reply_to text, "references" text[], attachments jsonb)
order by n
on conflict (key) do nothing
returning id
"""


def write(drafts: Sequence[OutboundDraft], *, at: datetime) -> list[int]:
    """Write the drafts whose key is new, and return the ids of these rows, in order.

    They are captured when the desk captures its mail, and queued for sending otherwise. Must run
    inside the transaction that decided them.

    Raises:
        BadDraft: a draft has no recipient, or an address or Message-ID that cannot be one.
    """
    if not drafts:
        return []
    captured = settings.MAIL_OUTBOUND == "capture"
    state = OutboundState.CAPTURED if captured else OutboundState.QUEUED
    rows = json.dumps([_row(draft) for draft in drafts], ensure_ascii=False)
    with sql.prepared(connection) as cursor:
        cursor.execute(_INSERT, [state, None if captured else at, at, rows])
        ids = [row[0] for row in cursor.fetchall()]
        if ids and not captured:
            cursor.execute("select pg_notify(%s, '')", [CHANNEL])
    return ids


def _row(draft: OutboundDraft) -> dict[str, Any]:
    """The draft as it is stored: texts storable, headers on one line, ids and addresses sound."""
    addresses = (*draft.to, *draft.cc, *draft.bcc, draft.from_address)
    for address in (*addresses, *filter(None, [draft.reply_to])):
        if not is_address(address):
            raise BadDraft(f"{address!r} is no e-mail address")
    if not (draft.to or draft.cc or draft.bcc):
        raise BadDraft(f"the mail {draft.key!r} has no recipient")
    if not is_message_id(draft.message_id):
        raise BadDraft(f"{draft.message_id!r} is no Message-ID")
    row = dict(vars(draft))
    row["subject"] = storable(one_line(draft.subject))
    row["from_name"] = storable(one_line(draft.from_name, 120))
    row["text"], row["html"] = storable(draft.text), storable(draft.html)
    row["in_reply_to"] = draft.in_reply_to if is_message_id(draft.in_reply_to) else ""
    row["references"] = _ancestors(draft.references)
    row["attachments"] = [dict(attachment) for attachment in draft.attachments]
    return row


def _ancestors(references: Sequence[str]) -> list[str]:
    """The Message-IDs among the references: the first, and the latest of the others."""
    sound = [reference for reference in references if is_message_id(reference)]
    if len(sound) <= _MOST_REFERENCES:
        return sound
    return [sound[0], *sound[1 - _MOST_REFERENCES :]]


def is_address(text: str) -> bool:
    """Whether this can stand alone in a header or an envelope: one address, no breaks."""
    return len(text) <= 320 and _ADDRESS.fullmatch(text) is not None


def is_message_id(text: str) -> bool:
    """Whether this is one Message-ID in angle brackets that can stand in a header."""
    return _MESSAGE_ID.fullmatch(text) is not None
