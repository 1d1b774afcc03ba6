"""Set-based writes that several verbs share: messages with their files, parties, refreshed rows."""

import re
from collections.abc import Iterable, Sequence

from heliodesk.cases.new import NewMessage, Party
from heliodesk.kernel import sql
from heliodesk.kernel.text import one_line, storable

#: Cases in one step of a search that walks from the newest to the oldest.
BUCKET = 16_384
#: Characters of a message that are searched; the whole is kept.
_SEARCHED = 60_000
#: Characters of the names of its files that are searched.
_NAMES_SEARCHED = 4_000
_APART = re.compile(r"[\W_]+")

_MESSAGE = {
    "id": "bigint",
    "case_id": "bigint",
    "direction": "text",
    "channel": "text",
    "at": "timestamptz",
    "author_user_id": "bigint",
    "author_contact_id": "bigint",
    "author_name": "text",
    "author_address": "text",
    "to": "text[]",
    "cc": "text[]",
    "subject": "text",
    "text": "text",
    "new_text": "text",
    "html": "text",
    "marks": "jsonb",
    "automatic": "boolean",
    "pending": "boolean",
    "message_id": "text",
    "inbound_id": "bigint",
    "bucket": "int",
}
_ATTACHMENT = {
    "message_id": "bigint",
    "name": "text",
    "content_type": "text",
    "size": "bigint",
    "sha256": "text",
    "inline": "boolean",
    "content_id": "text",
}
_PARTICIPANT = {
    "case_id": "bigint",
    "contact_id": "bigint",
    "address": "text",
    "name": "text",
    "requester": "boolean",
    "added_at": "timestamptz",
}


_WORDS = f"""to_tsvector(
    'simple', left(concat_ws(' ', r.subject, r.text), {_SEARCHED}) || r.files)"""


def named_words(names: Iterable[str]) -> str:
    """What a search finds of the names of files: each as it is, and its parts by themselves."""
    whole = "".join(f" {name} {_APART.sub(' ', name)}" for name in names)
    return storable(whole)[:_NAMES_SEARCHED]


def reserve(cursor: sql.Cursor, table: str, count: int) -> list[int]:
    """Row ids for ``count`` new rows of a table."""
    cursor.execute(
        "select nextval(pg_get_serial_sequence(%s, 'id')) from generate_series(1, %s)",
        [table, count],
    )
    return [row[0] for row in cursor.fetchall()]


def messages(cursor: sql.Cursor, said: Sequence[tuple[int, NewMessage]]) -> list[int]:
    """Insert messages, each with the id of its case, and their attachments; their ids in order."""
    ids = reserve(cursor, "cases_message", len(said))
    sql.insert(
        cursor,
        "cases_message",
        _MESSAGE,
        [
            (*_message_row(id, case_id, new), named_words(a.name for a in new.attachments))
            for id, (case_id, new) in zip(ids, said, strict=True)
        ],
        computed={"search": _WORDS},
        beside={"files": "text"},
    )
    sql.insert(
        cursor,
        "cases_attachment",
        _ATTACHMENT,
        [
            (id, one_line(a.name, 255), a.content_type[:127], a.size, a.sha256, a.inline,
             a.content_id[:255])
            for id, (_, new) in zip(ids, said, strict=True)
            for a in new.attachments
        ],
    )  # fmt: skip
    return ids


def message_columns(id: int, case_id: int, new: NewMessage) -> dict[str, object]:
    """A message as it is written, by column."""
    return dict(zip(_MESSAGE, _message_row(id, case_id, new), strict=True))


def _message_row(id: int, case_id: int, new: NewMessage) -> tuple[object, ...]:
    return (
        id,
        case_id,
        new.direction,
        new.channel,
        new.at,
        new.author_user_id,
        new.author_contact_id,
        one_line(storable(new.author_name), 200),
        one_line(storable(new.author_address), 254),
        [storable(address) for address in new.to],
        [storable(address) for address in new.cc],
        one_line(storable(new.subject)),
        storable(new.text),
        None if new.new_text is None else storable(new.new_text),
        storable(new.html),
        new.marks,
        new.automatic,
        new.pending,
        storable(new.message_id),
        new.inbound_id,
        case_id // BUCKET,
    )


def participants(
    cursor: sql.Cursor, parties: Sequence[tuple[int, Party, bool]], *, at: object
) -> None:
    """Insert the parties of cases; somebody already there stays as they are."""
    rows = [
        (case_id, party.contact_id, address, one_line(storable(party.name), 200), requester, at)
        for case_id, party, requester in parties
        if (address := one_line(storable(party.address), 254).lower())
    ]
    sql.insert(cursor, "cases_participant", _PARTICIPANT, rows, tail="on conflict do nothing")
