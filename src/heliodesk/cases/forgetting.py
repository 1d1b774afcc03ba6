"""Forgetting what cases say: those closed for long are emptied, a person's words are taken out.

The case itself stays, with its dates, priority and figures: what was promised and kept is still
counted when nobody remembers any more what it was about.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from heliodesk.journal.record import By, Happening, record
from heliodesk.kernel.blanking import Blank, rewrite

#: Marks a case whose words are gone.
EMPTIED = "emptied"
_SEARCH = (
    "update cases_message set search = to_tsvector('simple', left(concat_ws(' ', subject, text),"
    " 60000)) where id = any(%s)"
)
_OLD = """
select id, last_activity_at from cases_case
 where state in ('closed', 'cancelled') and last_activity_at < %(before)s
   and last_activity_at > %(since)s and not (flags @> '{emptied}')
   and not (id = any(%(cases)s)) and not (account_id is not null and account_id = any(%(accounts)s))
   and not (contact_id is not null and contact_id = any(%(contacts)s))
 order by last_activity_at, id limit %(most)s
"""


@dataclass(frozen=True)
class Spared:
    """What a legal hold keeps as it is."""

    cases: tuple[int, ...] = ()
    accounts: tuple[int, ...] = ()
    contacts: tuple[int, ...] = ()

    @property
    def params(self) -> dict[str, list[int]]:
        """As parameters of a statement."""
        return {
            "cases": list(self.cases),
            "accounts": list(self.accounts),
            "contacts": list(self.contacts),
        }


def old(before: datetime, since: datetime, spared: Spared, *, most: int) -> list[tuple[int, Any]]:
    """Closed cases with no life since, the longest first: id and last activity."""
    with connection.cursor() as cursor:
        cursor.execute(_OLD, {"before": before, "since": since, "most": most, **spared.params})
        return [(int(id), at) for id, at in cursor.fetchall()]


@transaction.atomic
def empty(ids: Sequence[int], *, by: By, at: datetime) -> list[str]:
    """Take all words and files out of these cases. Returns the names of the blobs that may go."""
    wanted = list(ids)
    with connection.cursor() as cursor:
        cursor.execute("select id from cases_case where id = any(%s) for update", [wanted])
        cursor.execute(
            "delete from cases_attachment a using cases_message m"
            " where m.id = a.message_id and m.case_id = any(%s) returning a.sha256",
            [wanted],
        )
        blobs = sorted({row[0] for row in cursor.fetchall()})
        cursor.execute(
            "update cases_message set text = '', new_text = null, html = '', subject = '',"
            " \"to\" = '{}', cc = '{}', author_address = '', search = null, marks = '{}',"
            " author_name = case when author_user_id is null then '' else author_name end"
            " where case_id = any(%s)",
            [wanted],
        )
        for table in ("cases_participant", "cases_thirdparty", "cases_waitingletter"):
            cursor.execute(f"delete from {table} where case_id = any(%s)", [wanted])
        cursor.execute("delete from cases_draft where case_id = any(%s)", [wanted])
        cursor.execute("delete from cases_casevalue where case_id = any(%s)", [wanted])
        cursor.execute("update cases_timespent set note = '' where case_id = any(%s)", [wanted])
        cursor.execute(
            "update cases_case set title = ref, resolution = '', contact_id = null,"
            " flags = array_append(flags, %s), version = version + 1 where id = any(%s)",
            [EMPTIED, wanted],
        )
    record([Happening("emptied", "case", id) for id in wanted], by=by, at=at)
    return blobs


def of_person(contact_id: int, addresses: Collection[str]) -> list[int]:
    """Every case that somebody asked for, takes part in, or was copied on."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select id from cases_case where contact_id = %s union"
            " select case_id from cases_participant where address = any(%s) union"
            " select case_id from cases_participant where contact_id = %s order by 1",
            [contact_id, list(addresses), contact_id],
        )
        return [int(row[0]) for row in cursor.fetchall()]


def open_of(contact_id: int) -> list[str]:
    """References of the open cases that somebody asked for."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select ref from cases_case where contact_id = %s"
            " and state not in ('closed', 'cancelled') order by id limit 20",
            [contact_id],
        )
        return [row[0] for row in cursor.fetchall()]


def names_used(contact_id: int, addresses: Collection[str], case_ids: Sequence[int]) -> set[str]:
    """The names under which somebody wrote or was copied."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select distinct author_name from cases_message where case_id = any(%s)"
            " and (author_contact_id = %s or lower(author_address) = any(%s)) union"
            " select distinct name from cases_participant where case_id = any(%s)"
            " and (contact_id = %s or address = any(%s))",
            [
                list(case_ids), contact_id, list(addresses),
                list(case_ids), contact_id, list(addresses),
            ],
        )  # fmt: skip
        return {row[0] for row in cursor.fetchall() if row[0]}


def inbound_of(case_ids: Sequence[int], contact_id: int, addresses: Collection[str]) -> list[int]:
    """The mails by which somebody wrote to these cases."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select inbound_id from cases_message where case_id = any(%s)"
            " and inbound_id is not null"
            " and (author_contact_id = %s or lower(author_address) = any(%s))",
            [list(case_ids), contact_id, list(addresses)],
        )
        return [int(row[0]) for row in cursor.fetchall()]


def mails_of(case_ids: Sequence[int]) -> list[int]:
    """All mails that these cases came of."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select inbound_id from cases_message where case_id = any(%s)"
            " and inbound_id is not null",
            [list(case_ids)],
        )
        return [int(row[0]) for row in cursor.fetchall()]


def spared_mails(inbound_ids: Sequence[int], spared: Spared) -> set[int]:
    """Which of these mails belong to cases that a legal hold keeps."""
    if spared == Spared() or not inbound_ids:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            "select m.inbound_id from cases_message m join cases_case c on c.id = m.case_id"
            " where m.inbound_id = any(%(mails)s) and (c.id = any(%(cases)s)"
            " or c.account_id = any(%(accounts)s) or c.contact_id = any(%(contacts)s))",
            {"mails": list(inbound_ids), **spared.params},
        )
        return {int(row[0]) for row in cursor.fetchall()}


def decisions_of(case_ids: Sequence[int]) -> list[int]:
    """The decisions about who was entitled to these cases."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select decision_id from cases_case where id = any(%s) and decision_id is not null",
            [list(case_ids)],
        )
        return [int(row[0]) for row in cursor.fetchall()]


def blank(
    case_ids: Sequence[int],
    contact_id: int,
    addresses: Collection[str],
    words: Blank,
    *,
    erase: bool,
) -> list[str]:
    """Take somebody out of these cases; with ``erase`` also all that they wrote and sent.

    Must run inside a transaction. Returns the names of the blobs that may go.
    """
    ids = list(case_ids)
    theirs: list[Any] = [contact_id, list(addresses)]
    blobs: list[str] = []
    with connection.cursor() as cursor:
        if erase:
            cursor.execute(
                "delete from cases_attachment a using cases_message m where m.id = a.message_id"
                " and m.case_id = any(%s) and m.direction = 'in' and (m.author_contact_id = %s"
                " or lower(m.author_address) = any(%s)) returning a.sha256",
                [ids, *theirs],
            )
            blobs = sorted({row[0] for row in cursor.fetchall()})
            cursor.execute(
                "update cases_message set text = '', new_text = null, html = '', subject = '',"
                " search = null, marks = '{}' where case_id = any(%s) and direction = 'in'"
                " and (author_contact_id = %s or lower(author_address) = any(%s))",
                [ids, *theirs],
            )
            cursor.execute(
                "update cases_case set title = ref where id = any(%s) and contact_id = %s",
                [ids, contact_id],
            )
            cursor.execute(
                "update cases_rating set comment = '' where case_id = any(%s) and contact_id = %s",
                [ids, contact_id],
            )
            cursor.execute(
                "delete from cases_casevalue v using cases_case c, cases_casefield f"
                " where c.id = v.case_id and f.id = v.field_id and f.value in ('text', 'url')"
                " and c.id = any(%s) and c.contact_id = %s",
                [ids, contact_id],
            )
        cursor.execute(
            "delete from cases_participant p using (select id, row_number() over ("
            " partition by case_id order by requester desc, id) as place from cases_participant"
            " where case_id = any(%s) and (contact_id = %s or address = any(%s))) theirs"
            " where theirs.id = p.id and theirs.place > 1",
            [ids, *theirs],
        )
    rewrite(connection, words, "cases_case", ["title", "resolution"], "id = any(%s)", [ids])
    with connection.cursor() as cursor:
        cursor.execute(
            "update cases_message set author_name = %s where case_id = any(%s)"
            " and (author_contact_id = %s or lower(author_address) = any(%s))",
            [words.name, ids, *theirs],
        )
        cursor.execute(
            "update cases_participant set name = %s where case_id = any(%s)"
            " and (contact_id = %s or address = any(%s))",
            [words.name, ids, *theirs],
        )
    changed = rewrite(
        connection,
        words,
        "cases_message",
        ["subject", "text", "new_text", "html", "author_name", "author_address", "to", "cc"],
        "case_id = any(%s)",
        [ids],
    )
    with connection.cursor() as cursor:
        cursor.execute(_SEARCH, [changed])
    rewrite(connection, words, "cases_participant", ["name", "address"], "case_id = any(%s)", [ids])
    rewrite(connection, words, "cases_rating", ["comment"], "case_id = any(%s)", [ids])
    for table in ("cases_draft", "cases_waitingletter"):
        rewrite(connection, words, table, ["text"], "case_id = any(%s)", [ids], jsons=["rest"])
    with connection.cursor() as cursor:
        cursor.execute(
            "delete from cases_thirdparty where case_id = any(%s) and address = any(%s)",
            [ids, list(addresses)],
        )
    rewrite(connection, words, "cases_casevalue", ["text"], "case_id = any(%s)", [ids])
    rewrite(connection, words, "cases_timespent", ["note"], "case_id = any(%s)", [ids])
    rewrite(
        connection, words, "cases_attachment", ["name"],
        "message_id in (select id from cases_message where case_id = any(%s))", [ids],
    )  # fmt: skip
    return blobs


def still_used(blobs: Sequence[str]) -> set[str]:
    """Which of these blobs some message still has."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select distinct sha256 from cases_attachment where sha256 = any(%s)", [list(blobs)]
        )
        return {row[0] for row in cursor.fetchall()}


def told_of(case_ids: Sequence[int]) -> list[dict[str, Any]]:
    """All that is kept of these cases that a person may have, for an export: no internal notes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, ref, title, kind, priority, state, channel, opened_at, closed_at,"
            " resolution from cases_case where id = any(%s) order by id",
            [list(case_ids)],
        )
        names = [column[0] for column in cursor.description]
        cases = {row[0]: dict(zip(names, row, strict=True)) for row in cursor.fetchall()}
        for case in cases.values():
            case["fields"], case["messages"] = {}, []
        cursor.execute(
            "select v.case_id, f.label, v.text from cases_casevalue v"
            " join cases_casefield f on f.id = v.field_id"
            " where v.case_id = any(%s) and f.asked order by v.case_id, f.place, f.id",
            [list(case_ids)],
        )
        for case_id, label, text in cursor.fetchall():
            cases[case_id]["fields"][label] = text
        cursor.execute(
            "select m.case_id, m.id, m.at, m.direction, m.channel, m.author_name,"
            ' m.author_address, m."to", m.cc, m.subject, m.text,'
            " coalesce((select json_agg(json_build_object('name', a.name, 'type', a.content_type,"
            " 'size', a.size, 'sha256', a.sha256) order by a.id) from cases_attachment a"
            " where a.message_id = m.id), '[]')"
            " from cases_message m where m.case_id = any(%s) and m.direction <> 'note'"
            " and not m.pending order by m.case_id, m.id",
            [list(case_ids)],
        )
        names = ["id", "at", "direction", "channel", "author", "address", "to", "cc", "subject",
                 "text", "attachments"]  # fmt: skip
        for case_id, *values in cursor.fetchall():
            cases[case_id]["messages"].append(dict(zip(names, values, strict=True)))
    return list(cases.values())
