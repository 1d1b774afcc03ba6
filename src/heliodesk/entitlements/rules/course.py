"""The course of one decision: what the rules have found so far."""

from datetime import datetime

from heliodesk.calendars.rules import Calendar
from heliodesk.entitlements.decision import Decision, Page, Reason, Verdict
from heliodesk.entitlements.pack.model import ClockKind
from heliodesk.entitlements.policy import Place, Policy
from heliodesk.entitlements.request import Request

NO_QUEUE = "none"
NO_MESSAGE = "none"


class Course:
    """The outcome in the making. Rules change it in order; ``settle`` ends it early."""

    __slots__ = (
        "at",
        "calendar",
        "clock",
        "due",
        "flags",
        "live",
        "message",
        "next_opening",
        "page",
        "place",
        "policy",
        "priority",
        "queue",
        "reasons",
        "remind_id",
        "request",
        "settings",
        "target_minutes",
        "terms",
        "unverified",
        "variables",
        "verdict",
    )

    def __init__(self, request: Request, policy: Policy, at: datetime) -> None:
        self.request, self.policy, self.at = request, policy, at
        self.settings = policy.settings
        self.terms = policy.terms(request.package)
        self.place: Place = policy.place(request.region)
        self.calendar: Calendar = self._local_calendar()
        self.verdict = Verdict.ACCEPT
        self.queue = ""
        self.priority: str | None = request.severity or policy.settings.severity_default
        self.clock: ClockKind | None = None
        self.target_minutes: int | None = None
        self.due: datetime | None = None
        self.next_opening: datetime | None = None
        self.page = Page.NO
        self.message = ""
        self.flags: list[str] = []
        self.variables: dict[str, str] = {}
        self.reasons: list[Reason] = []
        self.live = False
        self.unverified = False
        self.remind_id = False

    def _local_calendar(self) -> Calendar:
        """Whose business hours count as local (C22)."""
        local_of = self.settings.hours_local_of
        if local_of == "contact" and self.request.contact_region:
            return self.policy.place(self.request.contact_region).calendar
        if local_of == "centre" and self.request.by_phone:
            dialled = self.policy.dialled(self.request.endpoint)
            if dialled:
                return dialled.calendar
        return self.place.calendar

    def settle(
        self,
        reason: Reason,
        verdict: Verdict,
        queue: str,
        message: str,
        *flags: str,
        page: Page = Page.NO,
    ) -> bool:
        """End the course without a case: held, refused or dropped. Returns True: it is over."""
        self.reasons.append(reason)
        self.verdict, self.queue, self.message, self.page = verdict, queue, message, page
        self.flags.extend(flags)
        self.priority = self.clock = self.target_minutes = self.due = None
        self.next_opening = None
        return True

    def lower(self, verdict: Verdict) -> None:
        """Change a plain acceptance; a reopening, link or restriction keeps its name."""
        if self.verdict is Verdict.ACCEPT:
            self.verdict = verdict

    def say(self, message: str) -> None:
        """Set the message unless an earlier rule has said something weightier."""
        if not self.message:
            self.message = message

    def outcome(self) -> Decision:
        """The course as a decision."""
        return Decision(
            self.verdict,
            self.queue,
            self.priority,
            self.clock,
            self.target_minutes,
            self.due,
            self.page,
            tuple(sorted(self.flags)),
            self.message,
            self.variables,
            self.next_opening,
            tuple(self.reasons),
            self.terms.code,
            self.calendar.code,
        )
