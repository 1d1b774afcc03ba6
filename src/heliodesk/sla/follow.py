"""What clocks do when something happens to a case."""

from collections.abc import Sequence
from typing import Any

from heliodesk.cases.rules import OPEN, Happened, Verb
from heliodesk.entitlements.decision import Decision
from heliodesk.entitlements.pack.model import Metric
from heliodesk.journal.record import SYSTEM, Follower, Happening, Recorded, record
from heliodesk.sla import actions, facts, rules
from heliodesk.sla.actions.write import next_due, place, told, write
from heliodesk.sla.course import Course, follow
from heliodesk.sla.facts import Standing, Terms, Ticking

_AT_OPENING = (Metric.RESOLUTION, Metric.UPDATE)


def opened(events: Sequence[Recorded]) -> None:
    """A new case owes a first response, as the entitlement decision had it, and what else the
    policy has a target for. The decision is handed over; without one the policy is asked."""
    terms = Terms()
    known = [event for event in events if _decision(event)]
    rest = [event for event in events if not _decision(event)]
    courses = [_of_decision(event, terms) for event in known]
    standings = facts.standings({event.subject_id for event in rest}) if rest else {}
    for event in rest:
        if event.subject_id not in standings:
            continue
        course = Course(standings[event.subject_id], terms, {})
        course.start(Metric.FIRST_RESPONSE, event.at)
        for metric in _AT_OPENING:
            course.start(metric, event.at)
        courses.append(course)
    write([one for course in courses for one in course.touched])
    late = [c for c in courses if next_due(c.live.values()) != c.case.due_at]
    if late:
        _place(late)


def _decision(event: Recorded) -> Decision | None:
    found = event.told.get("decision")
    return found if isinstance(found, Decision) and found.due and found.clock else None


def _of_decision(event: Recorded, terms: Terms) -> Course:
    decision, pack_id = _decision(event), event.told["pack"]
    assert decision and decision.due and decision.clock  # noqa: S101 - asked before
    case = Standing(
        event.subject_id, "new", str(event.data["priority"]), decision.package, 0, decision.due,
        None, "", pack_id, decision.calendar,
    )  # fmt: skip
    course = Course(case, terms, {})
    given = terms.of_minutes(
        decision.target_minutes or 0,
        decision.clock,
        decision.calendar,
        pack_id,
        terms.policy(pack_id)[1],
    )
    timing = rules.started_with(given.aim, event.at, decision.due)
    course.add(Ticking(None, case.id, Metric.FIRST_RESPONSE, given, timing))
    for metric in _AT_OPENING:
        course.start(metric, event.at)
    return course


def changed(events: Sequence[Recorded]) -> None:
    """Something happened to cases that may start, stop, move or end their clocks."""
    winners = {event.data["into_id"] for event in events if event.verb == Verb.MERGE}
    cases = facts.standings(winners | {event.subject_id for event in events})
    terms = Terms()
    live = facts.live(cases, terms)
    courses = {id: Course(case, terms, live[id]) for id, case in cases.items()}
    before = {one.id: one.timing for each in live.values() for one in each.values()}
    events = [event for event in events if event.subject_id in cases]
    for event in events:
        if event.verb == Verb.MERGE and event.data["into_id"] in courses:
            courses[event.data["into_id"]].take_over(courses[event.subject_id], event.at)
        follow(courses[event.subject_id], event)
    _settle(list(courses.values()), before, events)
    moved = [cases[event.subject_id] for event in events if "to" in event.data]
    if moved:
        actions.be_patient(moved, terms, events[0].at)


def unmerged(events: Sequence[Recorded]) -> None:
    """A case that stands on its own again owes what it owed before the merge."""
    cases = facts.standings({event.subject_id for event in events})
    terms = Terms()
    courses = {
        id: Course(case, terms, live)
        for (id, live) in facts.live(cases, terms).items()
        if (case := cases[id]).state in OPEN
    }
    alone = {event.subject_id for event in events if "from_id" in event.data}
    for event in events:
        if "id" in event.data and event.subject_id in courses:
            courses[event.subject_id].give_back(event.data["id"], event.at)
    for one in facts.clocks(facts.CANCELLED, [sorted(alone & courses.keys())], terms):
        course = courses[one.case_id]
        if one.metric not in course.live:
            course.revive(one, events[0].at)
    _settle(list(courses.values()), {}, events)


def reverted(events: Sequence[Recorded]) -> None:
    """A case whose end was undone owes what it owed before; the time between does not count."""
    cases = facts.standings({event.subject_id for event in events})
    terms = Terms()
    courses = {id: Course(cases[id], terms, live) for id, live in facts.live(cases, terms).items()}
    open_now = [e for e in events if e.subject_id in cases and cases[e.subject_id].state in OPEN]
    ids = [event.subject_id for event in open_now]
    ended = facts.clocks(facts.ENDED_AT, [ids, [e.data["since"] for e in open_now]], terms)
    for one in ended:
        course = courses[one.case_id]
        if one.metric not in course.live:
            course.revive(one, events[0].at)
    for event in open_now:
        follow(courses[event.subject_id], event)
    _settle(list(courses.values()), {}, events)
    actions.be_patient(list(cases.values()), terms, events[0].at)


def _settle(
    courses: list[Course], before: dict[int | None, Any], events: Sequence[Recorded]
) -> None:
    touched = [one for course in courses for one in course.touched]
    write(touched)
    _place(courses)
    missed = [
        Happening(Happened.TARGET_MISSED, "case", one.case_id, told(one))
        for one in touched
        if one.id in before and one.timing.missed_at and not before[one.id].missed_at
    ]
    if missed:
        record(missed, by=SYSTEM, at=events[0].at)


def _place(courses: list[Course]) -> None:
    place(
        {course.case.id: list(course.live.values()) for course in courses},
        {course.case.id: course.case.priority for course in courses},
    )


FOLLOWS: dict[tuple[str, str], Follower] = {
    ("case", Happened.OPENED): opened,
    ("case", Happened.UNMERGED): unmerged,
    ("case", Verb.REVERT): reverted,
    **{
        ("case", verb): changed
        for verb in (
            Verb.REPLY,
            Verb.INFORM,
            Verb.HEAR,
            Verb.AWAIT_CUSTOMER,
            Verb.AWAIT_VENDOR,
            Verb.RESUME,
            Verb.RESOLVE,
            Verb.CLOSE,
            Verb.REOPEN,
            Verb.CANCEL,
            Verb.MERGE,
            Verb.PRIORITISE,
            Happened.REPACKAGED,
        )
    },
}
