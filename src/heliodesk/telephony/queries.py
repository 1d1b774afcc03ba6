"""Questions about calls: the log, what waits, who is to be called back."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection
from django.db.models import Q

from heliodesk.cases.models import Case
from heliodesk.cases.rules import OPEN
from heliodesk.customers.models import AccountIdentifier
from heliodesk.identity.person import Person
from heliodesk.identity.rules import May
from heliodesk.kernel import reading
from heliodesk.oncall.models import Page
from heliodesk.telephony.access import visible
from heliodesk.telephony.models import CallBack, Line, P1Assessment, VoiceNumber

#: Rows a page of the log.
PAGE = 50


class CaseCall(NamedTuple):
    """A call as the case shows it that it belongs to."""

    id: int
    at: datetime
    caller: str
    contact: str | None
    agent: str | None
    talked: int | None
    outcome: str
    note: str
    id_state: str
    p1_answer: bool | None
    existing_answer: bool | None


_OF_CASE = """
select t.id, t.started_at, t.caller, k.name, u.name, t.talked_seconds, t.outcome, t.note,
    t.id_state, t.p1_answer, t.existing_answer
from telephony_call t left join customers_contact k on k.id = t.contact_id
left join identity_user u on u.id = t.agent_id
where t.case_id = %s order by t.id desc limit 50
"""


def calls_of(case_id: int) -> list[CaseCall]:
    """The latest calls of a case that the caller has reached."""
    return reading.shaped(connection, CaseCall, _OF_CASE, [case_id])


class CallRow(NamedTuple):
    """One line of the call log."""

    id: int
    source: str
    state: str
    kind: str
    caller: str
    called: str
    region: str
    started_at: datetime
    queued_at: datetime | None
    connected_at: datetime | None
    ended_at: datetime | None
    talked: int | None
    outcome: str
    note: str
    account_id: int | None
    account: str | None
    package: str | None
    contact: str | None
    made_out_by: str
    case_ref: str | None
    case_title: str | None
    held_ref: str | None
    agent: str | None
    back_state: str | None
    back_reason: str | None
    back_urgent: bool | None
    back_due: datetime | None


_CALL = """
select c.id, c.source, c.state, c.kind, c.caller, c.called, c.region, c.started_at, c.queued_at,
       c.connected_at, c.ended_at, c.talked_seconds, c.outcome, c.note, c.account_id, a.name,
       (select s.package from entitlements_supportcontract s where s.account_id = c.account_id
         order by s.starts_on desc limit 1),
       k.name, c.made_out_by, x.ref, x.title, h.ref, u.name, b.state, b.reason, b.urgent, b.due_at
  from telephony_call c
  left join customers_account a on a.id = c.account_id
  left join customers_contact k on k.id = c.contact_id
  left join cases_case x on x.id = c.case_id
  left join intake_helditem h on h.id = c.held_id
  left join identity_user u on u.id = c.agent_id
  left join telephony_callback b on b.call_id = c.id
"""


def log(
    person: Person, *, which: str = "", before: int | None = None, size: int = PAGE
) -> list[CallRow]:
    """Calls that this person may see, the newest first.

    Args:
        which: ``missed`` leaves those that nobody answered, ``mine`` those this person took.
        before: only calls before this one, for the next page.
    """
    only = {
        "missed": "c.outcome in ('missed', 'fallback')",
        "mine": "c.agent_id = %(me)s",
    }.get(which, "true")
    sql = (
        f"{_CALL} where {visible(person)} and {only}"
        " and (%(before)s::bigint is null or c.id < %(before)s) order by c.id desc limit %(size)s"
    )
    asked = {"me": person.id, "before": before, "size": size}
    return reading.shaped(connection, CallRow, sql, asked)


def live(person: Person) -> list[CallRow]:
    """Calls that go on now: whoever waits first, in the order in which they are answered."""
    sql = (
        f"{_CALL} where {visible(person)} and c.ended_at is null"
        " and c.state not in ('wrap_up', 'ended', 'abandoned', 'callback', 'fallback')"
        " and (c.source = 'desk' or c.heard_at > now() - interval '4 hours')"
        " order by c.urgency, c.queued_at nulls last, c.id limit 50"
    )
    return reading.shaped(connection, CallRow, sql)


def callbacks(person: Person, at: datetime) -> list[CallRow]:
    """Who is to be called back, the urgent first, then the longest due."""
    sql = (
        f"{_CALL} where {visible(person)} and b.state in ('armed', 'due')"
        " and (b.state = 'due' or b.due_at <= %(at)s)"
        " order by b.urgent desc, b.due_at, b.id limit 200"
    )
    return reading.shaped(connection, CallRow, sql, {"at": at})


class Pop(NamedTuple):
    """A call offered to somebody, as the screen pop shows it."""

    offer_id: int
    id: int
    at: datetime
    caller: str
    called: str
    region: str
    kind: str
    state: str
    account_id: int | None
    account: str | None
    account_region: str | None
    package: str | None
    contact: str | None
    made_out_by: str
    case_ref: str | None
    case_title: str | None
    open_cases: int
    offshore: bool
    decision: dict[str, object] | None


_POP = """
select o.id, c.id, o.at, c.caller, c.called, c.region, c.kind, c.state, c.account_id, a.name,
       a.region,
       (select s.package from entitlements_supportcontract s where s.account_id = c.account_id
         order by s.starts_on desc limit 1),
       k.name, c.made_out_by, x.ref, x.title,
       (select count(*) from cases_case y where y.account_id = c.account_id
         and y.state in ('new', 'assigned', 'pending_customer', 'pending_vendor')),
       c.offshore, d.outcome
  from telephony_calloffer o join telephony_call c on c.id = o.call_id
  left join customers_account a on a.id = c.account_id
  left join customers_contact k on k.id = c.contact_id
  left join cases_case x on x.id = c.case_id
  left join entitlements_entitlementdecision d on d.id = c.decision_id
 where o.user_id = %s and o.state = 'offered' and c.ended_at is null
 order by o.id desc limit 3
"""


def pops(person: Person) -> Sequence[Pop]:
    """The calls that are offered to this person now."""
    return reading.shaped(connection, Pop, _POP, [person.id])


_COUNT = """
select (select count(*) from (select 1 from telephony_callback b
          join telephony_call c on c.id = b.call_id
         where b.state = 'due' and {mine} limit %(most)s) x)
     + (select count(*) from (select 1 from telephony_call c
         where c.state in ('queue_p1', 'queue', 'offer') and c.ended_at is null
           and c.heard_at > now() - interval '5 minutes' and {mine} limit %(most)s) y)
"""


def waiting_count(person: Person, *, most: int) -> int:
    """How many callers wait, on the line or to be called back; counted to ``most``."""
    sql = _COUNT.format(mine=visible(person))
    return min(most, int(reading.rows(connection, sql, {"most": most})[0][0]))


_REGISTERED = """
select distinct on (k.id) k.name, k.phone, r.kind = 'designated'
  from customers_contactrole r join customers_contact k on k.id = r.contact_id and k.active
 where r.account_id = %s and k.phone <> '' and r.valid_from <= current_date
   and (r.valid_to is null or r.valid_to > current_date)
 order by k.id, r.kind = 'designated' desc limit 12
"""


def registered_numbers(account_id: int) -> list[tuple[str, str, bool]]:
    """Numbers on file for an account: whose, the number, and whether they are designated."""
    found = [
        (row[0], row[1], row[2]) for row in reading.rows(connection, _REGISTERED, [account_id])
    ]
    return sorted(found, key=lambda row: (not row[2], row[0]))


def assessment_of(case: Case | None) -> P1Assessment | None:
    """The last word on whether a case is a P1."""
    if case is None:
        return None
    return P1Assessment.objects.filter(case=case).select_related("by").order_by("-pk").first()


def identifier_of(account_id: int) -> str:
    """The ID that an account goes by now."""
    rows = AccountIdentifier.objects.filter(account_id=account_id)
    found = rows.order_by("-valid_from", "-pk").values_list("value", flat=True).first()
    return found or ""


def open_cases(account_id: int | None) -> list[Case]:
    """The most urgent open cases of an account."""
    if account_id is None:
        return []
    rows = Case.objects.filter(account_id=account_id, state__in=sorted(OPEN))
    return list(rows.select_related("owner").order_by("urgency", "due_at", "pk")[:6])


def callback_of(call_id: int) -> CallBack | None:
    """The call-back that was promised on a call."""
    return CallBack.objects.filter(call_id=call_id).select_related("call").first()


def lines_for(person: Person) -> list[Line]:
    """The telephones that this person may change: their own, an administrator everybody's."""
    rows = Line.objects.select_related("user").order_by("user__name", "pk")
    return list(rows if person.may(May.EDIT_USERS) else rows.filter(user_id=person.id))


def numbers() -> list[VoiceNumber]:
    """The numbers that customers call, as far as somebody listed them."""
    return list(VoiceNumber.objects.order_by("e164"))


def page_called(word: str) -> Page | None:
    """The page with this key, token or number, as a paging call names it."""
    word = word.strip()[:200]
    if not word:
        return None
    wanted = Q(key=word) | Q(token=word)
    if word.isascii() and word.isdigit() and len(word) < 18:
        wanted |= Q(pk=int(word))
    return Page.objects.filter(wanted).order_by("pk").first()
