"""What the plan of shifts is made from: regions, coverage, rotas, those who stand in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from django.db.models import Prefetch

from heliodesk.calendars import book
from heliodesk.calendars.public_holidays import Holiday
from heliodesk.oncall.models import Coverage, Override, Region, Rota, RotaMember
from heliodesk.oncall.rules.coverage import Awake, Waking, never_closed
from heliodesk.oncall.rules.rotas import Stand, Turns


@dataclass(frozen=True)
class Plan:
    """Everything that shifts follow from."""

    regions: tuple[Awake, ...]
    #: (duty, region code or none) -> whose turn it is.
    rotas: dict[tuple[str, str | None], Turns]
    stands: tuple[Stand, ...]
    ids: dict[str, int]


def load(since: datetime) -> Plan:
    """The plan in force, with those who stand in at or after an instant."""
    regions = regions_in_order()
    rotas = {
        (rota.duty, rota.region.code if rota.region else None): Turns(
            rota.zone,
            rota.starts_on,
            rota.turn_days,
            rota.turns_at,
            tuple(m.person_id for m in rota.members.all() if m.person.is_active),
        )
        for rota in Rota.objects.filter(active=True)
        .select_related("region")
        .prefetch_related(
            Prefetch("members", RotaMember.objects.select_related("person").order_by("place"))
        )
    }
    return Plan(
        tuple(awake_of(region) for region in regions),
        rotas,
        tuple(_stands(since)),
        {region.code: region.pk for region in regions},
    )


def regions_in_order() -> list[Region]:
    """The regions in use, the first to hold P1 first."""
    return list(
        Region.objects.filter(active=True)
        .order_by("place", "id")
        .prefetch_related(Prefetch("coverage", Coverage.objects.order_by("id")))
    )


def awake_of(region: Region) -> Awake:
    """A region as coverage reckons with it."""
    waking = tuple(
        Waking(c.weekdays, c.opens, c.closes, c.on_holidays) for c in region.coverage.all()
    )
    return Awake(region.code, region.zone, waking, closed_on(region.calendar))


def closed_on(calendar: str) -> Callable[[date], bool]:
    """Whether a date is a public holiday of a calendar."""
    if not calendar:
        return never_closed
    return lambda day: any(holiday.day == day for holiday in holidays_in(calendar, day.year))


def holidays_in(calendar: str, year: int) -> Sequence[Holiday]:
    """The public holidays of a calendar in a year."""
    return _holidays(calendar, year, book.stamp())


@lru_cache(maxsize=64)
def _holidays(calendar: str, year: int, stamp: int) -> Sequence[Holiday]:
    kept = book.calendars(stamp).get(calendar)
    return kept.calendar.holidays(year) if kept else ()


def _stands(since: datetime) -> list[Stand]:
    rows = (
        Override.objects.filter(ended_at__isnull=True, during__endswith__gt=since)
        .select_related("region")
        .order_by("id")
    )
    return [
        Stand(
            row.duty,
            row.region.code if row.region else None,
            row.during.lower,
            row.during.upper,
            row.person_id,
            row.origin,
        )
        for row in rows
    ]
