"""Take a held message in again, after what stopped it was mended."""

from datetime import datetime

from django.db import transaction

from heliodesk.cases.rules import Refused
from heliodesk.channels.models import Inbound
from heliodesk.intake.models import HeldItem, HeldMessage
from heliodesk.intake.rules import HeldState
from heliodesk.journal.record import By, Happening, record


def replay_held(held: HeldItem, *, by: By, at: datetime) -> None:
    """Let the messages of a held item wait again; they are filed anew within moments.

    Raises:
        Refused: the item is already decided.
    """
    with transaction.atomic():
        row = HeldItem.objects.select_for_update().get(pk=held.pk)
        if row.state != HeldState.HELD:
            raise Refused(f"{row.ref} is already {row.state}. Somebody was faster.")
        members = HeldMessage.objects.filter(held=row)
        ids = list(members.values_list("inbound_id", flat=True))
        members.delete()
        row.state, row.decided_at = HeldState.REPLAYED, at
        row.decided_by_id = by.id if by.kind == "user" else None
        row.save(update_fields=["state", "decided_at", "decided_by"])
        Inbound.objects.filter(pk__in=ids).update(
            state="waiting", error="", result_kind="", result_id=None, next_attempt_at=None
        )
        record([Happening("replayed", "held", row.pk)], by=by, at=at)
