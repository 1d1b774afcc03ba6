"""Held items as plain data, for programs that read what the desk holds."""

from datetime import datetime
from typing import Any

from django.db import connection

_LIST = """
select h.ref, h.state, h.reason, h.detail, h.queue, h.sender_address as sender,
       h.sender_name, h.subject, h.preview, m.address as mailbox, a.name as account_hint,
       k.name as contact_hint, g.ref as case_hint, h.created_at, h.last_at, h.purge_at,
       h.decided_at, c.ref as "case",
       (select count(*) from intake_heldmessage n where n.held_id = h.id) as messages
  from intake_helditem h
  left join channels_mailbox m on m.id = h.mailbox_id
  left join customers_account a on a.id = h.account_hint_id
  left join customers_contact k on k.id = h.contact_hint_id
  left join cases_case g on g.id = h.case_hint_id
  left join cases_case c on c.id = h.case_id
 where {where} order by h.last_at desc, h.id desc limit %s
"""


def held_items(*, limit: int, everything: bool = False) -> list[dict[str, Any]]:
    """Held items, the newest first; those already decided only with ``everything``."""
    where = "true" if everything else "h.state = 'held'"
    with connection.cursor() as cursor:
        cursor.execute(_LIST.format(where=where), [limit])
        names = [column[0] for column in cursor.description or ()]
        return [
            {
                name: value.isoformat() if isinstance(value, datetime) else value
                for name, value in zip(names, row, strict=True)
            }
            for row in cursor.fetchall()
        ]
