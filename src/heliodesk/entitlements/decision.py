"""The outcome of the entitlement decision: what happens, by when, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from heliodesk.entitlements.pack.model import ClockKind


class Verdict(StrEnum):
    """What becomes of a request."""

    ACCEPT = "ACCEPT"
    ACCEPT_WRITTEN = "ACCEPT_WRITTEN"
    ACCEPT_DOWNGRADED = "ACCEPT_DOWNGRADED"
    ACCEPT_DEFERRED = "ACCEPT_DEFERRED"
    ACCEPT_RESTRICTED = "ACCEPT_RESTRICTED"
    HOLD = "HOLD"
    REOPEN = "REOPEN"
    NEW_LINKED = "NEW_LINKED"
    REJECT = "REJECT"
    DROP = "DROP"


class Page(StrEnum):
    """Who is called at once."""

    YES = "yes"
    NO = "no"
    DUTY_DESK = "duty-desk"
    DUTY_MANAGER = "duty-manager"


class Effect(StrEnum):
    """Whether a rule changed the outcome or let the request pass."""

    PASSED = "passed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule of the trace: its id, the requirements and readings behind it, what it found."""

    rule: str
    refs: tuple[str, ...]
    says: str
    effect: Effect


@dataclass(frozen=True, slots=True)
class Decision:
    """The whole outcome. ``due`` and ``next_opening`` are UTC; ``flags`` are sorted.

    ``message`` is a key of the pack's messages (or "none"); ``variables`` are its fields.
    """

    decision: Verdict
    queue: str
    priority: str | None
    clock: ClockKind | None
    target_minutes: int | None
    due: datetime | None
    page: Page
    flags: tuple[str, ...]
    message: str
    variables: Mapping[str, str]
    next_opening: datetime | None
    rules: tuple[Reason, ...]
    #: The package whose terms were applied, grace and expiry seen to.
    package: str = ""
    #: The calendar whose hours counted as local.
    calendar: str = ""

    @property
    def makes_case(self) -> bool:
        """Whether the request becomes, joins or reopens a case."""
        return self.decision not in _NO_CASE

    @property
    def changed(self) -> tuple[Reason, ...]:
        """The rules that changed the outcome: the short answer to why."""
        return tuple(reason for reason in self.rules if reason.effect is Effect.CHANGED)


_NO_CASE = frozenset((Verdict.HOLD, Verdict.REJECT, Verdict.DROP))
