"""Roles and what each may do: the one table of permissions."""

from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache


class Role(StrEnum):
    """What a person is at the desk; a contact is no person of the desk and may do nothing there."""

    AGENT = "agent"
    LEAD = "lead"
    ADMIN = "admin"
    #: Somebody of a customer, who signs in to the portal only.
    CONTACT = "contact"


class May(StrEnum):
    """One permission; pages and verbs ask for these, never for a role."""

    WORK_CASES = "work_cases"
    SEE_RAW_MAIL = "see_raw_mail"
    DECIDE_HELD = "decide_held"
    SEE_SENT_MAIL = "see_sent_mail"
    SEE_CUSTOMERS = "see_customers"
    REVIVE_CANCELLED = "revive_cancelled"
    EDIT_CUSTOMERS = "edit_customers"
    EDIT_TEMPLATES = "edit_templates"
    EDIT_MAILBOXES = "edit_mailboxes"
    EDIT_USERS = "edit_users"
    EDIT_POLICY = "edit_policy"
    EDIT_CONTRACTS = "edit_contracts"
    SEE_REPORTS = "see_reports"
    RUN_ONCALL = "run_oncall"
    SEE_AUDIT = "see_audit"
    GUARD_DATA = "guard_data"


_AGENT = frozenset(
    {
        May.WORK_CASES,
        May.SEE_RAW_MAIL,
        May.DECIDE_HELD,
        May.SEE_SENT_MAIL,
        May.SEE_CUSTOMERS,
    }
)
_LEAD = _AGENT | {
    May.REVIVE_CANCELLED,
    May.EDIT_CUSTOMERS,
    May.SEE_REPORTS,
    May.EDIT_CONTRACTS,
    May.RUN_ONCALL,
}

#: The roles that people of the desk may have.
STAFF = (Role.AGENT, Role.LEAD, Role.ADMIN)

PERMISSIONS: dict[Role, frozenset[May]] = {
    Role.AGENT: _AGENT,
    Role.LEAD: _LEAD,
    Role.ADMIN: frozenset(May),
    Role.CONTACT: frozenset(),
}


#: What each permission lets somebody do, in words for the table of roles.
ABOUT: dict[May, str] = {
    May.WORK_CASES: "Work cases: read, answer, take, resolve.",
    May.SEE_RAW_MAIL: "Read a mail as it came, byte by byte.",
    May.DECIDE_HELD: "Decide about held intake.",
    May.SEE_SENT_MAIL: "See what was sent, and send again.",
    May.SEE_CUSTOMERS: "See accounts and contacts.",
    May.REVIVE_CANCELLED: "Bring back cancelled cases, and other steps of a lead.",
    May.EDIT_CUSTOMERS: "Edit accounts, contacts and partners; import sheets.",
    May.EDIT_TEMPLATES: "Write the words that customers are sent.",
    May.EDIT_MAILBOXES: "Edit mailboxes, and connect to servers to try them.",
    May.EDIT_USERS: "Invite and change people, teams and roles.",
    May.EDIT_POLICY: "Edit policy packs, calendars and rules.",
    May.EDIT_CONTRACTS: "Open, renew and end contracts.",
    May.SEE_REPORTS: "See the board and the reports.",
    May.RUN_ONCALL: "Plan on-call: regions, rotas, who is paged.",
    May.SEE_AUDIT: "Read and export the audit log.",
    May.GUARD_DATA: "Set how long records are kept; export, anonymise and erase a person.",
}


def permissions(role: str, own: Iterable[str] | None = None) -> frozenset[May]:
    """What this role holds; with ``own``, exactly those of a role made at this desk.

    An unknown role holds nothing, and so does an unknown permission.
    """
    if own is not None:
        return _known(tuple(own))
    return PERMISSIONS[Role(role)] if role in _CODES else frozenset()


def allows(role: str, permission: May, own: Iterable[str] | None = None) -> bool:
    """Whether this role holds the permission; an unknown role holds none."""
    return permission in permissions(role, own)


_CODES = frozenset(role.value for role in Role)
_MAYS = frozenset(may.value for may in May)


@lru_cache(maxsize=256)
def _known(words: tuple[str, ...]) -> frozenset[May]:
    """The same set for the same words, so that it may be compared and kept cheaply."""
    return frozenset(May(word) for word in words if word in _MAYS)
