"""Reads of held items for people: one statement a page, the latest first, keyset paging."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from heliodesk.channels.models import Inbound
from heliodesk.identity.person import Person
from heliodesk.intake.access import held_condition
from heliodesk.intake.form import CHANNEL, read_form
from heliodesk.intake.models import HeldItem
from heliodesk.kernel import reading

PAGE = 50


class HeldRow(NamedTuple):
    """One line of the list."""

    id: int
    ref: str
    state: str
    channel: str
    reason: str
    sender_address: str
    sender_name: str
    subject: str
    preview: str
    last_at: datetime
    purge_at: datetime | None
    messages: int
    case_ref: str | None


_LIST = """
select h.id, h.ref, h.state, h.channel, h.reason, h.sender_address, h.sender_name, h.subject,
       h.preview, h.last_at, h.purge_at,
       (select count(*) from intake_heldmessage m where m.held_id = h.id), c.ref
  from intake_helditem h left join cases_case c on c.id = h.case_id
 where {waiting} and {visible} {after}
 order by h.last_at desc, h.id desc limit %(size)s
"""
_COUNT = """
select count(*) from (select 1 from intake_helditem h
 where h.state = 'held' and {visible} limit %(most)s) h
"""


def held(
    person: Person, *, decided: bool = False, after: Sequence[object] | None = None
) -> list[HeldRow]:
    """The next page of what waits, or with ``decided`` of what was decided, and one beyond.

    Args:
        after: time and id of the last row already shown.
    """
    sql = _LIST.format(
        waiting="h.state <> 'held'" if decided else "h.state = 'held'",
        visible=held_condition(person),
        after="and (h.last_at, h.id) < (%(time)s, %(id)s)" if after else "",
    )
    values: dict[str, object] = {"size": PAGE + 1}
    if after:
        values["time"], values["id"] = after
    return reading.shaped(connection, HeldRow, sql, values)


def waiting_count(person: Person, *, most: int) -> int:
    """How many items wait for a decision, counted to ``most``."""
    sql = _COUNT.format(visible=held_condition(person))
    return int(reading.rows(connection, sql, {"most": most})[0][0])


def raw_of(held: HeldItem, inbound_id: int) -> bytes | None:
    """One message of a held item as it arrived; none if it is not of this item."""
    found = Inbound.objects.filter(pk=inbound_id, pk__in=held.messages.values("inbound"))
    data = found.values_list("raw", flat=True).first()
    return None if data is None else bytes(data)


def ref_of(person: Person, held_id: int) -> str | None:
    """The reference of a held item that this person may see."""
    sql = f"select h.ref from intake_helditem h where h.id = %s and {held_condition(person)}"
    rows = reading.rows(connection, sql, [held_id])
    return str(rows[0][0]) if rows else None


class Receipt(NamedTuple):
    """What became of a form: the case or held item, or neither while it is being filed."""

    #: ``case``, ``held`` or empty.
    kind: str
    ref: str
    title: str
    severity: str
    priority: str
    region: str
    name: str
    address: str
    details: str
    language: str
    #: The severity that was asked for.
    asked: str
    #: The account's ID as it was typed.
    identifier: str


_RECEIPT = """
select i.result_kind, coalesce(c.ref, h.ref, ''), coalesce(c.title, ''), coalesce(c.severity, ''),
       coalesce(c.priority, ''), coalesce(a.region, ''), i.raw, i.received_at
  from channels_inbound i
  left join cases_case c on i.result_kind = 'case' and c.id = i.result_id
  left join customers_account a on a.id = c.account_id
  left join intake_helditem h on i.result_kind = 'held' and h.id = i.result_id
 where i.source_key = %s
"""


def receipt(key: str) -> Receipt | None:
    """What became of the form with this key; none when no such form was taken."""
    rows = reading.rows(connection, _RECEIPT, [f"{CHANNEL}:{key}"])
    if not rows:
        return None
    kind, ref, title, severity, priority, region, raw, at = rows[0]
    sent, _files = read_form(bytes(raw), at)
    return Receipt(
        kind, ref, title, severity, priority, region,
        sent.name, sent.address, sent.details, sent.language, sent.severity, sent.identifier,
    )  # fmt: skip
