"""Time that was worked on a case."""

import re
from datetime import date, datetime, timedelta

from django.db import transaction

from heliodesk.cases.actions.step import actor_of, aside
from heliodesk.cases.models import Case, TimeSpent
from heliodesk.cases.rules import Actor, Happened, Refused, Verb
from heliodesk.journal.record import By, Happening, record
from heliodesk.kernel.text import one_line, storable

MOST_MINUTES = 1440
#: How far back time may be entered.
OLDEST = timedelta(days=366)


def log_time(
    case: Case, *, minutes: int, note: str = "", on_day: date, by: By, at: datetime
) -> TimeSpent:
    """Enter minutes that one worked on the case on a day.

    Raises:
        Refused: no such number of minutes, a day to come or long past, or nobody worked.
    """
    if not 1 <= minutes <= MOST_MINUTES:
        raise Refused(f"Enter minutes, from 1 to {MOST_MINUTES:,}; a longer time day by day.")
    if on_day > (at + timedelta(hours=14)).date():
        raise Refused("This day is still to come.")
    if on_day < (at - OLDEST).date():
        raise Refused("Time can be entered for the last twelve months.")
    if by.id is None or by.kind != "user":
        raise Refused("Only a person of the desk enters time.")
    note = one_line(storable(note), 500)
    with transaction.atomic():
        data = {"minutes": minutes, "note": note, "day": on_day.isoformat()}
        aside(case, Verb.LOG_TIME, by=by, at=at, data=data)
        return TimeSpent.objects.create(
            case=case, user_id=by.id, minutes=minutes, note=note, on_day=on_day, made_at=at
        )


def remove_time(case: Case, *, entry_id: int, by: By, at: datetime) -> None:
    """Take an entry back: one's own, or as a lead anybody's.

    Raises:
        Refused: it is a colleague's.
    """
    with transaction.atomic():
        row = TimeSpent.objects.select_for_update().filter(pk=entry_id, case=case).first()
        if row is None:
            return
        if row.user_id != by.id and actor_of(by) is not Actor.LEAD:
            raise Refused("Only a lead takes back a colleague's time.")
        data = {"minutes": row.minutes, "day": row.on_day.isoformat(), "of": row.user_id}
        record([Happening(Happened.TIME_REMOVED, "case", case.pk, data)], by=by, at=at)
        row.delete()


_MINUTES = re.compile(r"([0-9]{1,5})(?: ?(?:m|min))?")
_HOURS = re.compile(r"([0-9]{1,3}) ?(?:h|:) ?(?:([0-9]{1,2})(?: ?(?:m|min))?)?")


def minutes_of(text: str) -> int:
    """The minutes that somebody typed: ``90``, ``90 min``, ``1:30`` or ``1 h 30``.

    Raises:
        Refused: it is no such time.
    """
    plain = " ".join(text.lower().split())
    if found := _MINUTES.fullmatch(plain):
        return int(found[1])
    if found := _HOURS.fullmatch(plain):
        return 60 * int(found[1]) + int(found[2] or 0)
    raise Refused("Enter the time as minutes, or as hours and minutes such as 1:30.")
