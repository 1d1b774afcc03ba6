"""Who gets figures by mail: begun and ended here."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from heliodesk.identity.models import User
from heliodesk.journal.record import By, Happening, record
from heliodesk.reports.models import Subscription
from heliodesk.reports.queries import Only
from heliodesk.reports.rules import Every, next_sending

#: Reports that one person may get.
MOST = 20


class Refused(Exception):
    """It cannot be done; the text says why."""


def subscribe(user_id: int, *, every: str, hour: str, only: Only, by: By, at: datetime) -> None:
    """Mail the figures to somebody of the desk when each period has ended.

    Raises:
        Refused: the period or hour is none, or they get just this already.
    """
    if every not in set(Every):
        raise Refused("Choose every day, week or month.")
    if not (hour.isascii() and hour.isdigit() and int(hour) < 24):
        raise Refused("Choose an hour from 0 to 23.")
    user = User.staff.get(pk=user_id)
    if user.reports.count() >= MOST:
        raise Refused(f"{MOST} reports by mail are as many as one person may get. End one first.")
    first = next_sending(Every(every), at.astimezone(ZoneInfo(user.zone)), int(hour))
    try:
        with transaction.atomic():
            user.reports.create(
                every=every,
                hour=int(hour),
                region=only.region,
                package=only.package,
                queue=only.queue,
                next_at=first,
            )
            record([Happening("report_asked", "user", user_id, {"every": every})], by=by, at=at)
    except IntegrityError as error:
        raise Refused("You get this report already.") from error


def unsubscribe(user_id: int, subscription_id: int, *, by: By, at: datetime) -> None:
    """Mail this report no more; nothing happens when it was ended already."""
    with transaction.atomic():
        gone, _ = Subscription.objects.filter(pk=subscription_id, user_id=user_id).delete()
        if gone:
            record([Happening("report_ended", "user", user_id)], by=by, at=at)
