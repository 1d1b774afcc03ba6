"""What happens to the clocks of one case when something happens to the case."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from heliodesk.calendars.timeline import micros
from heliodesk.cases.rules import OPEN, Happened, State, Verb
from heliodesk.entitlements.pack.model import Metric
from heliodesk.journal.record import Recorded
from heliodesk.sla import rules
from heliodesk.sla.facts import Given, Standing, Terms, Ticking
from heliodesk.sla.rules import Timing

#: What stands still while the customer has to act; a first response is owed all the same.
PAUSES = frozenset({Metric.RESOLUTION, Metric.NEXT_RESPONSE})
RESPONSES = (Metric.FIRST_RESPONSE, Metric.NEXT_RESPONSE)


@dataclass(slots=True)
class Course:
    """The clocks of one case in hand: those that are live, and all that were touched."""

    case: Standing
    terms: Terms
    live: dict[Metric, Ticking]
    touched: list[Ticking] = field(default_factory=list)

    def start(self, metric: Metric, at: datetime, *, like: Metric | None = None) -> None:
        """Owe something anew, if the policy has a target for it and it is not owed already.

        Args:
            like: the metric whose target counts when the policy has none for this one.
        """
        if metric in self.live:
            return
        given = self.terms.given(self.case, metric)
        if given is None and like is not None:
            given = self.terms.given(self.case, like)
        if given:
            self.add(Ticking(None, self.case.id, metric, given, rules.start(given.aim, at)))

    def add(self, ticking: Ticking) -> None:
        """Take a clock in hand."""
        self.live[ticking.metric] = ticking
        self.touched.append(ticking)

    def meet(self, at: datetime, *metrics: Metric) -> None:
        """What was owed is done."""
        for metric in metrics:
            if metric in self.live:
                ticking = self.live.pop(metric)
                self._end(ticking, rules.meet(ticking.timing, ticking.given.aim.hours, at), at)

    def cancel(self, at: datetime, *metrics: Metric) -> None:
        """Nothing is owed any more."""
        for metric in metrics or tuple(self.live):
            if metric in self.live:
                ticking = self.live.pop(metric)
                self._end(ticking, rules.cancel(ticking.timing, ticking.given.aim.hours, at), at)

    def pause(self, at: datetime) -> None:
        """Stand still while the customer has to act."""
        for metric in PAUSES & self.live.keys():
            ticking = self.live[metric]
            if ticking.timing.since is not None:
                self._keep(ticking, "customer", at)
                timing = rules.pause(ticking.timing, ticking.given.aim.hours, at)
                self._set(ticking, timing)
                ticking.paused_at = at

    def resume(self, at: datetime) -> None:
        """Go on where the clocks stood still, by the calendar as it is now."""
        for ticking in self.live.values():
            if ticking.timing.since is None:
                self._set(ticking, rules.resume(ticking.timing, ticking.given.aim, at))
                ticking.paused_at = None

    def retarget(self, at: datetime) -> None:
        """Follow another priority or package; what was counted stays counted."""
        for metric, ticking in list(self.live.items()):
            given = self.terms.given(self.case, metric)
            if given is None:
                self.cancel(at, metric)
            elif given != ticking.given:
                self.renew(ticking, given, "target", at)

    def renew(self, ticking: Ticking, given: Given, why: str, at: datetime) -> None:
        """Go on by another target, or the same in changed hours."""
        old = ticking.given.aim.hours
        if ticking.timing.since is not None:
            self._keep(ticking, why, at)
        self._set(ticking, rules.retarget(ticking.timing, old, given.aim, at))
        ticking.given = given

    def revive(self, ticking: Ticking, at: datetime) -> None:
        """Owe again what was ended by mistake."""
        self._set(ticking, rules.revive(ticking.timing, ticking.given.aim, at))
        self.live[ticking.metric] = ticking

    def _end(self, ticking: Ticking, timing: Timing, at: datetime) -> None:
        if ticking.timing.since is not None:
            self._keep(ticking, "end", at)
        ticking.paused_at = None
        self._set(ticking, timing)

    def take_over(self, loser: "Course", at: datetime) -> None:
        """Owe the answer that a case merged into this one owed, with the time it has run.

        Where both owe one, the earlier stays.
        """
        owed = next((loser.live[m] for m in RESPONSES if m in loser.live), None)
        if owed is None or owed.timing.since is None or self.case.state not in OPEN:
            return
        mine = next((self.live[m] for m in RESPONSES if m in self.live), None)
        if mine:
            if owed.timing.due_at < mine.timing.due_at:
                self._credit(mine, _counted(owed, at) - _counted(mine, at), loser.case.id, at)
            return
        metric = Metric.NEXT_RESPONSE if self.case.first_response_at else Metric.FIRST_RESPONSE
        given = self.terms.given(self.case, metric) or owed.given
        timing = rules.retarget(owed.timing, owed.given.aim.hours, given.aim, at)
        past = [*owed.past, _stretch(owed, merged_from(loser.case.id), at)]
        self.add(Ticking(None, self.case.id, metric, given, timing, past=past))

    def give_back(self, loser_id: int, at: datetime) -> None:
        """Owe no longer what was taken over from a case that stands on its own again."""
        for metric, ticking in list(self.live.items()):
            why = [stretch[5] for stretch in ticking.past]
            credit = sum(s[4] for s in ticking.past if s[5] == credited_from(loser_id))
            if merged_from(loser_id) in why:
                self.cancel(at, metric)
            elif credit:
                self._credit(ticking, -timedelta(microseconds=credit), loser_id, at)

    def _credit(self, ticking: Ticking, extra: timedelta, loser_id: int, at: datetime) -> None:
        """Count time that was not this clock's own: what the customer has waited elsewhere."""
        given = ticking.given
        if not extra or ticking.timing.since is None:
            return
        self._keep(ticking, "target", at)
        now, micro = micros(at), extra // timedelta(microseconds=1)
        calendar = given.calendar if given.aim.hours else ""
        ticking.past.append([now, now, calendar, given.version, micro, credited_from(loser_id)])
        self._set(ticking, rules.credit(ticking.timing, given.aim, extra, at))

    def _keep(self, ticking: Ticking, why: str, at: datetime) -> None:
        """Remember what was counted up to now and in which hours, so that it can be explained."""
        ticking.past.append(_stretch(ticking, why, at))

    def _set(self, ticking: Ticking, timing: Timing) -> None:
        ticking.timing, ticking.changed = timing, True
        if ticking not in self.touched:
            self.touched.append(ticking)


def merged_from(case_id: int) -> str:
    """Why a stretch of a clock ended: its case was merged into another."""
    return f"merged {case_id}"


def credited_from(case_id: int) -> str:
    """Why time was added to a clock: the customer waited that long on a merged case."""
    return f"credit {case_id}"


def _counted(ticking: Ticking, at: datetime) -> timedelta:
    return rules.counted_by(ticking.timing, ticking.given.aim.hours, at)


def _stretch(ticking: Ticking, why: str, at: datetime) -> list[Any]:
    """What a clock has counted since it last began to, in which hours, and why that ended."""
    given, timing = ticking.given, ticking.timing
    assert timing.since is not None  # noqa: S101 - callers asked
    span = rules.counted_by(timing, given.aim.hours, at) - timing.counted
    return [
        micros(timing.since),
        micros(max(at, timing.since)),
        given.calendar if given.aim.hours else "",
        given.version,
        span // timedelta(microseconds=1),
        why,
    ]


def follow(course: Course, event: Recorded) -> None:
    """Let the clocks follow one event of their case."""
    at, verb, data = event.at, event.verb, event.data
    if verb in {Verb.REPLY, Verb.INFORM} and event.by.kind == "user":
        _answered(course, at)
    elif verb == Verb.HEAR and not (data.get("automatic") or data.get("pending")):
        _asked(course, at)
    elif verb == Verb.REOPEN:
        _reopened(course, data, at)
    elif verb == Verb.RESOLVE:
        _resolved(course, by_us=event.by.kind == "user", at=at)
    elif verb in {Verb.CLOSE, Verb.CANCEL, Verb.MERGE}:
        course.cancel(at)
    elif verb == Verb.PRIORITISE:
        _prioritised(course, data, at)
    elif verb == Happened.REPACKAGED:
        course.retarget(at)
    _stand(course, at)


def _stand(course: Course, at: datetime) -> None:
    if course.case.state == State.PENDING_CUSTOMER:
        course.pause(at)
    elif course.case.state in OPEN:
        course.resume(at)


def _answered(course: Course, at: datetime) -> None:
    """A person of ours has spoken; the next update is owed from now."""
    course.meet(at, *RESPONSES)
    if Metric.UPDATE in course.live and course.case.state in OPEN:
        course.meet(at, Metric.UPDATE)
        course.start(Metric.UPDATE, at)


def _asked(course: Course, at: datetime) -> None:
    """The customer waits for an answer, unless one is owed already."""
    if course.case.state in OPEN and not any(metric in course.live for metric in RESPONSES):
        course.start(Metric.NEXT_RESPONSE, at)


def _reopened(course: Course, data: Mapping[str, Any], at: datetime) -> None:
    if course.case.first_response_at is None:
        course.start(Metric.FIRST_RESPONSE, at)
    elif "message" in data:
        # The customer was told of a target for a first response.
        course.start(Metric.NEXT_RESPONSE, at, like=Metric.FIRST_RESPONSE)
    course.start(Metric.RESOLUTION, at)
    course.start(Metric.UPDATE, at)


def _resolved(course: Course, *, by_us: bool, at: datetime) -> None:
    course.cancel(at, Metric.UPDATE)
    course.meet(at, Metric.RESOLUTION)
    if by_us:
        course.meet(at, *RESPONSES)
    course.cancel(at)


def _prioritised(course: Course, data: Mapping[str, Any], at: datetime) -> None:
    """A promotion to P1 starts its response anew (C5); any other change carries time over."""
    if data.get("priority") == "P1" and data.get("was") != "P1":
        for metric in RESPONSES:
            if metric in course.live:
                course.cancel(at, metric)
                course.start(metric, at)
    course.retarget(at)
    course.start(Metric.UPDATE, at)
