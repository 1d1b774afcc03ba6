"""What came in by mail and what became of it, for whoever looks for a message."""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from heliodesk.channels.models import Inbound
from heliodesk.intake.mail import read
from heliodesk.kernel.text import one_line, storable

#: Bytes of a message that are looked at for its subject and sender.
_HEADER = 64 * 2**10
_LIST = """
select i.id, i.received_at, i.channel, b.address, i.envelope_from, i.recipients, i.size, i.state,
       i.error, c.ref, h.ref, substring(i.raw from 1 for %s)
  from channels_inbound i
  left join channels_mailbox b on b.id = i.mailbox_id
  left join cases_case c on i.result_kind = 'case' and c.id = i.result_id
  left join intake_helditem h on i.result_kind = 'held' and h.id = i.result_id
 where (%s::text[] = '{}' or i.state = any(%s)) order by i.id desc limit %s
"""


def arrived(*, limit: int, states: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Messages as plain data, the newest first; only those in these states, if any are named."""
    with connection.cursor() as cursor:
        cursor.execute(_LIST, [_HEADER, list(states), list(states), limit])
        return [_told(row) for row in cursor.fetchall()]


def _told(row: Sequence[Any]) -> dict[str, Any]:
    number, at, channel, box, envelope, to, size, state, reason, case, held, raw = row
    header = read(bytes(raw).split(b"\r\n\r\n", 1)[0] + b"\r\n\r\n", at=at)
    return {
        "message": number,
        "at": at.isoformat(),
        "channel": channel,
        "mailbox": box,
        "from": header.sender.addr or envelope,
        "to": list(to),
        "subject": one_line(storable(header.subject), 200),
        "size": size,
        "state": state,
        "reason": reason,
        "case": case,
        "held": held,
    }


def raw_of(number: int) -> bytes | None:
    """The bytes of a message exactly as they came; none if there is no such message."""
    found = Inbound.objects.filter(pk=number).values_list("raw", flat=True).first()
    return bytes(found) if found is not None else None
