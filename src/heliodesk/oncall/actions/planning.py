"""Make shifts of rules, overrides and swaps: 90 days ahead, never in the past.

Only what changed is written, so that a shift keeps its row.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from heliodesk.journal.record import SYSTEM, By, Happening, record
from heliodesk.oncall import facts
from heliodesk.oncall.actions.guarded import guarded
from heliodesk.oncall.models import CoverageCheck, Shift
from heliodesk.oncall.queries import AHEAD, holes
from heliodesk.oncall.rules.coverage import Span, holds
from heliodesk.oncall.rules.rotas import Planned, Slot, planned, slots
from heliodesk.oncall.rules.words import Duty, Refused

HORIZON = timedelta(days=90)
#: Shifts are reckoned from so far back, so that a running one is whose it was at its start.
_BACK = timedelta(days=3)
_LOCK = "select pg_advisory_xact_lock(hashtext('oncall shifts'))"
_Key = tuple[Any, ...]


def desired(plan: facts.Plan, start: datetime, end: datetime) -> list[Planned]:
    """The shifts that the plan asks for between two instants."""
    since = start - _BACK
    wanted: list[tuple[Slot, tuple[str, str | None]]] = [
        (slot, (Duty.PRIMARY, slot.region))
        for slot in slots(holds(plan.regions, since, end), Duty.PRIMARY)
    ]
    for duty, region in plan.rotas:
        if duty != Duty.PRIMARY:
            wanted.append((Slot(duty, region, since, end), (duty, region)))
    wanted += _stood_in_only(plan, since, end, {key for _, key in wanted})
    result = [
        shift for slot, key in wanted for shift in planned([slot], plan.rotas.get(key), plan.stands)
    ]
    result += _outside_coverage(plan, result, end)
    return [shift._replace(start=max(shift.start, start)) for shift in result if shift.end > start]


def _stood_in_only(
    plan: facts.Plan, since: datetime, end: datetime, known: set[tuple[str, str | None]]
) -> list[tuple[Slot, tuple[str, str | None]]]:
    """Duties that nobody's rota fills, and somebody stands in for."""
    found = {(s.duty, s.region) for s in plan.stands if s.duty != Duty.PRIMARY} - known
    return [(Slot(duty, region, since, end), (duty, region)) for duty, region in sorted(found)]


def _outside_coverage(plan: facts.Plan, made: Sequence[Planned], end: datetime) -> list[Planned]:
    """Primary shifts of those who stand in while no region is awake: they fill gaps."""
    result: list[Planned] = []
    for stand in plan.stands:
        if stand.duty != Duty.PRIMARY:
            continue
        free = [Span(stand.start, min(stand.end, end))]
        for shift in [*made, *result]:
            if shift.duty == Duty.PRIMARY:
                free = [part for span in free for part in _without(span, shift.start, shift.end)]
        result += [
            Planned(stand.duty, stand.region, *span, stand.person, stand.origin) for span in free
        ]
    return result


def _without(span: Span, start: datetime, end: datetime) -> list[Span]:
    parts = [Span(span.start, min(span.end, start)), Span(max(span.start, end), span.end)]
    return [part for part in parts if part.start < part.end]


def rebuild(at: datetime) -> int:
    """Bring the shifts of the next 90 days in line with the plan; how many rows changed.

    Must run inside the transaction of the edit that asked for it.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LOCK)
    end = at + HORIZON
    plan = facts.load(at - _BACK)
    wanted: dict[_Key, Planned] = {}
    running = {
        (s.duty, s.region_id, s.person_id, s.origin): s
        for s in Shift.objects.filter(during__contains=at)
    }
    for shift in desired(plan, at, end):
        region_id = plan.ids.get(shift.region or "")
        same = running.get((shift.duty, region_id, shift.person, shift.origin))
        start = same.during.lower if same and shift.start == at else shift.start
        wanted[shift.duty, region_id, shift.person, shift.origin, start] = shift
    return _bring_in_line(wanted, at)


def _bring_in_line(wanted: dict[_Key, Planned], at: datetime) -> int:
    gone, resized, kept = [], [], set()
    for row in Shift.objects.filter(during__endswith__gt=at).order_by("id"):
        key = (row.duty, row.region_id, row.person_id, row.origin, row.during.lower)
        if key in wanted:
            kept.add(key)
            if row.during.upper != wanted[key].end:
                resized.append((row, wanted[key].end))
        elif row.during.lower < at:
            resized.append((row, at))
        else:
            gone.append(row.pk)
    Shift.objects.filter(pk__in=gone).delete()
    for row, end in sorted(resized, key=lambda pair: pair[1] > pair[0].during.upper):
        row.during = DateTimeTZRange(row.during.lower, end)
        row.save(update_fields=["during"])
    new = [
        Shift(
            duty=key[0], region_id=key[1], person_id=key[2], origin=key[3],
            during=DateTimeTZRange(key[4], shift.end),
        )
        for key, shift in wanted.items()
        if key not in kept
    ]  # fmt: skip
    Shift.objects.bulk_create(new)
    return len(gone) + len(resized) + len(new)


def edited(what: str, data: dict[str, Any], *, by: By, at: datetime, allow_gap: bool) -> None:
    """Rebuild after an edit, and refuse one that leaves P1 with nobody in the next 14 days.

    Must run inside the edit's transaction.

    Raises:
        Refused: the edit opens a gap and was not said to be meant; nothing is kept then.
    """
    before = holes(at, at + AHEAD)
    rebuild(at)
    after = holes(at, at + AHEAD)
    new = [gap for gap in after if not any(b.start <= gap.start < b.end for b in before)]
    if new and not allow_gap:
        raise Refused(
            f"Then nobody would be primary {told(new[0])}. "
            "Fill that time first, or confirm that the gap is meant."
        )
    record([Happening(what, "oncall", 0, data)], by=by, at=at)
    check(at)


def told(gap: Span) -> str:
    """A gap in words: ``Saturday 28 Nov, 01:00 – 02:00 UTC``."""
    start, end = gap
    same = start.date() == end.date()
    until = f"{end:%H:%M}" if same else f"{end:%A} {end.day} {end:%b}, {end:%H:%M}"
    return f"{start:%A} {start.day} {start:%b}, {start:%H:%M} – {until} UTC"


def check(at: datetime) -> CoverageCheck:
    """Look for gaps as far as shifts reach, and keep what was found; one row for all time."""
    end = at + HORIZON
    found = holes(at, end)
    row, _ = CoverageCheck.objects.update_or_create(
        pk=1,
        defaults={
            "checked_at": at,
            "checked_to": end,
            "gaps": [[gap.start.isoformat(), gap.end.isoformat()] for gap in found],
        },
    )
    return row


def plan_ahead(at: datetime) -> int:
    """Make the shifts of the coming days, look for gaps, and raise an alarm for near ones."""
    from heliodesk.oncall.actions.alarms import alarm_of_gaps

    with guarded():
        changed = rebuild(at)
        checked = check(at)
        alarms = alarm_of_gaps(checked, at)
    if changed:
        record_planned(changed, at)
    return changed + alarms


def record_planned(changed: int, at: datetime) -> None:
    """Tell open boards that shifts have changed."""
    with guarded():
        record([Happening("planned", "oncall", 0, {"changed": changed})], by=SYSTEM, at=at)
