"""File what was said on the telephone: the same writing as for mail, decided beforehand.

A call is decided while the caller is on the line, by ``entitlements.rules.decide``; here its
record is made durable like a mail and becomes a case, part of one, or a held item.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr

from django.db import connection, transaction

from heliodesk.channels.arrivals import STORE, Arrival, parameters
from heliodesk.channels.mailboxes import active_mailboxes
from heliodesk.customers.facts import AccountFacts, ContactFacts
from heliodesk.entitlements import packs
from heliodesk.entitlements.decision import Decision, Verdict
from heliodesk.entitlements.request import Request
from heliodesk.intake import facts
from heliodesk.intake.draft import Draft, of_mail
from heliodesk.intake.filing import Filed, file_all
from heliodesk.intake.mail import read
from heliodesk.intake.outcome import Fate, Outcome
from heliodesk.kernel import sql
from heliodesk.kernel.text import one_line

CHANNEL = "phone"


@dataclass(frozen=True, kw_only=True)
class Spoken:
    """What was taken down of a call."""

    #: Makes it one, however often it is filed.
    key: str
    title: str
    text: str
    severity: str
    kind: str = "technical"
    #: Who is answered; an address of a registered contact or one the caller gave to an agent.
    name: str = ""
    address: str = ""
    #: The number that called, for the record.
    caller: str = ""


@dataclass(frozen=True)
class FiledCall:
    """Where the record of a call went: ``case`` or ``held``, its row and its reference."""

    kind: str
    id: int
    ref: str


def file_call(
    spoken: Spoken,
    request: Request,
    decision: Decision,
    *,
    account: AccountFacts | None,
    contact: ContactFacts | None,
    case_id: int | None = None,
    continues_id: int | None = None,
    at: datetime,
) -> FiledCall:
    """Write a call that was decided: a new case, a word on case ``case_id``, or a held item.

    Without an account, or where the decision makes no case, it is held for a person.
    """
    with transaction.atomic():
        pack = packs.active()
        draft = _draft(spoken, at, pack.policy.pack.identifier.pattern)
        named = {account.id} if account else set()
        known = facts.load([draft], pack, active_mailboxes(), at=at, accounts=named)
        outcome = Outcome(
            _fate(decision, account, case_id),
            reason=_reason(decision),
            account=account,
            contact=contact,
            case_id=case_id,
            reopen=decision.decision is Verdict.REOPEN,
            request=request,
            decision=decision,
            package=request.package or "",
            flags=decision.flags,
            answer=bool(spoken.address) and decision.makes_case and case_id is None,
            continues_id=continues_id,
            account_hint=account,
        )
        filed = file_all([draft], [outcome], known, at=at)
    kind, id = filed.places[0]
    return FiledCall(kind, id, _reference(filed, kind, id))


def _reason(decision: Decision) -> str:
    """Why it is held, as a word."""
    if "verify_by_callback" in decision.flags:
        return "verify_by_callback"
    return next(iter(decision.flags), decision.message.replace(".", "_"))


def _fate(decision: Decision, account: AccountFacts | None, case_id: int | None) -> Fate:
    if not decision.makes_case or account is None:
        return Fate.HOLD
    return Fate.APPEND if case_id else Fate.OPEN


def _reference(filed: Filed, kind: str, id: int) -> str:
    if 0 in filed.refs:
        return filed.refs[0]
    table = "cases_case" if kind == "case" else "intake_helditem"
    with connection.cursor() as cursor:
        cursor.execute(f"select ref from {table} where id = %s", [id])
        return str(cursor.fetchone()[0])


def _draft(spoken: Spoken, at: datetime, pattern: str) -> Draft:
    """The record made durable, and the draft that it gives."""
    raw = _written(spoken, at)
    arrival = Arrival(
        mailbox_id=None,
        channel=CHANNEL,
        at=at,
        raw=raw,
        sender=spoken.address,
        peer=spoken.caller,
        source_key=f"{CHANNEL}:{spoken.key}",
    )
    with sql.prepared(connection) as cursor:
        cursor.execute(STORE, parameters([arrival]))
        row = cursor.fetchone()
    if row is None:
        raise AlreadyFiled(spoken.key)
    draft = of_mail(
        read(raw, at=at),
        inbound_id=row[0],
        channel=CHANNEL,
        at=at,
        mailbox_id=None,
        envelope_from=spoken.address,
        recipients=(),
        pattern=pattern,
        authserv_ids=[],
        own_addresses=frozenset(),
    )
    return replace(
        draft,
        sender=spoken.address.lower(),
        sender_name=spoken.name or spoken.caller,
        title=one_line(spoken.title, 500),
        subject=one_line(spoken.title, 500),
        text=spoken.text.strip(),
        new_text=None,
        severity=spoken.severity,
        tracking=spoken.kind == "email_tracking",
        kind=spoken.kind,
        missing_fields=(),
        marks={"caller": spoken.caller} if spoken.caller else {},
    )


class AlreadyFiled(Exception):
    """This call's record was filed before."""


def _written(spoken: Spoken, at: datetime) -> bytes:
    """The record as a mail, so that a held one can be read and decided like any other."""
    mail = EmailMessage(policy=SMTP.clone(refold_source="none", utf8=True))
    name = one_line(spoken.name or spoken.caller or "Withheld number", 200)
    mail["From"] = formataddr((name, spoken.address or "nobody@phone.invalid"))
    mail["Subject"] = one_line(spoken.title, 500)
    mail["Date"] = format_datetime(at)
    mail.set_content(spoken.text, cte="base64")
    return mail.as_bytes()
