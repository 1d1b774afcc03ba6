"""Questions of the form "what would happen if", as plain data in and out."""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar

from heliodesk.entitlements.decision import Decision
from heliodesk.entitlements.pack.model import PRIORITIES, Pack
from heliodesk.entitlements.pack.settings import SettingError
from heliodesk.entitlements.policy import Policy, UnknownCode
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
from heliodesk.entitlements.rules import decide
from heliodesk.entitlements.wording import tell

E = TypeVar("E", bound=StrEnum)

#: What the words for an existing case stand for: its state and the days since it was closed.
EXISTING = {
    "open": (ExistingCase.OPEN, 0),
    "closed_recent": (ExistingCase.CLOSED, 3),
    "closed_old": (ExistingCase.CLOSED, 60),
}
KEYS = frozenset(
    (
        "account_id",
        "accounts_known",
        "assessed_severity",
        "at",
        "auto_reply",
        "case_type",
        "channel",
        "closed_days",
        "contact_region",
        "contact_role",
        "contract",
        "courtesy_used",
        "endpoint",
        "existing_case",
        "existing_priority",
        "issue_details_length",
        "lifecycle",
        "major_incident_minutes",
        "major_incident_open",
        "missing_fields",
        "p1_criteria_met",
        "package",
        "region",
        "settings",
        "severity",
    )
)
CONTRACT_KEYS = frozenset(("service", "package_expired_days", "grace_days"))


class QuestionError(ValueError):
    """A question that cannot be read; the text says what is wrong with it."""


class Simulator:
    """Answers questions under one pack; settings given with a question overrule the pack's."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self._policies: dict[tuple[tuple[str, str], ...], Policy] = {}

    def ask(self, asked: Mapping[str, object]) -> tuple[Decision, Policy]:
        """Decide one question. Raises QuestionError."""
        try:
            request, at = request_from(asked), _instant(asked.get("at"))
            policy = self.policy(_mapping(asked, "settings"))
            return decide(request, policy, at), policy
        except (SettingError, UnknownCode) as error:
            raise QuestionError(str(error)) from error
        except (OverflowError, ValueError) as error:
            raise QuestionError(str(error)) from error

    def policy(self, overrides: Mapping[str, object]) -> Policy:
        """The pack under these settings, made once."""
        key = tuple(sorted((name, repr(value)) for name, value in overrides.items()))
        if key not in self._policies:
            if len(self._policies) > 200:
                self._policies.clear()
            self._policies[key] = Policy(self.pack, overrides)
        return self._policies[key]

    def answer(self, asked: Mapping[str, object]) -> dict[str, object]:
        """Outcome, rule trace and the customer's sentence of one question. Raises QuestionError."""
        decision, policy = self.ask(asked)
        return {
            "outcome": outcome(decision),
            "rules": trace(decision),
            "customer_told": tell(decision, policy),
        }


def outcome(decision: Decision) -> dict[str, object]:
    """The outcome as plain data; the due instant in UTC."""
    return {
        "decision": str(decision.decision),
        "queue": decision.queue,
        "priority": decision.priority,
        "clock": None if decision.clock is None else str(decision.clock),
        "target_minutes": decision.target_minutes,
        "due": None if decision.due is None else utc_text(decision.due),
        "page": str(decision.page),
        "flags": list(decision.flags),
        "message": decision.message,
    }


def trace(decision: Decision) -> list[dict[str, object]]:
    """The rules as plain data, in the order they were applied."""
    return [
        {
            "rule": reason.rule,
            "refs": list(reason.refs),
            "says": reason.says,
            "effect": str(reason.effect),
        }
        for reason in decision.rules
    ]


def utc_text(at: datetime) -> str:
    """An instant in UTC such as 2026-03-03T11:15Z; seconds only where there are some."""
    utc = at.astimezone(UTC).replace(tzinfo=None)
    exact = "microseconds" if utc.microsecond else "seconds" if utc.second else "minutes"
    return utc.isoformat(timespec=exact) + "Z"


def request_from(asked: Mapping[str, object]) -> Request:
    """The typed request of a question. Raises QuestionError naming the field."""
    strange = sorted(set(asked) - KEYS)
    if strange:
        raise QuestionError(f"input has unknown fields: {', '.join(map(str, strange))}")
    contract = _mapping(asked, "contract")
    strange = sorted(set(contract) - CONTRACT_KEYS)
    if strange:
        raise QuestionError(f"contract has unknown fields: {', '.join(map(str, strange))}")
    existing, closed_days = _existing(asked.get("existing_case"))
    given_days = _count(asked, "closed_days")
    return Request(
        channel=_word(Channel, asked, "channel"),
        contact_role=_word(ContactRole, asked, "contact_role"),
        account_id=_word(AccountId, asked, "account_id", AccountId.VALID),
        package=_text(asked, "package"),
        region=_text(asked, "region"),
        contact_region=_text(asked, "contact_region"),
        endpoint=_text(asked, "endpoint"),
        severity=_severity(asked, "severity"),
        case_type=_word(CaseType, asked, "case_type", CaseType.TECHNICAL),
        lifecycle=_word(Lifecycle, asked, "lifecycle", Lifecycle.LIVE),
        service=_word(Service, contract, "service", Service.ACTIVE),
        package_expired_days=_count(contract, "package_expired_days") or 0,
        grace_days=_count(contract, "grace_days"),
        accounts_known=_count(asked, "accounts_known"),
        existing_case=existing,
        existing_priority=_severity(asked, "existing_priority"),
        closed_days=closed_days if given_days is None else given_days,
        auto_reply=_flag(asked, "auto_reply", default=False),
        issue_details_length=_count(asked, "issue_details_length"),
        missing_fields=_words(asked, "missing_fields"),
        p1_criteria_met=_flag(asked, "p1_criteria_met", default=True),
        assessed_severity=_severity(asked, "assessed_severity"),
        major_incident_open=_flag(asked, "major_incident_open", default=False),
        major_incident_minutes=_count(asked, "major_incident_minutes"),
        courtesy_used=_count(asked, "courtesy_used") or 0,
    )


def _instant(value: object) -> datetime:
    if not isinstance(value, str):
        raise QuestionError("at is missing: an ISO 8601 instant with offset is expected")
    try:
        at = datetime.fromisoformat(value)
    except ValueError as error:
        raise QuestionError(f"at {value!r} is not an ISO 8601 instant") from error
    if at.tzinfo is None:
        raise QuestionError(f"at {value!r} has no offset from UTC")
    return at


def _existing(value: object) -> tuple[ExistingCase | None, int]:
    if value is None:
        return None, 0
    if not isinstance(value, str) or value not in EXISTING:
        raise QuestionError(f"existing_case is null or one of {', '.join(EXISTING)}")
    return EXISTING[value]


def _mapping(asked: Mapping[str, object], key: str) -> Mapping[str, object]:
    value = asked.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise QuestionError(f"{key} is an object")
    return value


def _word(kind: type[E], asked: Mapping[str, object], key: str, absent: E | None = None) -> E:
    value = asked.get(key)
    if value is None and absent is not None:
        return absent
    try:
        return kind(str(value))
    except ValueError as error:
        raise QuestionError(f"{key} is one of {', '.join(kind)}, not {value!r}") from error


def _severity(asked: Mapping[str, object], key: str) -> str | None:
    value = asked.get(key)
    if value is not None and value not in PRIORITIES:
        raise QuestionError(f"{key} is one of {', '.join(PRIORITIES)}, not {value!r}")
    return None if value is None else str(value)


def _text(asked: Mapping[str, object], key: str) -> str | None:
    value = asked.get(key)
    if value is not None and not isinstance(value, str):
        raise QuestionError(f"{key} is a text, not {value!r}")
    return value


def _flag(asked: Mapping[str, object], key: str, *, default: bool) -> bool:
    value = asked.get(key)
    if value is None:
        return default
    if not isinstance(value, bool):
        raise QuestionError(f"{key} is true or false, not {value!r}")
    return value


def _count(asked: Mapping[str, object], key: str) -> int | None:
    value = asked.get(key)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise QuestionError(f"{key} is a whole number of at least 0, not {value!r}")
    return value


def _words(asked: Mapping[str, object], key: str) -> tuple[str, ...]:
    value = asked.get(key)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise QuestionError(f"{key} is a list of words")
    return tuple(value)
