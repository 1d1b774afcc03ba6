"""Forgetting who wrote what is held, or was."""

from collections.abc import Collection, Sequence

from django.db import connection

from heliodesk.kernel.blanking import Blank, rewrite


def of_person(contact_id: int, addresses: Collection[str]) -> list[int]:
    """Held items, decided ones too, from these addresses."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select id from intake_helditem where sender_address = any(%s)"
            " or contact_hint_id = %s order by id",
            [list(addresses), contact_id],
        )
        return [int(row[0]) for row in cursor.fetchall()]


def inbound_of(held_ids: Sequence[int]) -> list[int]:
    """The mails that these held items came of."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select inbound_id from intake_heldmessage where held_id = any(%s)", [list(held_ids)]
        )
        return [int(row[0]) for row in cursor.fetchall()]


def blank(held_ids: Sequence[int], words: Blank, *, erase: bool) -> None:
    """Take somebody out of these held items; with ``erase`` also what they said."""
    ids = list(held_ids)
    with connection.cursor() as cursor:
        if erase:
            cursor.execute(
                "update intake_helditem set subject = '', preview = '', detail = ''"
                " where id = any(%s)",
                [ids],
            )
    columns = ["sender_address", "sender_name", "subject", "preview", "detail"]
    rewrite(connection, words, "intake_helditem", columns, "id = any(%s)", [ids])
