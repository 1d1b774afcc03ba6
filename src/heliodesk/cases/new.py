"""What is needed to open a case or to add what somebody said: plain values, no database."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from heliodesk.cases.models import Direction
from heliodesk.kernel.clock import NEVER


@dataclass(frozen=True)
class NewAttachment:
    """A file whose bytes are already in the blob store."""

    name: str
    content_type: str
    size: int
    sha256: str
    inline: bool = False
    content_id: str = ""


@dataclass(frozen=True)
class NewMessage:
    """Something said."""

    channel: str
    at: datetime
    author_name: str
    text: str
    direction: str = Direction.IN
    author_address: str = ""
    author_contact_id: int | None = None
    author_user_id: int | None = None
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    subject: str = ""
    new_text: str | None = None
    html: str = ""
    marks: dict[str, Any] = field(default_factory=dict)
    automatic: bool = False
    pending: bool = False
    message_id: str = ""
    inbound_id: int | None = None
    attachments: tuple[NewAttachment, ...] = ()


@dataclass(frozen=True)
class Party:
    """Somebody to be told of the case."""

    address: str
    name: str = ""
    contact_id: int | None = None


@dataclass(frozen=True)
class NewCase:
    """A case to be opened, as the entitlement decision has it."""

    account_id: int
    contact_id: int | None
    channel: str
    title: str
    priority: str
    severity: str
    queue: str
    package: str
    urgency: int
    message: NewMessage
    mailbox_id: int | None = None
    kind: str = "technical"
    decision_id: int | None = None
    flags: tuple[str, ...] = ()
    offshore: bool = False
    due_at: datetime = NEVER
    continues_id: int | None = None
    requester: Party | None = None
    copied: tuple[Party, ...] = ()
    #: For the followers: which words to answer with, and whether to answer at all.
    told: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Opened:
    """A case that was just opened."""

    id: int
    ref: str
    message_id: int


@dataclass(frozen=True)
class Heard:
    """A message for an existing case, and what it does to it."""

    case_id: int
    message: NewMessage
    #: Reopen the case when it is resolved or closed.
    reopen: bool = False
    flags: tuple[str, ...] = ()
    #: Set when the reopening was decided anew.
    decision_id: int | None = None
    #: The priority it is reopened at; a P1 that comes back in writing is none any more (C17).
    priority: str = ""
    #: A P1 is claimed in writing: the case rises to that priority, if it is lower (C5).
    urgent: bool = False
    #: From somebody outside whom we asked: kept among us, and changes nothing.
    aside: bool = False
    told: dict[str, Any] = field(default_factory=dict)
