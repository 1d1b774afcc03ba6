"""What a channel asks the entitlement decision: typed facts, the same for every channel."""

from dataclasses import dataclass
from enum import StrEnum


class Channel(StrEnum):
    """How the request came."""

    EMAIL = "email"
    WEB = "web"
    PHONE = "phone"


class ContactRole(StrEnum):
    """Who the sender or caller is to the account that the ID, thread or address points to."""

    DESIGNATED = "designated"
    AUTHORISED = "authorised"
    PARTNER = "partner"
    PARTNER_UNLINKED = "partner_unlinked"
    OTHER_ACCOUNT = "other_account"
    FORMER = "former"
    UNKNOWN_DOMAIN_OK = "unknown_domain_ok"
    UNKNOWN = "unknown"


class AccountId(StrEnum):
    """What became of the account identifier that was given."""

    VALID = "valid"
    MISSING = "missing"
    UNKNOWN_ID = "unknown_id"
    MALFORMED = "malformed"


class ExistingCase(StrEnum):
    """The state of the case that the request refers to."""

    OPEN = "open"
    CLOSED = "closed"


class Lifecycle(StrEnum):
    """Where the account stands."""

    LIVE = "live"
    IMPLEMENTATION = "implementation"


class Service(StrEnum):
    """Whether the service contract itself runs."""

    ACTIVE = "active"
    TERMINATED = "terminated"


class CaseType(StrEnum):
    """What the request is about."""

    TECHNICAL = "technical"
    HOW_TO = "how_to"
    IMPLEMENTATION = "implementation"
    EMAIL_TRACKING = "email_tracking"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """The facts of one request.

    ``package`` None is the base; ``region`` None is the pack's default region; ``severity`` None
    is the pack's default severity. ``endpoint`` is the code or text of the mail address, or the
    number, that was used. ``accounts_known`` counts the accounts the sender may write for, None:
    one for a contact, several for a partner.
    """

    channel: Channel
    contact_role: ContactRole
    account_id: AccountId = AccountId.VALID
    package: str | None = None
    region: str | None = None
    contact_region: str | None = None
    endpoint: str | None = None
    severity: str | None = None
    case_type: CaseType = CaseType.TECHNICAL
    lifecycle: Lifecycle = Lifecycle.LIVE
    service: Service = Service.ACTIVE
    package_expired_days: int = 0
    grace_days: int | None = None
    accounts_known: int | None = None
    existing_case: ExistingCase | None = None
    existing_priority: str | None = None
    closed_days: int = 0
    auto_reply: bool = False
    issue_details_length: int | None = None
    missing_fields: tuple[str, ...] = ()
    p1_criteria_met: bool = True
    assessed_severity: str | None = None
    major_incident_open: bool = False
    major_incident_minutes: int | None = None
    courtesy_used: int = 0

    @property
    def by_phone(self) -> bool:
        """Whether it is a call."""
        return self.channel is Channel.PHONE

    @property
    def claims_p1(self) -> bool:
        """Whether priority 1 is claimed and nobody has found the criteria unmet."""
        return self.severity == "P1" and self.p1_criteria_met
