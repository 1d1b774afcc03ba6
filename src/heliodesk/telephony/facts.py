"""Who is calling, and what they are entitled to: loaded and decided while they wait."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection

from heliodesk.cases.models import Case
from heliodesk.cases.rules import OPEN, State
from heliodesk.customers import facts as customers
from heliodesk.customers.facts import AccountFacts, ContactFacts, CustomerFacts
from heliodesk.customers.rules import normal_identifier
from heliodesk.entitlements.decision import Decision
from heliodesk.entitlements.facts import packages_of
from heliodesk.entitlements.packs import ActivePack
from heliodesk.entitlements.request import (
    AccountId,
    CaseType,
    Channel,
    ContactRole,
    ExistingCase,
    Lifecycle,
    Request,
    Service,
)
from heliodesk.entitlements.rules import Answer, answered, decide
from heliodesk.intake.identify import role_at
from heliodesk.kernel import reading
from heliodesk.oncall.queries import open_incident
from heliodesk.telephony import numbers

_CLOSENESS = list(ContactRole)
_ENTITLED = frozenset({ContactRole.DESIGNATED, ContactRole.AUTHORISED, ContactRole.PARTNER})
_BY_NUMBER = """
select distinct on (c.id) a.address
  from customers_contact c join customers_contactaddress a on a.contact_id = c.id
 where right(regexp_replace(c.phone, '[^0-9]', '', 'g'), 9) = %s and c.phone <> '' and c.active
 order by c.id, a.preferred desc limit 8
"""
_ADDRESS = """
select address from customers_contactaddress where contact_id = %s
 order by preferred desc, id limit 1
"""


@dataclass(frozen=True)
class Caller:
    """What the desk makes of a caller."""

    id_state: AccountId
    account: AccountFacts | None = None
    contact: ContactFacts | None = None
    role: ContactRole = ContactRole.AUTHORISED
    #: How the contact was made out: ``number`` (a hint, never proof), ``spoken`` or empty.
    made_out_by: str = ""

    @property
    def confirmed(self) -> bool:
        """Whether the ID may be used by this caller; the caller never hears why not (C11)."""
        return self.account is not None and self.role in _ENTITLED


def by_number(identifier: str, caller: str, at: datetime) -> Caller:
    """The account that an ID names, and the caller by the number that calls.

    Always the same statements, whatever they find: the time taken tells nothing.
    """
    addresses = [row[0] for row in reading.rows(connection, _BY_NUMBER, [numbers.ending(caller)])]
    known = customers.load(addresses, [identifier], [], at.date())
    account = known.account_of_id(identifier)
    if account is None:
        return Caller(AccountId.UNKNOWN_ID)
    contact, role = _closest(known, account)
    return Caller(AccountId.VALID, account, contact, role, "number" if contact else "")


def _closest(
    known: CustomerFacts, account: AccountFacts
) -> tuple[ContactFacts | None, ContactRole]:
    """Of the contacts with the caller's number the one who is closest to the account."""
    found = [
        (role_at(contact, account, address, known), contact)
        for address, contact in known.contacts_by_address.items()
    ]
    if not found:
        return None, ContactRole.AUTHORISED
    role, contact = min(found, key=lambda pair: _CLOSENESS.index(pair[0]))
    return contact, role


def hinted(caller: str, at: datetime) -> tuple[ContactFacts | None, AccountFacts | None]:
    """Whom the calling number points to, when nothing else is known: for the desk's eyes only."""
    addresses = [row[0] for row in reading.rows(connection, _BY_NUMBER, [numbers.ending(caller)])]
    known = customers.load(addresses, [], [], at.date())
    contacts = list(known.contacts_by_address.values())
    accounts = {id for contact in contacts for id in contact.roles}
    account = known.accounts.get(next(iter(accounts))) if len(accounts) == 1 else None
    return (contacts[0] if len(contacts) == 1 else None), account


def by_word(identifier: str, contact_id: int | None, at: datetime) -> Caller:
    """The account that an agent was told, and the contact that the caller says to be."""
    address = ""
    if contact_id is not None:
        rows = reading.rows(connection, _ADDRESS, [contact_id])
        address = rows[0][0] if rows else ""
    ids = [identifier] if identifier else []
    known = customers.load([address] if address else [], ids, [], at.date())
    contact = known.contact(address) if address else None
    account = known.account_of_id(identifier) if identifier else None
    if account is None:
        state = AccountId.UNKNOWN_ID if identifier else AccountId.MISSING
        return Caller(state, None, contact, ContactRole.AUTHORISED, "spoken" if contact else "")
    if contact_id is None:
        return Caller(AccountId.VALID, account, None, ContactRole.AUTHORISED)
    role = role_at(contact, account, address, known)
    return Caller(AccountId.VALID, account, contact, role, "spoken")


def stranger(account: AccountFacts | None, id_state: AccountId) -> Caller:
    """Somebody on the line who is no contact of the account."""
    return Caller(id_state, account, None, ContactRole.UNKNOWN, "spoken")


def account_by_id(text: str, at: datetime) -> AccountFacts | None:
    """The account whose ID this is, today."""
    return customers.load([], [normal_identifier(text)], [], at.date()).account_of_id(text)


@dataclass(frozen=True)
class About:
    """What a call is about, as far as was asked."""

    p1: bool = False
    case: Case | None = None
    severity: str = ""
    kind: CaseType = CaseType.TECHNICAL
    criteria_met: bool = True
    assessed: str = ""


@dataclass(frozen=True)
class Judged:
    """The decision on a call, and what becomes of the caller."""

    request: Request
    decision: Decision
    answer: Answer
    caller: Caller
    about: About = field(default_factory=About)


def judge(
    caller: Caller, about: About, pack: ActivePack, *, called: str = "", at: datetime
) -> Judged:
    """What this caller may have now, by the policy in force."""
    account, policy = caller.account, pack.policy
    held = packages_of([account.id], at.date()).get(account.id) if account else None
    known = {package.code for package in policy.pack.packages}
    lifecycle = account.lifecycle if account else "live"
    existing, priority, closed_days = _existing(about.case, at)
    incident = open_incident(at)
    severity = "P1" if about.p1 else about.severity or priority or None
    request = Request(
        channel=Channel.PHONE,
        contact_role=caller.role,
        account_id=caller.id_state,
        package=held.package if held and held.package in known else None,
        region=account.region if account and account.region in policy.pack.regions else None,
        contact_region=_lives_in(caller, pack),
        endpoint=called or None,
        severity=severity,
        case_type=_kind(about, account),
        lifecycle=Lifecycle.IMPLEMENTATION if lifecycle == "implementation" else Lifecycle.LIVE,
        service=Service.TERMINATED if lifecycle == "ended" else Service.ACTIVE,
        package_expired_days=held.expired_days if held else 0,
        grace_days=held.grace_days if held else None,
        existing_case=existing,
        existing_priority=priority,
        closed_days=closed_days,
        p1_criteria_met=about.criteria_met,
        assessed_severity=about.assessed or None,
        major_incident_open=incident is not None,
        major_incident_minutes=int(incident[1].total_seconds() // 60) if incident else None,
        courtesy_used=_courtesies(account, pack, at),
    )
    decision = decide(request, policy, at)
    return Judged(request, decision, answered(decision), caller, about)


def _lives_in(caller: Caller, pack: ActivePack) -> str | None:
    """The region a caller lives in, once somebody asked who it is; a number proves nothing."""
    if caller.contact is None or caller.made_out_by != "spoken":
        return None
    return pack.policy.region_in(caller.contact.zone)


def _kind(about: About, account: AccountFacts | None) -> CaseType:
    """An account that is being set up calls about that, unless something else was said."""
    if account and account.lifecycle == "implementation" and about.kind is CaseType.TECHNICAL:
        return CaseType.IMPLEMENTATION
    return about.kind


def _existing(case: Case | None, at: datetime) -> tuple[ExistingCase | None, str | None, int]:
    if case is None:
        return None, None, 0
    state = State(case.state)
    closed_days = (at - case.closed_at).days if case.closed_at else 0
    kind = ExistingCase.OPEN if state in OPEN else ExistingCase.CLOSED
    return kind, case.priority, closed_days


_COURTESIES = """
select count(*)
  from telephony_call c join entitlements_entitlementdecision d on d.id = c.decision_id
 where c.account_id = %s and c.started_at > %s and c.connected_at is not null
   and d.outcome -> 'flags' ? 'courtesy_call'
"""


def _courtesies(account: AccountFacts | None, pack: ActivePack, at: datetime) -> int:
    """Courtesy calls of the last year, where the policy grants them at all (C3)."""
    if account is None or pack.policy.settings.phone_outside != "courtesy":
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_COURTESIES, [account.id, at - timedelta(days=365)])
        return int(cursor.fetchone()[0])


@dataclass(frozen=True)
class Reach:
    """Where a customer is written to: a registered contact's address."""

    contact_id: int
    name: str
    address: str
    alternative: str
    designated: bool
    phone: str


_REACH = """
select c.id, c.name, a.address, c.alternative, r.kind = 'designated', c.phone
  from customers_contactrole r
  join customers_contact c on c.id = r.contact_id and c.active
  join lateral (select address from customers_contactaddress a where a.contact_id = c.id
                 order by preferred desc, id limit 1) a on true
 where r.account_id = %(account)s and r.kind in ('designated', 'authorised')
   and r.valid_from <= %(on)s and (r.valid_to is null or r.valid_to > %(on)s)
 order by (c.id = %(first)s) desc, r.kind = 'designated' desc, c.id limit 12
"""


def reach(account_id: int, contact_id: int | None, at: datetime) -> list[Reach]:
    """Contacts of an account who may hear of a call: the caller first, then the designated."""
    asked = {"account": account_id, "on": at.date(), "first": contact_id or 0}
    rows = reading.rows(connection, _REACH, asked)
    found: dict[int, Reach] = {}
    for row in rows:
        found.setdefault(row[0], Reach(*row))
    return list(found.values())
