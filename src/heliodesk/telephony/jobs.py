"""What time does to calls."""

from datetime import datetime, timedelta

from heliodesk.telephony.actions import engine
from heliodesk.telephony.actions.arriving import Announced
from heliodesk.telephony.models import Call

#: A caller who keys or waits is spoken of every few seconds; silence for so long is a lost line.
LOST_AFTER = timedelta(minutes=2)
_ASKED = ("ringing", "ask_kind", "ask_id", "ask_case", "queue_p1", "queue")
_MOST = 200


def close_lost(at: datetime) -> int:
    """End calls whose telephone system has gone silent; a P1 among them is called back (G7)."""
    lost = Call.objects.filter(
        source__in=["asterisk", "twiml"],
        state__in=_ASKED,
        ended_at=None,
        heard_at__lt=at - LOST_AFTER,
    )
    rows = list(lost.order_by("pk").values_list("source", "key")[:_MOST])
    for source, key in rows:
        engine.hang_up(Announced(source, key.partition(":")[2]), at=at)
    return len(rows)
