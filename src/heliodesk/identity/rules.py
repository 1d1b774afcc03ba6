"""Roles and what each may do: the one table of permissions."""

from enum import StrEnum


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


def allows(role: str, permission: May) -> bool:
    """Whether this role holds the permission; an unknown role holds none."""
    try:
        return permission in PERMISSIONS[Role(role)]
    except ValueError:
        return False
