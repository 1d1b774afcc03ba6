"""Mail that went out, waits to, or could not: read page by page, tried again, or stopped."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.db import connection, transaction

from heliodesk.channels.models import Outbound, OutboundState
from heliodesk.channels.outgoing import CHANNEL
from heliodesk.journal.record import By, Happening, record
from heliodesk.kernel import reading

PAGE = 50
#: Views of the list: which states each holds.
VIEWS: Mapping[str, tuple[str, ...]] = {
    "all": tuple(OutboundState.values),
    "waiting": (OutboundState.QUEUED, OutboundState.SENDING),
    "failed": (OutboundState.FAILED, OutboundState.BOUNCED),
}
_AGAIN = {OutboundState.FAILED, OutboundState.BOUNCED, OutboundState.CAPTURED}


class NotNow(Exception):
    """The mail cannot be tried or stopped now; the text says why, for people."""


class SentRow(NamedTuple):
    """One line of the list."""

    id: int
    kind: str
    state: str
    to: Sequence[str]
    subject: str
    automatic: bool
    created_at: datetime
    sent_at: datetime | None
    error: str
    subject_kind: str
    subject_id: int


_LIST = """
select o.id, o.kind, o.state, o."to", o.subject, o.automatic, o.created_at, o.sent_at, o.error,
       o.subject_kind, o.subject_id
  from channels_outbound o left join channels_mailbox m on m.id = o.mailbox_id
 where {which} and {visible} {after}
 order by o.id desc limit %(size)s
"""
_WHICH = {
    "all": "true",
    "waiting": "o.state in ('queued', 'sending')",
    "failed": "o.state in ('failed', 'bounced')",
}


def sent(*, view: str, offshore: bool, after: int | None = None) -> list[SentRow]:
    """The next page, the latest first, and one beyond if there are more.

    Args:
        offshore: with mail of the offshore side, which only its team may see (C16).
    """
    values: dict[str, object] = {"size": PAGE + 1, "after": after}
    sql = _LIST.format(
        which=_WHICH[view],
        visible="true" if offshore else "not coalesce(m.offshore, false)",
        after="and o.id < %(after)s" if after else "and %(after)s::bigint is null",
    )
    return reading.shaped(connection, SentRow, sql, values)


def get_sent(id: int, *, offshore: bool) -> Outbound | None:
    """One mail, or none that this side may see."""
    found = Outbound.objects.select_related("mailbox").filter(pk=id).first()
    if found is None or (found.mailbox and found.mailbox.offshore and not offshore):
        return None
    return found


class Letter(NamedTuple):
    """What somebody was told, and whether it went out."""

    text: str
    state: str
    created_at: datetime


def last_letter(subject_kind: str, subject_id: int) -> Letter | None:
    """The latest mail about a case or a held item."""
    found = Outbound.objects.filter(subject_kind=subject_kind, subject_id=subject_id)
    row = found.order_by("-id").values_list("text", "state", "created_at").first()
    return Letter(*row) if row else None


def try_again(mail: Outbound, *, by: By, at: datetime) -> None:
    """Queue a mail that failed, came back or was only kept; who has it is not sent it twice.

    Raises:
        NotNow: it is on its way or was sent, or sending is off.
    """
    if settings.MAIL_OUTBOUND == "capture":
        raise NotNow("Sending is off: mail is kept here only. Set HELIODESK_MAIL_OUTBOUND first.")
    with transaction.atomic():
        row = Outbound.objects.select_for_update().get(pk=mail.pk)
        if row.state not in _AGAIN:
            raise NotNow("This mail is on its way or was sent. Somebody was faster.")
        Outbound.objects.filter(pk=row.pk).update(
            state=OutboundState.QUEUED, attempts=0, refused=[], next_attempt_at=at, error=""
        )
        _tell("mail_retried", row, by=by, at=at)
        with connection.cursor() as cursor:
            cursor.execute("select pg_notify(%s, '')", [CHANNEL])


def stop(mail: Outbound, *, by: By, at: datetime) -> None:
    """Keep a waiting mail from going out.

    Raises:
        NotNow: it does not wait; what is being sent can no longer be stopped.
    """
    with transaction.atomic():
        row = Outbound.objects.select_for_update().get(pk=mail.pk)
        if row.state != OutboundState.QUEUED:
            raise NotNow("This mail no longer waits. Somebody was faster.")
        Outbound.objects.filter(pk=row.pk).update(
            state=OutboundState.FAILED, error=f"Stopped by {by.name}.", next_attempt_at=None
        )
        _tell("mail_stopped", row, by=by, at=at)


def _tell(verb: str, row: Outbound, *, by: By, at: datetime) -> None:
    data = {"outbound": row.pk, "kind": row.kind, "to": row.to}
    record([Happening(verb, row.subject_kind, row.subject_id, data)], by=by, at=at)
