"""What becomes of a message: the result of deciding, before anything is written."""

from dataclasses import dataclass
from enum import StrEnum

from heliodesk.customers.facts import AccountFacts, ContactFacts
from heliodesk.entitlements.decision import Decision
from heliodesk.entitlements.request import Request


class Fate(StrEnum):
    """The ways a message can go."""

    OPEN = "open"
    APPEND = "append"
    HOLD = "hold"
    JOIN_HELD = "join_held"
    DUPLICATE = "duplicate"
    DROP = "drop"


@dataclass(frozen=True)
class Outcome:
    """The fate of one draft, with everything that is needed to write it."""

    fate: Fate
    #: A word for why, on holding and dropping.
    reason: str = ""
    detail: str = ""
    account: AccountFacts | None = None
    contact: ContactFacts | None = None
    case_id: int | None = None
    held_id: int | None = None
    #: Index of the draft in this batch whose case or held item this one joins.
    earlier: int | None = None
    request: Request | None = None
    decision: Decision | None = None
    package: str = ""
    flags: tuple[str, ...] = ()
    reopen: bool = False
    pending: bool = False
    #: From somebody outside whom we asked: kept among us.
    aside: bool = False
    automatic: bool = False
    continues_id: int | None = None
    #: Whether the desk may answer by itself.
    answer: bool = False
    account_hint: AccountFacts | None = None
    case_hint: int | None = None
    #: A mail of ours that this one returns, and whether for good.
    bounced_outbound: int | None = None
    bounced_address: str = ""
