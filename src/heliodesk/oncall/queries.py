"""Questions about on-call: who holds what at an instant, what is open, who was paged."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection

from heliodesk.identity.models import User
from heliodesk.kernel import reading
from heliodesk.oncall.models import P1, AccountManager, MajorIncident
from heliodesk.oncall.rules.coverage import Span, gaps
from heliodesk.oncall.rules.words import Duty

AHEAD = timedelta(days=14)


class OnCall(NamedTuple):
    """Somebody on call as something, from when to when."""

    person_id: int
    name: str
    duty: str
    #: Code of the region; empty for the whole desk.
    region: str
    region_name: str
    zone: str
    tone: str
    start: datetime
    end: datetime
    origin: str = "rota"


_SHIFT = """
select s.person_id, u.name, s.duty, coalesce(r.code, ''), coalesce(r.name, ''),
    coalesce(r.zone, 'UTC'), coalesce(r.tone, 'neutral'), lower(s.during), upper(s.during), s.origin
from oncall_shift s
join identity_user u on u.id = s.person_id
left join oncall_region r on r.id = s.region_id
"""
_AT = _SHIFT + "where s.during @> %s::timestamptz order by s.duty, r.place, s.id"
_BETWEEN = _SHIFT + "where s.during && tstzrange(%s, %s) order by lower(s.during), s.id"
_NEXT = (
    _SHIFT + "where s.duty = 'primary' and lower(s.during) > %s"
    " and (%s = '' or coalesce(r.code, '') <> %s) order by lower(s.during) limit 1"
)
_FOLLOWING = (
    _SHIFT + "where s.duty = 'primary' and lower(s.during) >= %s"
    " order by lower(s.during), s.id limit %s"
)
_OF_PERSON = (
    _SHIFT + "where s.person_id = %s and upper(s.during) > %s order by lower(s.during) limit %s"
)


def on_call(at: datetime) -> list[OnCall]:
    """Everybody who is on call at an instant."""
    return reading.shaped(connection, OnCall, _AT, [at])


def who_is_on_call(
    region: str | None, at: datetime, duty: Duty | str = Duty.PRIMARY
) -> OnCall | None:
    """Who is on call as this at an instant; for no region, for the whole desk."""
    found = [one for one in on_call(at) if one.duty == duty]
    return next((one for one in found if region is None or one.region in {region, ""}), None)


def holder(at: datetime) -> OnCall | None:
    """Who is primary at an instant: the one that a P1 pages first."""
    return who_is_on_call(None, at)


def next_primary(at: datetime, region: str) -> OnCall | None:
    """The primary of the region that holds P1 next; of the same one if there is no other."""
    found = reading.shaped(connection, OnCall, _NEXT, [at, region, region])
    found = found or reading.shaped(connection, OnCall, _NEXT, [at, "", ""])
    return found[0] if found else None


def coming(at: datetime, count: int = 4) -> list[OnCall]:
    """The next primary shifts."""
    return reading.shaped(connection, OnCall, _FOLLOWING, [at, count])


def between(start: datetime, end: datetime) -> list[OnCall]:
    """Every shift that touches this span."""
    return reading.shaped(connection, OnCall, _BETWEEN, [start, end])


def shifts_of(person_id: int, at: datetime, count: int = 60) -> list[OnCall]:
    """A person's shifts that are not over."""
    return reading.shaped(connection, OnCall, _OF_PERSON, [person_id, at, count])


def holes(start: datetime, end: datetime) -> list[Span]:
    """When nobody is primary between two instants."""
    shifts = [Span(s.start, s.end) for s in between(start, end) if s.duty == Duty.PRIMARY]
    return gaps(shifts, start, end)


class Engineer(NamedTuple):
    """Somebody a call may be offered to, the first in order first."""

    person_id: int
    name: str
    #: In E.164; empty when only the desk's pages can ring.
    number: str
    duty: str
    region: str


_NUMBER = """
select distinct on (person_id) person_id, address from oncall_contactmethod
 where kind = 'voice' and verified_at is not null and person_id = any(%s)
 order by person_id, (failing_since is not null), place, id
"""
_ORDER = (Duty.PRIMARY, Duty.SECONDARY, Duty.LEAD, Duty.MANAGER)


def engineers(at: datetime, *, customer_region: str = "") -> list[Engineer]:
    """Whom to offer a call to, in order: primary, secondary, lead, duty manager; each once.

    Args:
        customer_region: a region's code of the policy; those who serve it come first.
    """
    rows = on_call(at)
    serving = _serving(customer_region) if customer_region else frozenset()
    ranked = sorted(
        (row for row in rows if row.duty in _ORDER),
        key=lambda row: (_ORDER.index(Duty(row.duty)), row.region not in serving),
    )
    once: dict[int, OnCall] = {}
    for row in ranked:
        once.setdefault(row.person_id, row)
    numbers = dict(reading.rows(connection, _NUMBER, [list(once)]))
    return [
        Engineer(row.person_id, row.name, numbers.get(row.person_id, ""), row.duty, row.region)
        for row in once.values()
    ]


def _serving(customer_region: str) -> frozenset[str]:
    found = reading.rows(
        connection, "select code from oncall_region where %s = any(serves)", [customer_region]
    )
    return frozenset(row[0] for row in found)


def open_incident(at: datetime) -> tuple[MajorIncident, timedelta] | None:
    """The youngest open major incident and its age: does a new P1 join it (C23)?"""
    row = (
        MajorIncident.objects.filter(resolved_at__isnull=True, opened_at__lte=at)
        .order_by("-opened_at")
        .first()
    )
    return (row, at - row.opened_at) if row else None


def open_incidents() -> list[MajorIncident]:
    """Every major incident that is not over, the youngest first."""
    return list(MajorIncident.objects.filter(resolved_at__isnull=True).order_by("-opened_at"))


def p1_of(case_id: int) -> P1 | None:
    """The P1 of a case: the open one, else the last."""
    return (
        P1.objects.filter(case_id=case_id)
        .select_related("owner", "region", "incident", "case", "follows__case")
        .order_by("-id")
        .first()
    )


def open_p1s() -> list[P1]:
    """Every P1 that is not over, the oldest first."""
    return list(
        P1.objects.exclude(state="resolved")
        .select_related("owner", "region", "case__account", "case__contact")
        .order_by("id")
    )


class Beat(NamedTuple):
    """A pager and how many seconds ago it showed that it lives."""

    name: str
    seconds: float


_BEATS = """
select name, extract(epoch from clock_timestamp() - at)::float8
  from oncall_heartbeat order by at desc
"""
#: Without a sign of life for so many seconds no page goes out (G10).
DEAD_AFTER = 30.0
#: Pagers silent for longer than this were taken away on purpose.
_GONE = 24 * 3600.0


def beats() -> list[Beat]:
    """Every pager, the liveliest first."""
    return reading.shaped(connection, Beat, _BEATS)


def paging_is_dead(found: Sequence[Beat] | None = None) -> bool:
    """Whether there were pagers and none has shown itself for half a minute."""
    known = beats() if found is None else found
    return bool(known) and min(beat.seconds for beat in known) > DEAD_AFTER


def silent(found: Iterable[Beat]) -> list[Beat]:
    """Pagers that have lately gone silent."""
    return [beat for beat in found if DEAD_AFTER < beat.seconds < _GONE]


def database_time() -> datetime:
    """The present instant by the database's clock, which all pagers share."""
    found: datetime = reading.rows(connection, "select clock_timestamp()")[0][0]
    return found


def manager_of(account_id: int) -> User | None:
    """The named manager of an account, while they work here."""
    row = AccountManager.objects.select_related("person").filter(account_id=account_id).first()
    return row.person if row and row.person.is_active else None
