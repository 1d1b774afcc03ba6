"""A case opened by an agent: what somebody asked by phone, on the web or in person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from heliodesk.cases import kinds
from heliodesk.cases.actions import open_case
from heliodesk.cases.new import NewAttachment, NewCase, NewMessage, Opened, Party
from heliodesk.cases.rules import Refused, Stage, urgency
from heliodesk.customers import facts as customers
from heliodesk.customers.facts import AccountFacts
from heliodesk.entitlements import packs, stored
from heliodesk.entitlements.decision import Decision
from heliodesk.entitlements.facts import packages_of
from heliodesk.entitlements.packs import ActivePack
from heliodesk.entitlements.request import (
    CaseType,
    Channel,
    ContactRole,
    Lifecycle,
    Request,
    Service,
)
from heliodesk.entitlements.rules import decide
from heliodesk.entitlements.wording import tell
from heliodesk.journal.record import By
from heliodesk.kernel import reading
from heliodesk.kernel.clock import NEVER

CHANNELS = tuple(channel.value for channel in Channel)
#: P1 is made by an assessed call only (R81), never by this form.
SEVERITIES = ("P2", "P3", "P4")
_CONTACT = """
select k.name,
       (select e.address from customers_contactaddress e where e.contact_id = k.id
         order by e.preferred desc, e.id limit 1),
       exists (select from customers_contactrole r
         where r.contact_id = k.id and r.account_id = %(account)s and r.kind = 'designated'
           and r.valid_from <= %(day)s and (r.valid_to is null or r.valid_to > %(day)s)),
       k.zone
  from customers_contact k where k.id = %(contact)s and k.active
"""


@dataclass(frozen=True)
class Asked:
    """What an agent took down."""

    account_id: int
    contact_id: int | None
    channel: str
    severity: str
    title: str
    text: str
    kind: str = CaseType.TECHNICAL
    #: Who is answered, when it is not a contact of the account.
    name: str = ""
    address: str = ""
    #: Whether the customer is sent the reference and the details (R72).
    acknowledge: bool = True
    attachments: Sequence[NewAttachment] = ()


def open_by_hand(asked: Asked, *, by: By, at: datetime) -> Opened:
    """Open the case after deciding what the account is entitled to, as for any other channel.

    Raises:
        Refused: something is missing, the account does not exist, or the policy gives no case.
    """
    _check(asked)
    account = customers.accounts_of([asked.account_id]).get(asked.account_id)
    if account is None:
        raise Refused("There is no such account.")
    pack = packs.active()
    requester, role, zone = _requester(asked, at)
    request = _request(asked, account, role, pack.policy.region_in(zone), pack, at)
    decision = decide(request, pack.policy, at)
    if not decision.makes_case:
        words = tell(decision, pack.policy) or decision.message.replace("_", " ")
        raise Refused(f"The policy gives this account no case now. {words}".strip())
    with transaction.atomic(), connection.cursor() as cursor:
        (decision_id,) = stored.store(cursor, pack.id, [(request, decision)], at=at)
        new = _case(asked, account, requester, request, decision, decision_id, pack, at)
        return open_case(new, by=by, at=at)


def _check(asked: Asked) -> None:
    if not asked.title.strip():
        raise Refused("Give the case a title: the words a colleague would look for.")
    if not asked.text.strip():
        raise Refused("Write what the customer asks for.")
    if asked.channel not in CHANNELS:
        raise Refused("Choose how the customer reached us.")
    if asked.severity not in SEVERITIES:
        raise Refused("Choose P2, P3 or P4. A P1 is made by telephone only.")
    if asked.kind not in kinds.offered():
        raise Refused("Choose what kind of case it is.")


def _requester(asked: Asked, at: datetime) -> tuple[Party | None, ContactRole, str]:
    """Who is answered, what they are to the account, and the zone they live by."""
    if asked.contact_id is None:
        given = Party(asked.address.strip().lower(), asked.name.strip())
        return (given if given.address else None), ContactRole.AUTHORISED, ""
    values = {"contact": asked.contact_id, "account": asked.account_id, "day": at.date()}
    found = reading.rows(connection, _CONTACT, values)
    if not found:
        raise Refused("This contact is not active. Choose another.")
    name, address, designated, zone = found[0]
    role = ContactRole.DESIGNATED if designated else ContactRole.AUTHORISED
    return (Party(address, name, asked.contact_id) if address else None), role, zone


def _request(
    asked: Asked,
    account: AccountFacts,
    role: ContactRole,
    contact_region: str | None,
    pack: ActivePack,
    at: datetime,
) -> Request:
    held = packages_of([account.id], at.date()).get(account.id)
    policy = pack.policy.pack
    known = {package.code for package in policy.packages}
    return Request(
        channel=Channel(asked.channel),
        contact_role=role,
        package=held.package if held and held.package in known else None,
        region=account.region if account.region in policy.regions else None,
        contact_region=contact_region,
        severity=asked.severity,
        case_type=CaseType(kinds.treated_as(asked.kind)),
        lifecycle=(
            Lifecycle.IMPLEMENTATION if account.lifecycle == "implementation" else Lifecycle.LIVE
        ),
        service=Service.TERMINATED if account.lifecycle == "ended" else Service.ACTIVE,
        package_expired_days=held.expired_days if held else 0,
        grace_days=held.grace_days if held else None,
    )


def _case(
    asked: Asked,
    account: AccountFacts,
    requester: Party | None,
    request: Request,
    decision: Decision,
    decision_id: int,
    pack: ActivePack,
    at: datetime,
) -> NewCase:
    terms = pack.policy.terms(decision.package)
    contact_id = requester.contact_id if requester else asked.contact_id
    return NewCase(
        account_id=account.id,
        contact_id=contact_id,
        channel=asked.channel,
        title=asked.title,
        kind=asked.kind,
        severity=asked.severity,
        priority=decision.priority or asked.severity,
        queue=decision.queue,
        package=terms.code,
        decision_id=decision_id,
        flags=decision.flags,
        offshore=account.offshore,
        urgency=urgency(Stage.RUNNING, terms.rank),
        due_at=decision.due or NEVER,
        requester=requester,
        message=NewMessage(
            channel=asked.channel,
            at=at,
            author_name=(requester.name or requester.address) if requester else account.name,
            author_address=requester.address if requester else "",
            author_contact_id=contact_id,
            text=asked.text.strip(),
            subject=asked.title,
            attachments=tuple(asked.attachments),
        ),
        told={
            "answer": asked.acknowledge and requester is not None,
            "message": decision.message,
            "sentence": tell(decision, pack.policy),
            "decision": decision,
            "pack": pack.id,
        },
    )
