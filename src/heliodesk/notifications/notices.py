"""Notices to people of the desk: a late promise, a contract that runs out, mail that is stuck."""

import json
from collections.abc import Sequence

from django.db import connection

from heliodesk.identity.boundary import INSIDE
from heliodesk.journal.record import Follower, Recorded
from heliodesk.kernel import sql
from heliodesk.notifications.by_mail import mail_about

_COLUMNS = {"verb": "text", "subject_id": "bigint", "data": "jsonb", "at": "timestamptz"}
#: The owner; without one, everybody who works the queue; and of what was missed, their leads.
_OF_CASES = f"""
insert into notifications_notice (user_id, verb, case_id, account_id, data, at)
select distinct u.id, r.verb, c.id, c.account_id, r.data, r.at
from {sql.recordset(_COLUMNS)}
join cases_case c on c.id = r.subject_id
join identity_user u on u.is_active and u.role <> 'contact' and (
    u.id = c.owner_id
    or (c.owner_id is null and exists (
        select from identity_teammember m join identity_team t on t.id = m.team_id
        where m.user_id = u.id and c.queue = any(t.queues) and t.offshore = c.offshore))
    or (r.verb = 'target_missed' and u.role in ('lead', 'admin') and (
        not c.offshore or {INSIDE}) and (
        exists (select from identity_teammember m join identity_team t on t.id = m.team_id
                where m.user_id = u.id and c.queue = any(t.queues))
        or not exists (select from identity_team t where c.queue = any(t.queues)))))
"""
_OF_ACCOUNTS = f"""
insert into notifications_notice (user_id, verb, case_id, account_id, data, at)
select u.id, r.verb, null, r.subject_id, r.data, r.at
from {sql.recordset(_COLUMNS)}
join customers_account a on a.id = r.subject_id
join identity_user u on u.is_active and u.role in ('lead', 'admin') and (
    not a.offshore or {INSIDE})
"""
#: Leads who may see what was written to that mailbox.
_OF_STUCK_MAIL = f"""
insert into notifications_notice (user_id, verb, case_id, account_id, data, at)
select u.id, 'mail_stuck', null, null, r.data, r.at
from {sql.recordset(_COLUMNS)}
left join channels_mailbox b on b.id = (r.data->>'mailbox')::bigint
join identity_user u on u.is_active and u.role in ('lead', 'admin') and (
    not coalesce(b.offshore, false) or {INSIDE})
"""


def of_cases(events: Sequence[Recorded]) -> None:
    """Tell those who can do something about a promise."""
    _insert(_OF_CASES, events)


def of_accounts(events: Sequence[Recorded]) -> None:
    """Tell the leads of an account."""
    _insert(_OF_ACCOUNTS, events)


def of_stuck_mail(events: Sequence[Recorded]) -> None:
    """Tell the leads of a message that could not be filed."""
    stuck = [event for event in events if event.data.get("reason") == "poison"]
    if stuck:
        _insert(_OF_STUCK_MAIL, stuck)


def _insert(statement: str, events: Sequence[Recorded]) -> None:
    rows = [(event.verb, event.subject_id, dict(event.data), event.at) for event in events]
    with connection.cursor() as cursor:
        cursor.execute(statement, [sql.rows_parameter(_COLUMNS, rows)])


_CALLED = f"""
insert into notifications_notice (user_id, verb, case_id, account_id, data, at)
select u.id, 'escalate', c.id, c.account_id, %s, %s
from cases_case c join identity_user u on u.id = any(%s::bigint[]) and u.is_active
where c.id = %s and u.id is distinct from %s and (not c.offshore or {INSIDE})
"""


def of_escalations(events: Sequence[Recorded]) -> None:
    """Tell those who are called to a case, and why."""
    for event in events:
        data = json.dumps({"reason": event.data["reason"], "by": event.by.name})
        by = event.by.id if event.by.kind == "user" else None
        with connection.cursor() as cursor:
            cursor.execute(_CALLED, [data, event.at, event.data["called"], event.subject_id, by])
        mail_about(
            [id for id in event.data["called"] if id != by],
            event,
            kind="escalate",
            subject="Escalated",
            words=f"{event.by.name} calls you to this case: {event.data['reason']}",
        )


FOLLOWS: dict[tuple[str, str], Follower] = {
    ("case", "target_warned"): of_cases,
    ("case", "target_missed"): of_cases,
    ("case", "escalate"): of_escalations,
    ("account", "contract_ending"): of_accounts,
    ("held", "opened"): of_stuck_mail,
}
