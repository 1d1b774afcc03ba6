"""Addresses that mail cannot reach."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from heliodesk.journal.record import SYSTEM, Happening, record

_MARK = """
update customers_contactaddress set bounced_at = %s
 where address = any(%s) returning contact_id, address
"""


def addresses_bounced(addresses: Sequence[str], *, at: datetime) -> None:
    """Flag contacts' addresses that returned mail; unknown addresses are nobody's."""
    with connection.cursor() as cursor:
        cursor.execute(_MARK, [at, list(addresses)])
        found = cursor.fetchall()
    happenings = [
        Happening("address_bounced", "contact", contact_id, {"address": address})
        for contact_id, address in found
    ]
    record(happenings, by=SYSTEM, at=at)


def addresses_heard(addresses: Sequence[str]) -> None:
    """Clear the flag of addresses that mail has come from."""
    if not addresses:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "update customers_contactaddress set bounced_at = null"
            " where address = any(%s) and bounced_at is not null",
            [list(addresses)],
        )
