"""Cases that wait: the customer is reminded, then they are resolved; resolved ones are closed."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from heliodesk.calendars.rules import Calendar, business_days_after
from heliodesk.cases import actions as cases
from heliodesk.cases.models import Case
from heliodesk.cases.rules import Happened, Refused, State
from heliodesk.entitlements import packs, tongues
from heliodesk.entitlements.policy import Policy
from heliodesk.entitlements.wording import local_time
from heliodesk.journal.record import SYSTEM, Happening, record
from heliodesk.kernel import sql
from heliodesk.kernel.clock import NEVER
from heliodesk.sla.facts import Standing, Terms
from heliodesk.sla.models import Patience

_COLUMNS = {
    "case_id": "bigint",
    "state": "text",
    "since": "timestamptz",
    "calendar": "text",
    "reminders": "smallint",
    "act_at": "timestamptz",
}
_TAIL = (
    "on conflict (case_id) do update set state = excluded.state, since = excluded.since,"
    " calendar = excluded.calendar, reminders = 0, act_at = excluded.act_at"
)
_WAITING = {State.PENDING_CUSTOMER, State.RESOLVED}
#: What an answerless case is resolved with.
_UNANSWERED = "No answer came to our question. A reply opens the case again."


def be_patient(standings: Sequence[Standing], terms: Terms, at: datetime) -> None:
    """Begin or end the wait of cases whose state has changed."""
    rows, over = [], []
    for case in standings:
        if case.state not in _WAITING:
            over.append(case.id)
            continue
        try:
            policy = terms.policy(case.pack_id)[1]
        except packs.NoActivePack:
            continue
        code = terms.local(case, policy)
        calendar, _ = terms.calendar(code, policy)
        days = _days(policy, case.state, 0)
        act_at = business_days_after(calendar, at, days) if days is not None else NEVER
        rows.append((case.id, case.state, at, code, 0, act_at))
    with connection.cursor() as cursor:
        if over:
            cursor.execute("delete from sla_patience where case_id = any(%s)", [over])
        sql.insert(cursor, "sla_patience", _COLUMNS, rows, tail=_TAIL)


def act_on_patience(at: datetime, *, most: int = 100) -> int:
    """Remind, resolve or close what has waited long enough; how many were settled."""
    settled = 0
    for _ in range(most):
        with transaction.atomic():
            row = (
                Patience.objects.select_for_update(skip_locked=True)
                .filter(act_at__lt=at)
                .order_by("act_at")
                .first()
            )
            if row is None:
                break
            _act(row, at)
            settled += 1
    return settled


def _act(row: Patience, at: datetime) -> None:
    """One step of one case; what may not be done is left alone for good."""
    case = Case.objects.select_for_update(skip_locked=True).filter(pk=row.case_id).first()
    if case is None:
        return
    try:
        with transaction.atomic():
            if case.state == State.RESOLVED:
                cases.close(case, by=SYSTEM, at=at)
                return
            if case.state == State.PENDING_CUSTOMER:
                _remind_or_resolve(row, case, at)
                return
    except Refused:
        pass
    Patience.objects.filter(pk=row.pk).delete()


def _remind_or_resolve(row: Patience, case: Case, at: datetime) -> None:
    terms = Terms()
    policy = terms.policy(case.decision.pack_id if case.decision else None)[1]
    if row.reminders < _reminders(policy):
        row.reminders += 1
        days = _days(policy, case.state, row.reminders)
        calendar, _ = terms.calendar(row.calendar, policy)
        last = case.priority == "P1" and row.reminders >= _reminders(policy)
        row.act_at = NEVER
        if days is not None and not last:
            # A desk that stood still sends one reminder a day, not all that are overdue at once.
            row.act_at = max(
                business_days_after(calendar, row.since, days),
                business_days_after(calendar, at, 1),
            )
        row.save(update_fields=["reminders", "act_at"])
        _tell(row, case, policy, calendar, at)
        return
    if case.priority == "P1":
        Patience.objects.filter(pk=row.pk).update(act_at=NEVER)
        return
    cases.resolve(case, text=_UNANSWERED, by=SYSTEM, at=at)


def _tell(row: Patience, case: Case, policy: Policy, calendar: Calendar, at: datetime) -> None:
    """Record the reminder, and say until when the customer can answer; a P1 waits for ever."""
    data: dict[str, object] = {"number": row.reminders, "of": _reminders(policy)}
    told: dict[str, object] = {}
    total = _setting(policy, "pending.resolve_after_days")
    if case.priority != "P1" and total is not None:
        until = business_days_after(calendar, row.since, total)
        data["until"] = until.isoformat()
        region = case.account.region if case.account.region in policy.pack.regions else None
        place = policy.place(region).region
        told["until"] = local_time(until, place)
        told["until_in"] = {
            code: tongues.local_time(code, until, place) for code in tongues.LANGUAGES
        }
    record([Happening(Happened.REMINDED, "case", case.pk, data, told=told)], by=SYSTEM, at=at)


def _days(policy: Policy, state: str, reminders: int) -> int | None:
    """Business days from the beginning of the wait to the next step."""
    if state == State.RESOLVED:
        return _setting(policy, "resolved.close_after_days")
    total = _setting(policy, "pending.resolve_after_days")
    steps = _reminders(policy) + 1
    if total is None or reminders + 1 >= steps:
        return total
    return max(1, total * (reminders + 1) // steps)


def _reminders(policy: Policy) -> int:
    return _setting(policy, "pending.reminders") or 0


def _setting(policy: Policy, key: str) -> int | None:
    spec = policy.pack.settings.get(key)
    return int(str(spec.default)) if spec else None
