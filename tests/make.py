"""Makes rows for tests: one plain function a noun, sensible when called with nothing.

A row is made as the desk itself would have left it; give only what the test is about.
"""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from django.db import connection

from heliodesk.cases.models import Attachment, Case, Direction, Message, Participant
from heliodesk.cases.rules import Stage, urgency
from heliodesk.channels.models import Mailbox
from heliodesk.customers.models import (
    Account,
    AccountIdentifier,
    Contact,
    ContactAddress,
    ContactRole,
    Partnership,
    VerifiedDomain,
)
from heliodesk.customers.rules import RoleKind
from heliodesk.entitlements.models import PolicyPack, SupportContract
from heliodesk.identity.models import Team, TeamMember, User
from heliodesk.identity.rules import Role
from heliodesk.kernel.clock import NEVER
from heliodesk.kernel.references import case_reference
from heliodesk.sla.models import Clock

#: The moment at which tests play, a Monday.
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PASSWORD = "a-long-enough-secret"
_number = count(1)


def user(
    *,
    role: Role | str = Role.AGENT,
    email: str = "",
    name: str = "",
    password: str = "",
    offshore: bool = False,
    queues: tuple[str, ...] = (),
    **fields: Any,
) -> User:
    """A person of the desk; without a password nobody can sign in by one (and it is quick)."""
    n = next(_number)
    row = User(
        email=email or f"agent{n}@desk.example",
        name=name or f"Agent {n}",
        role=Role(role),
        created_at=fields.pop("created_at", NOW),
        **fields,
    )
    if password:
        row.set_password(password)
    else:
        row.set_unusable_password()
    row.save()
    if offshore or queues:
        team = Team.objects.create(
            code=f"team{n}", name=f"Team {n}", queues=list(queues), offshore=offshore
        )
        TeamMember.objects.create(team=team, user=row)
    return row


def mailbox(*, code: str = "", address: str = "", **fields: Any) -> Mailbox:
    """An address of the desk."""
    n = next(_number)
    fields.setdefault("name", "Meridian Support")
    fields.setdefault("region", "EMEA")
    return Mailbox.objects.create(
        code=code or f"support{n}", address=address or f"support{n}@meridian.example", **fields
    )


def account(
    *,
    name: str = "",
    identifier: str = "",
    domain: str = "",
    package: str = "",
    starts_on: date = date(2026, 1, 1),
    ends_on: date | None = None,
    **fields: Any,
) -> Account:
    """A customer with an ID; with a verified domain and a contract when these are named."""
    n = next(_number)
    fields.setdefault("region", "EMEA")
    fields.setdefault("created_at", NOW)
    row = Account.objects.create(name=name or f"Account {n}", **fields)
    AccountIdentifier.objects.create(
        account=row, value=identifier or f"10-{n // 10000:04d}-{n:07d}", valid_from=starts_on
    )
    if domain:
        VerifiedDomain.objects.create(account=row, domain=domain, verified_at=NOW)
    if package:
        contract(row, package=package, starts_on=starts_on, ends_on=ends_on)
    return row


def contract(
    account: Account, *, package: str = "gold", starts_on: date = date(2026, 1, 1), **fields: Any
) -> SupportContract:
    """A package held by an account."""
    fields.setdefault("created_at", NOW)
    return SupportContract.objects.create(
        account=account, package=package, starts_on=starts_on, **fields
    )


def contact(
    account: Account,
    *,
    name: str = "",
    address: str = "",
    addresses: tuple[str, ...] = (),
    kind: RoleKind | str = RoleKind.AUTHORISED,
    valid_from: date = date(2026, 1, 1),
    valid_to: date | None = None,
    **fields: Any,
) -> Contact:
    """A person at an account, with one or several addresses (the first is preferred)."""
    n = next(_number)
    fields.setdefault("created_at", NOW)
    row = Contact.objects.create(name=name or f"Contact {n}", **fields)
    for i, each in enumerate(addresses or (address or f"contact{n}@customer{n}.example",)):
        ContactAddress.objects.create(contact=row, address=each.lower(), preferred=i == 0)
    ContactRole.objects.create(
        contact=row, account=account, kind=RoleKind(kind), valid_from=valid_from, valid_to=valid_to
    )
    return row


def sign_in_of(contact: Contact, *, password: str = "") -> User:
    """What this contact signs in to the portal with; made if they never did."""
    if contact.user is None:
        row = User(
            email=address_of(contact),
            name=contact.name,
            role=Role.CONTACT,
            created_at=NOW,
        )
        if password:
            row.set_password(password)
        else:
            row.set_unusable_password()
        row.save()
        contact.user = row
        contact.save(update_fields=["user"])
    return contact.user


def partnership(partner: Account, customer: Account, **fields: Any) -> Partnership:
    """The partner may act for the customer."""
    fields.setdefault("valid_from", date(2026, 1, 1))
    return Partnership.objects.create(partner=partner, customer=customer, **fields)


def address_of(contact: Contact) -> str:
    """The preferred address of a contact."""
    return contact.addresses.get(preferred=True).address


def case(
    account: Account | None = None,
    contact: Contact | None = None,
    *,
    title: str = "",
    text: str = "",
    opened_at: datetime = NOW,
    **fields: Any,
) -> Case:
    """An open case whose requester takes part; with a first message when there is a text."""
    n = next(_number)
    if account is None:
        account = globals()["account"]()
    with connection.cursor() as cursor:
        cursor.execute("select nextval('cases_number')")
        number = cursor.fetchone()[0]
    defaults: dict[str, Any] = {
        "ref": case_reference(number),
        "channel": "email",
        "severity": "P3",
        "priority": "P3",
        "queue": "emea",
        "package": "gold",
        "urgency": urgency(Stage.RUNNING, 3),
        "due_at": NEVER,
        "last_activity_at": opened_at,
        "last_customer_at": opened_at,
    }
    row = Case.objects.create(
        account=account,
        contact=contact,
        title=title or f"Question {n}",
        opened_at=opened_at,
        **{**defaults, **fields},
    )
    if contact:
        Participant.objects.create(
            case=row,
            contact=contact,
            address=address_of(contact),
            name=contact.name,
            requester=True,
            added_at=opened_at,
        )
    if text:
        message(row, text=text, at=opened_at)
    return row


def missed_clock(case: Case, *, minutes: int = 10) -> Clock:
    """A first response that was due so many minutes after the case; it needs an active pack."""
    due = NOW + timedelta(minutes=minutes)
    return Clock.objects.create(
        case=case, metric="first_response", kind="24x7", calendar="", target_minutes=minutes,
        pack=PolicyPack.objects.get(state="active"), state="missed", started_at=NOW,
        since=NOW, due_at=due, look_at=due, missed_at=due,
    )  # fmt: skip


def message(
    case: Case,
    *,
    text: str = "Hello, can you help us?",
    direction: Direction | str = Direction.IN,
    by: User | None = None,
    at: datetime | None = None,
    **fields: Any,
) -> Message:
    """Something said on a case: by its contact, or by a user when one is named."""
    first = not case.messages.exists()
    author: dict[str, Any]
    if by is not None:
        author = {"author_user": by, "author_name": by.name, "author_address": by.email}
    else:
        contact = case.contact
        author = {
            "author_contact": contact,
            "author_name": contact.name if contact else "Somebody",
            "author_address": address_of(contact) if contact else "somebody@customer.example",
        }
    defaults: dict[str, Any] = {"channel": "email", "subject": case.title}
    row = Message.objects.create(
        case=case,
        direction=Direction(direction),
        text=text,
        at=at or case.opened_at + timedelta(minutes=case.messages.count()),
        bucket=case.pk // 16384,
        **{**defaults, **author, **fields},
    )
    index(row, title=case.title if first else "")
    return row


def index(message: Message, *, title: str = "") -> None:
    """Let the search find a message, as filing does."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update cases_message set search = to_tsvector('simple', %s) where id = %s",
            [f"{title}\n{message.text}", message.pk],
        )


def attachment(message: Message, *, data: bytes = b"hello", name: str = "", **fields: Any) -> Any:
    """A file on a message, its bytes in the blob store."""
    from heliodesk.channels import blobs

    defaults: dict[str, Any] = {"content_type": "text/plain"}
    return Attachment.objects.create(
        message=message,
        name=name or f"file{next(_number)}.txt",
        size=len(data),
        sha256=blobs.put(data),
        **{**defaults, **fields},
    )
