"""Messages that cannot be read or filed are held with their error; nothing is lost."""

from datetime import datetime

from django.db import connection, transaction

from heliodesk.channels.models import Inbound
from heliodesk.intake.claim import Waiting
from heliodesk.intake.filing import reserve_held
from heliodesk.intake.models import HeldItem, HeldMessage
from heliodesk.journal.record import SYSTEM, Happening, record
from heliodesk.kernel.text import one_line, storable


def put_aside(one: Waiting, error: str, *, at: datetime) -> None:
    """Hold a message with the error that stopped it; an alert goes out with the event."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            (id,), (ref,) = reserve_held(cursor, 1)
        held = HeldItem.objects.create(
            id=id,
            ref=ref,
            channel="email",
            mailbox_id=one.mailbox_id,
            reason="poison",
            detail=storable(error)[:4000],
            queue="triage-unidentified",
            sender_address=one_line(storable(one.envelope_from), 254),
            subject=_subject_line(one.raw),
            created_at=at,
            last_at=at,
        )
        HeldMessage.objects.create(held=held, inbound_id=one.id, at=one.received_at)
        Inbound.objects.filter(pk=one.id).update(
            state="held",
            attempts=one.attempts + 1,
            error=storable(error)[:4000],
            result_kind="held",
            result_id=id,
            message_id=f"inbound-{one.id}",
        )
        data = {
            "reason": "poison",
            "error": storable(error)[:500],
            "ref": ref,
            "mailbox": one.mailbox_id,
        }
        record([Happening("opened", "held", id, data)], by=SYSTEM, at=at)


def _subject_line(raw: bytes) -> str:
    """The raw subject, found without any parsing that could fail again."""
    for line in raw[:65_536].splitlines()[:500]:
        if line[:8].lower() == b"subject:":
            return one_line(storable(line[8:].decode("utf-8", "replace")), 900)
    return ""
