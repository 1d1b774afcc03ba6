"""An ordinary question, and the ways to change it."""

from datetime import UTC, datetime

from heliodesk.entitlements.decision import Decision
from heliodesk.entitlements.pack.shipped import default_pack
from heliodesk.entitlements.simulation import Simulator, outcome

#: A Silver customer of the UK writes on a Tuesday morning with everything in order.
ORDINARY: dict[str, object] = {
    "at": "2026-03-03T10:00+00:00",
    "package": "silver",
    "contract": {"service": "active", "package_expired_days": 0},
    "lifecycle": "live",
    "region": "UK",
    "contact_role": "authorised",
    "channel": "email",
    "endpoint": "onshore",
    "account_id": "valid",
    "severity": "P3",
    "case_type": "technical",
    "existing_case": None,
    "auto_reply": False,
    "issue_details_length": 400,
    "p1_criteria_met": True,
    "assessed_severity": None,
    "missing_fields": [],
    "major_incident_open": False,
    "settings": {},
}
CALL: dict[str, object] = {"channel": "phone", "endpoint": None}
WEB: dict[str, object] = {"channel": "web", "endpoint": None}
P1_CALL: dict[str, object] = CALL | {"severity": "P1"}
NIGHT: dict[str, object] = {"at": "2026-03-07T03:00+00:00"}  # a Saturday

SIMULATOR = Simulator(default_pack())


def ask(**changes: object) -> Decision:
    """Decide the ordinary question with some facts changed."""
    return SIMULATOR.ask(ORDINARY | changes)[0]


def asked(**changes: object) -> dict[str, object]:
    """The outcome of the ordinary question with some facts changed."""
    return outcome(ask(**changes))


def utc(text: str) -> datetime:
    """An instant in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
