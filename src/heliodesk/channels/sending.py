"""Send what is due.

A row is claimed by a lease, committed before anything touches the network, so two workers never
send the same row; a worker that dies leaves it to be sent again when the lease ends. A row is
settled right after the server took it. Only a crash between the server's 250 and that commit
sends a message twice, and then under the same Message-ID and with the same bytes, which mail
servers and programs take for one message.
"""

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.core.mail import BadHeaderError
from django.db import connection, transaction

from heliodesk.channels import delivery, patience
from heliodesk.channels.blob_errors import NoSuchBlob, StoreTrouble
from heliodesk.channels.delivery import Away, Carrier, Fate, SmtpServer
from heliodesk.channels.letter import Unsignable, envelope_sender, in_bytes, letter, signed
from heliodesk.channels.models import Mailbox, Outbound, OutboundState
from heliodesk.journal.record import SYSTEM, Happening, record

log = structlog.get_logger()

_MOST = 25
LEASE = timedelta(minutes=15)
#: No row ever waits this long; one that seems to was put off by a clock that has since gone back.
_TOO_LONG = patience.LONGEST_WAIT + LEASE
#: A batch that took this long lets the rest go, well before its lease ends.
_BATCH_SECONDS = 600.0

_CLAIM = """
update channels_outbound set state = 'sending', attempts = attempts + 1, next_attempt_at = %s
where id in (
    select id from channels_outbound
    where state in ('queued', 'sending') and next_attempt_at <= %s
    order by next_attempt_at, id limit %s for update skip locked)
returning id
"""
_RECALL = """
update channels_outbound set next_attempt_at = %s
where state in ('queued', 'sending') and next_attempt_at > %s
"""
_RELEASE = """
update channels_outbound
set state = 'queued', attempts = greatest(attempts - 1, 0), next_attempt_at = %s, error = %s
where id = any(%s) and state = 'sending'
"""


def send_due(at: datetime) -> int:
    """Send one batch of what is due at this moment; how many rows were settled.

    0 also while mail is captured, and while the mail server cannot be reached: then the rows
    wait a minute and lose no attempt.
    """
    if settings.MAIL_OUTBOUND == "capture":
        return 0
    rows = _claim(at)
    if not rows and _recall(at):
        rows = _claim(at)
    return _send_all(rows, at) if rows else 0


def _claim(at: datetime) -> list[Outbound]:
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [at + LEASE, at, _MOST])
        ids = [row[0] for row in cursor.fetchall()]
    return list(Outbound.objects.filter(id__in=ids).order_by("id")) if ids else []


def _recall(at: datetime) -> int:
    """Make due what a clock that jumped ahead and back had put off; how many rows."""
    with connection.cursor() as cursor:
        cursor.execute(_RECALL, [at, at + _TOO_LONG])
        return int(cursor.rowcount)


def _send_all(rows: Sequence[Outbound], at: datetime) -> int:
    """Send each mailbox's rows by its own way out; one that is away keeps no other waiting."""
    wanted = {row.mailbox_id for row in rows if row.mailbox_id}
    boxes = Mailbox.objects.filter(pk__in=wanted).exclude(smtp_host="")
    servers = {box.pk: delivery.own_server(box) for box in boxes}
    by_way: dict[int | None, list[Outbound]] = {}
    for row in rows:
        by_way.setdefault(row.mailbox_id if row.mailbox_id in servers else None, []).append(row)
    began = time.monotonic()
    return sum(_send_by(servers.get(key or 0), some, at, began) for key, some in by_way.items())


def _send_by(
    server: SmtpServer | None, rows: Sequence[Outbound], at: datetime, began: float
) -> int:
    own_name = urlsplit(settings.BASE_URL).hostname or ""
    settled = 0
    way: Carrier | None = None
    try:
        way = (
            delivery.SmtpCarrier(server, own_name=own_name or "localhost")
            if server
            else delivery.carrier(settings.MAIL_OUTBOUND, settings.MAIL_SMTP_URL, own_name=own_name)
        )
        for row in rows:
            if time.monotonic() - began > _BATCH_SECONDS:
                _release(rows[settled:], due=at, error="")
                break
            _settle(row, _fate(way, row), at)
            settled += 1
    except (Away, StoreTrouble, Unsignable) as error:
        log.warning("mail not sent", waiting=len(rows) - settled, error=str(error))
        _put_off(rows[settled:], str(error), at)
    finally:
        if way is not None:
            way.close()
    return settled


def _fate(way: Carrier, row: Outbound) -> Fate:
    """What becomes of a row; an error nobody foresaw is its own, and passing."""
    try:
        return _sent(way, row)
    except (Away, StoreTrouble, Unsignable):
        raise
    except Exception as error:
        log.exception("sending failed", outbound=row.id)
        recipients = _recipients(row)
        return Fate(deferred=dict.fromkeys(recipients, f"{type(error).__name__}: {error}"))


def _recipients(row: Outbound) -> list[str]:
    """Those who have not got it and have not refused it."""
    asked = {*row.delivered, *row.refused}
    return [one for one in dict.fromkeys([*row.to, *row.cc, *row.bcc]) if one not in asked]


def _sent(way: Carrier, row: Outbound) -> Fate:
    """Hand a row over to those who have not got it yet.

    Raises:
        Away, StoreTrouble, Unsignable: nothing can be sent now.
    """
    recipients = _recipients(row)
    try:
        made = letter(row)
        raw = in_bytes(made)
    except (BadHeaderError, NoSuchBlob, UnicodeError, ValueError) as error:
        return Fate(refused=dict.fromkeys(recipients, f"The mail cannot be made: {error}"))
    if settings.MAIL_DKIM_KEY:
        raw = signed(
            raw,
            domain=row.from_address.rpartition("@")[2],
            selector=settings.MAIL_DKIM_SELECTOR,
            key_file=settings.MAIL_DKIM_KEY,
        )
    return way.carry(made, raw, envelope_sender(row), recipients)


def _settle(row: Outbound, fate: Fate, at: datetime) -> None:
    """Write down what became of a row: sent, to be tried again, or given up."""
    due = None
    if fate.deferred:
        due = patience.next_try(row.attempts, created_at=row.created_at, at=at)
    lost = {**fate.refused, **({} if due else fate.deferred)}
    changed: dict[str, Any] = {
        "delivered": [*row.delivered, *fate.delivered],
        "refused": [*row.refused, *lost],
        "error": _told({**fate.refused, **fate.deferred}),
        "next_attempt_at": due,
    }
    if due:
        changed["state"] = OutboundState.QUEUED
    elif changed["delivered"]:
        changed |= {"state": OutboundState.SENT, "sent_at": at}
    else:
        changed["state"] = OutboundState.FAILED
    _write(row, changed, lost, at)


def _write(row: Outbound, changed: dict[str, Any], lost: dict[str, str], at: datetime) -> None:
    """Settle a row that is still ours, and tell the case of those who got nothing."""
    with transaction.atomic():
        ours = Outbound.objects.filter(id=row.id, state=OutboundState.SENDING)
        if ours.update(**changed) and lost:
            data = {"outbound": row.id, "kind": row.kind, "to": list(lost), "reason": _told(lost)}
            happening = Happening("mail_failed", row.subject_kind, row.subject_id, data)
            record([happening], by=SYSTEM, at=at)
    log.info("mail settled", outbound=row.id, state=str(changed["state"]), error=changed["error"])


def _told(words: dict[str, str]) -> str:
    return "; ".join(f"{address}: {said}" for address, said in words.items())[:2000]


def _put_off(rows: Sequence[Outbound], error: str, at: datetime) -> None:
    """Let rows wait for the server; those that waited two days are given up."""
    old = [row for row in rows if at - row.created_at > patience.GIVE_UP_AFTER]
    for row in old:
        recipients = dict.fromkeys([*row.to, *row.cc, *row.bcc], error)
        changed = {"state": OutboundState.FAILED, "error": error[:2000], "next_attempt_at": None}
        _write(row, changed, recipients, at)
    _release([row for row in rows if row not in old], due=at + patience.AWAY, error=error)


def _release(rows: Sequence[Outbound], *, due: datetime, error: str) -> None:
    """Give rows back to the queue, the attempt not counted."""
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(_RELEASE, [due, error[:2000], [row.id for row in rows]])
