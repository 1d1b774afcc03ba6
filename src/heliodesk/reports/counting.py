"""Count what happened a day, from the journal, in one statement a month of days."""

from datetime import UTC, date, datetime, time, timedelta

from django.db import connection, transaction

from heliodesk.cases.rules import OPEN, Happened, State, Verb
from heliodesk.kernel import reading
from heliodesk.reports.rules import EDGES, METRICS, Measure, Span

#: Days that one statement counts.
_AT_ONCE = timedelta(days=31)
#: Key of the lock under which figures are written, so that two workers do not count at once.
_LOCK = 0x4845_4C52
_OPEN = "array[" + ", ".join(f"'{state}'" for state in sorted(OPEN)) + "]"
_EDGES = "array[" + ", ".join(str(edge) for edge in EDGES) + "]::float8[]"
_METRICS = "array[" + ", ".join(f"'{metric}'" for metric in METRICS) + "]"
_LATE = """exists (select from sla_clock k where k.case_id = c.id
    and k.metric = 'first_response' and k.missed_at <= e.at)"""
#: It was undone later: the case has been as if it had never ended.
_UNDONE = f"""exists (select from journal_event r where r.subject_kind = 'case'
    and r.subject_id = e.subject_id and r.id > e.id and r.verb = '{Verb.REVERT}'
    and (r.data->>'since')::timestamptz = e.at)"""
_COUNT = f"""
insert into reports_figure (day, region, package, queue, priority, measure, band, n)
select (e.at at time zone 'UTC')::date, a.region, c.package, c.queue, c.priority,
       m.measure, m.band, count(*)
from journal_event e
join cases_case c on c.id = e.subject_id
join customers_account a on a.id = c.account_id
cross join lateral (select
    e.data->>'from' = any({_OPEN}) as was_open, e.data->>'to' = any({_OPEN}) as is_open,
    case when e.data->>'from' = any({_OPEN}) and e.data->>'to' <> all({_OPEN})
         then not {_UNDONE} end as ended,
    e.verb = '{Verb.REPLY}' and c.first_response_at = e.at as first,
    width_bucket(extract(epoch from e.at - c.opened_at) / 60, {_EDGES}) as band
) as x
cross join lateral (values
    ('{Measure.OPENED}', extract(hour from e.at at time zone 'UTC')::int,
        e.verb = '{Happened.OPENED}'),
    ('{Measure.ENDED}', 0, x.ended),
    ('{Measure.REOPENED}', 0, x.is_open and not x.was_open and e.verb <> '{Verb.REVERT}'),
    ('{Measure.RESPONDED}', x.band, x.first),
    ('{Measure.RESPONDED_LATE}', 0, x.first and {_LATE}),
    ('{Measure.RESOLVED}', x.band,
        x.ended and e.data->>'to' in ('{State.RESOLVED}', '{State.CLOSED}')),
    ('{Measure.BREACHED}', array_position({_METRICS}, e.data->>'metric') - 1,
        e.verb = '{Happened.TARGET_MISSED}'),
    ('{Measure.RATED}', (e.data->>'score')::int, e.verb = '{Happened.RATED}')
) as m (measure, band, counts)
where e.subject_kind = 'case' and e.at >= %s and e.at < %s and m.counts and m.band is not null
group by 1, 2, 3, 4, 5, 6, 7
"""

#: When the oldest run began whose undoing was under way since an instant.
_OLDEST_UNDONE = """
select min(done.at) from cases_bulkrun undoing
  join cases_bulkrun done on done.id = undoing.undoes_id
 where undoing.ended_at is null or undoing.ended_at >= %s
"""


def count(span: Span) -> int:
    """Count these days anew; how many figures there are of them now."""
    written = 0
    start = span.start
    while start < span.end:
        end = min(start + _AT_ONCE, span.end)
        written += _count(start, end)
        start = end
    return written


def span_to_count(at: datetime) -> Span:
    """What a regular count covers: yesterday and today, or everything when nothing was counted
    or the desk stood still since; and back to the day of what was undone since then."""
    today = at.astimezone(UTC).date()
    newest = reading.rows(connection, "select max(day) from reports_figure")[0][0]
    if newest is None:
        first = reading.rows(connection, "select min(at) from journal_event")[0][0]
        newest = first.astimezone(UTC).date() if first else today
    start = min(newest, today) - timedelta(days=1)
    undone = reading.rows(connection, _OLDEST_UNDONE, [_midnight(start)])[0][0]
    if undone:
        start = min(start, undone.astimezone(UTC).date())
    return Span(start, today + timedelta(days=1))


def _count(start: date, end: date) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [_LOCK])
        cursor.execute("delete from reports_figure where day >= %s and day < %s", [start, end])
        cursor.execute(_COUNT, [_midnight(start), _midnight(end)])
        return int(cursor.rowcount)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
